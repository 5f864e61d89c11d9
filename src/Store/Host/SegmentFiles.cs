using Keelson.Base.Seams;

namespace Keelson.Store.Host;

/// <summary>
/// The files that one step of a checkpoint writes: opened at their first write, made durable, names included, and
/// closed by <see cref="Sync"/>.
/// </summary>
internal sealed class SegmentFiles(IDisk disk)
{
    private readonly Dictionary<string, IDiskFile> _open = new(StringComparer.Ordinal);
    private HashSet<string>? _names;
    private bool _created;

    /// <summary>Bytes written so far.</summary>
    public long WrittenBytes { get; private set; }

    public void Write(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        Open(name).Write(offset, bytes);
        WrittenBytes += bytes.Length;
    }

    /// <summary>Returns when everything written since the last call is durable.</summary>
    public void Sync()
    {
        foreach (IDiskFile file in _open.Values)
        {
            file.Sync();
            file.Dispose();
        }

        _open.Clear();
        _names = null;
        if (_created)
        {
            disk.Sync();
            _created = false;
        }
    }

    private IDiskFile Open(string name)
    {
        if (!_open.TryGetValue(name, out IDiskFile? file))
        {
            // One listing a step: nobody else makes or removes the files that it writes.
            _names ??= [.. disk.List()];
            bool exists = !_names.Add(name);
            _created |= !exists;
            file = disk.Open(name, exists ? DiskOpenMode.Existing : DiskOpenMode.New);
            _open.Add(name, file);
        }

        return file;
    }
}

using Keelson.Base.Seams;

namespace Keelson.Store.Tests.Host;

/// <summary>A disk on which checkpoints stand still while the gate is shut, and the log goes on.</summary>
internal sealed class GatedDisk(IDisk disk) : IDisk
{
    private readonly object _gate = new();
    private bool _shut;

    public long FreeBytes => disk.FreeBytes;

    public int SectorBytes => disk.SectorBytes;

    public void Shut() => Set(shut: true);

    public void OpenGate() => Set(shut: false);

    public IReadOnlyList<string> List() => disk.List();

    public IDiskFile Open(string name, DiskOpenMode mode)
    {
        if (name.StartsWith("root-", StringComparison.Ordinal))
        {
            Pass();
        }

        return disk.Open(name, mode);
    }

    public void Rename(string source, string target) => disk.Rename(source, target);

    public void Delete(string name) => disk.Delete(name);

    public void Sync() => disk.Sync();

    private void Set(bool shut)
    {
        lock (_gate)
        {
            _shut = shut;
            Monitor.PulseAll(_gate);
        }
    }

    private void Pass()
    {
        lock (_gate)
        {
            while (_shut)
            {
                Monitor.Wait(_gate);
            }
        }
    }
}

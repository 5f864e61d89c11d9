using Keelson.Base.Seams;
using Keelson.Store.History;

namespace Keelson.Store.Tests.History;

/// <summary>What the host does around the history: writes, syncs, and two roots that survive a crash.</summary>
internal sealed class HistoryHost(IDisk disk)
{
    /// <summary>The encoded states of the newer and the older root; a root write is atomic in this model.</summary>
    public byte[] Newer { get; private set; } = HistoryStateCodec.Encode(HistoryState.Empty);

    public byte[] Older { get; private set; } = HistoryStateCodec.Encode(HistoryState.Empty);

    public static HistoryState Decode(byte[] root)
    {
        Assert.That(HistoryStateCodec.TryDecode(root, out HistoryState state), Is.True);
        return state;
    }

    /// <summary>A whole checkpoint of everything that there is.</summary>
    public void Checkpoint(HistoryStore history) => Checkpoint(history, history.Position);

    /// <summary>A whole checkpoint.</summary>
    public void Checkpoint(HistoryStore history, HistoryPosition position)
    {
        var checkpoint = new HistoryCheckpoint(history, position);
        while (checkpoint.TryTake(out HistoryWrite write))
        {
            Assert.That(write.Bytes.Length, Is.InRange(1, history.Options.WriteBytesMax));
            Write(write);
        }

        Sync(checkpoint.Files);
        PublishRoot(checkpoint.Complete());
    }

    public void Write(HistoryWrite write)
    {
        DiskOpenMode mode = write.IsNewFile ? DiskOpenMode.New : DiskOpenMode.Existing;
        using IDiskFile file = disk.Open(write.FileName, mode);
        file.Write(write.Offset, write.Bytes);
    }

    public void Sync(IEnumerable<string> files)
    {
        foreach (string name in files)
        {
            using IDiskFile file = disk.Open(name, DiskOpenMode.Existing);
            file.Sync();
        }

        disk.Sync();
    }

    public void PublishRoot(HistoryState state) => (Newer, Older) = (HistoryStateCodec.Encode(state), Newer);

    /// <summary>Start from one of the roots: what no root names goes.</summary>
    public HistoryState Start(bool fromOlder)
    {
        Newer = fromOlder ? Older : Newer;
        HashSet<string> named = [.. Decode(Newer).FileNames, .. Decode(Older).FileNames];
        foreach (string name in disk.List().Where(name => !named.Contains(name)))
        {
            disk.Delete(name);
        }

        disk.Sync();
        return Decode(Newer);
    }

    /// <summary>All files' bytes.</summary>
    public Dictionary<string, byte[]> Files()
    {
        var files = new Dictionary<string, byte[]>();
        foreach (string name in disk.List())
        {
            using IDiskFile file = disk.Open(name, DiskOpenMode.Existing);
            byte[] bytes = new byte[file.Length];
            file.Read(0, bytes);
            files.Add(name, bytes);
        }

        return files;
    }
}

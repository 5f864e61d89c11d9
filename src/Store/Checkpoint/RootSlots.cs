using Keelson.Base.Seams;

namespace Keelson.Store.Checkpoint;

/// <summary>
/// The two root slots, files "root-0" and "root-1": a checkpoint overwrites the older one, so a torn write leaves the
/// newer one whole.
/// </summary>
internal static class RootSlots
{
    public static string FileName(long sequence) => sequence % 2 == 0 ? "root-0" : "root-1";

    /// <summary>The slots' roots, newest first: none on a fresh directory, one after the first checkpoint.</summary>
    public static IReadOnlyList<RootRecord> Read(IDisk disk)
    {
        IReadOnlyList<string> files = disk.List();
        List<RootRecord> roots = [];
        foreach (string name in new[] { FileName(0), FileName(1) })
        {
            if (files.Contains(name) && TryRead(disk, name) is { } root)
            {
                roots.Add(root);
            }
        }

        roots.Sort((left, right) => right.Sequence.CompareTo(left.Sequence));
        return roots;
    }

    private static RootRecord? TryRead(IDisk disk, string name)
    {
        using IDiskFile file = disk.Open(name, DiskOpenMode.Existing);
        long length = Math.Min(file.Length, RootLayout.HeaderBytes + (long)RootLayout.BodyBytesMax);
        var bytes = new byte[length];
        int read = file.Read(0, bytes);
        RootRecord? root = RootRecord.TryDecode(bytes.AsMemory(0, read));
        return root is not null && FileName(root.Sequence) == name ? root : null;
    }
}

using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Backup;

namespace Keelson.Store.Tests.Backup;

/// <summary>Files on a simulated disk.</summary>
internal static class BoltFiles
{
    public const string Name = "backup.db";

    public static IDiskFile Create(ReadOnlySpan<byte> bytes)
    {
        IDiskFile file = new SimulatedDisk(new SeededRandom(1)).Open(Name, DiskOpenMode.New);
        file.Write(0, bytes);
        return file;
    }

    /// <summary>The whole backup, read in pieces of <paramref name="pieceBytes"/>.</summary>
    public static byte[] Write(IBoltSource source, int pieceBytes = BoltWriter.PieceBytes)
    {
        using var writer = new BoltWriter(source);
        long expected = writer.RemainingBytes;
        using var bytes = new MemoryStream();
        var piece = new byte[pieceBytes];
        for (int length = writer.Read(piece); length > 0; length = writer.Read(piece))
        {
            bytes.Write(piece, 0, length);
        }

        Assert.That(bytes.Length, Is.EqualTo(expected));
        Assert.That(writer.RemainingBytes, Is.Zero);
        return bytes.ToArray();
    }

    /// <summary>Every entry of a bucket; the file's length is without a checksum.</summary>
    public static List<(byte[] Key, byte[] Value)> Read(IDiskFile file, string bucket)
    {
        var reader = new BoltReader(file, Name, file.Length - BoltWriter.TrailerBytes);
        BoltCursor cursor = reader.OpenBucket(bucket) ?? throw new InvalidOperationException($"no bucket {bucket}");
        var entries = new List<(byte[], byte[])>();
        while (cursor.Next())
        {
            entries.Add((cursor.Key.ToArray(), cursor.Value.ToArray()));
        }

        return entries;
    }
}

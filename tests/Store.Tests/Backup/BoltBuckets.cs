using Keelson.Store.Backup;

namespace Keelson.Store.Tests.Backup;

/// <summary>Buckets in memory, as a model of what a file must give back.</summary>
internal sealed class BoltBuckets : IBoltSource
{
    private readonly SortedDictionary<string, List<(byte[] Key, byte[] Value)>> _buckets = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Buckets => [.. _buckets.Keys];

    public List<(byte[] Key, byte[] Value)> this[string name]
    {
        get => _buckets[name];
        set => _buckets[name] = value;
    }

    public void Remove(string name) => _buckets.Remove(name);

    public IBoltCursor Open(int bucket) => new BoltListCursor(_buckets[Buckets[bucket]]);

    /// <summary>Entries with rising keys of <paramref name="keyLength"/> bytes.</summary>
    public static List<(byte[] Key, byte[] Value)> Rising(int count, int keyLength, Func<int, int> valueLength)
    {
        var entries = new List<(byte[], byte[])>(count);
        for (int index = 0; index < count; index++)
        {
            var key = new byte[keyLength];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(key, index);
            var value = new byte[valueLength(index)];
            value.AsSpan().Fill((byte)(index % 251));
            entries.Add((key, value));
        }

        return entries;
    }
}

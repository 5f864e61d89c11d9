namespace Keelson.Store.Requests;

/// <summary>
/// The keys that a request's key and range_end name, by etcd's rules: no range_end is one key; "\0" is every key from
/// the start on; otherwise [key, range_end), which is empty when range_end ≤ key (etcd 3.5, api rpc.proto).
/// </summary>
internal readonly ref struct KeyInterval(ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd)
{
    public ReadOnlySpan<byte> Start { get; } = key;

    /// <summary>
    /// The first key that is not in the interval; meaningless when <see cref="ToEnd"/> or a single key.
    /// </summary>
    public ReadOnlySpan<byte> End { get; } = rangeEnd;

    public bool IsSingleKey { get; } = rangeEnd.IsEmpty;

    public bool ToEnd { get; } = rangeEnd.Length == 1 && rangeEnd[0] == 0;

    public bool IsEmpty => !IsSingleKey && !ToEnd && End.SequenceCompareTo(Start) <= 0;

    public bool Contains(ReadOnlySpan<byte> candidate)
    {
        if (IsSingleKey)
        {
            return candidate.SequenceEqual(Start);
        }

        return candidate.SequenceCompareTo(Start) >= 0 && (ToEnd || candidate.SequenceCompareTo(End) < 0);
    }
}

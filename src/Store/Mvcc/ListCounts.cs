using Keelson.Base.Identity;

namespace Keelson.Store.Mvcc;

/// <summary>
/// How many keys the last limited lists left behind their last key. The next page of such a list, pinned to the same
/// revision and beginning behind that key (Kubernetes: last key + "\0") or at it, then knows its count without a walk.
/// What a revision holds never changes, so an answer stays right for as long as it is kept (docs/decisions/0014).
/// </summary>
/// <remarks>Any thread. Bounded: the oldest place gives way; lists of very long keys are walked.</remarks>
internal sealed class ListCounts
{
    /// <summary>So many lists go on at a time without a walk.</summary>
    public const int PlacesMax = 256;

    /// <summary>Bytes of a last key and a range's end together.</summary>
    public const int KeyBytesMax = 4096;

    private readonly Lock _lock = new();
    private readonly Place[] _places = new Place[PlacesMax];
    private int _next;

    /// <summary>Remembers that <paramref name="left"/> keys of a list follow behind a key.</summary>
    /// <param name="revision">What the list is pinned to; a finished one.</param>
    /// <param name="rangeEnd">The list's range_end, as it was asked for.</param>
    /// <param name="lastKey">The last key of the page.</param>
    /// <param name="left">Keys of the list behind it.</param>
    public void Keep(Revision revision, ReadOnlySpan<byte> rangeEnd, ReadOnlySpan<byte> lastKey, long left)
    {
        int length = rangeEnd.Length + lastKey.Length;
        if (length > KeyBytesMax)
        {
            return;
        }

        lock (_lock)
        {
            ref Place place = ref _places[_next];
            _next = (_next + 1) % PlacesMax;
            if (place.Bytes is null || place.Bytes.Length < length)
            {
                place.Bytes = new byte[length];
            }

            rangeEnd.CopyTo(place.Bytes);
            lastKey.CopyTo(place.Bytes.AsSpan(rangeEnd.Length));
            place = place with { Revision = revision, EndLength = rangeEnd.Length, Length = length, Left = left };
        }
    }

    /// <summary>The keys of a list from <paramref name="start"/> on; false when it must be walked.</summary>
    public bool TryFind(Revision revision, ReadOnlySpan<byte> rangeEnd, ReadOnlySpan<byte> start, out long count)
    {
        lock (_lock)
        {
            foreach (ref readonly Place place in _places.AsSpan())
            {
                if (place.Revision == revision && place.Bytes is not null && place.End.SequenceEqual(rangeEnd))
                {
                    ReadOnlySpan<byte> last = place.LastKey;
                    bool isSame = start.SequenceEqual(last);
                    // Between a key and the same with a zero byte there is no other one.
                    if (isSame || (start.Length == last.Length + 1 && start[^1] == 0 && start.StartsWith(last)))
                    {
                        count = place.Left + (isSame ? 1 : 0);
                        return true;
                    }
                }
            }
        }

        count = 0;
        return false;
    }

    private record struct Place
    {
        public Revision Revision;
        public byte[]? Bytes;
        public int EndLength;
        public int Length;
        public long Left;

        public readonly ReadOnlySpan<byte> End => Bytes.AsSpan(0, EndLength);

        public readonly ReadOnlySpan<byte> LastKey => Bytes.AsSpan(EndLength, Length - EndLength);
    }
}

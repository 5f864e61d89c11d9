using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.History;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Writes the KeyValues of a list a chunk at a time: read in order of revision, so that neighbours in the history share
/// a read, and written in the order in which they were added. The tree knows each one's length, hence its place.
/// </summary>
/// <remarks>Inside one epoch pin, one thread. Holds revisions and places, never values.</remarks>
internal sealed class ListedValues(HistoryStore history, int field)
{
    /// <summary>A chunk takes no further value once it has so many, or so many bytes.</summary>
    public const int ValuesMax = 1024;
    public const int BytesMax = 1 << 20;

    private long[] _revisions = new long[64];
    private Place[] _places = new Place[64];
    private int _count;
    private int _bytes;
    private bool _rises = true;

    /// <summary>Adds a hit; a full chunk is written at once.</summary>
    public void Add(VersionEntry entry, int keyLength, ProtoBuffer output)
    {
        if (_count == _places.Length)
        {
            Array.Resize(ref _places, 2 * _count);
            Array.Resize(ref _revisions, 2 * _count);
        }

        _rises &= _count == 0 || _revisions[_count - 1] <= entry.Modified.Main;
        int length = entry.KeyValueBytes(keyLength);
        _revisions[_count] = entry.Modified.Main;
        _places[_count] = new Place(entry.Modified, _bytes, length);
        _bytes += ProtoSize.Message(field, length);
        _count++;
        if (_count >= ValuesMax || _bytes >= BytesMax)
        {
            Flush(output);
        }
    }

    /// <summary>Writes what was added since the last chunk.</summary>
    /// <exception cref="StoreDamageException">A frame is missing, damaged or not what the tree says.</exception>
    public void Flush(ProtoBuffer output)
    {
        if (_count == 0)
        {
            return;
        }

        if (!_rises)
        {
            Array.Sort(_revisions, _places, 0, _count);
        }

        Span<byte> target = output.GetSpan(_bytes);
        var reader = new HistoryReader(history);
        foreach (Place place in _places.AsSpan(0, _count))
        {
            ReadOnlySpan<byte> keyValue = reader.Read(place.Revision);
            if (keyValue.Length != place.Length)
            {
                throw HistoryDamage.OtherLength(place.Revision, place.Length, keyValue.Length);
            }

            var writer = new ProtoWriter(target[place.Offset..]);
            writer.BeginMessage(field, place.Length);
            writer.Raw(keyValue);
        }

        output.Advance(_bytes);
        _count = 0;
        _bytes = 0;
        _rises = true;
    }

    private readonly record struct Place(ChangeRevision Revision, int Offset, int Length);
}

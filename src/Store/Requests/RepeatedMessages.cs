using Keelson.Base.Codec;

namespace Keelson.Store.Requests;

/// <summary>Walks the submessages of one repeated field in place. Fields of other numbers are passed over.</summary>
internal ref struct RepeatedMessages(ReadOnlySpan<byte> message, int field)
{
    private readonly int _field = field;
    private ProtoReader _reader = new(message);

    public ReadOnlySpan<byte> Current { get; private set; }

    public bool MoveNext()
    {
        while (_reader.Next())
        {
            if (_reader.Field == _field)
            {
                Current = _reader.ReadBytes();
                return !_reader.Malformed;
            }

            _reader.Skip();
        }

        return false;
    }

    public readonly RepeatedMessages GetEnumerator() => this;
}

namespace Keelson.Bench.Load.Transport;

/// <summary>Puts header blocks together from their frames (RFC 9113, sections 6.2 and 6.10) and decodes them.</summary>
internal sealed class HeaderBlocks
{
    private const int PriorityBytes = 5;

    private readonly HeaderDecoder _decoder = new();
    private readonly List<(string Name, string Value)> _fields = [];
    private readonly List<byte> _gathered = [];
    private FrameHeader _begun;

    /// <summary>Takes a HEADERS frame or one that continues it.</summary>
    /// <param name="header">The frame.</param>
    /// <param name="payload">Its content.</param>
    /// <param name="wantsEnd">False: the decoder is kept up to date, and nothing more.</param>
    /// <param name="end">How the stream ended, if it did and that was wanted.</param>
    /// <returns>The stream that has ended; 0 when none has.</returns>
    public int Take(FrameHeader header, ReadOnlySpan<byte> payload, bool wantsEnd, out StreamEnd end)
    {
        end = StreamEnd.InOrder;
        if (header.Type == FrameType.Headers)
        {
            _begun = header;
            payload = Unwrap(header.Flags, payload);
        }

        if (!header.Flags.HasFlag(FrameFlags.EndHeaders))
        {
            _gathered.AddRange(payload);
            return 0;
        }

        bool wantsFields = wantsEnd && _begun.EndsStream;
        Decode(payload, wantsFields);
        if (wantsFields)
        {
            end = StreamEnd.OfTrailers(_fields);
        }

        return _begun.EndsStream ? _begun.Stream : 0;
    }

    private static ReadOnlySpan<byte> Unwrap(FrameFlags flags, ReadOnlySpan<byte> payload)
    {
        if (flags.HasFlag(FrameFlags.Padded))
        {
            payload = payload[1..^payload[0]];
        }

        return flags.HasFlag(FrameFlags.Priority) ? payload[PriorityBytes..] : payload;
    }

    private void Decode(ReadOnlySpan<byte> last, bool wantsFields)
    {
        _fields.Clear();
        List<(string, string)>? fields = wantsFields ? _fields : null;
        if (_gathered.Count == 0)
        {
            _decoder.Decode(last, fields);
            return;
        }

        _decoder.Decode([.. _gathered, .. last], fields);
        _gathered.Clear();
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Keelson.Fuzz.Driver;
using Keelson.Rpc.Framing;

namespace Keelson.Fuzz.Targets;

/// <summary>
/// gRPC's length-prefixed messages as they come out of HTTP/2, in pieces. The first byte chooses encoding and pieces.
/// </summary>
internal sealed class FrameTarget : FuzzTarget
{
    private const int MessageBytesMax = 1 << 16;
    private static readonly string?[] Encodings = [null, "identity", "gzip", "snappy"];

    public override string Name => "frame";

    public override int SmokeInputs => 300_000;

    /// <summary>Expanding is bounded by the largest message, not by what came in.</summary>
    public override long AllocatedBytesMax(FuzzInput input) => (8 * MessageBytesMax) + base.AllocatedBytesMax(input);

    public override Func<bool> Prepare(FuzzInput input)
    {
        byte[] bytes = input.Parts[0];
        int choice = bytes.Length == 0 ? 0 : bytes[0];
        var pipe = new Pipe(
            new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 16, useSynchronizationContext: false));
        int piece = 1 << (choice >> 4 & 7);
        for (int at = 1; at < bytes.Length; at += piece)
        {
            ReadOnlySpan<byte> part = bytes.AsSpan(at, Math.Min(piece, bytes.Length - at));
            part.CopyTo(pipe.Writer.GetSpan(part.Length));
            pipe.Writer.Advance(part.Length);
        }

        pipe.Writer.Complete();
        return () => ReadAll(pipe.Reader, Encodings[choice & 3], Math.Max(0, bytes.Length - 1));
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus() =>
    [
        new FuzzInput([0x30]),
        new FuzzInput([0x30, .. Frame(0, []), .. Frame(0, [1, 2, 3])]),
        new FuzzInput([0x61, .. Frame(0, new byte[300]), .. Frame(0, new byte[70])]),
        new FuzzInput([0x52, .. Frame(1, Compress(new byte[900])), .. Frame(0, [9])]),
    ];

    private static bool ReadAll(PipeReader input, string? encoding, int length)
    {
        var reader = new FrameReader();
        reader.Start(input, encoding, MessageBytesMax);
        FrameOutcome outcome;
        int messages = 0;
        do
        {
            // Everything is in the pipe, so no read waits.
            outcome = reader.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
            FuzzViolationException.Require(outcome != FrameOutcome.Incomplete, "a read ended without an outcome");
            FuzzViolationException.Require(reader.Message.Length <= MessageBytesMax, "a message above the limit");
            messages++;
            int messagesMax = 1 + (length / FrameReader.PrefixBytes);
            FuzzViolationException.Require(messages <= messagesMax, "messages out of nothing");
        }
        while (outcome == FrameOutcome.Message);

        bool ended = outcome == FrameOutcome.End;
        FuzzViolationException.Require(reader.Failure.IsOK == ended, "failure and outcome differ");
        reader.Stop();
        input.Complete();
        return ended;
    }

    private static byte[] Frame(byte flag, byte[] message)
    {
        var frame = new byte[FrameReader.PrefixBytes + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, FrameReader.PrefixBytes);
        return frame;
    }

    private static byte[] Compress(byte[] message)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(message);
        }

        return output.ToArray();
    }
}

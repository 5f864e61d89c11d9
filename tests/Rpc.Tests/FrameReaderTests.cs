using System.IO.Pipelines;
using Keelson.Rpc.Framing;

namespace Keelson.Rpc.Tests;

/// <summary>The cutting of bytes into messages, without a socket.</summary>
public sealed class FrameReaderTests
{
    /// <summary>However the bytes arrive, the messages come out as they went in.</summary>
    [FsCheck.NUnit.Property(MaxTest = 300)]
    public bool Reader_AnyMessagesInAnyPieces_ComeOutUnchanged(byte[][] messages, byte pieceBytes)
    {
        byte[] input = [.. messages.SelectMany(static message => Probe.Frame(message))];
        List<byte[]> read = ReadAllAsync(input, pieceBytes + 1).GetAwaiter().GetResult();
        return read.Count == messages.Length && read.Zip(messages).All(static pair =>
            pair.First.AsSpan().SequenceEqual(pair.Second));
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public bool Reader_AnyBytes_EndsOrBreaks(byte[] input, byte pieceBytes)
    {
        List<byte[]> read = ReadAllAsync(input, pieceBytes + 1).GetAwaiter().GetResult();
        return read.Sum(static message => message.Length + FrameReader.PrefixBytes) <= input.Length;
    }

    /// <summary>A writer's messages in a pipe with small blocks are a reader's messages.</summary>
    [Test]
    public async Task Writer_MessageOfManyBlocks_ReadsBack([Values(0, 1, 11, 12, 5000, 70_000)] int length)
    {
        var message = new byte[length];
        new Random(length).NextBytes(message);
        var pipe = new Pipe(new PipeOptions(minimumSegmentSize: 16, pauseWriterThreshold: 0));
        var writer = new FrameWriter();
        writer.Start(pipe.Writer);
        foreach (byte[] piece in message.Chunk(7))
        {
            writer.Write(piece);
        }

        Assert.That(writer.Length, Is.EqualTo(length));
        writer.End();
        await pipe.Writer.CompleteAsync();
        ReadResult result = await pipe.Reader.ReadAtLeastAsync(length + FrameReader.PrefixBytes);
        Assert.That(result.Buffer.ToArray(), Is.EqualTo(Probe.Frame(message)));
    }

    [Test]
    public async Task Writer_DiscardedMessage_LeavesNothing()
    {
        var pipe = new Pipe();
        var writer = new FrameWriter();
        writer.Start(pipe.Writer);
        writer.Write(new byte[100]);
        Assert.That(writer.IsCommitted, Is.False);
        writer.Discard();
        await pipe.Writer.CompleteAsync();
        Assert.That((await pipe.Reader.ReadAsync()).Buffer.Length, Is.Zero);
    }

    private static async Task<List<byte[]>> ReadAllAsync(byte[] input, int pieceBytes)
    {
        var pipe = new Pipe(new PipeOptions(minimumSegmentSize: 16, pauseWriterThreshold: 0));
        Task writing = WriteAsync(pipe.Writer, input, pieceBytes);
        var reader = new FrameReader();
        reader.Start(pipe.Reader, encoding: null, messageBytesMax: 1 << 20);
        var messages = new List<byte[]>();
        while (await reader.ReadAsync(CancellationToken.None) == FrameOutcome.Message)
        {
            messages.Add(reader.Message.ToArray());
        }

        FrameOutcome again = await reader.ReadAsync(CancellationToken.None);
        Assert.That(again, Is.AnyOf(FrameOutcome.End, FrameOutcome.Broken));
        await writing;
        return messages;
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] input, int pieceBytes)
    {
        foreach (byte[] piece in input.Chunk(pieceBytes))
        {
            await writer.WriteAsync(piece);
            await Task.Yield();
        }

        await writer.CompleteAsync();
    }
}

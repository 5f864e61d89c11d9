using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store.Tests.Mvcc;

/// <summary>What an answer weighs is known before a value is read.</summary>
internal sealed class RangeMeasureTests
{
    private const int KeyValuesField = 2;

    [TestCase(0, false)]
    [TestCase(7, false)]
    [TestCase(0, true)]
    public async Task Measure_InKeyOrder_IsWhatTheAnswerHas(int limit, bool keysOnly)
    {
        var disk = new SimulatedDisk(new SeededRandom(1));
        var options = new StoreOptions { LogSegmentBytes = 4 << 20, Failed = static _ => { } };
        await using StoreEngine engine = StoreEngine.Open(disk, options, new ManualClock(), new SeededRandom(2));
        for (int index = 0; index < 40; index++)
        {
            var put = new ProtoBuffer();
            RequestEncoder.Put(put, $"key-{index % 30:d4}", new Bytes(new byte[index * index]), null);
            await engine.ProposeAsync(RequestKind.Put, put.WrittenMemory, null);
        }

        var request = new ProtoBuffer();
        RequestEncoder.Range(
            request, new RangeQuery { Keys = KeyRange.Prefix("key-"), Limit = limit, KeysOnly = keysOnly });
        StoreError error = engine.Readers.Measure(RangeRequest.Parse(request.Written), out AnswerSize size);
        var response = new ProtoBuffer();
        engine.Range(RangeRequest.Parse(request.Written), response, out Revision _);
        Assert.Multiple(() =>
        {
            Assert.That(error, Is.EqualTo(StoreError.None));
            Assert.That(size.Bytes, Is.EqualTo(KeyValueBytes(response.Written)).And.Positive);
        });
    }

    [Test]
    public void Buffer_BeyondWhatAnArrayHolds_SaysSo()
    {
        var buffer = new ProtoBuffer();
        buffer.Advance(buffer.GetSpan(100).Length);
        Assert.That(() => buffer.GetSpan(int.MaxValue), Throws.TypeOf<MessageTooLargeException>());
    }

    private static long KeyValueBytes(ReadOnlySpan<byte> response)
    {
        long bytes = 0;
        var reader = new ProtoReader(response);
        while (reader.Next())
        {
            if (reader.Field == KeyValuesField)
            {
                bytes += ProtoSize.Message(KeyValuesField, reader.ReadBytes().Length);
            }
            else
            {
                reader.Skip();
            }
        }

        return bytes;
    }
}

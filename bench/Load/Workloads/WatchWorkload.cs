using System.Buffers.Binary;
using System.Diagnostics;
using Keelson.Base.Codec;
using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Workloads;

/// <summary>
/// Fan-out: every stream watches the whole prefix, the slots put. Values carry the time of the put; operations are
/// delivered events and latencies are those of delivery.
/// </summary>
internal sealed class WatchWorkload : IWorkload
{
    // Publishing stops while this many puts are not delivered everywhere: a bounded backlog, not an endless one.
    private const int PutsAheadMax = 1_000;

    private readonly KeySpace _keys;
    private readonly byte[] _value;
    private readonly Random _random = new(5);
    private int _created;
    private long _published;
    private long _delivered;

    public WatchWorkload(KeySpace keys, int streams)
    {
        _keys = keys;
        _value = [.. keys.Value];
        StandingStreams = streams;
    }

    public string Name => "watch";

    public bool ChangesData => true;

    public int StandingStreams { get; }

    public bool IsReady => _created == StandingStreams;

    public bool MayIssue => (_published * StandingStreams) - _delivered < (long)PutsAheadMax * StandingStreams;

    public int RequestBytesMax => _keys.KeyBytes + _value.Length + EtcdRequest.OverheadBytesMax;

    public RpcMethod Next(int slot, Span<byte> message, out int length)
    {
        _published++;
        BinaryPrimitives.WriteInt64LittleEndian(_value, Stopwatch.GetTimestamp());
        length = EtcdRequest.Put(message, _keys.Key(_random.Next(_keys.Count)), _value);
        return RpcMethod.Put;
    }

    public bool Accept(int slot, ReadOnlySpan<byte> reply) => EtcdReply.TryHeader(reply, out _);

    public int OpenStanding(int index, Span<byte> message) =>
        EtcdRequest.Watch(message, KeySpace.Prefix, _keys.PrefixEnd);

    public int AcceptStanding(ReadOnlySpan<byte> message, out long started)
    {
        started = 0;
        int events = 0;
        bool cancelled = false;
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3:
                    _created += reader.ReadBool() ? 1 : 0;
                    break;
                case 4:
                    cancelled = reader.ReadBool();
                    break;
                case 11:
                    ReadOnlySpan<byte> happened = reader.ReadBytes();
                    started = events++ == 0 ? Started(happened) : started;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        _delivered += events;
        return reader.Malformed || cancelled
            ? throw new InvalidDataException("a watch was cancelled or its response cannot be read")
            : events;
    }

    // Event { type = 1, kv = 2 { key = 1, …, value = 5 } }
    private static long Started(ReadOnlySpan<byte> happened) =>
        BinaryPrimitives.ReadInt64LittleEndian(Field(Field(happened, 2), 5));

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> message, int field)
    {
        ProtoReader reader = new(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                return reader.ReadBytes();
            }

            reader.Skip();
        }

        throw new InvalidDataException($"an event has no field {field}");
    }
}

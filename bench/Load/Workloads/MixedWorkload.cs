using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Workloads;

/// <summary>
/// Of twenty calls: twelve linearizable gets, two serializable, five guarded writes, one page of a list.
/// </summary>
internal sealed class MixedWorkload : IWorkload
{
    private const int Parts = 20;
    private const int WritesBelow = 5;
    private const int ListsBelow = 6;
    private const int SerializableBelow = 8;
    private const int PageKeys = 50;

    private readonly TxnWorkload _write;
    private readonly ListWorkload _list;
    private readonly GetWorkload _serializable;
    private readonly GetWorkload _get;
    private readonly IWorkload[] _ofSlot;
    private readonly Random _random = new(6);

    public MixedWorkload(KeySpace keys, int slots)
    {
        _write = new TxnWorkload(keys, slots);
        _list = new ListWorkload(keys, PageKeys, slots);
        _serializable = new GetWorkload(keys, serializable: true);
        _get = new GetWorkload(keys, serializable: false);
        _ofSlot = new IWorkload[slots];
    }

    public string Name => "mixed";

    public bool ChangesData => true;

    public int RequestBytesMax => _write.RequestBytesMax;

    public RpcMethod Next(int slot, Span<byte> message, out int length)
    {
        IWorkload workload = _random.Next(Parts) switch
        {
            < WritesBelow => _write,
            < ListsBelow => _list,
            < SerializableBelow => _serializable,
            _ => _get,
        };
        _ofSlot[slot] = workload;
        return workload.Next(slot, message, out length);
    }

    public bool Accept(int slot, ReadOnlySpan<byte> reply) => _ofSlot[slot].Accept(slot, reply);
}

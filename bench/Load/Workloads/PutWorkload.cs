using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Workloads;

/// <summary>Single puts.</summary>
internal sealed class PutWorkload : IWorkload
{
    private readonly KeySpace _keys;
    private readonly KeyOrder _order;
    private readonly Random _random = new(2);
    private int _next;

    public PutWorkload(KeySpace keys, KeyOrder order)
    {
        _keys = keys;
        _order = order;
    }

    public string Name => "put";

    public bool ChangesData => true;

    public int RequestBytesMax => _keys.KeyBytes + _keys.Value.Length + EtcdRequest.OverheadBytesMax;

    public RpcMethod Next(int slot, Span<byte> message, out int length)
    {
        int number = _order switch
        {
            KeyOrder.Random => _random.Next(_keys.Count),
            KeyOrder.Ascending => _next++,
            _ => 0,
        };
        length = EtcdRequest.Put(message, _keys.Key(number), _keys.Value);
        return RpcMethod.Put;
    }

    public bool Accept(int slot, ReadOnlySpan<byte> reply) => EtcdReply.TryHeader(reply, out _);
}

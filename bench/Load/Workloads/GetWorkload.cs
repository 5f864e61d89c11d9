using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Workloads;

/// <summary>Reads of one key, linearizable or from local state.</summary>
internal sealed class GetWorkload : IWorkload
{
    private readonly KeySpace _keys;
    private readonly bool _serializable;
    private readonly KeyOrder _order;
    private readonly Random _random = new(3);

    public GetWorkload(KeySpace keys, bool serializable, KeyOrder order = KeyOrder.Random)
    {
        _keys = keys;
        _serializable = serializable;
        _order = order;
    }

    public string Name => _serializable ? "get-serializable" : "get";

    public bool ChangesData => false;

    public int RequestBytesMax => _keys.KeyBytes + EtcdRequest.OverheadBytesMax;

    public RpcMethod Next(int slot, Span<byte> message, out int length)
    {
        int number = _order == KeyOrder.First ? 0 : _random.Next(_keys.Count);
        length = EtcdRequest.Get(message, _keys.Key(number), _serializable);
        return RpcMethod.Range;
    }

    public bool Accept(int slot, ReadOnlySpan<byte> reply) =>
        reply.Length > _keys.Value.Length && EtcdReply.TryRange(reply, out EtcdReply range) && range.Keys == 1;
}

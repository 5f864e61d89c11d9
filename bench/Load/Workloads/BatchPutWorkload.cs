using Keelson.Base.Codec;
using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Workloads;

/// <summary>Loads a key space: transactions of as many puts as etcd takes by default (--max-txn-ops 128).</summary>
internal sealed class BatchPutWorkload : IWorkload
{
    public const int PutsPerTxn = 128;

    private readonly KeySpace _keys;
    private int _next;

    public BatchPutWorkload(KeySpace keys)
    {
        _keys = keys;
    }

    public string Name => "load";

    public bool ChangesData => true;

    public int RequestBytesMax =>
        PutsPerTxn * (_keys.KeyBytes + _keys.Value.Length + 16) + EtcdRequest.OverheadBytesMax;

    /// <summary>How many calls load everything.</summary>
    public long Calls => (_keys.Count + PutsPerTxn - 1) / PutsPerTxn;

    public RpcMethod Next(int slot, Span<byte> message, out int length)
    {
        ProtoWriter writer = new(message);
        int put = EtcdRequest.PutBytes(_keys.KeyBytes, _keys.Value.Length);
        for (int count = 0; count < PutsPerTxn && _next < _keys.Count; count++)
        {
            writer.BeginMessage(2, ProtoSize.Message(2, put));
            writer.BeginMessage(2, put);
            EtcdRequest.Put(ref writer, _keys.Key(_next++), _keys.Value);
        }

        length = writer.Position;
        return RpcMethod.Txn;
    }

    public bool Accept(int slot, ReadOnlySpan<byte> reply) =>
        EtcdReply.TryTxn(reply, out EtcdReply txn) && txn.Succeeded;
}

using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Workloads;

/// <summary>
/// Kubernetes' write: compare the mod revision, then put, else get. Each key's revision is learned from the replies,
/// so that only the first write of a key and real conflicts take the other branch.
/// </summary>
internal sealed class TxnWorkload : IWorkload
{
    private readonly KeySpace _keys;
    private readonly Random _random = new(4);
    private readonly long[] _modRevisions;
    private readonly int[] _keyOfSlot;

    public TxnWorkload(KeySpace keys, int slots)
    {
        _keys = keys;
        _modRevisions = new long[keys.Count];
        _keyOfSlot = new int[slots];
    }

    public string Name => "txn";

    public bool ChangesData => true;

    public int RequestBytesMax => (3 * _keys.KeyBytes) + _keys.Value.Length + EtcdRequest.OverheadBytesMax;

    public RpcMethod Next(int slot, Span<byte> message, out int length)
    {
        int number = _random.Next(_keys.Count);
        _keyOfSlot[slot] = number;
        length = EtcdRequest.GuardedPut(message, _keys.Key(number), _keys.Value, _modRevisions[number]);
        return RpcMethod.Txn;
    }

    public bool Accept(int slot, ReadOnlySpan<byte> reply)
    {
        if (!EtcdReply.TryTxn(reply, out EtcdReply txn))
        {
            return false;
        }

        ref long known = ref _modRevisions[_keyOfSlot[slot]];
        // Replies of two slots may overtake each other; revisions only rise.
        known = Math.Max(known, txn.Succeeded ? txn.Revision : txn.ModRevision);
        return txn.Succeeded || txn.ModRevision > 0;
    }
}

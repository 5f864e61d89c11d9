using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Workloads;

/// <summary>Each slot keeps one lease alive over a stream of its own.</summary>
internal sealed class LeaseWorkload : IWorkload
{
    /// <summary>Ids of our own choice, so that granting and keeping alive need not talk to each other.</summary>
    private const long FirstLease = 0x4b65656c;
    private const int TimeToLiveSeconds = 3_600;

    private readonly bool _grant;
    private int _next;

    /// <summary>Grants the leases of so many slots, or keeps them alive.</summary>
    public LeaseWorkload(bool grant)
    {
        _grant = grant;
    }

    public string Name => _grant ? "lease-grant" : "lease";

    public bool ChangesData => true;

    public int RequestBytesMax => EtcdRequest.OverheadBytesMax;

    public RpcMethod Next(int slot, Span<byte> message, out int length)
    {
        length = _grant
            ? EtcdRequest.Numbers(message, TimeToLiveSeconds, FirstLease + _next++)
            : EtcdRequest.Numbers(message, FirstLease + slot);
        return _grant ? RpcMethod.LeaseGrant : RpcMethod.LeaseKeepAlive;
    }

    /// <summary>A lease that is gone answers with no time to live.</summary>
    public bool Accept(int slot, ReadOnlySpan<byte> reply) => EtcdReply.Number(reply, 3) > 0;
}

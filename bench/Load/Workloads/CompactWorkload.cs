using Keelson.Bench.Load.Transport;

namespace Keelson.Bench.Load.Workloads;

/// <summary>Compacts at one revision, once.</summary>
internal sealed class CompactWorkload : IWorkload
{
    private readonly long _revision;

    public CompactWorkload(long revision)
    {
        _revision = revision;
    }

    public string Name => "compact";

    public bool ChangesData => true;

    public int RequestBytesMax => EtcdRequest.OverheadBytesMax;

    public RpcMethod Next(int slot, Span<byte> message, out int length)
    {
        length = EtcdRequest.Numbers(message, _revision);
        return RpcMethod.Compact;
    }

    public bool Accept(int slot, ReadOnlySpan<byte> reply) => EtcdReply.TryHeader(reply, out _);
}

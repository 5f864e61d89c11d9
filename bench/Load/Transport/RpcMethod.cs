namespace Keelson.Bench.Load.Transport;

/// <summary>A gRPC method's path and whether calls share one long stream.</summary>
internal sealed record RpcMethod(string Path, bool IsStream)
{
    public static readonly RpcMethod Put = new("/etcdserverpb.KV/Put", false);
    public static readonly RpcMethod Range = new("/etcdserverpb.KV/Range", false);
    public static readonly RpcMethod Txn = new("/etcdserverpb.KV/Txn", false);
    public static readonly RpcMethod Compact = new("/etcdserverpb.KV/Compact", false);
    public static readonly RpcMethod Watch = new("/etcdserverpb.Watch/Watch", true);
    public static readonly RpcMethod LeaseGrant = new("/etcdserverpb.Lease/LeaseGrant", false);
    public static readonly RpcMethod LeaseKeepAlive = new("/etcdserverpb.Lease/LeaseKeepAlive", true);
}

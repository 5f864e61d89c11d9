namespace Keelson.Rpc.Etcd;

public sealed record DeleteRangeCommand(KeyRange Keys)
{
    public bool ReturnPrevious { get; init; }
}

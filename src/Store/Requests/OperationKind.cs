namespace Keelson.Store.Requests;

/// <summary>Which arm of etcdserverpb.RequestOp's union is set: the field's number.</summary>
internal enum OperationKind
{
    /// <summary>No arm at all: etcd answers "key not found".</summary>
    None = 0,
    Range = 1,
    Put = 2,
    DeleteRange = 3,
    Txn = 4,
}

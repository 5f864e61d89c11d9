namespace Keelson.Store.Mvcc;

/// <summary>What a request in the log is; the values are on disk (docs/formats/batch.md).</summary>
internal enum RequestKind
{
    Put = 1,
    DeleteRange = 2,
    Txn = 3,
    Compact = 4,
    LeaseGrant = 5,
    LeaseRevoke = 6,
    LeaseKeepAlive = 7,
    Alarm = 8,
    Settings = 9,
}

namespace Keelson.Simulation.Model;

/// <summary>The texts by which clients tell etcd's errors apart (etcd 3.5, api/v3rpc/rpctypes/error.go).</summary>
public static class EtcdErrorText
{
    private const string Prefix = "etcdserver: ";

    private static readonly Dictionary<string, EtcdError> Errors = new(StringComparer.Ordinal)
    {
        ["key is not provided"] = EtcdError.EmptyKey,
        ["key not found"] = EtcdError.KeyNotFound,
        ["value is provided"] = EtcdError.ValueProvided,
        ["lease is provided"] = EtcdError.LeaseProvided,
        ["too many operations in txn request"] = EtcdError.TooManyOperations,
        ["duplicate key given in txn request"] = EtcdError.DuplicateKey,
        ["invalid sort option"] = EtcdError.InvalidSortOption,
        ["mvcc: required revision has been compacted"] = EtcdError.Compacted,
        ["mvcc: required revision is a future revision"] = EtcdError.FutureRevision,
        ["requested lease not found"] = EtcdError.LeaseNotFound,
        ["lease already exists"] = EtcdError.LeaseExists,
        ["too large lease TTL"] = EtcdError.LeaseTtlTooLarge,
        ["mvcc: database space exceeded"] = EtcdError.NoSpace,
        ["corrupt cluster"] = EtcdError.Corrupt,
    };

    /// <summary>False when the text is none of the model's errors.</summary>
    public static bool TryParse(string text, out EtcdError error)
    {
        string bare = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        return Errors.TryGetValue(bare, out error);
    }
}

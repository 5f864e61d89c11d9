namespace Keelson.Rpc.Etcd;

/// <summary>
/// One condition. <paramref name="Number"/> is the version, revision or lease; a comparison of values uses
/// <see cref="Value"/> instead.
/// </summary>
public sealed record TxnCompare(
    KeyRange Keys,
    Compare.Types.CompareTarget Target,
    Compare.Types.CompareResult Relation,
    long Number)
{
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Holds when the key was last changed at <paramref name="revision"/>; 0 means "does not exist".</summary>
    public static TxnCompare ModRevisionIs(ReadOnlyMemory<byte> key, Base.Identity.Revision revision) => new(
        KeyRange.Single(key),
        Compare.Types.CompareTarget.Mod,
        Compare.Types.CompareResult.Equal,
        revision.Value);
}

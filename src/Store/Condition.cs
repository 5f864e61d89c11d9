using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Requests;

namespace Keelson.Store;

/// <summary>
/// What must hold for a transaction's then-branch. Of a range every key must satisfy it. A missing key has version,
/// revisions and lease 0; a condition on its value never holds.
/// </summary>
public sealed class Condition
{
    private readonly KeyRange _keys;
    private readonly CompareTarget _target;
    private readonly Comparison _comparison;
    private readonly long _number;
    private readonly Bytes _value;

    private Condition(KeyRange keys, CompareTarget target, Comparison comparison, long number, Bytes value)
    {
        _keys = keys;
        _target = target;
        _comparison = comparison;
        _number = number;
        _value = value;
    }

    /// <summary>The key does not exist.</summary>
    public static Condition Missing(Bytes key) => Create(key, Comparison.Equal, new Revision(0));

    /// <summary>The key exists.</summary>
    public static Condition Exists(Bytes key) => Create(key, Comparison.NotEqual, new Revision(0));

    /// <summary>Nobody changed the key since <paramref name="revision"/>: optimistic concurrency.</summary>
    public static Condition Unchanged(Bytes key, Revision revision) => Mod(key, Comparison.Equal, revision);

    public static Condition Version(KeyRange keys, Comparison comparison, long version) =>
        new(keys, CompareTarget.Version, comparison, version, default);

    public static Condition Create(KeyRange keys, Comparison comparison, Revision revision) =>
        new(keys, CompareTarget.Create, comparison, revision.Value, default);

    public static Condition Mod(KeyRange keys, Comparison comparison, Revision revision) =>
        new(keys, CompareTarget.Mod, comparison, revision.Value, default);

    public static Condition Value(KeyRange keys, Comparison comparison, Bytes value) =>
        new(keys, CompareTarget.Value, comparison, 0, value);

    public static Condition Lease(KeyRange keys, Comparison comparison, LeaseId lease) =>
        new(keys, CompareTarget.Lease, comparison, lease.Value, default);

    internal void Write(ProtoBuffer target)
    {
        target.Int64(1, (long)_comparison);
        target.Int64(2, (long)_target);
        target.Bytes(3, _keys.Start.Span);
        if (_target == CompareTarget.Value)
        {
            target.Message(7, _value.Span);
        }
        else
        {
            target.Int64(UnionField(_target), _number);
        }

        target.Bytes(64, _keys.End.Span);
    }

    private static int UnionField(CompareTarget target) => target switch
    {
        CompareTarget.Version => 4,
        CompareTarget.Create => 5,
        CompareTarget.Mod => 6,
        _ => 8,
    };
}

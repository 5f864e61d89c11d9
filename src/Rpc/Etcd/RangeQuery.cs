using Keelson.Base.Identity;

namespace Keelson.Rpc.Etcd;

/// <summary>What to read.</summary>
public sealed record RangeQuery(KeyRange Keys)
{
    /// <summary>0: no limit.</summary>
    public long Limit { get; init; }

    /// <summary>0: the newest.</summary>
    public Revision Revision { get; init; }

    /// <summary>Answered from the local state, perhaps an old one.</summary>
    public bool Serializable { get; init; }

    public bool KeysOnly { get; init; }

    public bool CountOnly { get; init; }

    public RangeRequest.Types.SortOrder SortOrder { get; init; }

    public RangeRequest.Types.SortTarget SortTarget { get; init; }
}

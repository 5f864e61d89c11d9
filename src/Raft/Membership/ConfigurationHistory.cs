namespace Keelson.Raft.Membership;

/// <summary>The configurations in the log: the last one counts, and is given up with its entry.</summary>
internal sealed class ConfigurationHistory
{
    private readonly List<(LogIndex Index, Configuration Configuration)> _all;

    public ConfigurationHistory(LogIndex index, Configuration configuration)
    {
        _all = [(index, configuration)];
    }

    public Configuration Current => _all[^1].Configuration;

    /// <summary>Where the current one stands.</summary>
    public LogIndex CurrentIndex => _all[^1].Index;

    /// <summary>The one that counted when the log ended at <paramref name="index"/>.</summary>
    public Configuration At(LogIndex index) => _all.FindLast(each => each.Index <= index).Configuration;

    /// <summary>
    /// Whether a configuration that counts at <paramref name="committed"/> or later has it as a voter.
    /// </summary>
    public bool MayDecide(MemberId member, LogIndex committed)
    {
        int first = Math.Max(0, _all.FindLastIndex(each => each.Index <= committed));
        return _all.Skip(first).Any(each => each.Configuration.IsVoter(member));
    }

    public void Add(LogIndex index, Configuration configuration)
    {
        Invariant.Require(index > CurrentIndex);
        _all.Add((index, configuration));
    }

    public void TruncateFrom(LogIndex index)
    {
        _all.RemoveAll(each => each.Index >= index);
        Invariant.Require(_all.Count > 0);
    }

    public void CompactThrough(LogIndex index)
    {
        int kept = _all.FindLastIndex(each => each.Index <= index);
        if (kept > 0)
        {
            _all.RemoveRange(0, kept);
        }
    }

    public void Reset(LogIndex index, Configuration configuration)
    {
        _all.Clear();
        _all.Add((index, configuration));
    }
}

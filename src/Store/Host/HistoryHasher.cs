using Keelson.Base.Identity;
using Keelson.Store.Backup;

namespace Keelson.Store.Host;

/// <summary>
/// HashKV over one moment (<see cref="HashKVRule"/>). Whether any key is live decides what the rule covers, and is only
/// known when one was seen: a second pass is needed just when there is none.
/// </summary>
internal sealed class HistoryHasher(StoreMoment moment, Revision hashRevision)
{
    private readonly Revision _compactRevision = new(moment.State.CompactRevision);
    private bool _anyLive;

    public HistoryHash Compute()
    {
        uint hash = Pass(anyLive: true);
        if (!_anyLive && _compactRevision.Value > 0)
        {
            hash = Pass(anyLive: false);
        }

        return new HistoryHash(hash, hashRevision, _compactRevision);
    }

    private uint Pass(bool anyLive)
    {
        var rule = new HashKVRule(hashRevision, _compactRevision, anyLive);
        var hash = new HashKV();
        var versions = new MomentVersions(moment, hashRevision, (frame, tree) =>
        {
            Revision revision = frame.Revision.Revision;
            if (!_anyLive && !frame.IsTombstone)
            {
                _anyLive = tree.IsVisible(frame, hashRevision);
            }

            bool decided = revision > _compactRevision || frame.IsTombstone;
            bool isVisible = !decided && tree.IsVisible(frame, rule.VisibleAt);
            return rule.Includes(frame.Revision, frame.IsTombstone, isVisible);
        });
        while (versions.Next())
        {
            if (versions.IsTombstone)
            {
                hash.AddTombstone(versions.Revision, versions.Key);
            }
            else
            {
                hash.AddPut(versions.Revision, versions.KeyValue);
            }
        }

        return hash.Value;
    }
}

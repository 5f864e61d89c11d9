namespace Keelson.Simulation.Checking;

/// <summary>Revision and compact revision of a member never fall, across crashes and restarts either.</summary>
internal sealed class RevisionFloor
{
    private long _revision;
    private long _compactRevision = -1;

    /// <summary>What fell; null when nothing did.</summary>
    public string? Observe(long revision, long compactRevision)
    {
        string? complaint = revision < _revision || compactRevision < _compactRevision
            ? $"revision {revision}, compacted {compactRevision}: before it was {_revision}, {_compactRevision}"
            : compactRevision > revision
                ? $"compacted {compactRevision} is ahead of revision {revision}"
                : null;
        (_revision, _compactRevision) = (revision, compactRevision);
        return complaint;
    }
}

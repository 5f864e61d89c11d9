using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>What one watch asked for and received.</summary>
internal sealed record WatchLog(string Key, string RangeEnd, long Start)
{
    /// <summary>Revisions; the first one owed is <see cref="Start"/>, never 0.</summary>
    public bool PreviousKeyValue { get; init; }

    public bool NoPut { get; init; }

    public bool NoDelete { get; init; }

    public bool Fragment { get; init; }

    /// <summary>In the order in which they came.</summary>
    public List<WatchItem> Items { get; } = [];

    /// <summary>Its connection or its server was lost: it is owed nothing more.</summary>
    public bool IsCut { get; set; }

    public IEnumerable<WatchItem.Events> Batches => Items.OfType<WatchItem.Events>();

    public IEnumerable<WatchEvent> Changes => Batches.SelectMany(batch => batch.Changes);

    public bool Wants(WatchEvent change) =>
        change.KeyValue.ModRevision >= Start
        && !(change.Deleted ? NoDelete : NoPut)
        && KeyInterval.Contains(Key, RangeEnd, change.KeyValue.Key);

    public override string ToString() =>
        $"watch of {Operation.Show(Key)}..{Operation.Show(RangeEnd)} from {Start}"
        + $"{(PreviousKeyValue ? " prev" : "")}{(NoPut ? " noput" : "")}{(NoDelete ? " nodelete" : "")}"
        + $"{(Fragment ? " fragment" : "")}, {Items.Count} items{(IsCut ? ", cut" : "")}";
}

using Keelson.Raft.Log;
using Keelson.Raft.Messages;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>Messages of a leader that a test plays.</summary>
internal static class Appends
{
    /// <summary>Entries behind <paramref name="previous"/>, one for each of the terms.</summary>
    public static Message From(
        ulong leader, ulong member, long term, EntryId previous, params IReadOnlyList<long> terms) => new()
        {
            Kind = MessageKind.Append,
            From = new MemberId(leader),
            To = new MemberId(member),
            Term = new Term(term),
            Previous = previous,
            Entries = [.. terms.Select((each, position) => Entry(previous.Index.Value + position + 1, each))],
        };

    public static Entry Entry(long index, long term) =>
        new(new LogIndex(index), new Term(term), EntryKind.Normal, new byte[] { 1 });

    public static EntryId Id(long index, long term) => new(new LogIndex(index), new Term(term));
}

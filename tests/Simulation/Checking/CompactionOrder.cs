using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>
/// Whether the compact revision that clients saw never fell and was never ahead of who asked for it, and whether no
/// revision was called future that had been seen.
/// </summary>
internal static class CompactionOrder
{
    /// <summary>Zero may be asked for, and is more than nothing.</summary>
    private const long Nothing = -1;

    /// <summary>What contradicts; null when nothing does.</summary>
    public static string? Check(IReadOnlyList<Call> calls) =>
        CheckRealTime(calls) ?? CheckPlaces(calls) ?? CheckCeiling(calls) ?? CheckOnce(calls);

    /// <summary>What proves a compact revision, or a revision, binds everybody who begins later.</summary>
    private static string? CheckRealTime(IReadOnlyList<Call> calls)
    {
        List<Call> ends = [.. calls.Where(call => call.Returned != Call.Never).OrderBy(call => call.Returned)];
        long compacted = Nothing;
        long seen = 0;
        int ended = 0;
        foreach (Call call in calls.Where(call => call.Outcome == CallOutcome.Answered).OrderBy(call => call.Invoked))
        {
            for (; ended < ends.Count && ends[ended].Returned < call.Invoked; ended++)
            {
                compacted = Math.Max(compacted, ProvenCompact(ends[ended]));
                seen = Math.Max(Math.Max(seen, compacted), ends[ended].Revision);
            }

            bool isFuture = call.Result!.Error == EtcdError.FutureRevision;
            if (!MayBeOld(call) && isFuture && Asked(call) > 0 && Asked(call) <= seen)
            {
                return $"{call}\ncalls a revision future although {seen} had been seen";
            }

            // What is compacted exists, so nobody is at an older revision any more.
            if (!MayBeOld(call) && (Contradicts(call, compacted) || (call.Succeeded && call.Revision < compacted)))
            {
                return $"{call}\nalthough {compacted} was known to be compacted";
            }
        }

        return null;
    }

    /// <summary>The same in the order that the answers' revisions claim.</summary>
    private static string? CheckPlaces(IReadOnlyList<Call> calls)
    {
        List<Call> placed = [.. calls.Where(call => call.Succeeded).OrderBy(call => call.Revision)];
        long compacted = Nothing;
        int passed = 0;
        foreach (Call call in placed)
        {
            for (; placed[passed].Revision < call.Revision; passed++)
            {
                long each = placed[passed].Request is Operation.Compact earlier ? earlier.Revision : Nothing;
                compacted = Math.Max(compacted, each);
            }

            if (Contradicts(call, compacted) || (call.Request is Operation.Compact own && own.Revision > call.Revision))
            {
                return $"{call}\nalthough before its revision {compacted} was compacted";
            }
        }

        return null;
    }

    /// <summary>Nobody is told of a compaction that can not have happened by then.</summary>
    private static string? CheckCeiling(IReadOnlyList<Call> calls)
    {
        List<(long From, long Revision)> possible = [.. PossibleCompactions(calls).OrderBy(each => each.From)];
        long highest = Nothing;
        int begun = 0;
        foreach (Call call in calls.Where(call => call.Returned != Call.Never).OrderBy(call => call.Returned))
        {
            for (; begun < possible.Count && possible[begun].From < call.Returned; begun++)
            {
                highest = Math.Max(highest, possible[begun].Revision);
            }

            bool isRefused = call.Result?.Error == EtcdError.Compacted && Asked(call) > 0;
            if (isRefused && ProvenCompact(call) > highest)
            {
                return $"{call}\nis told of a compaction that had not been asked for";
            }
        }

        return null;
    }

    /// <summary>The second of two compactions at one revision is refused, whatever their order.</summary>
    private static string? CheckOnce(IReadOnlyList<Call> calls)
    {
        var seen = new HashSet<long>();
        return calls
            .Where(call => call.Succeeded && call.Request is Operation.Compact compact && !seen.Add(compact.Revision))
            .Select(call => $"{call}\nsucceeds for the second time").FirstOrDefault();
    }

    /// <summary>From when on a compaction may have happened: asked for, and the revision it was at begun.</summary>
    private static IEnumerable<(long From, long Revision)> PossibleCompactions(IReadOnlyList<Call> calls)
    {
        List<Call> changes = [.. calls.Where(RevisionOrder.ChangesSurely).OrderBy(call => call.Revision)];
        long newest = changes.Count == 0 ? 1 : changes[^1].Revision;
        foreach (Call call in calls.Where(call => call.Succeeded || call.Outcome == CallOutcome.Unknown))
        {
            if (call.Request is Operation.Compact compact && compact.Revision <= newest)
            {
                IEnumerable<Call> before =
                    changes.TakeWhile(change => change.Revision <= Math.Max(call.Revision, compact.Revision));
                long born = before.Select(change => change.Invoked).DefaultIfEmpty(0).Max();
                yield return (Math.Max(call.Invoked, born), compact.Revision);
            }
        }
    }

    private static bool Contradicts(Call call, long compacted) => call.Succeeded && call.Request switch
    {
        Operation.Range { Revision: > 0 } range => range.Revision < compacted,
        Operation.Compact compact => compact.Revision <= compacted,
        _ => false,
    };

    private static bool MayBeOld(Call call) => call.Request is Operation.Range { Serializable: true };

    /// <summary>The compact revision is at least this once the call has ended.</summary>
    private static long ProvenCompact(Call call) => (call.Request, call.Result) switch
    {
        (Operation.Compact compact, { Error: EtcdError.None or EtcdError.Compacted }) => compact.Revision,
        (Operation.Range { Revision: > 0 } range, { Error: EtcdError.Compacted }) => range.Revision + 1,
        _ => Nothing,
    };

    private static long Asked(Call call) => call.Request switch
    {
        Operation.Range range => range.Revision,
        Operation.Compact compact => compact.Revision,
        _ => 0,
    };
}

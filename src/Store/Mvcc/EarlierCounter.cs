using Keelson.Base;
using Keelson.Base.Identity;
using Keelson.Store.History;
using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>
/// Counts the keys of an interval at an earlier revision from their count now: one less for each key created since, one
/// more for each deleted since. Exact: every change since is looked at, or none (docs/decisions/0018).
/// </summary>
internal static class EarlierCounter
{
    /// <summary>
    /// False when walking is about as cheap, or changes since are on disk only. A walk visits the live keys at least.
    /// </summary>
    /// <param name="history">The changes.</param>
    /// <param name="view">What is read; <paramref name="revision"/> is in it.</param>
    /// <param name="interval">Keys.</param>
    /// <param name="revision">When.</param>
    /// <param name="count">Keys of the interval: now, and then those at <paramref name="revision"/>.</param>
    public static bool TryCount(
        HistoryStore history, ReadView view, scoped KeyInterval interval, Revision revision, ref long count)
    {
        if (!TailChanges.TryFind(history, revision, out TailChanges changes) || changes.Count > count)
        {
            return false;
        }

        while (changes.TryNext(view.Current, out HistoryFrame change))
        {
            count -= Difference(change, interval);
        }

        return true;
    }

    /// <summary>Deletions leave tombstones of keys that existed only, and version 1 is a key that did not.</summary>
    private static int Difference(HistoryFrame change, scoped KeyInterval interval)
    {
        bool isRead = KeyValueView.TryRead(change.KeyValue, out KeyValueView keyValue);
        Invariant.Require(isRead);
        if (!interval.Contains(keyValue.Key))
        {
            return 0;
        }

        return change.IsTombstone ? -1 : keyValue.Version == 1 ? 1 : 0;
    }
}

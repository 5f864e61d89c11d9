using Keelson.Base;
using Keelson.Base.Identity;
using Keelson.Store.History;

namespace Keelson.Store.Mvcc;

/// <summary>Values by the revision of their change.</summary>
internal static class HistoryValues
{
    /// <summary>The value bytes of a version; empty for a tombstone.</summary>
    public static ReadOnlySpan<byte> ReadValue(this HistoryStore history, ChangeRevision change)
    {
        bool read = KeyValueView.TryRead(history.Read(change), out KeyValueView keyValue);
        Invariant.Require(read);
        return keyValue.Value;
    }
}

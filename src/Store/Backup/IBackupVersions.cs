using Keelson.Base.Identity;

namespace Keelson.Store.Backup;

/// <summary>The versions that go into a backup, in order of revision: all that a compaction would keep.</summary>
internal interface IBackupVersions
{
    ChangeRevision Revision { get; }

    bool IsTombstone { get; }

    /// <summary>The changed key. Asked for of deletions only, of which nothing else is stored.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>The length of the encoded KeyValue. Asked for of puts only, as is its content.</summary>
    int KeyValueLength { get; }

    bool Next();

    /// <summary>Writes the encoded KeyValue into exactly <see cref="KeyValueLength"/> bytes.</summary>
    void CopyKeyValue(Span<byte> destination);
}

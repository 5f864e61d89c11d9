using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>
/// The end of the durable prefix: its last record and the last entry at or before it. Raft must compare the term as
/// well: an older term's completion can carry the same index (reliability.md section 5, rule 3).
/// </summary>
internal readonly record struct LogDurable(SequenceNumber Sequence, LogIndex Index, Term Term);

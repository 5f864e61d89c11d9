namespace Keelson.Rpc.Etcd;

/// <param name="Header">Its revision is the one of this change; the old one when nothing was there.</param>
/// <param name="Deleted">How many keys are gone.</param>
/// <param name="Previous">Empty unless asked for.</param>
public sealed record DeleteRangeResult(AnswerHeader Header, long Deleted, IReadOnlyList<StoredValue> Previous);

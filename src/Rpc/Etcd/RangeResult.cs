namespace Keelson.Rpc.Etcd;

/// <param name="Header">Carries the newest revision, also when an older one was read.</param>
/// <param name="Values">In the order asked for.</param>
/// <param name="More">The limit cut something off.</param>
/// <param name="Count">Keys in the range, whatever the limit.</param>
public sealed record RangeResult(AnswerHeader Header, IReadOnlyList<StoredValue> Values, bool More, long Count);

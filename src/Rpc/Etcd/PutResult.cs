namespace Keelson.Rpc.Etcd;

/// <param name="Header">Its revision is the one of this change.</param>
/// <param name="Previous">Set when it was asked for and there was one.</param>
public sealed record PutResult(AnswerHeader Header, StoredValue? Previous);

namespace Keelson.Rpc.Etcd;

public sealed record TxnResult(AnswerHeader Header, bool Succeeded, IReadOnlyList<TxnOutcome> Outcomes);

namespace Keelson.Store;

/// <summary>A request was refused. It kills the request only; the store goes on.</summary>
public sealed class StoreException(StoreError error) : Exception(TextOf(error))
{
    public StoreError Error { get; } = error;

    private static string TextOf(StoreError error) => error switch
    {
        StoreError.EmptyKey => "key is not provided: a key has at least one byte",
        StoreError.KeyNotFound => "key not found: the request keeps a value or lease that does not exist",
        StoreError.Compacted => "required revision has been compacted: read a newer one",
        StoreError.FutureRevision => "required revision is a future revision: the store is not there yet",
        StoreError.LeaseNotFound => "requested lease not found: it ended or was never granted",
        StoreError.LeaseExists => "lease already exists: choose another id, or 0 to have one chosen",
        StoreError.NoSpace => "database space exceeded: delete and compact; a raised alarm must be disarmed, too",
        StoreError.TooManyRequests => "too many requests are waiting: slow down and try again",
        StoreError.DuplicateKey => "duplicate key given in the transaction: one operation per key",
        StoreError.TooManyOperations => "too many operations in the transaction",
        StoreError.RequestTooLarge => "request is too large",
        StoreError.AnswerTooLarge => "the answer is too large: ask for less; a write has taken place all the same",
        StoreError.Stopped => "the store is stopped",
        StoreError.TimedOut => "the request was not answered in time: it may still happen",
        StoreError.Canceled => "the request was canceled: it may still happen",
        _ => $"the request was refused: {error}",
    };
}

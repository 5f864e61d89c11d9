namespace Keelson.Store;

/// <summary>
/// Why a request was refused. The names follow etcd's error texts (etcd 3.5, api/v3rpc/rpctypes); the server turns them
/// into status and text.
/// </summary>
public enum StoreError
{
    None = 0,

    /// <summary>The bytes are not a message of the expected type.</summary>
    Malformed,

    /// <summary>key is not provided</summary>
    EmptyKey,

    /// <summary>
    /// key not found: ignore_value or ignore_lease without the key, or a transaction operation without content.
    /// </summary>
    KeyNotFound,

    /// <summary>value is provided, together with ignore_value</summary>
    ValueProvided,

    /// <summary>lease is provided, together with ignore_lease</summary>
    LeaseProvided,

    /// <summary>too many operations in txn request</summary>
    TooManyOperations,

    /// <summary>duplicate key given in txn request</summary>
    DuplicateKey,

    /// <summary>invalid sort option</summary>
    InvalidSortOption,

    /// <summary>mvcc: required revision has been compacted</summary>
    Compacted,

    /// <summary>mvcc: required revision is a future revision</summary>
    FutureRevision,

    /// <summary>requested lease not found</summary>
    LeaseNotFound,

    /// <summary>lease already exists</summary>
    LeaseExists,

    /// <summary>too large lease TTL</summary>
    LeaseTtlTooLarge,

    /// <summary>mvcc: database space exceeded</summary>
    NoSpace,

    /// <summary>corrupt cluster</summary>
    Corrupt,

    /// <summary>request is too large</summary>
    RequestTooLarge,

    /// <summary>
    /// The answer passes what may be sent, or what memory allows; a write has taken place all the same.
    /// </summary>
    AnswerTooLarge,

    /// <summary>too many requests: the store has more waiting than it may hold</summary>
    TooManyRequests,

    /// <summary>server stopped</summary>
    Stopped,

    /// <summary>request timed out: it may still happen</summary>
    TimedOut,

    /// <summary>request canceled by whoever made it: it may still happen</summary>
    Canceled,
}

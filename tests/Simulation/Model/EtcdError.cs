namespace Keelson.Simulation.Model;

/// <summary>Why a request was refused; the names are those of the store's own errors.</summary>
public enum EtcdError
{
    None = 0,
    EmptyKey,
    KeyNotFound,
    ValueProvided,
    LeaseProvided,
    TooManyOperations,
    DuplicateKey,
    InvalidSortOption,
    Compacted,
    FutureRevision,
    LeaseNotFound,
    LeaseExists,
    LeaseTtlTooLarge,
    NoSpace,
    Corrupt,
}

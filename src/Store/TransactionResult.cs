using Keelson.Base.Identity;

namespace Keelson.Store;

/// <summary>A transaction that was decided and, when it wrote, is durable.</summary>
/// <param name="Revision">The store's revision after it; zero for a nested one, which has none of its own.</param>
/// <param name="Succeeded">Which branch ran.</param>
/// <param name="Results">One per operation of that branch, in order.</param>
public sealed record TransactionResult(
    Revision Revision, bool Succeeded, IReadOnlyList<OperationResult> Results);

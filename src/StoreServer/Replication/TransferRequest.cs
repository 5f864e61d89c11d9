using Keelson.Base.Identity;

namespace Keelson.StoreServer.Replication;

/// <summary>Somebody wants another member to lead.</summary>
/// <param name="Target">Whom; 0 for whoever is fittest.</param>
internal sealed record TransferRequest(MemberId Target)
{
    private readonly TaskCompletionSource<bool> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether handing over has begun.</summary>
    public Task<bool> Begun => _begun.Task;

    public void Answer(bool begun) => _begun.TrySetResult(begun);
}

using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Options;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Membership;

/// <summary>
/// Tells the cluster at a member's start what only the member knows: its name and where clients find it. The first time
/// also who the first members are, in the same words as every other one of them.
/// </summary>
internal sealed class MemberPublisher(StoreEngine engine, NodeIdentity identity, StoreServerOptions options)
{
    /// <summary>
    /// Returns when the cluster has agreed, which proves too that the log can be written: so long as there is no
    /// quorum it tries again (etcd 3.5, server.go: publishV3).
    /// </summary>
    /// <exception cref="StoreException">Stopped.</exception>
    public async Task PublishAsync(ILogger logger, CancellationToken stopping)
    {
        ReadOnlyMemory<byte> request = Encode();
        while (true)
        {
            var patience = new CallerPatience(options.RequestTimeoutMilliseconds, stopping);
            RequestOutcome outcome = await engine.ProposeAsync(
                RequestKind.Settings, request, null, continuesQuickly: false, patience);
            if (outcome.Error == StoreError.None || stopping.IsCancellationRequested)
            {
                return;
            }

            logger.PublishFailed(identity.Member.ToString(), outcome.Error.ToString());
        }
    }

    private ReadOnlyMemory<byte> Encode()
    {
        var request = new ProtoBuffer();
        if (MemberRecord.Read(engine.Readers).Count == 0)
        {
            IReadOnlyList<InitialMember> first = InitialMembers.Of(options);
            foreach (InitialMember member in first)
            {
                // A member alone is who it was, though its URLs may have changed since.
                MemberId id = first.Count == 1 ? identity.Member : member.Id;
                MemberRecord.WritePeer(request, id, member.PeerUrls, isLearner: false);
            }
        }

        MemberRecord.WriteClient(
            request, identity.Member, options.Name, options.AdvertiseClientUrls.Select(url => url.ToString()));
        return request.WrittenMemory;
    }
}

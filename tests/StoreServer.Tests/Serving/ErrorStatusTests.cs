using Keelson.Rpc;
using Keelson.Store;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Tests.Serving;

/// <summary>Codes and texts are those of etcd 3.5's api/v3rpc/rpctypes/error.go: clients match on them.</summary>
internal sealed class ErrorStatusTests
{
    [TestCase(StoreError.EmptyKey, StatusCode.InvalidArgument, "etcdserver: key is not provided")]
    [TestCase(StoreError.KeyNotFound, StatusCode.InvalidArgument, "etcdserver: key not found")]
    [TestCase(StoreError.ValueProvided, StatusCode.InvalidArgument, "etcdserver: value is provided")]
    [TestCase(StoreError.LeaseProvided, StatusCode.InvalidArgument, "etcdserver: lease is provided")]
    [TestCase(
        StoreError.TooManyOperations, StatusCode.InvalidArgument, "etcdserver: too many operations in txn request")]
    [TestCase(
        StoreError.DuplicateKey, StatusCode.InvalidArgument, "etcdserver: duplicate key given in txn request")]
    [TestCase(StoreError.InvalidSortOption, StatusCode.InvalidArgument, "etcdserver: invalid sort option")]
    [TestCase(
        StoreError.Compacted, StatusCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted")]
    [TestCase(
        StoreError.FutureRevision, StatusCode.OutOfRange,
        "etcdserver: mvcc: required revision is a future revision")]
    [TestCase(StoreError.LeaseNotFound, StatusCode.NotFound, "etcdserver: requested lease not found")]
    [TestCase(StoreError.LeaseExists, StatusCode.FailedPrecondition, "etcdserver: lease already exists")]
    [TestCase(StoreError.LeaseTtlTooLarge, StatusCode.OutOfRange, "etcdserver: too large lease TTL")]
    [TestCase(StoreError.NoSpace, StatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded")]
    [TestCase(StoreError.Corrupt, StatusCode.DataLoss, "etcdserver: corrupt cluster")]
    [TestCase(StoreError.RequestTooLarge, StatusCode.InvalidArgument, "etcdserver: request is too large")]
    [TestCase(StoreError.TooManyRequests, StatusCode.Unknown, "etcdserver: too many requests")]
    [TestCase(
        StoreError.AnswerTooLarge, StatusCode.ResourceExhausted,
        "grpc: trying to send message larger than max (2147483648 vs. 2147483647)")]
    [TestCase(StoreError.Stopped, StatusCode.Unavailable, "etcdserver: server stopped")]
    [TestCase(StoreError.TimedOut, StatusCode.Unavailable, "etcdserver: request timed out")]
    [TestCase(StoreError.Canceled, StatusCode.Canceled, "etcdserver: request canceled")]
    [TestCase(
        StoreError.Malformed, StatusCode.Internal,
        "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data")]
    public void Status_OfAnError_IsEtcds(StoreError error, StatusCode code, string text) =>
        Assert.That(ErrorStatus.Of(error), Is.EqualTo(new RpcStatus(code, text)));

    [Test]
    public void Status_OfEveryError_Exists() =>
        Assert.Multiple(() =>
        {
            foreach (StoreError error in Enum.GetValues<StoreError>())
            {
                Assert.That(ErrorStatus.Of(error).IsOK, Is.EqualTo(error == StoreError.None), error.ToString());
            }
        });
}

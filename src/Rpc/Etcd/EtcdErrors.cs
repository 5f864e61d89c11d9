namespace Keelson.Rpc.Etcd;

/// <summary>
/// Every error of etcd 3.7's v3 API. Clients match on the whole text, so text and code are part of the wire contract.
/// </summary>
public static class EtcdErrors
{
    private const string Prefix = "etcdserver: ";

    /// <summary>
    /// etcd answers these two with the client's error object, so that gRPC does not find a code: Unknown on the wire.
    /// </summary>
    public static readonly RpcStatus TooManyRequests = Of(StatusCode.Unknown, "too many requests");

    /// <inheritdoc cref="TooManyRequests"/>
    public static readonly RpcStatus NotEnoughStartedMembers =
        Of(StatusCode.Unknown, "re-configuration failed due to not enough started members");

    /// <inheritdoc cref="TooManyRequests"/>
    public static readonly RpcStatus LeaderTransferTimedOut =
        Of(StatusCode.Unknown, "request timed out, leader transfer took too long");

    /// <summary>Election: a plain Go error, hence Unknown and without the prefix.</summary>
    public static readonly RpcStatus LeaderKeyMissing =
        new(StatusCode.Unknown, "\"leader\" field must be provided");

    // Requests.
    public static readonly RpcStatus KeyIsEmpty = Of(StatusCode.InvalidArgument, "key is not provided");

    public static readonly RpcStatus KeyNotFound = Of(StatusCode.InvalidArgument, "key not found");

    public static readonly RpcStatus ValueProvided = Of(StatusCode.InvalidArgument, "value is provided");

    public static readonly RpcStatus LeaseProvided = Of(StatusCode.InvalidArgument, "lease is provided");

    public static readonly RpcStatus TooManyOperations =
        Of(StatusCode.InvalidArgument, "too many operations in txn request");

    public static readonly RpcStatus DuplicateKey =
        Of(StatusCode.InvalidArgument, "duplicate key given in txn request");

    public static readonly RpcStatus InvalidSortOption = Of(StatusCode.InvalidArgument, "invalid sort option");

    public static readonly RpcStatus InvalidClientApiVersion =
        Of(StatusCode.InvalidArgument, "invalid client api version");

    public static readonly RpcStatus RequestTooLarge = Of(StatusCode.InvalidArgument, "request is too large");

    public static readonly RpcStatus Compacted =
        Of(StatusCode.OutOfRange, "mvcc: required revision has been compacted");

    public static readonly RpcStatus FutureRevision =
        Of(StatusCode.OutOfRange, "mvcc: required revision is a future revision");

    public static readonly RpcStatus NoSpace = Of(StatusCode.ResourceExhausted, "mvcc: database space exceeded");

    public static readonly RpcStatus WatchCanceled = Of(StatusCode.Canceled, "watch canceled");

    public static readonly RpcStatus RequestCanceled = Of(StatusCode.Canceled, "request canceled");

    public static readonly RpcStatus DeadlineExceeded =
        Of(StatusCode.DeadlineExceeded, "context deadline exceeded");

    // Leases.
    public static readonly RpcStatus LeaseNotFound = Of(StatusCode.NotFound, "requested lease not found");

    public static readonly RpcStatus LeaseExists = Of(StatusCode.FailedPrecondition, "lease already exists");

    public static readonly RpcStatus LeaseTtlTooLarge = Of(StatusCode.OutOfRange, "too large lease TTL");

    // Members.
    public static readonly RpcStatus MemberNotFound = Of(StatusCode.NotFound, "member not found");

    public static readonly RpcStatus MemberExists = Of(StatusCode.FailedPrecondition, "member ID already exist");

    public static readonly RpcStatus PeerUrlExists =
        Of(StatusCode.FailedPrecondition, "Peer URLs already exists");

    public static readonly RpcStatus MemberUrlsInvalid =
        Of(StatusCode.InvalidArgument, "given member URLs are invalid");

    public static readonly RpcStatus MemberNotLearner =
        Of(StatusCode.FailedPrecondition, "can only promote a learner member");

    public static readonly RpcStatus LearnerNotReady =
        Of(StatusCode.FailedPrecondition, "can only promote a learner member which is in sync with leader");

    public static readonly RpcStatus TooManyLearners =
        Of(StatusCode.FailedPrecondition, "too many learner members in cluster");

    public static readonly RpcStatus NotSupportedForLearner =
        Of(StatusCode.FailedPrecondition, "rpc not supported for learner");

    public static readonly RpcStatus ClusterIdMismatch = Of(StatusCode.FailedPrecondition, "cluster ID mismatch");

    public static readonly RpcStatus NotLeader = Of(StatusCode.FailedPrecondition, "not leader");

    public static readonly RpcStatus BadLeaderTransferee =
        Of(StatusCode.FailedPrecondition, "bad leader transferee");

    public static readonly RpcStatus NotCapable = Of(StatusCode.FailedPrecondition, "not capable");

    public static readonly RpcStatus DowngradeVersionMalformed =
        Of(StatusCode.InvalidArgument, "wrong downgrade target version format");

    public static readonly RpcStatus DowngradeVersionInvalid =
        Of(StatusCode.InvalidArgument, "invalid downgrade target version");

    public static readonly RpcStatus ClusterVersionNotFound =
        Of(StatusCode.FailedPrecondition, "cluster version not found during downgrade");

    public static readonly RpcStatus DowngradeInProgress =
        Of(StatusCode.FailedPrecondition, "cluster has a downgrade job in progress");

    public static readonly RpcStatus NoDowngradeInProgress =
        Of(StatusCode.FailedPrecondition, "no inflight downgrade job");

    // Users and roles.
    public static readonly RpcStatus UserNameIsEmpty = Of(StatusCode.InvalidArgument, "user name is empty");

    public static readonly RpcStatus RoleNameIsEmpty = Of(StatusCode.InvalidArgument, "role name is empty");

    public static readonly RpcStatus AuthenticationFailed =
        Of(StatusCode.InvalidArgument, "authentication failed, invalid user ID or password");

    public static readonly RpcStatus PermissionNotGiven = Of(StatusCode.InvalidArgument, "permission not given");

    public static readonly RpcStatus InvalidAuthManagement =
        Of(StatusCode.InvalidArgument, "invalid auth management");

    public static readonly RpcStatus AuthRevisionOld =
        Of(StatusCode.InvalidArgument, "revision of auth store is old");

    public static readonly RpcStatus RootUserNotFound =
        Of(StatusCode.FailedPrecondition, "root user does not exist");

    public static readonly RpcStatus RootRoleMissing =
        Of(StatusCode.FailedPrecondition, "root user does not have root role");

    public static readonly RpcStatus UserExists = Of(StatusCode.FailedPrecondition, "user name already exists");

    public static readonly RpcStatus UserNotFound = Of(StatusCode.FailedPrecondition, "user name not found");

    public static readonly RpcStatus RoleExists = Of(StatusCode.FailedPrecondition, "role name already exists");

    public static readonly RpcStatus RoleNotFound = Of(StatusCode.FailedPrecondition, "role name not found");

    public static readonly RpcStatus RoleNotGranted =
        Of(StatusCode.FailedPrecondition, "role is not granted to the user");

    public static readonly RpcStatus PermissionNotGranted =
        Of(StatusCode.FailedPrecondition, "permission is not granted to the role");

    public static readonly RpcStatus AuthenticationNotEnabled =
        Of(StatusCode.FailedPrecondition, "authentication is not enabled");

    public static readonly RpcStatus PermissionDenied = Of(StatusCode.PermissionDenied, "permission denied");

    public static readonly RpcStatus InvalidAuthToken = Of(StatusCode.Unauthenticated, "invalid auth token");

    // The state of the cluster.
    public static readonly RpcStatus NoLeader = Of(StatusCode.Unavailable, "no leader");

    public static readonly RpcStatus LeaderChanged = Of(StatusCode.Unavailable, "leader changed");

    public static readonly RpcStatus ServerStopped = Of(StatusCode.Unavailable, "server stopped");

    public static readonly RpcStatus RequestTimedOut = Of(StatusCode.Unavailable, "request timed out");

    public static readonly RpcStatus TimedOutLeaderFailure =
        Of(StatusCode.Unavailable, "request timed out, possibly due to previous leader failure");

    public static readonly RpcStatus TimedOutConnectionLost =
        Of(StatusCode.Unavailable, "request timed out, possibly due to connection lost");

    public static readonly RpcStatus TimedOutAppliedIndex =
        Of(StatusCode.Unavailable, "request timed out, waiting for the applied index took too long");

    public static readonly RpcStatus Unhealthy = Of(StatusCode.Unavailable, "unhealthy cluster");

    public static readonly RpcStatus Corrupt = Of(StatusCode.DataLoss, "corrupt cluster");

    private static RpcStatus Of(StatusCode code, string text) => new(code, Prefix + text);
}

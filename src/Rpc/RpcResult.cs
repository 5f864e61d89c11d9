using System.Diagnostics.CodeAnalysis;

namespace Keelson.Rpc;

/// <summary>A value, or the status that says why there is none.</summary>
public readonly record struct RpcResult<T>
    where T : class
{
    public RpcResult(T value)
    {
        Value = value;
    }

    public RpcResult(RpcStatus status)
    {
        Invariant.Require(!status.IsOK);
        Status = status;
    }

    public RpcStatus Status { get; }

    /// <summary>Set exactly when <see cref="IsOK"/>.</summary>
    public T? Value { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsOK => Status.IsOK;

    [SuppressMessage("Usage", "CA2225", Justification = "The constructors are the named alternates.")]
    public static implicit operator RpcResult<T>(T value) => new(value);

    [SuppressMessage("Usage", "CA2225", Justification = "The constructors are the named alternates.")]
    public static implicit operator RpcResult<T>(RpcStatus status) => new(status);
}

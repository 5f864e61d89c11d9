namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.TxnRequest, read in place: its parts are walked, never collected.</summary>
internal readonly ref struct TxnRequest(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    public RepeatedMessages Compares => new(_message, 1);

    public RepeatedMessages Success => new(_message, 2);

    public RepeatedMessages Failure => new(_message, 3);

    public RepeatedMessages Branch(bool succeeded) => succeeded ? Success : Failure;
}

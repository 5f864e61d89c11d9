namespace Keelson.StoreServer.Serving;

/// <summary>Calls kept for reuse with their buffers; one whose buffer grew large loses it.</summary>
internal sealed class ProposedCalls(ServedStore store)
{
    private const int KeptMax = 1024;
    private const int KeptBytesMax = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Stack<ProposedCall> _kept = new();

    public ProposedCall Rent()
    {
        lock (_lock)
        {
            if (_kept.TryPop(out ProposedCall? call))
            {
                return call;
            }
        }

        return new ProposedCall(store, this);
    }

    public void Return(ProposedCall call)
    {
        if (call.Body.Length > KeptBytesMax)
        {
            call.Body.Release();
        }

        call.Body.Clear();
        lock (_lock)
        {
            if (_kept.Count < KeptMax)
            {
                _kept.Push(call);
            }
        }
    }
}

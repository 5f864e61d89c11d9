using System.Collections.Concurrent;
using Keelson.Base.Codec;

namespace Keelson.StoreServer.Serving;

/// <summary>Buffers in which the store writes answers, kept for reuse. A buffer that grew large is not kept.</summary>
internal sealed class ResponseBuffers
{
    private const int KeptMax = 1024;
    private const int KeptBytesMax = 64 * 1024;

    private readonly ConcurrentQueue<ProtoBuffer> _kept = new();

    public ProtoBuffer Rent()
    {
        if (_kept.TryDequeue(out ProtoBuffer? buffer))
        {
            buffer.Clear();
            return buffer;
        }

        return new ProtoBuffer();
    }

    public void Return(ProtoBuffer buffer)
    {
        if (buffer is { IsOverflown: false, Length: <= KeptBytesMax } && _kept.Count < KeptMax)
        {
            _kept.Enqueue(buffer);
            return;
        }

        buffer.Release();
    }
}

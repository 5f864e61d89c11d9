using Keelson.Simulation;

namespace Keelson.Store.Tests.Log;

/// <summary>Payloads that say which entry they belong to.</summary>
internal static class LogPayload
{
    /// <summary>The same bytes for the same arguments.</summary>
    public static byte[] Of(long index, int length, long term = 1)
    {
        var bytes = new byte[length];
        new SeededRandom(((ulong)term << 32) ^ (ulong)index).Fill(bytes);
        return bytes;
    }
}

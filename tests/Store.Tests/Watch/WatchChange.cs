namespace Keelson.Store.Tests.Watch;

/// <summary>One event, as the model knows it or as a stream got it. Bytes are in hexadecimal.</summary>
internal sealed record WatchChange(long Revision, string Key, bool IsDelete, string KeyValue)
{
    /// <summary>What the key was before; empty when it did not exist.</summary>
    public string Previous { get; init; } = "";
}

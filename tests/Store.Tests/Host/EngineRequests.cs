using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;

namespace Keelson.Store.Tests.Host;

/// <summary>Requests to an engine on a disk of the test's, which the public face cannot open.</summary>
internal static class EngineRequests
{
    public static async Task PutAsync(this StoreEngine engine, string key, string value)
    {
        var request = new ProtoBuffer();
        RequestEncoder.Put(request, key, value, null);
        RequestOutcome outcome = await engine.ProposeAsync(RequestKind.Put, request.WrittenMemory, null);
        Assert.That(outcome.Error, Is.EqualTo(StoreError.None));
    }

    /// <summary>Deletes all keys with a prefix.</summary>
    public static async Task DeleteAsync(this StoreEngine engine, string prefix)
    {
        var request = new ProtoBuffer();
        RequestEncoder.DeleteRange(request, KeyRange.Prefix(prefix));
        await engine.ProposeAsync(RequestKind.DeleteRange, request.WrittenMemory, null);
    }

    public static Task CompactAsync(this StoreEngine engine) => engine.CompactAsync(engine.State.Revision);

    /// <summary>Whether or not it is refused.</summary>
    public static async Task CompactAsync(this StoreEngine engine, Revision revision)
    {
        var request = new ProtoBuffer();
        RequestEncoder.Compaction(request, revision.Value, physical: false);
        await engine.ProposeAsync(RequestKind.Compact, request.WrittenMemory, null);
    }

    /// <summary>All keys and their values now.</summary>
    public static Dictionary<string, string> ReadAll(this StoreEngine engine)
    {
        var request = new ProtoBuffer();
        RequestEncoder.Range(request, new RangeQuery { Keys = KeyRange.All });
        var response = new ProtoBuffer();
        StoreError error = engine.Range(RangeRequest.Parse(request.Written), response, out Revision current);
        Assert.That(error, Is.EqualTo(StoreError.None));
        return ResponseDecoder.Range(response.Written, current).KeyValues
            .ToDictionary(one => one.Key.ToString(), one => one.Value.ToString());
    }
}

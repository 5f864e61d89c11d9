using Keelson.Store.Mvcc;

namespace Keelson.Store.Tests.Mvcc;

public sealed class BatchTests
{
    [FsCheck.NUnit.Property]
    public bool Reader_AnyRequests_ComeBackInOrder(byte[][] requests, long time, ulong incarnation, long number)
    {
        var writer = new BatchWriter();
        foreach (byte[] request in requests)
        {
            writer.Add(RequestKind.Put, request);
        }

        var origin = new BatchOrigin(incarnation, number);
        writer.Finish(time, origin);
        var reader = new BatchReader(writer.Payload);
        List<byte[]> read = [];
        while (reader.Next())
        {
            read.Add(reader.Request.ToArray());
        }

        return !reader.Malformed && reader.ClusterTimeMilliseconds == time && reader.Origin == origin
            && read.Count == requests.Length && read.Zip(requests).All(pair => pair.First.SequenceEqual(pair.Second));
    }

    [FsCheck.NUnit.Property]
    public bool Reader_AnyBytes_Terminates(byte[] bytes)
    {
        byte[] batch = [BatchLayout.Version, .. bytes];
        var reader = new BatchReader(batch);
        int requests = 0;
        while (reader.Next())
        {
            requests++;
        }

        return requests <= batch.Length;
    }

    [Test]
    public void Writer_LargeRequest_TravelsAlone()
    {
        var writer = new BatchWriter();
        Assert.That(writer.HasRoom(BatchLayout.BatchBytesMax * 2), Is.True);
        writer.Add(RequestKind.Put, new byte[BatchLayout.BatchBytesMax * 2]);
        Assert.That(writer.HasRoom(1), Is.False);
        writer.Clear();
        Assert.That(writer.HasRoom(1), Is.True);
    }

    [Test]
    public void Document_Offsets_AreTheCodes()
    {
        Assert.That(FormatDocument.Read("batch.md").Offsets("Header"), Is.SupersetOf(new Dictionary<string, int>
        {
            ["Version"] = BatchLayout.VersionOffset,
            ["RequestCount"] = BatchLayout.RequestCountOffset,
            ["ClusterTime"] = BatchLayout.ClusterTimeOffset,
            ["OriginIncarnation"] = BatchLayout.OriginIncarnationOffset,
            ["OriginNumber"] = BatchLayout.OriginNumberOffset,
        }));
        Assert.That(FormatDocument.Read("batch.md").Offsets("Request"), Is.SupersetOf(new Dictionary<string, int>
        {
            ["RequestKind"] = BatchLayout.RequestKindOffset,
            ["RequestLength"] = BatchLayout.RequestLengthOffset,
        }));
    }
}

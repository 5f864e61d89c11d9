using System.Text;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Watch;

namespace Keelson.Store.Tests.Watch;

/// <summary>One stream's client: remembers what it asked for and what came, per watch.</summary>
internal sealed class WatchClient(WatchWorld world, WatchStreamId id)
{
    public WatchStreamId Id { get; } = id;

    /// <summary>Watches still running, by id.</summary>
    public Dictionary<long, WatchRecord> Running { get; } = [];

    /// <summary>All watches ever, also ended ones.</summary>
    public List<WatchRecord> Records { get; } = [];

    /// <summary>Answers to progress requests, with what every watch had got by then.</summary>
    public List<long> ManualProgress { get; } = [];

    public List<string> Refusals { get; } = [];

    public WatchRecord? Create(WatchRequest request)
    {
        long current = world.Current;
        long watchId = world.Hub.Create(Id, request);
        if (watchId == WatchItem.NoWatchId)
        {
            return null;
        }

        long start = request.StartRevision.Value == 0 ? current + 1 : request.StartRevision.Value;
        var record = new WatchRecord(request, watchId, start);
        Records.Add(record);
        Running.Add(watchId, record);
        return record;
    }

    public WatchRecord Watch(string key, string end = "", long start = 0) => Create(new WatchRequest
    {
        Key = key,
        RangeEnd = end,
        StartRevision = new Revision(start),
    })!;

    public void Cancel(long watchId)
    {
        if (world.Hub.Cancel(Id, watchId))
        {
            Running[watchId].IsCanceled = true;
        }
    }

    /// <summary>Takes up to so many items; returns how many there were.</summary>
    public int Take(int itemsMax)
    {
        int taken = 0;
        for (; taken < itemsMax && world.Hub.TryTake(Id, out WatchItem? item); taken++)
        {
            Receive(item);
        }

        return taken;
    }

    private void Receive(WatchItem item)
    {
        switch (item)
        {
            case WatchItem.Refused refused:
                Refusals.Add(refused.Reason);
                break;
            case WatchItem.Progress { WatchId: WatchItem.NoWatchId } progress:
                ManualProgress.Add(progress.HeaderRevision.Value);
                foreach (WatchRecord running in Running.Values.Where(each => each.Items.Count > 0))
                {
                    running.Bookmarks.Add((progress.HeaderRevision.Value, running.Items.Count));
                }

                break;
            default:
                WatchRecord record = Running[item.WatchId];
                record.Items.Add(item);
                if (item is WatchItem.Progress own)
                {
                    record.Bookmarks.Add((own.HeaderRevision.Value, record.Items.Count));
                }

                if (item is WatchItem.Compacted or WatchItem.Canceled)
                {
                    Running.Remove(item.WatchId);
                }

                break;
        }
    }

    /// <summary>Decodes an item's events.</summary>
    public static List<WatchChange> Decode(WatchItem.Events item)
    {
        List<WatchChange> changes = [];
        var response = new ProtoReader(item.Encoded.Span);
        while (response.Next())
        {
            Assert.That(response.Field, Is.EqualTo(11));
            changes.Add(DecodeEvent(response.ReadBytes()));
        }

        Assert.That(response.Malformed, Is.False);
        Assert.That(changes, Has.Count.EqualTo(item.Count));
        return changes;
    }

    private static WatchChange DecodeEvent(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> keyValue = default;
        ReadOnlySpan<byte> previous = default;
        bool isDelete = false;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: isDelete = reader.ReadBool(); break;
                case 2: keyValue = reader.ReadBytes(); break;
                case 3: previous = reader.ReadBytes(); break;
                default: Assert.Fail($"field {reader.Field}"); break;
            }
        }

        Assert.That(Keelson.Store.History.KeyValueView.TryRead(keyValue, out var view), Is.True);
        string key = Encoding.ASCII.GetString(view.Key);
        return new WatchChange(view.ModRevision.Value, key, isDelete, Convert.ToHexString(keyValue))
        {
            Previous = Convert.ToHexString(previous),
        };
    }
}

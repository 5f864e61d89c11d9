using System.Text;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store.History;
using Keelson.Store.Tests.History;
using Keelson.Store.Watch;

namespace Keelson.Store.Tests.Watch;

/// <summary>
/// A hub over a real history on a simulated disk, beside the list of all changes and a client per stream.
/// </summary>
internal sealed class WatchWorld : IPreviousValues, IDisposable
{
    public static readonly WatchOptions Tiny = new()
    {
        StreamBytesMax = 1500,
        TurnBytesMax = 900,
        ItemBytesMax = 300,
        FragmentBytesMax = 400,
    };

    private readonly Dictionary<string, List<(long Revision, byte[] KeyValue)>> _versions = [];
    private readonly HistoryHost _host;
    private long _index;

    public WatchWorld(ulong seed, WatchOptions? options = null)
    {
        Random = new SeededRandom(seed);
        var disk = new SimulatedDisk(new SeededRandom(seed));
        _host = new HistoryHost(disk);
        History = new HistoryStore(HistoryModel.Tiny, Epochs, disk, HistoryState.Empty);
        Hub = new WatchHub(History, this, options ?? Tiny, Revision.First, new Revision(-1));
    }

    public SeededRandom Random { get; }

    public EpochGate Epochs { get; } = new();

    public HistoryStore History { get; }

    public WatchHub Hub { get; }

    public List<WatchChange> Changes { get; } = [];

    public Dictionary<long, WatchClient> Clients { get; } = [];

    public long Current { get; private set; } = 1;

    public long Compact { get; private set; } = -1;

    public WatchClient Open(long stream)
    {
        var client = new WatchClient(this, new WatchStreamId(stream));
        Clients.Add(stream, client);
        Hub.Open(client.Id);
        return client;
    }

    /// <summary>One batch: each list of changes is a revision; a null value deletes.</summary>
    public void Write(params (string Key, string? Value)[][] revisions)
    {
        Append(revisions);
        Publish();
    }

    public void Write(string key, string? value) => Write([[(key, value)]]);

    public void Append(params (string Key, string? Value)[][] revisions)
    {
        foreach ((string Key, string? Value)[] changes in revisions)
        {
            Current++;
            for (int sub = 0; sub < changes.Length; sub++)
            {
                Append(new ChangeRevision(Current, sub), changes[sub].Key, changes[sub].Value);
            }
        }

        History.EndBatch(new LogIndex(++_index), new Term(1), 0);
    }

    public void Publish() => Hub.Publish(new Revision(Current), new Revision(Compact));

    public void CompactAt(long revision)
    {
        foreach (WatchChange change in Changes.Where(each => each.Revision >= Compact && each.Revision < revision))
        {
            History.MarkDead(new ChangeRevision(change.Revision, 0), change.KeyValue.Length / 2);
        }

        Compact = Math.Max(Compact, revision);
        Publish();
    }

    /// <summary>A random batch over a few keys; deletes, transactions and large values among them.</summary>
    public void WriteRandom()
    {
        var revisions = new List<(string, string?)[]>();
        for (int count = Random.Below(5); count >= 0; count--)
        {
            int size = Random.Below(3) == 0 ? 1 + Random.Below(6) : 1;
            IEnumerable<int> keys = Enumerable.Range(Random.Below(12), size);
            revisions.Add([.. keys.Select(key => ($"/{(char)('a' + (key % 3))}/{key % 12}", RandomValue()))]);
        }

        Write([.. revisions]);
    }

    public void Checkpoint()
    {
        _host.Checkpoint(History, History.Position);
        History.Trim();
    }

    /// <summary>Physical reclaim of everything that watches may not ask for any more.</summary>
    public void Reclaim()
    {
        while (HistoryReclaim.TryBegin(History, Hub.CompactRevision, _ => false) is { } reclaim)
        {
            while (reclaim.TryTake(out HistoryWrite write))
            {
                _host.Write(write);
            }

            _host.Sync(reclaim.Files);
            reclaim.Complete();
        }
    }

    /// <summary>Every stream takes everything until nothing is left to do.</summary>
    public void Drain()
    {
        bool more = true;
        while (more)
        {
            more = Hub.Advance();
            foreach (WatchClient client in Clients.Values)
            {
                more |= client.Take(int.MaxValue) > 0;
            }
        }
    }

    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> key, ChangeRevision change) =>
        Previous(Encoding.ASCII.GetString(key), change.Main);

    public void Dispose()
    {
        History.Dispose();
        Epochs.Dispose();
    }

    private string? RandomValue() => Random.Below(4) switch
    {
        0 => null,
        1 when Random.Below(6) == 0 => new string('x', 700),
        _ => new string('v', Random.Below(40)),
    };

    private void Append(ChangeRevision revision, string key, string? value)
    {
        byte[] previous = Previous(key, revision.Main);
        List<(long, byte[])> versions = _versions.TryGetValue(key, out List<(long, byte[])>? known) ? known : [];
        _versions[key] = versions;
        var keyValue = new KeyValueView
        {
            Key = Encoding.ASCII.GetBytes(key),
            ModRevision = revision.Revision,
            CreateRevision = new Revision(value is null ? 0 : 1),
            Version = value is null ? 0 : versions.Count + 1,
            Value = Encoding.ASCII.GetBytes(value ?? ""),
        };
        byte[] encoded = new byte[KeyValueCodec.Size(keyValue)];
        KeyValueCodec.Write(keyValue, encoded);
        HistoryFlags flags = value is null ? HistoryFlags.Tombstone : HistoryFlags.None;
        encoded.CopyTo(History.Append(revision, flags, encoded.Length));
        versions.Add((revision.Main, value is null ? [] : encoded));
        Changes.Add(new WatchChange(revision.Main, key, value is null, Convert.ToHexString(encoded))
        {
            Previous = Convert.ToHexString(previous),
        });
    }

    private byte[] Previous(string key, long before) =>
        _versions.TryGetValue(key, out List<(long Revision, byte[] KeyValue)>? versions)
            ? versions.LastOrDefault(each => each.Revision < before).KeyValue ?? []
            : [];
}

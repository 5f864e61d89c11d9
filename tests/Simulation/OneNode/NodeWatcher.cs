using System.Text;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Simulation.Checking;
using Keelson.Simulation.Model;
using Keelson.Simulation.World;
using Keelson.Store.Host;
using Keelson.Store.Requests;
using Keelson.Store.Watch;
using WatchItem = Keelson.Simulation.Checking.WatchItem;

namespace Keelson.Simulation.OneNode;

/// <summary>
/// A client with one watch at a time: takes what comes, now fast and now slowly; begins anew, often where it was, when
/// the watch or the process ends.
/// </summary>
internal class NodeWatcher
{
    private const int ItemsMax = 8;

    private static readonly string[] Keys = ["a", "b", "c/", "\0", "c/1", "ab"];

    private readonly SimulatedWorld _world;
    private readonly StoreNode _node;
    private readonly SeededRandom _random;
    private readonly List<WatchLog> _logs = [];
    private readonly Spread _pause;
    private WatchSubscription? _stream;
    private WatchLog? _log;
    private long _watchId;
    private long _next;

    public NodeWatcher(SimulatedWorld world, StoreNode node, int number)
    {
        _world = world;
        _node = node;
        _random = world.RandomOf($"watcher {number}");
        _pause = new Spread(100, 1000 + _random.Below(_random.Below(2) == 0 ? 10_000 : 2_000_000));
        Plan();
    }

    public IReadOnlyList<WatchLog> Logs => _logs;

    public StoreNode Node => _node;

    /// <summary>From now on everything is taken at once, and no watch is given up.</summary>
    public bool Drains { get; set; }

    /// <summary>The process is gone: the watch is owed nothing more.</summary>
    public void Lose()
    {
        if (_log is not null)
        {
            _log.IsCut = true;
        }

        (_stream, _log) = (null, null);
    }

    /// <summary>What came, as the client sees it; a planted fault changes it.</summary>
    protected virtual IEnumerable<WatchItem> Receive(WatchItem item) => [item];

    private void Plan() => _world.After(Drains ? 50_000 : _pause.Draw(_random), "watcher", () =>
    {
        if (_node.Engine is { } engine && _node.Machine is { IsPaused: false })
        {
            Act(engine);
        }

        Plan();
    });

    private void Act(StoreEngine engine)
    {
        if (_stream is null)
        {
            Begin(engine);
            return;
        }

        int most = Drains ? int.MaxValue : _random.Below(ItemsMax);
        for (int taken = 0; taken < most && _stream.TryTake(out Store.Watch.WatchItem? item); taken++)
        {
            Take(item);
        }

        if (!Drains && _random.Below(20) == 0)
        {
            _stream.RequestProgress();
        }

        if (_log is null || (!Drains && _random.Below(100) == 0))
        {
            End();
        }
    }

    private void Begin(StoreEngine engine)
    {
        long current = engine.State.Revision.Value;
        long start = _random.Below(4) switch
        {
            0 => 0,
            1 => Math.Max(1, _next),
            _ => Math.Max(1, current - 40 + _random.Below(50)),
        };
        WatchLog log = Draw(start == 0 ? current + 1 : start);
        _stream = engine.Watches.Open();
        _watchId = _stream.Create(new WatchRequest
        {
            Key = Encoding.Latin1.GetBytes(log.Key),
            RangeEnd = Encoding.Latin1.GetBytes(log.RangeEnd),
            StartRevision = new Revision(start),
            PreviousKeyValue = log.PreviousKeyValue,
            Filters = (log.NoPut ? WatchFilters.NoPut : 0) | (log.NoDelete ? WatchFilters.NoDelete : 0),
            Fragment = log.Fragment,
            ProgressNotify = _random.Below(2) == 0,
        });
        _log = log;
        _logs.Add(log);
    }

    private WatchLog Draw(long start)
    {
        string key = Keys[_random.Below(Keys.Length)];
        bool isAll = _random.Below(3) == 0;
        return new WatchLog(isAll ? "\0" : key, isAll ? "\0" : _random.Below(2) == 0 ? "" : "\xff", start)
        {
            PreviousKeyValue = _random.Below(2) == 0,
            NoPut = _random.Below(8) == 0,
            NoDelete = _random.Below(8) == 0,
            Fragment = _random.Below(3) == 0,
        };
    }

    private void End()
    {
        if (_log is not null)
        {
            _log.IsCut = true;
            _next = _log.Changes.Select(change => change.KeyValue.ModRevision + 1).LastOrDefault(_log.Start);
        }

        _stream?.Dispose();
        (_stream, _log) = (null, null);
    }

    private void Take(Store.Watch.WatchItem item)
    {
        long header = item.HeaderRevision.Value;
        WatchItem received = item switch
        {
            Store.Watch.WatchItem.Created => new WatchItem.Created(header),
            Store.Watch.WatchItem.Progress => new WatchItem.Progress(header),
            Store.Watch.WatchItem.Compacted compacted =>
                new WatchItem.Compacted(header, compacted.CompactRevision.Value),
            Store.Watch.WatchItem.Events events =>
                new WatchItem.Events(header, Decode(events.Encoded.Span), events.IsFragment),
            _ => new WatchItem.Canceled(header),
        };
        _world.Note($"watch {_watchId} {received.GetType().Name}", header);
        _log?.Items.AddRange(Receive(received));
        if (received is WatchItem.Compacted or WatchItem.Canceled)
        {
            _log = null;
        }
    }

    private static List<WatchEvent> Decode(ReadOnlySpan<byte> encoded)
    {
        List<WatchEvent> events = [];
        foreach (ReadOnlySpan<byte> message in new RepeatedMessages(encoded, WatchEventCodec.EventsField))
        {
            events.Add(DecodeEvent(message));
        }

        return events;
    }

    private static WatchEvent DecodeEvent(ReadOnlySpan<byte> message)
    {
        bool deleted = false;
        Model.KeyValue? current = null;
        Model.KeyValue? previous = null;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case WatchEventCodec.TypeField:
                    deleted = reader.ReadBool();
                    break;
                case WatchEventCodec.KeyValueField:
                    current = Model.ResponseDecoder.DecodeKeyValue(reader.ReadBytes());
                    break;
                default:
                    previous = Model.ResponseDecoder.DecodeKeyValue(reader.ReadBytes());
                    break;
            }
        }

        return new WatchEvent(deleted, current!, previous);
    }
}

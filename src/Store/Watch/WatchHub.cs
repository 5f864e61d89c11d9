using Keelson.Base.Identity;
using Keelson.Store.History;

namespace Keelson.Store.Watch;

/// <summary>
/// All watches: cursors into the history. Those that caught up are fed from the tail once per batch, those behind share
/// scans, a few MiB a turn. One thread at a time; the host serialises the calls.
/// </summary>
/// <remarks>
/// Promises to each watch, in etcd's words: created first, ordered, unique, atomic (a revision is never split unless
/// fragments were asked for), reliable (none left out), resumable (from its start revision on), bookmarkable (a
/// progress item never overtakes events and names no revision of which something is still owed). A stream that takes
/// nothing costs its bound in bytes and a cursor per watch: past the bound a watch falls behind, it loses nothing. A
/// compacted watch ends with <see cref="WatchItem.Compacted"/>, however long its stream was full.
/// Each <see cref="Watcher"/> is live, behind, future or gone. Live: everything below the hub's next revision was
/// queued. Behind: in its stream's list, and the stream waits for its turn if it has room. Future: in the future queue.
/// </remarks>
internal sealed partial class WatchHub
{
    private const int FutureGoneMin = 64;

    private readonly WatchOptions _options;
    private readonly IPreviousValues _previous;
    private readonly WatchIndex _index = new();
    private readonly Dictionary<WatchStreamId, WatchStream> _streams = [];
    private readonly PriorityQueue<Watcher, long> _future = new();
    private readonly LinkedList<WatchStream> _turns = [];
    private readonly Queue<WatchStream> _announced = new();
    private HistoryStore _history;
    private HistoryCursor _liveCursor;
    private HistoryCursor _cursor;
    private long _next;
    private long _compactRevision;
    private int _live;
    private int _futureGone;

    /// <param name="history">Where the events are.</param>
    /// <param name="previous">Where what was before them is.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="revision">The published revision: watches without a start begin behind it.</param>
    /// <param name="compactRevision">Nothing below it can be watched; anything below 2 for nothing compacted.</param>
    public WatchHub(
        HistoryStore history,
        IPreviousValues previous,
        WatchOptions options,
        Revision revision,
        Revision compactRevision)
    {
        _history = history;
        _previous = previous;
        _options = options;
        _liveCursor = new HistoryCursor(history);
        _cursor = new HistoryCursor(history);
        _next = revision.Value + 1;
        _compactRevision = compactRevision.Value;
    }

    /// <summary>The revision that was published last.</summary>
    public Revision Current => new(_next - 1);

    /// <summary>
    /// Watches may still read from here on: what reclaim is given must not be larger. Any thread may ask.
    /// </summary>
    public Revision CompactRevision => new(Volatile.Read(ref _compactRevision));

    /// <summary>Watches that get what is published, and those that catch up or wait.</summary>
    public (int Live, int Waiting) Counts => (_live, _streams.Values.Sum(stream => stream.Watchers.Count) - _live);

    public void Open(WatchStreamId id) => _streams.Add(id, new WatchStream(id, _options.StreamBytesMax));

    /// <summary>Ends a stream and its watches; what was queued is dropped.</summary>
    public void Close(WatchStreamId id)
    {
        if (_streams.Remove(id, out WatchStream? stream))
        {
            foreach (Watcher watcher in stream.Watchers.Values)
            {
                Leave(watcher);
                Forget(watcher);
            }

            Unschedule(stream);
        }
    }

    /// <summary>
    /// Begins a watch; returns its id, or <see cref="WatchItem.NoWatchId"/> when it was refused. What comes of it is
    /// queued. Do not call for a stream without room (<see cref="HasRoom"/>): read no more requests from it instead.
    /// </summary>
    public long Create(WatchStreamId id, WatchRequest request)
    {
        WatchStream stream = _streams[id];
        WatchRange range = WatchRange.Of(request);
        string? refused = Refusal(stream, request, range);
        if (refused is not null)
        {
            Queue(stream, new WatchItem.Refused(Current, refused));
            return WatchItem.NoWatchId;
        }

        WatchGroup group = _index.GetOrAdd(range);
        group.Watchers++;
        var watcher = new Watcher(stream, group, request)
        {
            Id = IdFor(stream, request),
            Next = request.StartRevision.Value == 0 ? _next : request.StartRevision.Value,
            Place = WatcherPlace.Gone,
        };
        stream.Watchers.Add(watcher.Id, watcher);
        Queue(stream, new WatchItem.Created(watcher.Id, Current));
        Enter(watcher);
        return watcher.Id;
    }

    /// <summary>Ends a watch; false when there is none with this id. Nothing follows its last item.</summary>
    public bool Cancel(WatchStreamId id, long watchId, string reason = "")
    {
        WatchStream stream = _streams[id];
        if (!stream.Watchers.Remove(watchId, out Watcher? watcher))
        {
            return false;
        }

        Leave(watcher);
        Forget(watcher);
        Queue(stream, new WatchItem.Canceled(watchId, Current, reason));
        return true;
    }

    /// <summary>
    /// Answers with the published revision if every watch of the stream got everything up to it; otherwise the request
    /// is dropped, as etcd does (15220, 20221: a future watch is not synced).
    /// </summary>
    public void RequestProgress(WatchStreamId id)
    {
        WatchStream stream = _streams[id];
        bool isSynced = stream.Watchers.Values.All(watcher => watcher.Place == WatcherPlace.Live);
        if (isSynced && stream.Watchers.Count > 0 && stream.HasRoom)
        {
            Queue(stream, new WatchItem.Progress(WatchItem.NoWatchId, Current));
        }
    }

    /// <summary>The host's progress interval is over: watches that asked, are synced and were idle are told.</summary>
    public void NotifyProgress()
    {
        foreach (WatchStream stream in _streams.Values)
        {
            foreach (Watcher watcher in stream.Watchers.Values.Where(watcher => watcher.ProgressNotify))
            {
                if (watcher is { Place: WatcherPlace.Live, IsBusy: false } && stream.HasRoom)
                {
                    Queue(stream, new WatchItem.Progress(watcher.Id, Current));
                }

                watcher.IsBusy = false;
            }
        }
    }

    /// <summary>A stream that has items and was not named since it was last empty; false when there is none.</summary>
    public bool TryTakeReady(out WatchStreamId id)
    {
        while (_announced.TryDequeue(out WatchStream? stream))
        {
            stream.IsAnnounced = false;
            if (!stream.IsEmpty && IsOpen(stream))
            {
                id = stream.Id;
                return true;
            }
        }

        id = default;
        return false;
    }

    /// <summary>Takes the stream's next item; with room again, its watches that are behind get turns.</summary>
    public bool TryTake(WatchStreamId id, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WatchItem? item)
    {
        item = null;
        if (!_streams.TryGetValue(id, out WatchStream? stream) || !stream.TryTake(out item))
        {
            return false;
        }

        Schedule(stream);
        return true;
    }

    /// <summary>False while the stream holds its bound of items that it did not take.</summary>
    public bool HasRoom(WatchStreamId id) => _streams[id].HasRoom;

    private static long IdFor(WatchStream stream, WatchRequest request)
    {
        if (request.WatchId != 0)
        {
            return request.WatchId;
        }

        while (stream.Watchers.ContainsKey(stream.NextWatchId))
        {
            stream.NextWatchId++;
        }

        return stream.NextWatchId++;
    }

    /// <summary>Texts that etcd's clients know (server/storage/mvcc/watcher.go of 3.6).</summary>
    private static string? Refusal(WatchStream stream, WatchRequest request, WatchRange range)
    {
        if (range.IsEmpty)
        {
            return "mvcc: watcher range is empty";
        }

        return request.WatchId != 0 && stream.Watchers.ContainsKey(request.WatchId)
            ? "mvcc: duplicate watch ID provided on the WatchStream"
            : null;
    }

    private bool IsOpen(WatchStream stream) =>
        _streams.TryGetValue(stream.Id, out WatchStream? open) && ReferenceEquals(open, stream);

    private void Queue(WatchStream stream, WatchItem item)
    {
        stream.Queue(item);
        if (!stream.IsAnnounced)
        {
            stream.IsAnnounced = true;
            _announced.Enqueue(stream);
        }
    }

    /// <summary>Puts a watch where its next revision belongs.</summary>
    private void Enter(Watcher watcher)
    {
        if (watcher.Next == _next)
        {
            watcher.Place = WatcherPlace.Live;
            watcher.LiveIndex = watcher.Group.Live.Count;
            watcher.Group.Live.Add(watcher);
            _live++;
        }
        else if (watcher.Next > _next)
        {
            watcher.Place = WatcherPlace.Future;
            _future.Enqueue(watcher, watcher.Next);
        }
        else
        {
            watcher.Place = WatcherPlace.Behind;
            watcher.BehindNode = watcher.Stream.Behind.AddLast(watcher);
            Schedule(watcher.Stream);
        }
    }

    /// <summary>Takes a watch from where it is; one in the future is passed over when its time comes.</summary>
    private void Leave(Watcher watcher)
    {
        if (watcher.Place == WatcherPlace.Live)
        {
            List<Watcher> live = watcher.Group.Live;
            live[watcher.LiveIndex] = live[^1];
            live[watcher.LiveIndex].LiveIndex = watcher.LiveIndex;
            live.RemoveAt(live.Count - 1);
            _live--;
        }
        else if (watcher.BehindNode is { } node)
        {
            watcher.Stream.Behind.Remove(node);
            watcher.BehindNode = null;
        }
        else if (watcher.Place == WatcherPlace.Future && ++_futureGone > Math.Max(FutureGoneMin, _future.Count / 2))
        {
            SweepFuture(watcher);
        }

        watcher.Place = WatcherPlace.Gone;
    }

    /// <summary>Canceled watches do not pile up in the queue: at most half of it, or a few.</summary>
    private void SweepFuture(Watcher leaving)
    {
        (Watcher Element, long Priority)[] waiting =
        [
            .. _future.UnorderedItems.Where(
                item => item.Element.Place == WatcherPlace.Future && !ReferenceEquals(item.Element, leaving)),
        ];
        _future.Clear();
        _future.EnqueueRange(waiting);
        _futureGone = 0;
    }

    private void Forget(Watcher watcher)
    {
        if (--watcher.Group.Watchers == 0)
        {
            _index.Remove(watcher.Group);
        }
    }

    private void Schedule(WatchStream stream)
    {
        if (stream is { TurnNode: null, HasRoom: true, Behind.Count: > 0 } && IsOpen(stream))
        {
            stream.TurnNode = _turns.AddLast(stream);
        }
    }

    private void Unschedule(WatchStream stream)
    {
        if (stream.TurnNode is { } node)
        {
            _turns.Remove(node);
            stream.TurnNode = null;
        }
    }
}

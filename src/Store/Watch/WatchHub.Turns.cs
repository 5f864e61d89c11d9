using Keelson.Base;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Store.History;

namespace Keelson.Store.Watch;

/// <summary>Feeding: what was published to the live, the history to those behind.</summary>
internal sealed partial class WatchHub
{
    private readonly List<WatchGroup> _matched = [];
    private readonly List<WatchGroup> _touched = [];
    private readonly List<Watcher> _joined = [];
    private long _scan;
    private long _liveCursorNext = -1;

    /// <summary>
    /// After each batch: everything up to <paramref name="revision"/> is readable. Live watches get it now; whoever has
    /// no room falls behind. A compaction in the same batch does not cut off what live watches are owed.
    /// </summary>
    public void Publish(Revision revision, Revision compactRevision)
    {
        Invariant.Require(revision.Value + 1 >= _next);
        if (_live > 0 && revision.Value >= _next)
        {
            FeedLive(revision);
        }

        _next = revision.Value + 1;
        Volatile.Write(ref _compactRevision, Math.Max(_compactRevision, compactRevision.Value));
        PromoteFuture();
    }

    /// <summary>
    /// The history was replaced by another member's: it may begin later than where watches are. They go on from their
    /// own cursors, and those that ask for compacted revisions end (15271: no cursor is moved).
    /// </summary>
    public void Install(HistoryStore history, Revision revision, Revision compactRevision)
    {
        Invariant.Require(revision.Value + 1 >= _next);
        _history = history;
        _liveCursor = new HistoryCursor(history);
        _cursor = new HistoryCursor(history);
        _liveCursorNext = -1;
        long live = _next;
        _next = revision.Value + 1;
        Volatile.Write(ref _compactRevision, Math.Max(_compactRevision, compactRevision.Value));
        foreach (Watcher watcher in _streams.Values.SelectMany(stream => stream.Watchers.Values).ToArray())
        {
            if (watcher.Place == WatcherPlace.Live)
            {
                Leave(watcher);
                watcher.Next = live;
                Enter(watcher);
            }
        }

        PromoteFuture();
    }

    /// <summary>
    /// One turn for those behind: the next stream's next watch, and with it every other that wants a part of what is
    /// read. True while more turns are due.
    /// </summary>
    /// <exception cref="StoreDamageException">The history is damaged there; nothing was queued.</exception>
    public bool Advance()
    {
        while (_turns.First is { } turn)
        {
            WatchStream stream = turn.Value;
            Unschedule(stream);
            if (!stream.HasRoom || stream.Behind.First is not { } node)
            {
                continue;
            }

            stream.Behind.RemoveFirst();
            stream.Behind.AddLast(node);
            try
            {
                Serve(node.Value);
            }
            finally
            {
                Schedule(stream);
            }

            break;
        }

        return _turns.Count > 0;
    }

    private void Serve(Watcher watcher)
    {
        if (watcher.Next >= _compactRevision)
        {
            ScanFrom(watcher);
            return;
        }

        Leave(watcher);
        Forget(watcher);
        watcher.Stream.Watchers.Remove(watcher.Id);
        Queue(watcher.Stream, new WatchItem.Compacted(watcher.Id, Current, new Revision(_compactRevision)));
    }

    private void PromoteFuture()
    {
        while (_future.TryPeek(out Watcher? watcher, out long start) && start <= _next)
        {
            _future.Dequeue();
            if (watcher.Place == WatcherPlace.Future)
            {
                Enter(watcher);
            }
            else
            {
                _futureGone--;
            }
        }
    }

    private void FeedLive(Revision upTo)
    {
        try
        {
            using EpochPin pin = _history.Epochs.Enter();
            if (_liveCursorNext != _next)
            {
                _liveCursor.Seek(new Revision(_next));
            }

            while (_liveCursor.TryNext(upTo, out HistoryFrame frame))
            {
                Collect(frame, isLive: true);
            }

            _liveCursorNext = upTo.Value + 1;
            foreach (WatchGroup group in _touched)
            {
                FeedGroup(group, upTo.Value);
            }
        }
        finally
        {
            ForgetFound();
        }
    }

    private void FeedGroup(WatchGroup group, long covered)
    {
        // From the end: who falls behind is replaced by one that was served.
        for (int at = group.Live.Count - 1; at >= 0; at--)
        {
            Watcher watcher = group.Live[at];
            watcher.Next = _next;
            if (!TryDeliver(watcher, covered, isLive: true))
            {
                Leave(watcher);
                watcher.Place = WatcherPlace.Behind;
                watcher.BehindNode = watcher.Stream.Behind.AddLast(watcher);
                Schedule(watcher.Stream);
            }
        }
    }

    private void ScanFrom(Watcher starter)
    {
        try
        {
            Join(starter);
            long covered = Read(starter.Next);
            foreach (Watcher watcher in _joined)
            {
                bool isReached = watcher.Next <= covered;
                if (isReached && TryDeliver(watcher, covered, isLive: false))
                {
                    watcher.Next = covered + 1;
                    ComeLive(watcher);
                }
            }
        }
        finally
        {
            ForgetFound();
            _joined.Clear();
        }
    }

    /// <summary>
    /// Everybody with room who is at or behind the starter's cursor takes part; the starter is served first.
    /// </summary>
    private void Join(Watcher starter)
    {
        _scan++;
        AddToScan(starter);
        JoinStream(starter.Stream, starter.Next);
        foreach (WatchStream stream in _turns)
        {
            JoinStream(stream, starter.Next);
        }
    }

    private void JoinStream(WatchStream stream, long start)
    {
        if (stream.HasRoom)
        {
            foreach (Watcher watcher in stream.Behind)
            {
                if (watcher.Next >= start && watcher.Scan != _scan)
                {
                    AddToScan(watcher);
                }
            }
        }
    }

    private void AddToScan(Watcher watcher)
    {
        watcher.Scan = _scan;
        watcher.Group.Scan = _scan;
        _joined.Add(watcher);
    }

    /// <summary>
    /// Collects events until a turn's bytes or an item's are full; returns the last whole revision read.
    /// </summary>
    private long Read(long start)
    {
        using EpochPin pin = _history.Epochs.Enter();
        _cursor.Seek(new Revision(start));
        long upTo = _next - 1;
        long limit = upTo;
        long bytes = 0;
        while (_cursor.TryNext(new Revision(limit), out HistoryFrame frame))
        {
            bool isItemFull = Collect(frame, isLive: false);
            bytes += frame.Bytes.Length;
            if (limit == upTo && (isItemFull || bytes >= _options.TurnBytesMax))
            {
                // The rest of this revision still belongs to the turn.
                limit = frame.Revision.Main;
            }
        }

        return limit;
    }

    /// <summary>Adds the event to every group that wants it; true when one of them has enough for an item.</summary>
    private bool Collect(HistoryFrame frame, bool isLive)
    {
        bool read = KeyValueView.TryRead(frame.KeyValue, out KeyValueView keyValue);
        Invariant.Require(read);
        _matched.Clear();
        _index.Match(keyValue.Key, _matched);
        ReadOnlySpan<byte> previous = default;
        // Of a creation nothing is looked up: not even when the same transaction deleted the key before
        // (etcd 3.5, api/v3rpc/watch.go: IsCreateEvent).
        bool isLookedUp = !frame.IsTombstone && keyValue.CreateRevision == frame.Revision.Revision;
        bool isFull = false;
        foreach (WatchGroup group in _matched)
        {
            bool isAsked = isLive ? group.Live.Count > 0 : group.Scan == _scan;
            if (!isAsked || !group.Range.Wants(frame.IsTombstone))
            {
                continue;
            }

            if (group.Range.PreviousKeyValue && !isLookedUp)
            {
                previous = _previous.Find(keyValue.Key, frame.Revision);
                isLookedUp = true;
            }

            AddTo(group, frame, group.Range.PreviousKeyValue ? previous : default);
            isFull |= group.Found.Bytes >= _options.ItemBytesMax;
        }

        return isFull;
    }

    private void AddTo(WatchGroup group, HistoryFrame frame, ReadOnlySpan<byte> previous)
    {
        if (group.Found.Count == 0)
        {
            _touched.Add(group);
        }

        group.Found.Add(frame.Revision.Main, frame.IsTombstone, frame.KeyValue, previous);
    }

    private void ComeLive(Watcher watcher)
    {
        if (watcher.Next == _next)
        {
            Leave(watcher);
            Enter(watcher);
        }
    }

    /// <summary>
    /// Queues what was found from the watch's next revision on, item by item; false, and the cursor on the first
    /// revision not queued, when the stream is full.
    /// </summary>
    private bool TryDeliver(Watcher watcher, long covered, bool isLive)
    {
        WatchEventBuffer found = watcher.Group.Found;
        int first = found.Find(watcher.Next);
        while (first < found.Count)
        {
            Invariant.Require(found.Revision(first) >= watcher.Next);
            watcher.Next = found.Revision(first);
            if (!watcher.Stream.HasRoom)
            {
                return false;
            }

            int end = found.EndOfRun(first, _options.ItemBytesMax);
            long last = found.Revision(end - 1);
            var header = new Revision(isLive ? last : _next - 1);
            var sent = new Revision(end < found.Count ? last : covered);
            QueueRun(watcher, first, end, new WatchItem.Events(watcher.Id, header, sent));
            watcher.Next = last + 1;
            watcher.IsBusy = true;
            first = end;
        }

        return true;
    }

    /// <summary>
    /// One item, or fragments where they were asked for; a revision's fragments are queued all at once.
    /// </summary>
    private void QueueRun(Watcher watcher, int first, int end, WatchItem.Events item)
    {
        WatchEventBuffer found = watcher.Group.Found;
        while (first < end)
        {
            int last = watcher.Fragment ? found.EndOfFragment(first, end, _options.FragmentBytesMax) : end;
            Queue(watcher.Stream, item with
            {
                Encoded = found.Slice(first, last),
                Count = last - first,
                IsFragment = last < end,
            });
            first = last;
        }
    }

    private void ForgetFound()
    {
        foreach (WatchGroup group in _touched)
        {
            group.Found.Clear();
        }

        _touched.Clear();
    }
}

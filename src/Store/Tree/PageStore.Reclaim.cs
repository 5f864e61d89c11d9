namespace Keelson.Store.Tree;

/// <summary>When memory and frame numbers of pages that no tree names any more may be used again.</summary>
internal sealed partial class PageStore
{
    private readonly Queue<Limbo> _limbo = new();
    private readonly List<Limbo> _heldBack = [];
    private readonly List<long> _holds = [];
    private List<int> _replacedNow = [];
    private List<int> _replacedBefore = [];

    /// <summary>Pages that wait for readers or holds before they can be freed.</summary>
    public int WaitingPages
    {
        get
        {
            lock (_lock)
            {
                return _limbo.Count + _heldBack.Count + _replacedBefore.Count;
            }
        }
    }

    /// <summary>
    /// Ends a batch: its pages do not change any more. Call it before publishing the batch's roots, and after
    /// publishing those of the batch before.
    /// </summary>
    public void Freeze()
    {
        lock (_lock)
        {
            CountDeathsLocked();

            // What the batch before replaced is unlinked only now, since its roots were published after its freeze.
            long stamp = _epochs.Stamp();
            foreach (int frame in _replacedBefore)
            {
                _limbo.Enqueue(new Limbo(frame, 0, Batch - 1, stamp));
            }

            _replacedBefore.Clear();
            (_replacedBefore, _replacedNow) = (_replacedNow, _replacedBefore);
            Batch++;
            ReclaimLocked();
        }
    }

    /// <summary>
    /// Keeps all pages of these roots. The caller is the owner or pinned since before it loaded the roots.
    /// </summary>
    public PageHold Hold(params ReadOnlySpan<TreeRoot> roots)
    {
        lock (_lock)
        {
            // All pages below a root were born no later than the root's page and existed in that batch.
            var batches = new List<long>(roots.Length);
            foreach (TreeRoot root in roots)
            {
                if (!root.IsEmpty)
                {
                    batches.Add(_frames[root.Frame].Born);
                }
            }

            _holds.AddRange(batches);
            return new PageHold(this, batches);
        }
    }

    internal void Release(IReadOnlyList<long> batches)
    {
        lock (_lock)
        {
            foreach (long batch in batches)
            {
                _holds.Remove(batch);
            }

            // A reader may have found the held root just before: pages leave through the queue again.
            long stamp = _epochs.Stamp();
            int kept = 0;
            for (int index = 0; index < _heldBack.Count; index++)
            {
                Limbo page = _heldBack[index];
                if (IsHeldLocked(page))
                {
                    _heldBack[kept++] = page;
                }
                else
                {
                    _limbo.Enqueue(page with { Stamp = stamp });
                }
            }

            _heldBack.RemoveRange(kept, _heldBack.Count - kept);
        }
    }

    private void ReclaimLocked()
    {
        long oldest = _epochs.Advance();
        while (_limbo.TryPeek(out Limbo page) && page.Stamp < oldest)
        {
            _limbo.Dequeue();
            if (page.Frame == 0)
            {
                Interlocked.Add(ref _droppedBytes, -Bytes(page.Address).Length);
                Free(page.Address);
            }
            else if (IsHeldLocked(page))
            {
                _heldBack.Add(page);
            }
            else
            {
                FreeFrameLocked(page.Frame);
            }
        }

        CloseForgottenLocked(oldest);
    }

    private bool IsHeldLocked(Limbo page)
    {
        long born = _frames[page.Frame].Born;
        foreach (long hold in _holds)
        {
            if (born <= hold && hold < page.Died)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A whole page (frame) or only its memory (address) that readers may still see.</summary>
    private readonly record struct Limbo(int Frame, nint Address, long Died, long Stamp);
}

using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Store.Host;
using Keelson.Store.Log;
using Keelson.Store.Tests.Mvcc;

namespace Keelson.Store.Tests.Host;

/// <summary>
/// A store's parts in one thread: every disk call comes in the same order in every run, and a checkpoint can be taken
/// anywhere, with batches between its pieces.
/// </summary>
internal sealed class InlineStore : IDisposable
{
    private readonly IDisk _disk;
    private readonly StoreParts _parts;
    private readonly SegmentKeeper _segments;
    private readonly Checkpointer _checkpointer;
    private Action _betweenPieces = static () => { };

    public InlineStore(IDisk disk, SeededRandom random)
    {
        _disk = disk;
        _parts = StoreParts.Open(disk, new StoreOptions { LogSegmentBytes = 64 << 10 }, random);
        _segments = new SegmentKeeper(disk, static _ => true);
        _checkpointer = new Checkpointer(_parts, () => _betweenPieces());
        try
        {
            _checkpointer.RemoveUnnamedFiles(guarded: []);
        }
        catch (DiskException)
        {
            _parts.Dispose();
            throw;
        }

        Engine = new DirectEngine(_parts.Pages, _parts.History, _parts.Machine, _parts.State) { Log = WriteLog };
    }

    public DirectEngine Engine { get; }

    /// <summary>
    /// Writes a checkpoint of the state as it is now; <paramref name="betweenPieces"/> may apply further batches.
    /// </summary>
    public void Checkpoint(Action betweenPieces)
    {
        _betweenPieces = betweenPieces;
        using (_parts.Epochs.Enter())
        {
            // Every third one moves all pages, so that the old segments' files go with the next root but one.
            bool relocates = Engine.State.AppliedIndex.Value % 3 == 0;
            HashSet<int> moved = relocates ? _parts.Pages.Segments.Select(segment => segment.Number).ToHashSet() : [];
            CheckpointStart start = _checkpointer.Begin(Engine.State, moved);
            _checkpointer.Write(start);
            _checkpointer.RemoveUnnamedFiles(guarded: []);
        }

        _betweenPieces = static () => { };
        _segments.ReleaseThrough(_checkpointer.LogNeededAfter);
        _parts.History.Trim();
        _parts.Pages.Evict();
    }

    public void Dispose()
    {
        Engine.Dispose();
        _parts.Dispose();
    }

    /// <summary>Returns when the batch is durable.</summary>
    private void WriteLog(LogIndex index, ReadOnlyMemory<byte> payload)
    {
        do
        {
            _segments.Exchange(_parts.Log);
            _segments.Run();
        }
        while (!_parts.Log.HasRoom(payload.Length));

        _parts.Log.Stage(index, new Term(1), payload.Span);
        LogWrite write = _parts.Log.TakeWrite();
        using (IDiskFile file = _disk.Open(write.SegmentName, DiskOpenMode.Existing))
        {
            file.WriteDurable(write.Offset, write.Bytes);
        }

        _parts.Log.Complete(write);
    }
}

using System.Buffers.Binary;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Base.Memory;
using Keelson.Base.Seams;
using Keelson.Fuzz.Driver;
using Keelson.Store;
using Keelson.Store.History;

namespace Keelson.Fuzz.Targets;

/// <summary>Reads and cursors over damaged segment files: what was written, or damage.</summary>
internal sealed class HistorySegmentTarget : FuzzTarget
{
    private readonly HistoryImage _image = new(80);

    public override string Name => "historysegment";

    public override int SmokeInputs => 10_000;

    public override Func<bool> Prepare(FuzzInput input)
    {
        IDisk disk = BudgetedDisk.For(input, DiskImage.Create(_image.Names, input.Parts));
        return () =>
        {
            using var epochs = new EpochGate();
            using var history = new HistoryStore(HistoryImage.Options, epochs, disk, _image.State);
            bool whole = true;
            foreach (ChangeRevision revision in _image.Changes)
            {
                whole &= Read(history, revision, input.Resealed);
            }

            return whole & Walk(history, input.Resealed);
        };
    }

    public override bool TryReseal(byte[][] parts)
    {
        foreach (byte[] part in parts)
        {
            int at = HistorySegmentLayout.HeaderBytes;
            while (at < part.Length && HistoryFrameLayout.FrameBytes(part.AsSpan(at)) is var length and > 0)
            {
                HistoryFrameLayout.Seal(part.AsSpan(at, length));
                at += length;
            }

            int footer = part.AsSpan().IndexOf(HistorySegmentLayout.FooterMagic);
            if (footer >= 0 && part.Length - footer >= HistorySegmentLayout.FooterHeadBytes)
            {
                ResealFooter(part.AsSpan(footer));
            }
        }

        return true;
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus() => [new FuzzInput(_image.Files)];

    private static void ResealFooter(Span<byte> footer)
    {
        int entries = (footer.Length - HistorySegmentLayout.FooterHeadBytes) / SparseIndexView.EntryBytes;
        int length = HistorySegmentLayout.FooterHeadBytes + (entries * SparseIndexView.EntryBytes);
        BinaryPrimitives.WriteInt32LittleEndian(footer[HistorySegmentLayout.FooterEntriesOffset..], entries);
        BinaryPrimitives.WriteUInt32LittleEndian(
            footer[HistorySegmentLayout.FooterChecksumOffset..],
            Crc32C.Compute(footer[HistorySegmentLayout.FooterSegmentOffset..length]));
    }

    private static bool Read(HistoryStore history, ChangeRevision revision, bool resealed)
    {
        using EpochPin pin = history.Epochs.Enter();
        try
        {
            bool same = history.Read(revision).SequenceEqual(HistoryImage.KeyValue(revision));
            FuzzViolationException.Require(same || resealed, $"revision {revision} was never written like this");
            return same;
        }
        catch (StoreDamageException)
        {
            return false;
        }
    }

    private bool Walk(HistoryStore history, bool resealed)
    {
        using EpochPin pin = history.Epochs.Enter();
        var cursor = new HistoryCursor(history);
        cursor.Seek(Revision.First);
        int found = 0;
        try
        {
            while (cursor.TryNext(_image.State.Position.Revision, out HistoryFrame frame))
            {
                bool asWritten = found < _image.Changes.Count
                    && frame.Revision == _image.Changes[found]
                    && frame.KeyValue.SequenceEqual(HistoryImage.KeyValue(frame.Revision));
                FuzzViolationException.Require(asWritten || resealed, $"a frame {frame.Revision} was never written");
                found++;
                FuzzViolationException.Require(found < 100_000, "frames without end");
            }
        }
        catch (StoreDamageException)
        {
            return false;
        }

        FuzzViolationException.Require(found == _image.Changes.Count || resealed, "frames are missing without damage");
        return true;
    }
}

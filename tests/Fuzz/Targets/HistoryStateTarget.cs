using Keelson.Fuzz.Driver;
using Keelson.Store.History;

namespace Keelson.Fuzz.Targets;

/// <summary>The history's part of a root.</summary>
internal sealed class HistoryStateTarget : FuzzTarget
{
    public override string Name => "historystate";

    public override int SmokeInputs => 400_000;

    public override Func<bool> Prepare(FuzzInput input)
    {
        byte[] bytes = input.Parts[0];
        return () =>
        {
            if (!HistoryStateCodec.TryDecode(bytes, out HistoryState state))
            {
                return false;
            }

            byte[] again = HistoryStateCodec.Encode(state);
            bool same = HistoryStateCodec.TryDecode(again, out HistoryState copy)
                && copy.Segments.SequenceEqual(state.Segments)
                && copy.OpenIndex.SequenceEqual(state.OpenIndex)
                && copy.Position == state.Position
                && copy.NextSegment == state.NextSegment;
            FuzzViolationException.Require(same, "encoding and decoding changed a state");
            return true;
        };
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus() =>
    [
        new FuzzInput(HistoryStateCodec.Encode(HistoryState.Empty)),
        new FuzzInput(HistoryStateCodec.Encode(new HistoryImage(3).State)),
        new FuzzInput(HistoryStateCodec.Encode(new HistoryImage(120).State)),
    ];
}

using Keelson.Fuzz.Driver;
using Keelson.Store.Mvcc;

namespace Keelson.Fuzz.Targets;

/// <summary>The payload of a log entry.</summary>
internal sealed class BatchTarget : FuzzTarget
{
    public override string Name => "batch";

    public override int SmokeInputs => 600_000;

    public override Func<bool> Prepare(FuzzInput input)
    {
        byte[] batch = input.Parts[0];
        return () =>
        {
            var reader = new BatchReader(batch);
            long bytes = 0;
            while (reader.Next())
            {
                bytes += BatchLayout.RequestHeaderBytes + reader.Request.Length;
            }

            bool whole = bytes + BatchLayout.HeaderBytes == batch.Length;
            FuzzViolationException.Require(reader.Malformed || whole, "bytes were passed over");
            return !reader.Malformed;
        };
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus()
    {
        var writer = new BatchWriter();
        writer.Finish(5);
        var corpus = new List<FuzzInput> { new(writer.Payload.ToArray()) };
        foreach (int length in (int[])[0, 3, 40, 700])
        {
            writer.Add(RequestKind.Put, new byte[length]);
            writer.Add(RequestKind.Txn, new byte[length / 2]);
            writer.Finish(1_000_000 + length);
            corpus.Add(new FuzzInput(writer.Payload.ToArray()));
        }

        return corpus;
    }
}

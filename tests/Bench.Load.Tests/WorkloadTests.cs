using Keelson.Base.Codec;
using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Workloads;

namespace Keelson.Bench.Load.Tests;

public sealed class WorkloadTests
{
    private static readonly KeySpace Keys = new(48, 256, 1_000);

    [Test]
    public void KeySpace_Numbers_GiveOrderedKeysOfOneLengthInThePrefix()
    {
        List<string> keys = Enumerable.Range(0, 1_000).Select(number => Convert.ToHexString(Keys.Key(number))).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(keys, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
            Assert.That(keys, Is.All.StartsWith(Convert.ToHexString(KeySpace.Prefix)).And.All.Length.EqualTo(96));
            Assert.That(keys.Distinct().Count(), Is.EqualTo(1_000));
        });
    }

    // The sizes in front of nested messages are computed, so the whole must parse to its end.
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(long.MaxValue)]
    public void GuardedPut_AnyRevision_IsAWellFormedTransaction(long revision)
    {
        byte[] message = new byte[1_024];
        int length = EtcdRequest.GuardedPut(message, Keys.Key(7), Keys.Value, revision);
        ProtoReader txn = new(message.AsSpan(0, length));
        Assert.That(txn.Next() && txn.Field == 1, "compare");
        byte[] compare = txn.ReadBytes().ToArray();
        Assert.Multiple(() =>
        {
            // Compare: target MOD is 2, the expected revision is field 6 and must be there even when zero.
            Assert.That(EtcdReply.Number(compare, 2), Is.EqualTo(2));
            Assert.That(EtcdReply.Number(compare, 6), Is.EqualTo(revision));
        });
        Assert.That(txn.Next() && txn.Field == 2, "success");
        ProtoReader success = new(txn.ReadBytes());
        Assert.That(success.Next() && success.Field == 2 && success.ReadBytes().Length > 256, "put");
        Assert.That(txn.Next() && txn.Field == 3, "failure");
        ProtoReader failure = new(txn.ReadBytes());
        Assert.That(failure.Next() && failure.Field == 1 && failure.ReadBytes().Length == 50, "range");
        Assert.That(txn.Next(), Is.False);
        Assert.That(txn.Malformed, Is.False);
    }

    [Test]
    public void Workloads_EveryName_WritesRequestsWithinItsBound()
    {
        foreach (string name in WorkloadPlan.Names)
        {
            IWorkload workload = new WorkloadPlan { Name = name, Shape = new Shape(1, 4) }.Make();
            byte[] message = new byte[64 << 10];
            for (int call = 0; call < 100; call++)
            {
                workload.Next(call % 4, message, out int length);
                Assert.That(length, Is.InRange(1, workload.RequestBytesMax), name);
            }
        }
    }

    [Test]
    public void BatchPut_WholeKeySpace_WritesEachKeyOnce()
    {
        BatchPutWorkload load = new(Keys);
        byte[] message = new byte[load.RequestBytesMax];
        int puts = 0;
        for (long call = 0; call < load.Calls; call++)
        {
            load.Next(0, message, out int length);
            ProtoReader reader = new(message.AsSpan(0, length));
            while (reader.Next())
            {
                reader.Skip();
                puts++;
            }
        }

        Assert.That(puts, Is.EqualTo(Keys.Count));
    }

    [Test]
    public void Plan_UnknownWorkload_IsRefused()
    {
        WorkloadPlan plan = new() { Name = "dance", Shape = new Shape(1, 1) };
        Assert.That(plan.Make, Throws.ArgumentException);
    }
}

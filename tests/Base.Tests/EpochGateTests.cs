using Keelson.Base.Memory;

namespace Keelson.Base.Tests;

public sealed class EpochGateTests
{
    [Test]
    public void Collect_ReaderEnteredBeforeRetire_KeepsBlock()
    {
        using var gate = new EpochGate();
        EpochPin pin = gate.Enter();
        gate.Retire(NativeBlock.Allocate(64));
        gate.Collect();
        Assert.That(gate.RetiredBytes, Is.EqualTo(64));

        pin.Dispose();
        gate.Collect();
        Assert.That(gate.RetiredBytes, Is.Zero);
    }

    [Test]
    public void Collect_ReaderEnteredInLaterEpoch_FreesBlock()
    {
        using var gate = new EpochGate();
        gate.Retire(NativeBlock.Allocate(64));
        gate.Collect();
        using EpochPin pin = gate.Enter();
        gate.Collect();
        Assert.That(gate.RetiredBytes, Is.Zero);
    }

    [Test]
    public void Advance_ReaderEnteredBeforeStamp_IsNotYounger()
    {
        using var gate = new EpochGate();
        EpochPin early = gate.Enter();
        long stamp = gate.Stamp();
        Assert.That(gate.Advance(), Is.LessThanOrEqualTo(stamp));

        using EpochPin late = gate.Enter();
        early.Dispose();
        Assert.That(gate.Advance(), Is.GreaterThan(stamp).And.LessThan(long.MaxValue));
    }

    [Test]
    public void HasPassed_ReaderFromBeforeTheMark_OnlyAfterItLeft()
    {
        using var gate = new EpochGate();
        EpochPin before = gate.Enter();
        long mark = gate.Mark();
        EpochPin after = gate.Enter();
        Assert.That(gate.HasPassed(mark), Is.False);
        before.Dispose();
        Assert.That(gate.HasPassed(mark), Is.True);
        after.Dispose();
    }

    [Test]
    public void Enter_FromManyThreads_NeverSeesFreedMemory()
    {
        // One owner replaces a block whose bytes all carry one value and poisons what it frees by reuse.
        using var gate = new EpochGate();
        nint current = Fill(1).Address;
        using var stop = new CancellationTokenSource();
        bool torn = false;
        Thread[] readers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                using EpochPin pin = gate.Enter();
                Span<byte> bytes = NativeBlock.FromAddress(Volatile.Read(ref current), 256).Span;
                torn |= bytes.IndexOfAnyExcept(bytes[0]) >= 0;
            }
        }))];
        Array.ForEach(readers, reader => reader.Start());
        for (int round = 0; round < 20_000; round++)
        {
            nint previous = Interlocked.Exchange(ref current, Fill((byte)(round % 251)).Address);
            gate.Retire(NativeBlock.FromAddress(previous, 256));
            gate.Collect();
        }

        stop.Cancel();
        Array.ForEach(readers, reader => reader.Join());
        Assert.That(torn, Is.False);
        NativeBlock.FromAddress(current, 256).Free();
    }

    private static NativeBlock Fill(byte value)
    {
        NativeBlock block = NativeBlock.Allocate(256);
        block.Span.Fill(value);
        return block;
    }
}

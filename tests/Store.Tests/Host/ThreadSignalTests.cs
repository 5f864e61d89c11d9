using Keelson.Store.Host;

namespace Keelson.Store.Tests.Host;

/// <summary>No hand-over between two threads may be lost.</summary>
public sealed class ThreadSignalTests
{
    private static readonly TimeSpan Forever = TimeSpan.FromMinutes(2);

    [Test]
    public void Wait_AfterSet_ReturnsAtOnce_AndConsumesIt()
    {
        var signal = new ThreadSignal();
        signal.Set();
        signal.Set();
        Assert.That(Returns(signal, Forever), Is.True);
        signal.Set();
        signal.Clear();
        signal.Wait(TimeSpan.FromMilliseconds(1));
        signal.Set();
        Assert.That(Returns(signal, Timeout.InfiniteTimeSpan), Is.True);
    }

    [Test]
    public void Set_HandsOverEveryTime()
    {
        const int rounds = 20_000;
        var there = new ThreadSignal();
        var back = new ThreadSignal();
        long answered = 0;
        long asked = 0;
        var answering = new Thread(() =>
        {
            while (Interlocked.Read(ref answered) < rounds)
            {
                if (Interlocked.Read(ref asked) > answered)
                {
                    Interlocked.Increment(ref answered);
                    back.Set();
                }
                else
                {
                    there.Wait(Timeout.InfiniteTimeSpan);
                }
            }
        });
        answering.Start();
        for (int round = 1; round <= rounds; round++)
        {
            Interlocked.Increment(ref asked);
            there.Set();
            long since = Environment.TickCount64;
            while (Interlocked.Read(ref answered) < round)
            {
                back.Wait(Forever);
                Assert.That(Environment.TickCount64 - since, Is.LessThan(Forever.TotalMilliseconds), $"round {round}");
            }
        }

        Assert.That(answering.Join(Forever), Is.True);
    }

    private static bool Returns(ThreadSignal signal, TimeSpan patience)
    {
        var waiting = new Thread(() => signal.Wait(patience)) { IsBackground = true };
        waiting.Start();
        return waiting.Join(Forever / 2);
    }
}

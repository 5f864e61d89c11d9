using Keelson.Store.Mvcc;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Tests.Serving;

internal sealed class AdmissionGateTests
{
    private static readonly CancellationToken Patient = CancellationToken.None;
    private static readonly AnswerSize Half = new(512 << 20, IsExact: true);
    private static readonly AnswerSize One = new(1, IsExact: true);

    [Test]
    public async Task Enter_SharesWithinTheCapacity_RunTogether_AndTheNextWaitsForRoom()
    {
        var gate = new AdmissionGate(capacity: 10, waitingMax: 5);
        IDisposable? first = await gate.EnterAsync(6, Patient);
        IDisposable? second = await gate.EnterAsync(4, Patient);
        Task<IDisposable?> third = gate.EnterAsync(5, Patient).AsTask();
        second!.Dispose();
        Assert.That(third.IsCompleted, Is.False, "four are free, five are wanted");
        first!.Dispose();
        Assert.That(await third, Is.Not.Null);
    }

    [Test]
    public async Task Enter_BehindOneThatWaits_DoesNotOvertake()
    {
        var gate = new AdmissionGate(capacity: 10, waitingMax: 5);
        IDisposable? running = await gate.EnterAsync(8, Patient);
        Task<IDisposable?> large = gate.EnterAsync(10, Patient).AsTask();
        Task<IDisposable?> small = gate.EnterAsync(1, Patient).AsTask();
        Assert.That(small.IsCompleted, Is.False);
        running!.Dispose();
        (await large)!.Dispose();
        Assert.That(await small, Is.Not.Null);
    }

    [Test]
    public async Task Enter_ShareAboveTheCapacity_RunsAlone()
    {
        var gate = new AdmissionGate(capacity: 10, waitingMax: 5);
        using (await gate.EnterAsync(long.MaxValue, Patient))
        {
            Task<IDisposable?> other = gate.EnterAsync(1, Patient).AsTask();
            Assert.That(other.IsCompleted, Is.False);
        }
    }

    [Test]
    public async Task Enter_TooManyWait_IsRefused()
    {
        var gate = new AdmissionGate(capacity: 1, waitingMax: 2);
        await gate.EnterAsync(1, Patient);
        Task<IDisposable?>[] waiting =
            [gate.EnterAsync(1, Patient).AsTask(), gate.EnterAsync(1, Patient).AsTask()];
        Assert.That(await gate.EnterAsync(1, Patient), Is.Null);
        Assert.That(waiting.Any(each => each.IsCompleted), Is.False);
    }

    [Test]
    public async Task Enter_CanceledWhileWaiting_LetsThoseBehindIn()
    {
        var gate = new AdmissionGate(capacity: 10, waitingMax: 5);
        using IDisposable? running = await gate.EnterAsync(6, Patient);
        using var impatient = new CancellationTokenSource();
        Task<IDisposable?> large = gate.EnterAsync(10, impatient.Token).AsTask();
        Task<IDisposable?> small = gate.EnterAsync(4, Patient).AsTask();
        await impatient.CancelAsync();
        Assert.That(async () => await large, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await small, Is.Not.Null);
    }

    [Test]
    public async Task Turn_DisposedTwice_CountsOnce()
    {
        var gate = new AdmissionGate(capacity: 1, waitingMax: 5);
        IDisposable? turn = await gate.EnterAsync(1, Patient);
        turn!.Dispose();
        turn.Dispose();
        await gate.EnterAsync(1, Patient);
        Task<IDisposable?> second = gate.EnterAsync(1, Patient).AsTask();
        Assert.That(second.IsCompleted, Is.False);
    }

    [Test]
    public async Task WholeReads_FourRun_TheFifthWaits()
    {
        var gates = new ReadGates(memoryBytes: 0);
        var turns = new List<IDisposable?>();
        for (int count = 0; count < 4; count++)
        {
            turns.Add(await gates.EnterWholeAsync(Patient));
        }

        Task<IDisposable?> fifth = gates.EnterWholeAsync(Patient).AsTask();
        Assert.That(fifth.IsCompleted, Is.False);
        turns[2]!.Dispose();
        Assert.That(await fifth, Is.Not.Null);
    }

    [Test]
    public async Task WideReads_AnswersOfAQuarterOfTheMemory_RunTogether()
    {
        const long memoryBytes = 12L << 30;
        var gates = new ReadGates(memoryBytes);
        Assert.That(await gates.EnterWideAsync(Half, Patient), Is.Not.Null, "three copies are half the budget");
        Assert.That(await gates.EnterWideAsync(Half, Patient), Is.Not.Null);
        Task<IDisposable?> third = gates.EnterWideAsync(One, Patient).AsTask();
        Assert.That(third.IsCompleted, Is.False);
    }
}

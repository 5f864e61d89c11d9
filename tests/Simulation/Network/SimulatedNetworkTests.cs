using Keelson.Base.Identity;
using Keelson.Simulation.World;

namespace Keelson.Simulation.Network;

public sealed class SimulatedNetworkTests
{
    private static readonly MemberId One = new(1);
    private static readonly MemberId Two = new(2);
    private static readonly MessageForm<int> Form = new(BitConverter.GetBytes, bytes => BitConverter.ToInt32(bytes));

    private readonly List<int> _arrived = [];
    private SimulatedWorld _world = null!;
    private SimulatedNetwork<int> _network = null!;

    [SetUp]
    public void SetUp() => Begin(1, NetworkSettings.Good);

    [Test]
    public void Send_GoodNetwork_DeliversAllInOrder()
    {
        SendNumbers(0, 100);
        _world.RunUntil(1_000_000);
        Assert.That(_arrived, Is.EqualTo(Enumerable.Range(0, 100)));
    }

    [Test]
    public void Send_Reordering_OvertakesButLosesNothing()
    {
        Begin(1, NetworkSettings.Good with { ReorderPerMille = 500 });
        SendNumbers(0, 100);
        _world.RunUntil(1_000_000);
        Assert.That(_arrived, Is.EquivalentTo(Enumerable.Range(0, 100)).And.Not.Ordered);
    }

    [Test]
    public void Send_LossAndDuplication_AreAsFrequentAsAsked()
    {
        Begin(1, NetworkSettings.Good with { LossPerMille = 250, DuplicatePerMille = 100, CapacityMessages = 100_000 });
        SendNumbers(0, 20_000);
        _world.RunUntil(10_000_000);
        Assert.That(_arrived.Distinct().Count(), Is.EqualTo(15_000).Within(500));
        Assert.That(_arrived.Count - _arrived.Distinct().Count(), Is.EqualTo(1500).Within(250));
    }

    [Test]
    public void Cut_OneWay_LetsTheOtherWayThrough()
    {
        _network.Cut(Two, One);
        SendNumbers(0, 1);
        _network.Send(Two, One, 5);
        _world.RunUntil(1_000_000);
        Assert.That(_arrived, Is.EqualTo(new[] { 0 }));

        _network.Mend(Two, One);
        _network.Send(Two, One, 6);
        _world.RunUntil(2_000_000);
        Assert.That(_arrived, Is.EqualTo(new[] { 0, 6 }));
    }

    [Test]
    public void Cut_Twice_WantsTwoMends()
    {
        _network.Cut(One, Two);
        _network.Cut(One, Two);
        _network.Mend(One, Two);
        Assert.That(_network.IsCut(One, Two));
        _network.Mend(One, Two);
        Assert.That(_network.IsCut(One, Two), Is.False);
    }

    [Test]
    public void Cut_WithMessagesUnderWay_LosesOrHoldsThem([Values] bool holds)
    {
        Begin(1, NetworkSettings.Good with { HoldsWhileCut = holds });
        SendNumbers(0, 10);
        _network.Cut(One, Two);
        _world.RunUntil(1_000_000);
        Assert.That(_arrived, Is.Empty);

        SendNumbers(10, 10);
        _world.RunUntil(2_000_000);
        _network.Mend(One, Two);
        SendNumbers(20, 10);
        _world.RunUntil(3_000_000);
        Assert.That(_arrived, Is.EqualTo(Enumerable.Range(holds ? 0 : 20, holds ? 30 : 10)));
    }

    [Test]
    public void Clog_OfALink_DelaysWithoutLossAndKeepsTheOrder([Range(1, 20)] int seed)
    {
        Begin((ulong)seed, NetworkSettings.Good);
        SendNumbers(0, 20);
        _network.Clog(One, Two, 50_000 + seed);
        _world.RunUntil(49_000);
        Assert.That(_arrived, Is.Empty);

        SendNumbers(20, 20);
        _world.RunUntil(51_000);
        SendNumbers(40, 20);
        _world.RunUntil(1_000_000);
        Assert.That(_arrived, Is.EqualTo(Enumerable.Range(0, 60)));
    }

    [Test]
    public void Reset_OfALink_LosesWhatIsUnderWayOnly()
    {
        SendNumbers(0, 10);
        _network.Reset(One, Two);
        SendNumbers(10, 10);
        _world.RunUntil(1_000_000);
        Assert.That(_arrived, Is.EqualTo(Enumerable.Range(10, 10)));
    }

    [Test]
    public void Detach_OfAReceiver_LosesItsMessages()
    {
        SendNumbers(0, 10);
        _network.Detach(Two);
        _network.Attach(Two, (_, number) => _arrived.Add(number));
        _world.RunUntil(1_000_000);
        Assert.That(_arrived, Is.Empty);
    }

    [Test]
    public void Send_AboveTheCapacity_DropsTheRest()
    {
        Begin(1, NetworkSettings.Good with { CapacityMessages = 5 });
        SendNumbers(0, 10);
        _world.RunUntil(1_000_000);
        Assert.That(_arrived, Is.EqualTo(Enumerable.Range(0, 5)));
        Assert.That(_network.Dropped, Is.EqualTo(5));
    }

    [Test]
    public void Send_NarrowLink_TakesAsLongAsItsBytes()
    {
        Begin(1, NetworkSettings.Good with { BytesPerSecond = 1000 });
        SendNumbers(0, 100);
        _world.RunUntil(200_000);
        Assert.That(_arrived, Has.Count.InRange(45, 50));
    }

    [Test]
    public void Weather_AnySeed_DisturbsAndHeals([Range(1, 10)] int seed)
    {
        Begin((ulong)seed, NetworkSettings.Good);
        var settings = new WeatherSettings(new Spread(1000, 100_000), new Spread(1000, 300_000));
        var weather = new NetworkWeather<int>(_world, _network, [One, Two, new MemberId(3)], settings);
        for (int number = 0; number < 1000; number++)
        {
            SendNumbers(number, 1);
            _world.RunUntil(_world.Now + 10_000);
        }

        Assert.That(weather.Disturbances, Is.GreaterThan(10));
        Assert.That(_arrived, Has.Count.LessThan(1000), "it disturbs");

        weather.Stop();
        _arrived.Clear();
        SendNumbers(0, 100);
        _world.RunUntil(_world.Now + 10_000_000);
        Assert.That(_arrived, Is.EqualTo(Enumerable.Range(0, 100)), "it has healed for good");
    }

    private void Begin(ulong seed, NetworkSettings settings)
    {
        _arrived.Clear();
        _world = new SimulatedWorld(seed);
        _network = new SimulatedNetwork<int>(_world, settings, Form);
        _network.Attach(One, (_, number) => _arrived.Add(number));
        _network.Attach(Two, (_, number) => _arrived.Add(number));
    }

    private void SendNumbers(int first, int count)
    {
        foreach (int number in Enumerable.Range(first, count))
        {
            _network.Send(One, Two, number);
        }
    }
}

namespace Keelson.Simulation.Checking;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LeaseChecksTests
{
    private const long Second = 1_000_000;

    private static readonly LeaseChecks Checks = new(DriftPerMillion: 1000, LateMicroseconds: 5 * Second);

    private readonly LeaseSpan _lease = new(7, 10);

    [SetUp]
    public void SetUp()
    {
        _lease.Renewals.Add((1 * Second, 2 * Second));
        _lease.Renewals.Add((5 * Second, 6 * Second));
    }

    [TestCase(15, true)]
    [TestCase(21, true)]
    [TestCase(14.9, false, TestName = "Check_EndsEarly_Fails")]
    [TestCase(21.1, false, TestName = "Check_EndsLate_Fails")]
    public void Check_EndsAt_Says(double seconds, bool isRight)
    {
        _lease.Ended.Add((long)(seconds * Second));
        Assert.That(Checks.Check(_lease, 100 * Second, 0) is null, Is.EqualTo(isRight));
    }

    [Test]
    public void Check_StandstillOfTheCluster_IsNoDelay()
    {
        _lease.Ended.Add(25 * Second);
        Assert.That(Checks.Check(_lease, 100 * Second, 4 * Second), Is.Null);
    }

    [Test]
    public void Check_NeverEnds_Fails() => Assert.That(Checks.Check(_lease, 100 * Second, 0), Is.Not.Null);

    [Test]
    public void Check_EndsTwice_Fails()
    {
        _lease.Ended.AddRange([16 * Second, 17 * Second]);
        Assert.That(Checks.Once(_lease), Is.Not.Null);
    }

    [Test]
    public void Check_Revoked_OwesNoEnd()
    {
        _lease.IsRevoked = true;
        Assert.That(Checks.Check(_lease, 100 * Second, 0), Is.Null);
    }

    [Test]
    public void Floor_AnythingFalls_Complains()
    {
        var floor = new RevisionFloor();
        Assert.That(floor.Observe(5, 3), Is.Null);
        Assert.That(floor.Observe(5, 3), Is.Null);
        Assert.That(floor.Observe(4, 3), Is.Not.Null);
        Assert.That(new RevisionFloor().Observe(4, 5), Is.Not.Null);
        floor = new RevisionFloor();
        floor.Observe(9, 3);
        Assert.That(floor.Observe(9, 2), Is.Not.Null);
    }
}

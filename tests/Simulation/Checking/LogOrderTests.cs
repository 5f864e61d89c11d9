using Keelson.Simulation.Model;

namespace Keelson.Simulation.Checking;

/// <summary>What the log says against what clients were told: each lie is found.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LogOrderTests
{
    private readonly CallHistory _history = new();
    private readonly List<LoggedBatch> _log = [];

    [SetUp]
    public void SetUp()
    {
        Answer(new Operation.LeaseGrant(7, 10), new OperationResult { Revision = 1, LeaseId = 7, TtlSeconds = 10 });
        Answer(new Operation.Put("a", "one") { Lease = 7 }, new OperationResult { Revision = 2 });
        Answer(new Operation.Put("b", "two"), new OperationResult { Revision = 3 });
    }

    [Test]
    public void Of_EverythingRight_HasNoComplaintAndEndsTheLeaseInTime()
    {
        _log.Add(new LoggedBatch(4, 10_000, []) { WrittenAt = 99 });
        var order = LogOrder.Of(_history.Calls, _log);
        Assert.That(order.Complaint, Is.Null);
        Assert.That(order.Model.Revision, Is.EqualTo(4));
        Assert.That(order.Leases.Single().Ended, Is.EqualTo(new[] { 99L }));
        Assert.That(order.OwnChanges.Single().PlacedRevision, Is.EqualTo(4));
    }

    [Test]
    public void Of_AcknowledgedAndNotInTheLog_Complains()
    {
        _log.RemoveAt(2);
        Complains("is lost");
    }

    [Test]
    public void Of_AppliedTwice_Complains()
    {
        _log.Add(new LoggedBatch(4, 0, [3]));
        Complains("twice");
    }

    [Test]
    public void Of_AnotherAnswer_Complains()
    {
        Answer(new Operation.Put("c", "three"), new OperationResult { Revision = 5 });
        Complains("should be answered");
    }

    [Test]
    public void Of_OrderAgainstTime_Complains()
    {
        Answer(new Operation.LeaseKeepAlive(9), new OperationResult { Revision = 3, LeaseId = 9 });
        Answer(new Operation.LeaseKeepAlive(8), new OperationResult { Revision = 3, LeaseId = 8 });
        (_log[3], _log[4]) = (_log[4], _log[3]);
        Complains("before what was finished");
    }

    [Test]
    public void Of_RefusedAndInTheLog_Complains()
    {
        Call call = _history.Invoke(1, new Operation.Put("c", "three"));
        _history.Refuse(call);
        _log.Add(new LoggedBatch(4, 0, [call.Number]));
        Complains("is in entry 4");
    }

    [Test]
    public void Of_NobodysCall_Complains()
    {
        _log.Add(new LoggedBatch(4, 0, [99]));
        Complains("nobody made");
    }

    [Test]
    public void Of_CallWithoutAnswer_LearnsItsPlace()
    {
        Call call = _history.Invoke(1, new Operation.Put("c", "three"));
        _log.Add(new LoggedBatch(4, 0, [call.Number]));
        Assert.That(LogOrder.Of(_history.Calls, _log).Complaint, Is.Null);
        Assert.That(call.PlacedRevision, Is.EqualTo(4));
    }

    private void Answer(Operation request, OperationResult result)
    {
        Call call = _history.Invoke(1, request);
        _history.Answer(call, result);
        _log.Add(new LoggedBatch(_log.Count + 1, 0, [call.Number]));
    }

    private void Complains(string word) =>
        Assert.That(LogOrder.Of(_history.Calls, _log).Complaint, Does.Contain(word));
}

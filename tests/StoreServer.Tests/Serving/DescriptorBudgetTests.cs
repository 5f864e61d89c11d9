using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Tests.Serving;

/// <summary>Goal: what files need is never given to connections.</summary>
internal sealed class DescriptorBudgetTests
{
    [TestCase(1024, 128, 1024 - 120 - 150 - 128)]
    [TestCase(20_000, 512, 20_000 - 120 - 150 - 512)]
    [TestCase(0, 512, int.MaxValue)]
    [TestCase(long.MaxValue, 512, int.MaxValue)]
    public void Budget_LeavesWhatFilesNeed(long limit, int historyFiles, int connections)
    {
        var budget = new DescriptorBudget(limit);
        Assert.Multiple(() =>
        {
            Assert.That(budget.HistoryFilesMax, Is.EqualTo(historyFiles));
            Assert.That(budget.ClientConnectionsMax(open: 120, httpServers: 0), Is.EqualTo(connections));
        });
    }

    [Test]
    public void Budget_WithAServerOfItsOwnForMetrics_KeepsItsConnectionsFree() => Assert.That(
        new DescriptorBudget(1024).ClientConnectionsMax(120, 1),
        Is.EqualTo(new DescriptorBudget(1024).ClientConnectionsMax(120, 0) - DescriptorBudget.HttpConnectionsMax));

    [TestCase(120, ExpectedResult = "334")]
    [TestCase(20, ExpectedResult = "234")]
    public string Budget_OfALowLimit_SaysHowMuchIsNeeded(int open)
    {
        IOException? exception = Assert.Throws<IOException>(
            () => new DescriptorBudget(200).ClientConnectionsMax(open, 0));
        return exception!.Message.Split("set it to ")[1].Split(' ')[0];
    }
}

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

    [TestCase(20, 0)]
    [TestCase(120, 0)]
    [TestCase(120, 2)]
    public void Budget_OfALowLimit_NamesTheLowestThatWillDo(int open, int httpServers)
    {
        int Connections(int limit) => new DescriptorBudget(limit).ClientConnectionsMax(open, httpServers);
        IOException? exception = Assert.Throws<IOException>(() => Connections(150));
        int needed = int.Parse(
            exception!.Message.Split("set it to ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.Multiple(() =>
        {
            Assert.That(() => Connections(needed - 1), Throws.TypeOf<IOException>());
            Assert.That(() => Connections(needed), Is.EqualTo(32));
        });
    }
}

using Keelson.StoreServer.Membership;
using Keelson.StoreServer.Options;

namespace Keelson.StoreServer.Tests.Membership;

/// <summary>Ids as etcd 3.5.16 logged them for the same peer URL and token.</summary>
internal sealed class NodeIdentityTests
{
    [TestCase("http://localhost:2380", "8e9e05c52164694d", "cdf818194e3a8c32")]
    [TestCase("http://127.0.0.1:32380", "628170c800dbcee", "babc9795b64f03e3")]
    public void Ids_AreEtcds(string peerUrl, string member, string cluster)
    {
        var reading = (OptionsReading.Serve)OptionsReader.Read(
            ["--initial-advertise-peer-urls", peerUrl], new Dictionary<string, string>(), static _ => "");
        NodeIdentity identity = NodeIdentity.Of(reading.Options);
        Assert.Multiple(() =>
        {
            Assert.That(identity.Member.ToString(), Is.EqualTo(member));
            Assert.That(identity.Cluster.ToString(), Is.EqualTo(cluster));
        });
    }
}

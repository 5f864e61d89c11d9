using Keelson.Base.Identity;
using Keelson.Rpc.Etcd;

namespace Keelson.StoreServer.Tests.Membership;

internal sealed class MemberRecordTests
{
    [Test]
    public async Task Node_Started_IsItsOnlyMember()
    {
        await using TestNode node = await TestNode.StartAsync("--name", "here");
        Member member = (await ListAsync(node)).Single();
        Assert.That(member.Name, Is.EqualTo("here"));
        Assert.That(member.PeerURLs, Is.EqualTo(new[] { "http://localhost:2380" }));
        Assert.That(member.ClientURLs, Is.EqualTo(new[] { "http://127.0.0.1:2379" }));
        Assert.That(new MemberId(member.ID).ToString(), Is.EqualTo("8e9e05c52164694d"));
    }

    /// <summary>What a member says of itself follows its flags; who it is stays.</summary>
    [Test]
    public async Task Node_StartedWithOtherFlags_KeepsItsIdAndPeerUrls()
    {
        string directory = Directory.CreateTempSubdirectory("keelson-node-").FullName;
        await using (TestNode first = await TestNode.StartInAsync(directory, "--name", "first"))
        {
            await first.Node.StopAsync("test");
            CopyAway(directory);
        }

        await using TestNode second = await TestNode.StartInAsync(
            directory + ".copy", "--name", "second", "--initial-advertise-peer-urls", "http://127.0.0.1:9");
        Member member = (await ListAsync(second)).Single();
        Assert.That(member.Name, Is.EqualTo("second"));
        Assert.That(new MemberId(member.ID).ToString(), Is.EqualTo("8e9e05c52164694d"));
        Assert.That(member.PeerURLs, Is.EqualTo(new[] { "http://localhost:2380" }));
    }

    private static async Task<IEnumerable<Member>> ListAsync(TestNode node) => (await node.CallAsync(
        "/etcdserverpb.Cluster/MemberList", new MemberListRequest(), MemberListResponse.Parser)).Members;

    // A test node removes its directory when it goes.
    private static void CopyAway(string directory)
    {
        Directory.CreateDirectory(directory + ".copy");
        foreach (string file in Directory.EnumerateFiles(directory))
        {
            File.Copy(file, Path.Combine(directory + ".copy", Path.GetFileName(file)));
        }
    }
}

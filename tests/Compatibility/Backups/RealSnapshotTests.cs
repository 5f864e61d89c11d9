using Keelson.Base.Identity;
using Keelson.Compatibility.Processes;
using Keelson.Simulation;
using Keelson.Store.Backup;

namespace Keelson.Compatibility.Backups;

/// <summary>Backups that real etcd wrote, read by us.</summary>
public sealed class RealSnapshotTests
{
    private const int Rounds = 10;
    private const int StepsPerRound = 12;
    private const int RevisionsPerRound = 4;

    // Goal: the rule of HashKV, found by asking etcd. Every revision that is asked for is above the compact revision:
    // exactly there etcd may answer with a hash that it took during the compaction, over versions that are gone.
    [TestCase(1ul)]
    [TestCase(2ul)]
    [TestCase(3ul)]
    public void HashKV_OverRandomHistories_EqualsEtcds(ulong seed)
    {
        using EtcdProcess etcd = EtcdProcess.StartNew();
        var random = new SeededRandom(seed);
        var history = new RandomHistory(etcd, random);
        for (int round = 0; round < Rounds; round++)
        {
            for (int step = 0; step < StepsPerRound; step++)
            {
                history.Step();
            }

            using BackupFile file = Save(etcd, $"round-{round}");
            var snapshot = new SnapshotReader(file, "backup");
            snapshot.VerifyTrailer();
            Assert.That(snapshot.ReadCompactRevision(), Is.EqualTo(new Revision(history.CompactRevision)));
            foreach (long revision in Choose(history, random))
            {
                Assert.That(
                    SnapshotHash.Compute(snapshot, new Revision(revision)),
                    Is.EqualTo(AskForHash(etcd, revision)),
                    () => $"round {round}, revision {revision} of {history.Revision}, "
                        + $"compact revision {history.CompactRevision}");
            }
        }
    }

    private static IEnumerable<long> Choose(RandomHistory history, SeededRandom random)
    {
        long first = Math.Max(history.CompactRevision + 1, 1);
        if (first > history.Revision)
        {
            return [];
        }

        return Enumerable.Range(0, RevisionsPerRound)
            .Select(_ => first + (long)(random.Next() % (ulong)(history.Revision - first + 1)))
            .Append(history.Revision);
    }

    private static uint AskForHash(EtcdProcess etcd, long revision)
    {
        string answer = etcd.Etcdctl(
            "endpoint", "hashkv", "--rev", revision.ToString(CultureInfo.InvariantCulture)).RequireSuccess();
        return uint.Parse(answer.Split(", ")[1], CultureInfo.InvariantCulture);
    }

    private static BackupFile Save(EtcdProcess etcd, string name)
    {
        string path = Path.Combine(etcd.Directory, name);
        etcd.Etcdctl("snapshot", "save", path).RequireSuccess();
        return new BackupFile(path);
    }
}

using Keelson.Base.Identity;
using Keelson.Simulation;
using Keelson.Store.Watch;

namespace Keelson.Store.Tests.Watch;

/// <summary>
/// Goal: every guarantee of <see cref="WatchGuarantees"/> under random histories with slow and stalled streams,
/// compaction, checkpoints and reclaim under it, cancel and re-create.
/// </summary>
public sealed class WatchHubProperties
{
    [FsCheck.NUnit.Property(MaxTest = 150)]
    public void Guarantees_AnyHistoryAndStreams_Hold(ulong seed)
    {
        using var world = new WatchWorld(seed);
        SeededRandom random = world.Random;
        for (long stream = 0; stream < 4; stream++)
        {
            world.Open(stream);
        }

        for (int step = 0; step < 250; step++)
        {
            Step(world, random);
        }

        world.Drain();
        WatchGuarantees.CheckAll(world);
        Assert.That(world.Hub.Advance(), Is.False);
        int running = world.Clients.Values.Sum(client => client.Running.Count);
        Assert.That(world.Hub.Counts.Live + world.Hub.Counts.Waiting, Is.EqualTo(running));
    }

    private static void Step(WatchWorld world, SeededRandom random)
    {
        WatchClient client = world.Clients[random.Below(world.Clients.Count)];
        // The last stream takes nothing before the end.
        bool isStalled = client.Id.Value == world.Clients.Count - 1;
        switch (random.Below(14))
        {
            case < 4:
                world.WriteRandom();
                break;
            case 4 when world.Hub.HasRoom(client.Id):
                client.Create(RandomRequest(world, random));
                break;
            case 5 when client.Running.Count > 0 && random.Below(3) == 0:
                client.Cancel(client.Running.Keys.ElementAt(random.Below(client.Running.Count)));
                break;
            case 6:
                world.Hub.RequestProgress(client.Id);
                break;
            case 7:
                world.Hub.NotifyProgress();
                break;
            case 8 when random.Below(6) == 0:
                world.CompactAt(world.Current - random.Below(20));
                break;
            case 9:
                world.Checkpoint();
                break;
            case 10:
                world.Reclaim();
                break;
            case 11:
                world.Hub.Advance();
                break;
            default:
                client.Take(isStalled ? 0 : random.Below(4));
                break;
        }
    }

    private static WatchRequest RandomRequest(WatchWorld world, SeededRandom random)
    {
        (string key, string end) = random.Below(6) switch
        {
            0 => ("", "\0"),
            1 => ("/a/", "/a0"),
            2 => ("/b/", "\0"),
            3 => ("/", "/c/1"),
            _ => ($"/{(char)('a' + random.Below(3))}/{random.Below(12)}", ""),
        };
        long start = random.Below(3) == 0 ? 0 : Math.Max(1, world.Current - 30 + random.Below(40));
        return new WatchRequest
        {
            Key = key,
            RangeEnd = end,
            StartRevision = new Revision(start),
            PreviousKeyValue = random.Below(2) == 0,
            ProgressNotify = random.Below(2) == 0,
            Fragment = random.Below(3) == 0,
            Filters = (WatchFilters)(random.Below(3) * random.Below(2)),
            WatchId = random.Below(8) == 0 ? 1000 + random.Below(1000) : 0,
        };
    }
}

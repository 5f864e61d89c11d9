using System.Runtime.CompilerServices;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.StoreServer.Membership;

namespace Keelson.StoreServer.Tests.Membership;

internal sealed class IdentityFileTests
{
    private static readonly MemberOrigin Origin = new(
        new NodeIdentity(new ClusterId(0x1122334455667788), new MemberId(ulong.MaxValue)),
        [new MemberId(3), new MemberId(ulong.MaxValue)]);


    private readonly SimulatedDisk _disk = new(new SeededRandom(1));

    [Test]
    public void Identity_Written_ComesBackAfterAPowerCut()
    {
        Assert.That(IdentityFile.TryRead(_disk), Is.Null);
        IdentityFile.Write(_disk, Origin);
        _disk.Crash();
        AssertIsOrigin(IdentityFile.TryRead(_disk));
    }

    [Test]
    public void Document_Offsets_AreThoseOfTheCode()
    {
        string document = Path.Combine(Path.GetDirectoryName(Here())!, "../../../docs/formats/identity.md");
        Dictionary<string, int> drawn = File.ReadLines(document)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length > 4 && int.TryParse(cells[1], CultureInfo.InvariantCulture, out _))
            .ToDictionary(cells => cells[3], cells => int.Parse(cells[1], CultureInfo.InvariantCulture));
        Assert.That(drawn, Is.SupersetOf(new Dictionary<string, int>
        {
            ["Magic"] = IdentityFile.MagicOffset,
            ["Checksum"] = IdentityFile.ChecksumOffset,
            ["Version"] = IdentityFile.VersionOffset,
            ["Count"] = IdentityFile.CountOffset,
            ["Cluster"] = IdentityFile.ClusterOffset,
            ["Member"] = IdentityFile.MemberOffset,
        }));
    }

    /// <summary>A member must be itself or nobody: never a damaged somebody.</summary>
    [Test]
    public void Identity_CutOffAnywhere_IsWholeOrNotThere()
    {
        for (int calls = 1; calls < 20; calls++)
        {
            var disk = new SimulatedDisk(new SeededRandom((ulong)calls));
            disk.Faults = call => call.Number == calls ? DiskFault.PowerCut : DiskFault.None;
            try
            {
                IdentityFile.Write(disk, Origin);
            }
            catch (DiskException)
            {
                // The power goes with it.
            }

            disk.Crash();
            if (IdentityFile.TryRead(disk) is { } found)
            {
                AssertIsOrigin(found);
            }

            IdentityFile.Write(disk, Origin);
            AssertIsOrigin(IdentityFile.TryRead(disk));
        }
    }

    [Test]
    public void Identity_AnyBitFlipped_IsRefusedInWords()
    {
        for (int bit = 0; bit < 8 * (IdentityFile.HeaderBytes + 16); bit++)
        {
            var disk = new SimulatedDisk(new SeededRandom(1));
            IdentityFile.Write(disk, Origin);
            disk.FlipBit(IdentityFile.FileName, bit / 8, bit % 8);
            Assert.That(
                () => IdentityFile.TryRead(disk), Throws.InstanceOf<IOException>().With.Message.Contains("damaged"));
        }
    }

    private static void AssertIsOrigin(MemberOrigin? found)
    {
        Assert.That(found!.Identity, Is.EqualTo(Origin.Identity));
        Assert.That(found.FirstMembers, Is.EqualTo(Origin.FirstMembers));
    }

    private static string Here([CallerFilePath] string path = "") => path;
}

using Keelson.Base.Seams;
using Keelson.Simulation;
using Keelson.Simulation.Disk;

namespace Keelson.Fuzz.Driver;

/// <summary>The files of a disk as parts of an input, and back.</summary>
internal static class DiskImage
{
    public static SimulatedDisk Empty() => new(new SeededRandom(1));

    public static SimulatedDisk Create(IReadOnlyList<string> names, IEnumerable<byte[]> parts)
    {
        SimulatedDisk disk = Empty();
        foreach ((string name, byte[] bytes) in names.Zip(parts))
        {
            using IDiskFile file = disk.Open(name, DiskOpenMode.New);
            file.Write(0, bytes);
        }

        return disk;
    }

    public static byte[][] Read(IDisk disk, IEnumerable<string> names) => [.. names.Select(name => Read(disk, name))];

    private static byte[] Read(IDisk disk, string name)
    {
        using IDiskFile file = disk.Open(name, DiskOpenMode.Existing);
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }
}

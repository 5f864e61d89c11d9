using Keelson.Base.Seams;

namespace Keelson.Simulation.Disk;

/// <summary>Random calls against a model: what is live and, per byte, all values that a crash may leave.</summary>
public sealed class SimulatedDiskProperties
{
    private const int FileBytes = 4 * Survival.SectorBytes * 3;

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public bool Crash_AfterRandomCalls_LeavesOnlyAllowedValues(ulong seed)
    {
        var script = new SeededRandom(seed);
        var disk = new SimulatedDisk(new SeededRandom(seed ^ 1));
        var model = new Model();
        for (int round = 0; round < 4; round++)
        {
            using (IDiskFile file = disk.Open("a", round == 0 ? DiskOpenMode.New : DiskOpenMode.Existing))
            {
                disk.Sync();
                for (int step = 0; step < 12; step++)
                {
                    Step(script, file, model);
                }

                if (!ReadAll(file).AsSpan().SequenceEqual(model.Live.AsSpan(0, (int)file.Length)))
                {
                    return false;
                }
            }

            disk.Crash();
            using IDiskFile survivor = disk.Open("a", DiskOpenMode.Existing);
            byte[] after = ReadAll(survivor);
            if (!model.Allows(after))
            {
                return false;
            }

            model.Become(after);
        }

        return true;
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public bool Crash_SameSeed_LeavesTheSame(ulong seed)
    {
        byte[] Run()
        {
            var script = new SeededRandom(seed);
            var disk = new SimulatedDisk(new SeededRandom(seed));
            using (IDiskFile file = disk.Open("a", DiskOpenMode.New))
            {
                disk.Sync();
                var model = new Model();
                for (int step = 0; step < 20; step++)
                {
                    Step(script, file, model);
                }
            }

            disk.Crash();
            using IDiskFile survivor = disk.Open("a", DiskOpenMode.Existing);
            return ReadAll(survivor);
        }

        return Run().SequenceEqual(Run());
    }

    private static void Step(SeededRandom script, IDiskFile file, Model model)
    {
        int offset = script.Below(FileBytes);
        var bytes = new byte[1 + script.Below(FileBytes - offset)];
        bytes.AsSpan().Fill((byte)(1 + script.Below(255)));
        switch (script.Below(4))
        {
            case 0:
                file.Sync();
                model.Sync();
                break;
            case 1:
                file.WriteDurable(offset, bytes);
                model.Write(offset, bytes, durable: true);
                break;
            default:
                file.Write(offset, bytes);
                model.Write(offset, bytes, durable: false);
                break;
        }
    }

    private static byte[] ReadAll(IDiskFile file)
    {
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }

    private sealed class Model
    {
        private readonly HashSet<byte>[] _allowed = [.. new byte[FileBytes].Select(zero => new HashSet<byte> { zero })];

        public byte[] Live { get; } = new byte[FileBytes];

        public void Write(int offset, byte[] bytes, bool durable)
        {
            bytes.CopyTo(Live, offset);
            for (int index = offset; index < offset + bytes.Length; index++)
            {
                if (durable)
                {
                    _allowed[index].Clear();
                }

                _allowed[index].Add(Live[index]);
            }
        }

        public void Sync() => Become(Live);

        public void Become(byte[] bytes)
        {
            for (int index = 0; index < FileBytes; index++)
            {
                Live[index] = index < bytes.Length ? bytes[index] : (byte)0;
                _allowed[index] = [Live[index]];
            }
        }

        // What lies beyond the end of the file reads as zero.
        public bool Allows(byte[] bytes) => Enumerable.Range(0, FileBytes)
            .All(index => _allowed[index].Contains(index < bytes.Length ? bytes[index] : (byte)0));
    }
}

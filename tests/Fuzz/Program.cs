using Keelson.Fuzz.Driver;
using Keelson.Fuzz.Targets;

namespace Keelson.Fuzz;

/// <summary>The long run: <c>make fuzz SECONDS=n TARGET=name SEED=n</c>; goes on where the last one stopped.</summary>
internal static class Program
{
    private const string StateFolder = ".state/fuzz";

    public static int Main(string[] arguments)
    {
        int seconds = int.Parse(Argument(arguments, 0, "60"), CultureInfo.InvariantCulture);
        string name = Argument(arguments, 1, "all");
        string seed = Argument(arguments, 2, "");
        List<FuzzTarget> targets = [.. FuzzTargets.All.Where(target => name == "all" || target.Name == name)];
        if (targets.Count == 0)
        {
            Console.Error.WriteLine($"no target {name}; there are: {string.Join(' ', FuzzTargets.All)}");
            return 2;
        }

        int faults = 0;
        foreach (FuzzTarget target in targets)
        {
            FuzzFault? fault = seed.Length > 0
                ? TryOne(target, ulong.Parse(seed, CultureInfo.InvariantCulture))
                : Run(target, TimeSpan.FromSeconds((double)seconds / targets.Count));
            if (fault is not null)
            {
                faults++;
                Console.WriteLine(fault);
            }
        }

        return faults == 0 ? 0 : 1;
    }

    private static string Argument(string[] arguments, int index, string otherwise) =>
        index < arguments.Length && arguments[index].Length > 0 ? arguments[index] : otherwise;

    private static FuzzFault? TryOne(FuzzTarget target, ulong seed)
    {
        var driver = new FuzzDriver(target);
        FuzzFault? fault = driver.TryCorpus() ?? driver.TryOne(seed);
        Console.WriteLine($"{target}: seed {seed} {(fault is null ? "is answered as documented" : "fails")}");
        return fault;
    }

    private static FuzzFault? Run(FuzzTarget target, TimeSpan duration)
    {
        string state = Path.Combine(StateFolder, target.Name);
        ulong first = File.Exists(state) ? ulong.Parse(File.ReadAllText(state), CultureInfo.InvariantCulture) : 1;
        var driver = new FuzzDriver(target);
        var progress = new FuzzProgress(driver, target, duration);
        FuzzFault? fault = driver.Run(first, progress.GoesOn);
        Directory.CreateDirectory(StateFolder);
        // A seed that failed is tried again first, until it is mended.
        File.WriteAllText(state, (driver.Seed + (fault is null ? 1UL : 0)).ToString(CultureInfo.InvariantCulture));
        Console.WriteLine($"{target}: {driver.Inputs} inputs from seed {first}, {driver.Accepted} accepted");
        return fault;
    }
}

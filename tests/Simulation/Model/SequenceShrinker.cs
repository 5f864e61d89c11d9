namespace Keelson.Simulation.Model;

/// <summary>
/// Makes a failing sequence short: drops ever smaller runs of operations as long as it still fails (Zeller and
/// Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
/// </summary>
public static class SequenceShrinker
{
    /// <summary>
    /// The shortest sequence found in at most <paramref name="triesMax"/> runs of <paramref name="fails"/>.
    /// </summary>
    public static IReadOnlyList<Operation> Shrink(
        IReadOnlyList<Operation> failing, Func<IReadOnlyList<Operation>, bool> fails, int triesMax = 2000)
    {
        int tries = 0;
        for (int run = Math.Max(1, failing.Count / 2); run > 0 && tries < triesMax; run /= 2)
        {
            int start = 0;
            while (start < failing.Count && tries++ < triesMax)
            {
                List<Operation> shorter = [.. failing.Take(start), .. failing.Skip(start + run)];
                if (fails(shorter))
                {
                    failing = shorter;
                }
                else
                {
                    start += run;
                }
            }
        }

        return failing;
    }
}

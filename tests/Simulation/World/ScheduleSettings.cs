namespace Keelson.Simulation.World;

/// <summary>How the threads of a machine are scheduled.</summary>
/// <param name="StepMicrosecondsMax">A step without disk calls takes up to so long.</param>
/// <param name="WakeMicrosecondsMax">From a wake-up to the step, as a rule.</param>
/// <param name="PreemptPerMille">How often a thread loses its processor.</param>
/// <param name="PreemptMicrosecondsMax">For how long at most.</param>
internal sealed record ScheduleSettings(
    int StepMicrosecondsMax, int WakeMicrosecondsMax, int PreemptPerMille, int PreemptMicrosecondsMax)
{
    public static readonly ScheduleSettings Quiet = new(20, 50, 0, 1);

    /// <summary>Another machine for each seed.</summary>
    public static ScheduleSettings Draw(SeededRandom random) => new(
        1 + random.Below(100),
        1 + random.Below(random.Below(3) == 0 ? 3000 : 200),
        random.Below(2) * random.Below(30),
        1 + random.Below(50_000));

    public long DrawStep(SeededRandom random) => 1 + random.Below(StepMicrosecondsMax);

    public long DrawWake(SeededRandom random)
    {
        int wake = 1 + random.Below(WakeMicrosecondsMax);
        return random.Below(1000) < PreemptPerMille ? wake + random.Below(PreemptMicrosecondsMax) : wake;
    }
}

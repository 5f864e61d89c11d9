namespace Keelson.Fuzz.Driver;

/// <summary>What counts as a fault besides a wrong exception.</summary>
internal static class FuzzLimits
{
    /// <summary>Bytes allocated per byte of input: far above what any parser here needs, far below an attack.</summary>
    public const int AllocationFactor = 64;

    /// <summary>Shorter inputs count as this long: an exception alone costs some KiB.</summary>
    public const int InputBytesFloor = 4096;

    /// <summary>
    /// One input that takes longer hangs. The slowest valid one takes milliseconds; a loaded machine takes its time.
    /// </summary>
    public const int HangMilliseconds = 20_000;

    /// <summary>Calls of a disk that reading one input may make: a few for each block of it.</summary>
    public static long DiskCallsMax(FuzzInput input) => 2000 + input.Length;
}

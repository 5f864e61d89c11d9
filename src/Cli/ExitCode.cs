namespace Keelson.Cli;

/// <summary>What the shell is told.</summary>
internal static class ExitCode
{
    /// <summary>Done, or stopped by a signal as asked.</summary>
    public const int Success = 0;

    public const int Failure = 1;

    /// <summary>The command line, environment or configuration file is wrong; nothing was started.</summary>
    public const int Usage = 2;
}

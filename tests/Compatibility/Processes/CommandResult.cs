namespace Keelson.Compatibility.Processes;

/// <summary>What a program that ended left behind.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The standard output of a program that must succeed.</summary>
    public string RequireSuccess()
    {
        Assert.That(ExitCode, Is.Zero, () => $"{Errors}\n{Output}");
        return Output;
    }
}

using System.Diagnostics.CodeAnalysis;

namespace Keelson.StoreServer.Options;

/// <summary>What a command line asks for.</summary>
[SuppressMessage("Design", "CA1034", Justification = "The closed set of outcomes reads best in one place.")]
public abstract record OptionsReading
{
    private OptionsReading()
    {
    }

    /// <summary>Start; the warnings belong into the log.</summary>
    public sealed record Serve(StoreServerOptions Options, IReadOnlyList<string> Warnings) : OptionsReading;

    public sealed record ShowHelp : OptionsReading;

    public sealed record ShowVersion : OptionsReading;

    /// <summary>Every fault that was found; <paramref name="ShowUsage"/> as Go does after a fault of syntax.</summary>
    public sealed record Refuse(IReadOnlyList<string> Faults, bool ShowUsage) : OptionsReading;
}

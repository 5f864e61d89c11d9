namespace Keelson.Compatibility.Processes;

/// <summary>Our own program's tools.</summary>
internal static class KeelsonTool
{
    public static CommandResult Run(params string[] arguments)
    {
        string? program = PeerPrograms.FindKeelson();
        Assert.That(program, Is.Not.Null, "keelson.dll is not built: build src/Cli, or name it in KEELSON_PROGRAM");
        return RunningCommand.Run("dotnet", [program!, .. arguments]);
    }

    /// <summary>Starts our server on what our restore makes of a backup.</summary>
    public static StoreProcess StartRestored(string backup, params string[] restoreOptions)
    {
        var store = new StoreProcess();
        Run(["store", "snapshot", "restore", backup, "--data-dir", store.DataDirectory, .. restoreOptions])
            .RequireSuccess();
        store.Start();
        return store;
    }
}

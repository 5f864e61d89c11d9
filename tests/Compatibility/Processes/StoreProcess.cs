namespace Keelson.Compatibility.Processes;

/// <summary>Our own server, as a process: what a user starts with <c>keelson store</c>.</summary>
internal sealed class StoreProcess : ServerProcess
{
    public static StoreProcess StartNew(params string[] flags)
    {
        var store = new StoreProcess { Flags = flags };
        store.Start();
        return store;
    }

    protected override RunningCommand Launch()
    {
        string? program = PeerPrograms.FindKeelson();
        Assert.That(program, Is.Not.Null, "keelson.dll is not built: build src/Cli, or name it in KEELSON_PROGRAM");
        return RunningCommand.Start(
            "dotnet",
            [
                program!, "store", .. CommonArguments,
                "--initial-advertise-peer-urls", PeerUrl,
                "--initial-cluster", $"default={PeerUrl}",
            ]);
    }
}

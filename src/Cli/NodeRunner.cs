using Keelson.StoreServer;
using Keelson.StoreServer.Logging;
using Keelson.StoreServer.Options;

namespace Keelson.Cli;

/// <summary>Runs a store node until a signal comes or the node fails, and says which by the exit code.</summary>
internal static class NodeRunner
{
    /// <param name="serve">What to serve; its warnings go to the log.</param>
    /// <param name="ready">Called once clients are served.</param>
    public static async Task<int> RunAsync(
        OptionsReading.Serve serve, Func<StoreNode, StoreServerOptions, Task> ready)
    {
        using var signals = new StopSignals();
        await using Stream output = serve.Options.LogOutputs[0] == "stdout"
            ? Console.OpenStandardOutput()
            : Console.OpenStandardError();
        using var logger = new JsonLineLogger(output, serve.Options.LogLevel, "StoreServer", TimeProvider.System);
        logger.LogWarnings(serve.Warnings);
        StoreNode? node = await StoreNode.StartAsync(serve.Options, logger);
        if (node is null)
        {
            return ExitCode.Failure;
        }

        await using (node)
        {
            await ready(node, serve.Options);
            logger.LogWarnings(Systemd.SayReady());
            Task first = await Task.WhenAny(signals.Received, node.Failed);
            if (first == node.Failed)
            {
                return ExitCode.Failure;
            }

            await node.StopAsync(await signals.Received);
            return ExitCode.Success;
        }
    }
}

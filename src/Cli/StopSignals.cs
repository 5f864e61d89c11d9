using System.Runtime.InteropServices;

namespace Keelson.Cli;

/// <summary>SIGTERM and SIGINT ask for a clean stop; a second one does not change anything.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource<string> _received =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;

    public StopSignals()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive);
    }

    /// <summary>The name of the signal that came.</summary>
    public Task<string> Received => _received.Task;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        _received.TrySetResult(context.Signal == PosixSignal.SIGINT ? "interrupt" : "terminated");
    }
}

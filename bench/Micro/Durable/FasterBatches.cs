using FASTER.core;

namespace Keelson.Bench.Micro.Durable;

/// <summary>FASTER's log on its own device for files; each batch is enqueued, then committed.</summary>
internal sealed class FasterBatches : IDisposable
{
    private readonly IDevice _device;
    private readonly FasterLogSettings _settings;
    private readonly FasterLog _log;
    private readonly byte[] _request = new byte[KeelsonLog.RequestBytes];

    /// <param name="folder">Where its files go.</param>
    /// <param name="isFast">The commit's facts go into the log instead of a file of their own (FastCommitMode).</param>
    public FasterBatches(string folder, bool isFast)
    {
        _device = Devices.CreateLogDevice(Path.Combine(Path.GetFullPath(folder), "faster.log"));
        _settings = new FasterLogSettings { LogDevice = _device, FastCommitMode = isFast };
        _log = new FasterLog(_settings);
    }

    /// <summary>Returns when a batch of 64 requests is durable.</summary>
    public async Task CommitAsync()
    {
        Enqueue();
        await _log.CommitAsync();
    }

    public void Dispose()
    {
        _log.Dispose();
        _settings.Dispose();
        _device.Dispose();
    }

    private void Enqueue()
    {
        for (int request = 0; request < KeelsonLog.BatchRequests; request++)
        {
            _log.Enqueue(_request);
        }
    }
}

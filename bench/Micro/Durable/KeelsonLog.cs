using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Store.Log;
using Keelson.Store.Mvcc;

namespace Keelson.Bench.Micro.Durable;

/// <summary>Our log as the commit loop uses it: one batch is one entry, one entry one durable write.</summary>
internal sealed class KeelsonLog : IDisposable
{
    public const int BatchRequests = 64;
    public const int RequestBytes = 330;

    private readonly IDisk _disk;
    private readonly LogAppender _appender;
    private readonly BatchWriter _batch = new();
    private readonly byte[] _request = new byte[RequestBytes];
    private IDiskFile? _file;
    private string _fileName = "";
    private long _index;

    private KeelsonLog(IDisk disk, LogAppender appender)
    {
        _disk = disk;
        _appender = appender;
        RunSegmentWork();
    }

    public static KeelsonLog Open(IDisk disk)
    {
        LogRecovery recovery = LogRecovery.Open(disk, new LogOptions(), new LogRecoveryPoint(default, default, 1));
        return new KeelsonLog(disk, recovery.Appender!);
    }

    /// <summary>Returns when a batch of 64 requests is durable.</summary>
    public void Commit()
    {
        _batch.Clear();
        for (int request = 0; request < BatchRequests; request++)
        {
            _batch.Add(RequestKind.Put, _request);
        }

        _batch.Finish(++_index);
        if (!_appender.HasRoom(_batch.Length))
        {
            RunSegmentWork();
        }

        _appender.Stage(new LogIndex(_index), new Term(1), _batch.Payload);
        LogWrite write = _appender.TakeWrite();
        FileOf(write).WriteDurable(write.Offset, write.Bytes);
        _appender.Complete(write);
        RunSegmentWork();
    }

    public void Dispose()
    {
        _file?.Dispose();
        _appender.Dispose();
    }

    private void RunSegmentWork()
    {
        while (_appender.TakeSegmentWork() is { } work)
        {
            work.Run(_disk);
            _appender.CompleteSegmentWork(work);
        }
    }

    private IDiskFile FileOf(LogWrite write)
    {
        if (_fileName != write.SegmentName)
        {
            _file?.Dispose();
            _fileName = write.SegmentName;
            _file = _disk.Open(_fileName, DiskOpenMode.Existing);
        }

        return _file!;
    }
}

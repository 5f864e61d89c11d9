using Keelson.Base.Codec;
using Keelson.Simulation.Checking;
using Keelson.Simulation.World;
using Keelson.Store.Log;
using Keelson.Store.Mvcc;

namespace Keelson.Simulation.OneNode;

/// <summary>
/// Reads every log write on its way to the disk: what the log holds is then known without asking the store, also when
/// its files have been recycled.
/// </summary>
/// <remarks>The last write of an index is the entry: a restart may find that an earlier one did not survive.</remarks>
internal sealed class LogRecorder(SimulatedWorld world)
{
    /// <summary>The field that clients put their call's number into; etcd's messages have none so high.</summary>
    public const int CallField = 50_000;

    private readonly List<LoggedBatch> _entries = [];

    /// <summary>Dense, from index 1.</summary>
    public IReadOnlyList<LoggedBatch> Entries => _entries;

    /// <summary>A call's request stands in the log, as it is now.</summary>
    public bool Holds(long call) => _entries.Exists(entry => entry.Calls.Contains(call));

    /// <summary>The records of a write, in order.</summary>
    public void Record(ReadOnlySpan<byte> write)
    {
        int offset = 0;
        while (LogRecordHeader.TryRead(write[offset..], out LogRecordHeader header))
        {
            if (header.Kind == LogRecordKind.Entry)
            {
                ReadOnlySpan<byte> payload = write.Slice(offset + LogFormat.HeaderBytes, header.PayloadLength);
                TruncateAfter(header.Index.Value - 1);
                // A new leader begins with an entry of nothing; a change of the cluster is no batch.
                bool isBatch = !header.IsConfiguration && !payload.IsEmpty;
                _entries.Add(Read(header.Index.Value, isBatch ? payload : default));
            }

            offset = Math.Min(header.NextOffset(offset), write.Length);
        }
    }

    /// <summary>A restart found the log to end here.</summary>
    public void TruncateAfter(long index)
    {
        int kept = checked((int)Math.Min(index, _entries.Count));
        _entries.RemoveRange(kept, _entries.Count - kept);
    }

    private LoggedBatch Read(long index, ReadOnlySpan<byte> payload)
    {
        var calls = new List<long>();
        var batch = new BatchReader(payload);
        while (batch.Next())
        {
            calls.Add(CallOf(batch.Request));
        }

        return new LoggedBatch(index, batch.ClusterTimeMilliseconds, calls) { WrittenAt = world.Moment };
    }

    private static long CallOf(ReadOnlySpan<byte> request)
    {
        var reader = new ProtoReader(request);
        while (reader.Next())
        {
            if (reader.Field == CallField)
            {
                return reader.ReadInt64();
            }

            reader.Skip();
        }

        return 0;
    }
}

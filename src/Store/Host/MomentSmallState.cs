using Keelson.Base;
using Keelson.Base.Codec;
using Keelson.Base.Memory;
using Keelson.Store.Backup;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.Store.Tree;

namespace Keelson.Store.Host;

/// <summary>Leases and alarms of one moment, as a backup has them.</summary>
internal sealed class MomentSmallState(StoreMoment moment)
{
    private const int LeasesPerPin = 1000;
    private const int AlarmsField = 2;
    private const long MillisecondsPerSecond = 1000;

    private readonly TreeCursor _cursor = new(moment.Pages);

    public IReadOnlyList<SnapshotLease> ReadLeases()
    {
        List<SnapshotLease> leases = [];
        // The place behind a lease: its id and a zero, since the cursor must seek anew in each pin.
        Span<byte> place = stackalloc byte[LeaseEntry.IdBytes + 1];
        place.Clear();
        int placeBytes = 0;
        bool more = true;
        while (more)
        {
            using (EpochPin pin = moment.Enter())
            {
                more = ReadLeases(place[..placeBytes], leases);
            }

            if (more)
            {
                LeaseEntry.WriteId(place, leases[^1].Id);
                placeBytes = place.Length;
            }
        }

        return leases;
    }

    public IReadOnlyList<SnapshotAlarm> ReadAlarms()
    {
        var answer = new ProtoBuffer();
        using (EpochPin pin = moment.Enter())
        {
            AlarmVerb.Write(_cursor, moment.State.Settings, AlarmKind.None, answer);
        }

        List<SnapshotAlarm> alarms = [];
        var reader = new ProtoReader(answer.Written);
        while (reader.Next())
        {
            Invariant.Require(reader.Field == AlarmsField);
            bool isRead = SnapshotAlarm.TryRead(reader.ReadBytes(), out SnapshotAlarm alarm);
            Invariant.Require(isRead);
            alarms.Add(alarm);
        }

        answer.Release();
        return alarms;
    }

    /// <summary>Reads the leases from a place on; false when these were the last.</summary>
    private bool ReadLeases(ReadOnlySpan<byte> from, List<SnapshotLease> leases)
    {
        Span<byte> key = stackalloc byte[LeaseEntry.IdBytes];
        bool more = _cursor.Seek(moment.State.Leases, from, default);
        for (int count = 0; more && count < LeasesPerPin; count++)
        {
            _cursor.CopyKey(key);
            var lease = LeaseEntry.Read(_cursor.Payload);
            long left = lease.DeadlineMilliseconds - moment.State.ClusterTimeMilliseconds;
            // etcd's remaining TTL: whole seconds, and 0 says that all of it is left.
            long seconds = Math.Max(1, (left + MillisecondsPerSecond - 1) / MillisecondsPerSecond);
            leases.Add(new SnapshotLease(
                LeaseEntry.ReadId(key), lease.TtlSeconds, seconds >= lease.TtlSeconds ? 0 : seconds));
            more = _cursor.Next();
        }

        return more;
    }
}

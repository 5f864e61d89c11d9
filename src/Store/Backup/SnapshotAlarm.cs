using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Store.Backup;

/// <summary>A raised alarm in a backup (etcd's AlarmMember): 1 no space, 2 corrupt.</summary>
internal readonly record struct SnapshotAlarm(MemberId Member, int Alarm)
{
    private const int MemberField = 1;
    private const int AlarmField = 2;

    public int Size => ProtoSize.UInt64(MemberField, Member.Value) + ProtoSize.Int64(AlarmField, Alarm);

    public static bool TryRead(ReadOnlySpan<byte> message, out SnapshotAlarm alarm)
    {
        ulong member = 0;
        int kind = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case MemberField: member = reader.ReadUInt64(); break;
                case AlarmField: kind = reader.ReadInt32(); break;
                default: reader.Skip(); break;
            }
        }

        alarm = new SnapshotAlarm(new MemberId(member), kind);
        return !reader.Malformed;
    }

    public void Write(Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        writer.UInt64(MemberField, Member.Value);
        writer.Int64(AlarmField, Alarm);
    }
}

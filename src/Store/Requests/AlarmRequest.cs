using Keelson.Base.Codec;

namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.AlarmRequest.</summary>
internal readonly record struct AlarmRequest(AlarmAction Action, ulong Member, AlarmKind Alarm)
{
    /// <summary>False when the message is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out AlarmRequest request)
    {
        int action = 0;
        ulong member = 0;
        int alarm = 0;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    action = reader.ReadInt32();
                    break;
                case 2:
                    member = reader.ReadUInt64();
                    break;
                case 3:
                    alarm = reader.ReadInt32();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        request = new AlarmRequest((AlarmAction)action, member, (AlarmKind)alarm);
        return !reader.Malformed;
    }
}

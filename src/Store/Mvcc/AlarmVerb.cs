using System.Buffers.Binary;
using Keelson.Base.Codec;
using Keelson.Store.Requests;
using Keelson.Store.Tree;

namespace Keelson.Store.Mvcc;

/// <summary>Alarm: raised and disarmed through the log, so that all members refuse the same requests.</summary>
internal sealed class AlarmVerb(WorkingState state)
{
    private const int AlarmsField = 2;
    private const int MemberIdField = 1;
    private const int AlarmField = 2;
    private const int KeyBytes = 6 + sizeof(ulong) + 1;

    private static ReadOnlySpan<byte> Prefix => "alarm/"u8;

    /// <summary>Writes alarms (2) of AlarmResponse: what changed or, for a get, what is raised.</summary>
    public StoreError Apply(AlarmRequest request, ProtoBuffer? response)
    {
        if (request.Action == AlarmAction.Get)
        {
            Write(state.Cursor, state.Settings.Root, request.Alarm, response);
            return StoreError.None;
        }

        if (request.Alarm is not (AlarmKind.NoSpace or AlarmKind.Corrupt))
        {
            return StoreError.None;
        }

        bool known = request.Action switch
        {
            AlarmAction.Activate => Activate(request),
            AlarmAction.Deactivate => Deactivate(request),
            _ => false,
        };
        if (known && response is not null)
        {
            WriteMember(response, request.Member, request.Alarm);
        }

        state.Alarms = Read(state.Cursor, state.Settings.Root);
        return StoreError.None;
    }

    /// <summary>Lists the raised alarms of a kind, or of all kinds.</summary>
    public static void Write(TreeCursor cursor, TreeRoot settings, AlarmKind kind, ProtoBuffer? response)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        for (bool more = cursor.Seek(settings, Prefix, default);
            more && cursor.Key.StartsWith(Prefix);
            more = cursor.Next())
        {
            cursor.CopyKey(key);
            var raised = (AlarmKind)key[KeyBytes - 1];
            if (response is not null && (kind == AlarmKind.None || kind == raised))
            {
                WriteMember(response, BinaryPrimitives.ReadUInt64BigEndian(key[Prefix.Length..]), raised);
            }
        }
    }

    private static AlarmFlags Read(TreeCursor cursor, TreeRoot settings)
    {
        AlarmFlags flags = AlarmFlags.None;
        Span<byte> key = stackalloc byte[KeyBytes];
        for (bool more = cursor.Seek(settings, Prefix, default);
            more && cursor.Key.StartsWith(Prefix);
            more = cursor.Next())
        {
            cursor.CopyKey(key);
            flags |= key[KeyBytes - 1] == (byte)AlarmKind.NoSpace ? AlarmFlags.NoSpace : AlarmFlags.Corrupt;
        }

        return flags;
    }

    private bool Activate(AlarmRequest request)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        WriteKey(key, request);
        if (!state.Cursor.Seek(state.Settings.Root, key, default) || state.Cursor.CompareKey(key) != 0)
        {
            state.Settings.Insert(key, default, default, live: true);
        }

        return true;
    }

    private bool Deactivate(AlarmRequest request)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        WriteKey(key, request);
        return state.Settings.Remove(key, default);
    }

    private static void WriteKey(Span<byte> key, AlarmRequest request)
    {
        Prefix.CopyTo(key);
        BinaryPrimitives.WriteUInt64BigEndian(key[Prefix.Length..], request.Member);
        key[KeyBytes - 1] = (byte)request.Alarm;
    }

    private static void WriteMember(ProtoBuffer response, ulong member, AlarmKind alarm)
    {
        int mark = response.BeginMessage(AlarmsField);
        response.UInt64(MemberIdField, member);
        response.UInt64(AlarmField, (ulong)alarm);
        response.EndMessage(mark);
    }
}

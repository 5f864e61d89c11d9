namespace Keelson.Raft.Messages;

/// <summary>Where things are in a message; drawn in docs/formats/raft-message.md, which a test compares.</summary>
internal static class MessageLayout
{
    public const byte Version = 1;

    public const int VersionOffset = 0;
    public const int KindOffset = 1;
    public const int FieldsOffset = 2;
    public const int FromOffset = 4;
    public const int ToOffset = 12;
    public const int TermOffset = 20;
    public const int HeaderBytes = 28;

    public const ushort PreviousIndexField = 1 << 0;
    public const ushort PreviousTermField = 1 << 1;
    public const ushort CommitField = 1 << 2;
    public const ushort IndexField = 1 << 3;
    public const ushort HintIndexField = 1 << 4;
    public const ushort HintTermField = 1 << 5;
    public const ushort RoundField = 1 << 6;
    public const ushort IncarnationField = 1 << 7;
    public const ushort RejectedField = 1 << 8;
    public const ushort ForcedField = 1 << 9;
    public const ushort ConfigurationField = 1 << 10;
    public const ushort EntriesField = 1 << 11;
    public const ushort AllFields = (1 << 12) - 1;

    /// <summary>The fields that are followed by a number of eight bytes.</summary>
    public const int NumberFields = 8;

    /// <summary>Before a configuration: its bytes. Before entries: how many.</summary>
    public const int CountBytes = 4;

    public const int EntryIndexOffset = 0;
    public const int EntryTermOffset = 8;
    public const int EntryKindOffset = 16;
    public const int EntryPayloadLengthOffset = 20;
    public const int EntryHeaderBytes = 24;
}

namespace Keelson.StoreServer.Peers;

/// <summary>Where things are in what members send each other; docs/formats/peer.md draws it, a test compares.</summary>
internal static class PeerFrameLayout
{
    public const int PayloadLengthOffset = 0;
    public const int KindOffset = 4;
    public const int ReservedOffset = 5;
    public const int PayloadChecksumOffset = 8;
    public const int HeaderChecksumOffset = 12;
    public const int HeaderBytes = 16;

    public const uint HelloMagic = 0x5245504B;
    public const ushort ProtocolVersion = 1;

    public const int HelloMagicOffset = 0;
    public const int HelloVersionOffset = 4;
    public const int HelloLaneOffset = 6;
    public const int HelloReservedOffset = 7;
    public const int HelloClusterOffset = 8;
    public const int HelloFromOffset = 16;
    public const int HelloToOffset = 24;
    public const int HelloBytes = 32;

    public const int AnswerVersionOffset = 0;
    public const int AnswerReasonOffset = 2;
    public const int AnswerReservedOffset = 4;
    public const int AnswerClusterOffset = 8;
    public const int AnswerMemberOffset = 16;
    public const int AnswerBytes = 24;

    public const int PingStampOffset = 0;
    public const int PingBytes = 8;
}

namespace Keelson.Base.Codec;

/// <summary>How a protobuf field's value is laid out (protobuf encoding guide, "Message Structure").</summary>
public enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Length = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}

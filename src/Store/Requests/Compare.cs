using Keelson.Base.Codec;

namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.Compare, read in place. What the target union does not carry compares as zero.</summary>
internal ref struct Compare
{
    public CompareResult Result;
    public CompareTarget Target;
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> RangeEnd;
    public ReadOnlySpan<byte> Value;

    private int _unionField;
    private long _number;

    public readonly KeyInterval Interval => new(Key, RangeEnd);

    /// <summary>
    /// The number to compare with. A union field of another target than the one named counts as absent, so as zero
    /// (etcd 3.5, apply: applyCompare).
    /// </summary>
    public readonly long Number => _unionField == UnionField(Target) ? _number : 0;

    /// <summary>False when the message is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out Compare compare)
    {
        compare = default;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    compare.Result = (CompareResult)reader.ReadInt32();
                    break;
                case 2:
                    compare.Target = (CompareTarget)reader.ReadInt32();
                    break;
                case 3:
                    compare.Key = reader.ReadBytes();
                    break;
                case 7:
                    compare._unionField = 7;
                    compare.Value = reader.ReadBytes();
                    break;
                case 4 or 5 or 6 or 8:
                    compare._unionField = reader.Field;
                    compare.Value = default;
                    compare._number = reader.ReadInt64();
                    break;
                case 64:
                    compare.RangeEnd = reader.ReadBytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !reader.Malformed;
    }

    private static int UnionField(CompareTarget target) => target switch
    {
        CompareTarget.Version => 4,
        CompareTarget.Create => 5,
        CompareTarget.Mod => 6,
        CompareTarget.Value => 7,
        CompareTarget.Lease => 8,
        _ => 0,
    };
}

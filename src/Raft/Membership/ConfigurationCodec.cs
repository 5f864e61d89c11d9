using System.Buffers.Binary;

namespace Keelson.Raft.Membership;

/// <summary>
/// The payload of a configuration entry: the whole configuration, so that a log's last one says who decides, and what
/// the host wants to learn when it is committed.
/// </summary>
public static class ConfigurationCodec
{
    private const int Sets = 4;
    private const int HeaderBytes = Sets * sizeof(int);

    /// <summary>What the configuration takes, without a context.</summary>
    public static int Size(Configuration configuration) =>
        HeaderBytes + (SetsOf(configuration).Sum(set => set.Count) * sizeof(ulong));

    public static byte[] Encode(Configuration configuration, ReadOnlySpan<byte> context)
    {
        IReadOnlyList<MemberId>[] sets = SetsOf(configuration);
        var bytes = new byte[Size(configuration) + context.Length];
        int offset = HeaderBytes;
        for (int set = 0; set < Sets; set++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(set * sizeof(int)), sets[set].Count);
            foreach (MemberId member in sets[set])
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), member.Value);
                offset += sizeof(ulong);
            }
        }

        context.CopyTo(bytes.AsSpan(offset));
        return bytes;
    }

    /// <summary>False for bytes that no configuration has; the context is the rest.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, out Configuration configuration, out ReadOnlySpan<byte> context)
    {
        configuration = Configuration.Empty;
        context = default;
        if (bytes.Length < HeaderBytes)
        {
            return false;
        }

        var sets = new MemberId[Sets][];
        ReadOnlySpan<byte> rest = bytes[HeaderBytes..];
        for (int set = 0; set < Sets; set++)
        {
            int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[(set * sizeof(int))..]);
            if (count < 0 || count > rest.Length / sizeof(ulong) || !TryReadSet(rest, count, out sets[set]))
            {
                return false;
            }

            rest = rest[(count * sizeof(ulong))..];
        }

        configuration = new Configuration
        {
            Voters = sets[0],
            Outgoing = sets[1],
            Learners = sets[2],
            LearnersNext = sets[3],
        };
        context = rest;
        return true;
    }

    private static IReadOnlyList<MemberId>[] SetsOf(Configuration configuration) =>
        [configuration.Voters, configuration.Outgoing, configuration.Learners, configuration.LearnersNext];

    // Ascending, none twice, none zero.
    private static bool TryReadSet(ReadOnlySpan<byte> bytes, int count, out MemberId[] members)
    {
        members = new MemberId[count];
        MemberId before = default;
        for (int position = 0; position < count; position++)
        {
            members[position] = new MemberId(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[(position * sizeof(ulong))..]));
            if (members[position] <= before)
            {
                return false;
            }

            before = members[position];
        }

        return true;
    }
}

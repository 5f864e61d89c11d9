using Keelson.Base.Codec;

namespace Keelson.Compatibility.Grpc;

/// <summary>What a call came back with: status, text, and the message's bytes.</summary>
internal sealed record WireAnswer(string Status, string Text, byte[] Message)
{
    private const string Malformed = "grpc: error unmarshalling request: ";
    private const int HeaderField = 1;
    private const int RevisionField = 3;

    /// <summary>
    /// For comparison with another server: of the header only the revision counts, the rest names the member.
    /// </summary>
    public string Comparable => $"{Status} \"{ComparableText}\" {Comparably(Message)}";

    /// <summary>The same for one message of a stream.</summary>
    public static string Comparably(byte[] message)
    {
        var reader = new ProtoReader(message);
        long revision = 0;
        var fields = new List<(int Field, string Bytes)>();
        while (reader.Next())
        {
            int start = reader.Position;
            if (reader.Field == HeaderField && reader.WireType == WireType.Length)
            {
                revision = RevisionOf(reader.ReadBytes());
                continue;
            }

            reader.Skip();
            fields.Add((reader.Field, Convert.ToHexString(message.AsSpan(start..reader.Position))));
        }

        Assert.That(reader.Malformed, Is.False);
        // Fields may come in any order (protobuf's encoding guide); those of one number keep theirs.
        return $"revision {revision} {string.Join(' ', fields.OrderBy(each => each.Field))}";
    }

    /// <summary>What is wrong with a malformed message, every release of Go's protobuf says in its own words.</summary>
    private string ComparableText => Text.StartsWith(Malformed, StringComparison.Ordinal) ? Malformed : Text;

    private static long RevisionOf(ReadOnlySpan<byte> header)
    {
        var reader = new ProtoReader(header);
        long revision = 0;
        while (reader.Next())
        {
            if (reader.Field == RevisionField)
            {
                revision = reader.ReadInt64();
            }
            else
            {
                reader.Skip();
            }
        }

        return revision;
    }
}

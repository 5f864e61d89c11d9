using Keelson.Base.Codec;

namespace Keelson.Store.Requests;

/// <summary>etcdserverpb.CompactionRequest.</summary>
internal readonly record struct CompactionRequest(long Revision, bool Physical)
{
    /// <summary>False when the message is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out CompactionRequest request)
    {
        long revision = 0;
        bool physical = false;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    revision = reader.ReadInt64();
                    break;
                case 2:
                    physical = reader.ReadBool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        request = new CompactionRequest(revision, physical);
        return !reader.Malformed;
    }
}

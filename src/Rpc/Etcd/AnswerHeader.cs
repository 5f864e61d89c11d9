using Keelson.Base.Codec;
using Keelson.Base.Identity;

namespace Keelson.Rpc.Etcd;

/// <summary>
/// etcdserverpb.ResponseHeader, field 1 of every answer. A zero leaves its field out, as etcd does for the revision of
/// cluster answers and inside transactions.
/// </summary>
public readonly record struct AnswerHeader(ClusterId Cluster, MemberId Member, Revision Revision, Term Term)
{
    /// <summary>Four tags and four varints, and the tag and length around them.</summary>
    public const int FieldBytesMax = 2 + (4 * (1 + ProtoSize.VarintBytesMax));

    private const int HeaderField = 1;

    /// <summary>What the header of an operation inside a transaction carries: the revision alone.</summary>
    public AnswerHeader RevisionOnly => new(default, default, Revision, default);

    /// <summary>Bytes of the header as field 1, tag and length included.</summary>
    public int FieldBytes => ProtoSize.Message(HeaderField, MessageBytes);

    private int MessageBytes =>
        ProtoSize.UInt64(1, Cluster.Value) + ProtoSize.UInt64(2, Member.Value)
        + ProtoSize.Int64(3, Revision.Value) + ProtoSize.UInt64(4, (ulong)Term.Value);

    public void WriteField(ref ProtoWriter writer)
    {
        writer.BeginMessage(HeaderField, MessageBytes);
        writer.UInt64(1, Cluster.Value);
        writer.UInt64(2, Member.Value);
        writer.Int64(3, Revision.Value);
        writer.UInt64(4, (ulong)Term.Value);
    }
}

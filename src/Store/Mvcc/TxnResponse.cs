using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Store.Requests;

namespace Keelson.Store.Mvcc;

/// <summary>
/// The frame around an operation's answer: ResponseOp in TxnResponse, with a header that has only a revision.
/// </summary>
internal static class TxnResponse
{
    public const int SucceededField = 2;

    private const int ResponsesField = 3;
    private const int HeaderField = 1;
    private const int HeaderRevisionField = 3;

    /// <summary>Opens the answer of one operation; the mark goes to <see cref="End"/>.</summary>
    public static Mark Begin(ProtoBuffer output, OperationKind kind)
    {
        int outer = output.BeginMessage(ResponsesField);
        return new Mark(outer, output.BeginMessage((int)kind));
    }

    /// <summary>Writes the nested header; a nested transaction's is empty (etcd 3.5, apply: newTxnResp).</summary>
    public static void Header(ProtoBuffer output, Revision? revision)
    {
        int header = output.BeginMessage(HeaderField);
        output.Int64(HeaderRevisionField, revision?.Value ?? 0);
        output.EndMessage(header);
    }

    public static void End(ProtoBuffer output, Mark mark)
    {
        output.EndMessage(mark.Inner);
        output.EndMessage(mark.Outer);
    }

    internal readonly record struct Mark(int Outer, int Inner);
}

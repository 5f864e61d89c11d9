using System.Runtime.InteropServices;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>A batch boundary: how far the history goes, and what its bytes hash to.</summary>
/// <param name="Segment">The segment that is open there; 0 before the first frame.</param>
/// <param name="Offset">The end of its frames.</param>
/// <param name="Revision">The main revision of the last frame.</param>
/// <param name="ChainHash">The hash chained over all batches.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HistoryPosition(ulong Segment, int Offset, Revision Revision, ulong ChainHash)
{
    public static readonly HistoryPosition Start = new(0, 0, Revision.First, 0);
}

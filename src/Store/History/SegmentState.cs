using System.Runtime.InteropServices;
using Keelson.Base.Identity;

namespace Keelson.Store.History;

/// <summary>A segment's row in the table that a root persists.</summary>
/// <param name="Id">Names the file.</param>
/// <param name="First">The revision of the first frame.</param>
/// <param name="Last">The main revision of the last frame.</param>
/// <param name="End">The file offset behind the last frame.</param>
/// <param name="DeadBytes">Frame bytes that reclaim would not copy.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SegmentState(ulong Id, ChangeRevision First, Revision Last, int End, long DeadBytes);

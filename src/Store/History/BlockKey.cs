using System.Runtime.InteropServices;

namespace Keelson.Store.History;

/// <summary>A block's place: segment and file offset.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BlockKey(ulong Segment, int Offset);

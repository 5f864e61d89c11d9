using System.Runtime.InteropServices;
using Keelson.Store.Tree;

namespace Keelson.Store.Checkpoint;

/// <summary>One tree as a root names it: its topmost page on disk and its counts.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SavedTree(PageAddress Address, long LiveCount, long EntryCount);

namespace Keelson.Store.Tree;

/// <summary>A child's frame and how many live and how many of all entries are below it.</summary>
internal readonly record struct InnerChild(int Frame, long LiveCount, long EntryCount);

namespace Keelson.Store.Tree;

/// <summary>A broken rule of a tree, and the page where it was found.</summary>
internal readonly record struct TreeFault(TreeFaultKind Kind, int Frame);

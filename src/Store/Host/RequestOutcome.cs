using System.Runtime.InteropServices;
using Keelson.Base.Identity;

namespace Keelson.Store.Host;

/// <summary>What became of a request.</summary>
/// <param name="Error">Why it was refused; None when it was applied.</param>
/// <param name="Revision">The store's revision right after it: what its response header carries.</param>
/// <param name="Term">The term of the entry that carried it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RequestOutcome(StoreError Error, Revision Revision, Term Term);

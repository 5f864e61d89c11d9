using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>
/// What the roots know: the applied index of the newest valid slot and of the other one (twice the same if only one is
/// valid, 0 without a root). <paramref name="Incarnation"/> is 64 fresh random bits.
/// </summary>
internal readonly record struct LogRecoveryPoint(LogIndex NewestApplied, LogIndex OlderApplied, ulong Incarnation);

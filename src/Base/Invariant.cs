using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Keelson.Base;

/// <summary>
/// Facts that can only be false by a bug or by damage in memory. Always on, in production too: a store that goes on
/// after a broken invariant spreads the damage.
/// </summary>
public static class Invariant
{
    /// <summary>Stops the caller when <paramref name="condition"/> is false.</summary>
    /// <exception cref="InvariantException">The condition is false.</exception>
    public static void Require(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string fact = "")
    {
        if (!condition)
        {
            Fail(fact);
        }
    }

    [DoesNotReturn]
    public static void Fail(string fact) => throw new InvariantException(fact);
}

using Keelson.Base.Identity;

namespace Keelson.Store.Log;

/// <summary>A record that was durable is gone or damaged: one member alone must not start on it.</summary>
internal sealed record LogDamage(string File, long Offset, SequenceNumber Sequence, string Expected, string Found)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{File} at {Offset}, sequence {Sequence}: expected {Expected}, found {Found}");
}

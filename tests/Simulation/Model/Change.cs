namespace Keelson.Simulation.Model;

/// <summary>One change of one key: its place in the history is (mod revision, <paramref name="Sub"/>).</summary>
/// <param name="KeyValue">What the key became; of a deletion only key and mod revision are set.</param>
/// <param name="Sub">Position inside its request.</param>
/// <param name="Deleted">The key was deleted by this change.</param>
public sealed record Change(KeyValue KeyValue, int Sub, bool Deleted)
{
    public long Revision => KeyValue.ModRevision;
}

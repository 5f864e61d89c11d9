using Keelson.Base.Identity;
using Keelson.Store.History;

namespace Keelson.Store.Tests.History;

/// <summary>One change as the model remembers it.</summary>
internal sealed record HistoryChange(ChangeRevision Revision, HistoryFlags Flags, byte[] KeyValue)
{
    public bool Equals(HistoryChange? other) =>
        other is not null && Revision == other.Revision && Flags == other.Flags
        && KeyValue.AsSpan().SequenceEqual(other.KeyValue);

    public override int GetHashCode() => Revision.GetHashCode();

    public override string ToString() => $"{Revision} {Flags} {KeyValue.Length} bytes";
}

using Keelson.Base.Identity;

namespace Keelson.Store;

/// <summary>A key at one moment of its life.</summary>
public sealed record KeyValue
{
    public required Bytes Key { get; init; }

    public required Bytes Value { get; init; }

    /// <summary>The revision that created the key; a deleted key starts anew.</summary>
    public required Revision CreateRevision { get; init; }

    /// <summary>The revision of the last change: compare with it for optimistic concurrency.</summary>
    public required Revision ModRevision { get; init; }

    /// <summary>How often the key was put since its creation, from 1; 0 for a deletion.</summary>
    public required long Version { get; init; }

    /// <summary>The lease that ends this key; 0 for none.</summary>
    public required LeaseId Lease { get; init; }

    internal static KeyValue Copy(ReadOnlySpan<byte> message)
    {
        bool read = History.KeyValueView.TryRead(message, out History.KeyValueView view);
        Base.Invariant.Require(read);
        return new KeyValue
        {
            Key = view.Key.ToArray(),
            Value = view.Value.ToArray(),
            CreateRevision = view.CreateRevision,
            ModRevision = view.ModRevision,
            Version = view.Version,
            Lease = view.Lease,
        };
    }
}

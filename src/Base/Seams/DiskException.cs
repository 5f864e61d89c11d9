namespace Keelson.Base.Seams;

/// <summary>A disk call failed. From a write or sync it kills the node; from a read, what was being read.</summary>
public sealed class DiskException(DiskError error, string message, Exception? inner = null) : Exception(message, inner)
{
    public DiskError Error { get; } = error;
}

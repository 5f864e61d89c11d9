using System.Security.Cryptography;
using Keelson.Base;

namespace Keelson.Store.Backup;

/// <summary>
/// A bbolt file and the SHA-256 of it, as a forward stream: what etcd's Snapshot call sends and etcdctl saves. Memory
/// is bounded by a page per tree level and the largest entry, whatever the size of the file.
/// </summary>
internal sealed class BoltWriter : IDisposable
{
    /// <summary>The piece in which etcd sends a snapshot (etcd 3.x, Maintenance.Snapshot).</summary>
    public const int PieceBytes = 32 * 1024;

    public const int TrailerBytes = SHA256.HashSizeInBytes;

    private readonly BoltPageStream _pages = new(measuring: false);
    private readonly BoltAssembly _assembly;
    private readonly BoltLayout _layout;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[]? _trailer;
    private int _trailerTaken;

    public BoltWriter(IBoltSource source)
    {
        _layout = BoltLayout.Measure(source);
        _assembly = new BoltAssembly(source, _pages, _layout);
        RemainingBytes = _layout.FileBytes + TrailerBytes;
    }

    /// <summary>How many bytes are still to come, the trailer included; at the start, the size of the backup.</summary>
    public long RemainingBytes { get; private set; }

    /// <summary>Fills <paramref name="destination"/>; fewer bytes only at the end, 0 after it.</summary>
    public int Read(Span<byte> destination)
    {
        int filled = 0;
        while (filled < destination.Length)
        {
            int taken = Take(destination[filled..]);
            if (taken == 0)
            {
                break;
            }

            filled += taken;
        }

        RemainingBytes -= filled;
        return filled;
    }

    public void Dispose() => _hash.Dispose();

    private int Take(Span<byte> destination)
    {
        while (_pages.IsEmpty)
        {
            if (!_assembly.Step())
            {
                return TakeTrailer(destination);
            }
        }

        int taken = _pages.Take(destination);
        _hash.AppendData(destination[..taken]);
        return taken;
    }

    private int TakeTrailer(Span<byte> destination)
    {
        if (_trailer is null)
        {
            // The source gave in the second reading what it gave in the first: the metas tell the truth.
            Invariant.Require(_assembly.Layout == _layout);
            _trailer = _hash.GetHashAndReset();
        }

        int taken = Math.Min(destination.Length, _trailer.Length - _trailerTaken);
        _trailer.AsSpan(_trailerTaken, taken).CopyTo(destination);
        _trailerTaken += taken;
        return taken;
    }
}

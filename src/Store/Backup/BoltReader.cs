using System.Buffers.Binary;
using System.Text;
using Keelson.Base.Seams;

namespace Keelson.Store.Backup;

/// <summary>
/// Reads any bbolt file. Nothing in it is believed: every length, position and page id is checked before use, and what
/// is wrong ends in <see cref="StoreDamageException"/>, never in a wrong answer, a hang or a large allocation.
/// </summary>
internal sealed class BoltReader
{
    /// <summary>A page with its overflow holds the largest value, a few MiB in etcd; more is damage.</summary>
    public const int PageBytesMax = 256 * 1024 * 1024;

    private const int PageSizesTried = 8;
    private const int FirstPageSizeTried = 512;

    private readonly IDiskFile _file;
    private readonly string _name;
    private readonly long _length;

    /// <param name="file">The file.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="length">How much of it is the bbolt file: a backup has a checksum after it.</param>
    /// <exception cref="StoreDamageException">Neither meta page is valid.</exception>
    public BoltReader(IDiskFile file, string name, long length)
    {
        _file = file;
        _name = name;
        _length = length;
        Meta = ReadMeta();
        if (Meta.PagesEnd > length / Meta.PageBytes || Meta.RootPage < 2 || Meta.RootPage >= Meta.PagesEnd)
        {
            throw Damage(0, "a meta page with its pages inside the file", $"{Meta} of {length} bytes");
        }
    }

    public BoltMeta Meta { get; }

    /// <summary>The entries of the root: the buckets.</summary>
    public BoltCursor OpenRoot() => new(this, ReadPage(Meta.RootPage));

    /// <summary>The entries of a bucket in ascending order; null when there is no such bucket.</summary>
    public BoltCursor? OpenBucket(string name)
    {
        byte[] key = Encoding.UTF8.GetBytes(name);
        BoltCursor root = OpenRoot();
        while (root.Next())
        {
            if (root.IsBucket && root.Key.SequenceEqual(key))
            {
                return new BoltCursor(this, ReadBucketRoot(root.Value, root.PageOffset));
            }
        }

        return null;
    }

    internal BoltPage ReadPage(long id)
    {
        if (id < 2 || id >= Meta.PagesEnd)
        {
            throw Damage(0, $"a page id from 2 to {Meta.PagesEnd - 1}", $"{id}");
        }

        long offset = id * Meta.PageBytes;
        Span<byte> header = stackalloc byte[BoltFormat.PageHeaderBytes];
        ReadFully(offset, header);
        long overflow = BinaryPrimitives.ReadUInt32LittleEndian(header[BoltFormat.OverflowOffset..]);
        long bytes = (overflow + 1) * Meta.PageBytes;
        if (BinaryPrimitives.ReadInt64LittleEndian(header) != id)
        {
            throw Damage(offset, $"page {id}", $"page {BinaryPrimitives.ReadInt64LittleEndian(header)}");
        }

        if (overflow >= Meta.PagesEnd - id || bytes > PageBytesMax)
        {
            throw Damage(offset, "overflow pages inside the file", $"{overflow}");
        }

        var page = new byte[bytes];
        ReadFully(offset, page);
        return BoltPage.Check(page, _name, offset);
    }

    internal StoreDamageException Damage(long offset, string expected, string found) =>
        new(_name, offset, expected, found);

    private BoltPage ReadBucketRoot(ReadOnlySpan<byte> value, long offset)
    {
        if (value.Length < BoltFormat.BucketHeaderBytes)
        {
            throw Damage(offset, $"a bucket of at least {BoltFormat.BucketHeaderBytes} bytes", $"{value.Length}");
        }

        long root = BinaryPrimitives.ReadInt64LittleEndian(value);
        if (root != 0)
        {
            return ReadPage(root);
        }

        byte[] page = value[BoltFormat.BucketHeaderBytes..].ToArray();
        if (page.Length < BoltFormat.PageHeaderBytes)
        {
            throw Damage(offset, "a page inside the bucket", $"{page.Length} bytes");
        }

        return BoltPage.Check(page, _name, offset);
    }

    // The valid meta page with the higher transaction counts. Where the second one is depends on the page size, which
    // only the first one states: when that is damaged, all sizes are tried.
    private BoltMeta ReadMeta()
    {
        BoltMeta? best = TryReadMeta(0);
        for (int shift = 0; shift < PageSizesTried; shift++)
        {
            int pageBytes = FirstPageSizeTried << shift;
            if (TryReadMeta(pageBytes) is { } second && second.PageBytes == pageBytes && IsNewer(second, best))
            {
                best = second;
            }
        }

        return best ?? throw Damage(0, "a valid meta page", "none");
    }

    private static bool IsNewer(BoltMeta second, BoltMeta? first) =>
        first is null || (first.Value.PageBytes == second.PageBytes && first.Value.Transaction < second.Transaction);

    private BoltMeta? TryReadMeta(long offset)
    {
        Span<byte> bytes = stackalloc byte[BoltFormat.PageHeaderBytes + BoltFormat.MetaBytes];
        return offset + bytes.Length <= _length
            && _file.Read(offset, bytes) == bytes.Length
            && BoltMeta.TryRead(bytes[BoltFormat.PageHeaderBytes..], out BoltMeta meta)
            ? meta
            : null;
    }

    private void ReadFully(long offset, Span<byte> destination)
    {
        int read = _file.Read(offset, destination);
        if (read != destination.Length)
        {
            throw Damage(offset, $"{destination.Length} bytes", $"{read}");
        }
    }
}

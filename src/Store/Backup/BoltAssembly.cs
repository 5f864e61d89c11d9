using System.Buffers.Binary;
using System.Text;
using Keelson.Base;

namespace Keelson.Store.Backup;

/// <summary>
/// Turns a source into pages, an entry a step: two metas, an empty freelist, the buckets one after the other, the root
/// last. Measuring and writing run the same steps, so they cannot disagree.
/// </summary>
internal sealed class BoltAssembly
{
    private const int Metas = 2;
    private const long FreelistPage = Metas;

    private readonly IBoltSource _source;
    private readonly IReadOnlyList<string> _buckets;
    private readonly BoltPageStream _pages;
    private readonly BoltTreeBuilder _root;
    private BoltTreeBuilder _bucket;
    private IBoltCursor? _cursor;
    private byte[] _lastKey = [];
    private int _lastKeyLength = -1;
    private int _bucketIndex;

    /// <param name="source">What goes into the file.</param>
    /// <param name="pages">Where the pages go.</param>
    /// <param name="layout">What measuring found; anything when measuring.</param>
    public BoltAssembly(IBoltSource source, BoltPageStream pages, BoltLayout layout)
    {
        _source = source;
        _buckets = source.Buckets;
        _pages = pages;
        _root = new BoltTreeBuilder(pages);
        _bucket = new BoltTreeBuilder(pages);
        WriteFront(layout);
    }

    /// <summary>The positions, known after the last step.</summary>
    public BoltLayout Layout { get; private set; }

    /// <summary>Takes one entry, or ends a bucket or the file; false after the end.</summary>
    public bool Step()
    {
        if (_bucketIndex == _buckets.Count)
        {
            long root = _root.Finish();
            Layout = new BoltLayout(root, _pages.NextPage);
            _bucketIndex++;
            return true;
        }

        if (_bucketIndex > _buckets.Count)
        {
            return false;
        }

        _cursor ??= _source.Open(_bucketIndex);
        if (_cursor.Next())
        {
            AddEntry(_cursor);
        }
        else
        {
            EndBucket();
        }

        return true;
    }

    private void AddEntry(IBoltCursor cursor)
    {
        ReadOnlySpan<byte> key = cursor.Key;
        Invariant.Require(_lastKeyLength < 0 || key.SequenceCompareTo(_lastKey.AsSpan(0, _lastKeyLength)) > 0);
        if (_lastKey.Length < key.Length)
        {
            _lastKey = new byte[key.Length];
        }

        key.CopyTo(_lastKey);
        _lastKeyLength = key.Length;
        Span<byte> value = _bucket.Add(0, key, cursor.ValueLength);
        if (!_pages.Measuring)
        {
            cursor.CopyValue(value);
        }
    }

    private void EndBucket()
    {
        byte[] name = Encoding.UTF8.GetBytes(_buckets[_bucketIndex]);
        bool inline = _bucket.IsInline;
        long root = inline ? 0 : _bucket.Finish();
        int length = BoltFormat.BucketHeaderBytes + (inline ? _bucket.InlineBytes : 0);
        Span<byte> value = _root.Add(BoltFormat.BucketElement, name, length);
        if (!_pages.Measuring)
        {
            value.Clear();
            BinaryPrimitives.WriteInt64LittleEndian(value, root);
            if (inline)
            {
                _bucket.WriteInline(value[BoltFormat.BucketHeaderBytes..]);
            }
        }

        _bucket = new BoltTreeBuilder(_pages);
        _cursor = null;
        _lastKeyLength = -1;
        _bucketIndex++;
    }

    private void WriteFront(BoltLayout layout)
    {
        // Both metas name the same root. bbolt takes the higher transaction and writes its next one over the other.
        for (int transaction = 0; transaction < Metas; transaction++)
        {
            _pages.Append(BoltFormat.PageBytes, BoltFormat.MetaPage, 0, out Span<byte> page);
            if (!_pages.Measuring)
            {
                new BoltMeta(
                    BoltFormat.PageBytes, layout.RootPage, FreelistPage, layout.PagesEnd, (ulong)transaction)
                    .Write(page.Slice(BoltFormat.PageHeaderBytes, BoltFormat.MetaBytes));
            }
        }

        _pages.Append(BoltFormat.PageHeaderBytes, BoltFormat.FreelistPage, 0, out _);
    }
}

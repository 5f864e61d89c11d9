namespace Keelson.Store.Tree;

/// <summary>
/// A piece of a checkpoint for the host to write; the bytes are valid until the next piece is taken. The first piece of
/// a file creates it. An empty piece is none: it only lets the host do something else.
/// </summary>
internal readonly record struct PageWrite(int Segment, long Offset, ReadOnlyMemory<byte> Bytes)
{
    public string File => PageAddress.FileName(Segment);

    public bool CreatesFile => Offset == 0;
}

using Keelson.Base.Seams;

namespace Keelson.Base.Tests;

/// <summary>Files that are opened when they are read: few at a time, none closed under its reader.</summary>
internal sealed class OpenFilesTests
{
    private readonly List<FakeFile> _opened = [];
    private Action<int> _opening = static _ => { };
    private OpenFiles<int> _files = null!;

    private int StillOpen => _opened.Count(file => !file.IsClosed);

    [SetUp]
    public void SetUp()
    {
        _opened.Clear();
        _opening = static _ => { };
        _files = new OpenFiles<int>(3, static number => (ulong)number, Open);
    }

    [TearDown]
    public void TearDown()
    {
        _files.Dispose();
        Assert.That(StillOpen, Is.Zero);
    }

    [Test]
    public void Read_OfMoreFilesThanMayBeOpen_ClosesTheOneNotReadForLongest()
    {
        foreach (int number in new[] { 1, 2, 3, 1, 4 })
        {
            Read(number);
        }

        Assert.That(StillOpen, Is.EqualTo(3));
        Assert.That(_opened.Single(file => file.IsClosed).Number, Is.EqualTo(2));
        Read(1);
        Assert.That(_opened, Has.Count.EqualTo(4), "the others were not opened again");
        Read(2);
        Assert.That(_opened, Has.Count.EqualTo(5));
    }

    [Test]
    public void Close_WhileItIsRead_WaitsForTheReader()
    {
        Read(1);
        _opened[0].Reading = () =>
        {
            _files.Close(1);
            Assert.That(_opened[0].IsClosed, Is.False);
        };
        Read(1);
        Assert.That(_opened[0].IsClosed, Is.True);
    }

    [Test]
    public void Close_OfAnIdleFile_ClosesItAtOnce()
    {
        Read(1);
        _files.Close(1);
        Assert.That(StillOpen, Is.Zero);
        _files.Close(1);
    }

    [Test]
    public void Read_WhileAnotherOpensTheSameFile_KeepsOneOfThem()
    {
        _opening = number =>
        {
            _opening = static _ => { };
            Read(number);
        };
        Read(1);
        Assert.That(_opened, Has.Count.EqualTo(2));
        Assert.That(StillOpen, Is.EqualTo(1));
        Assert.That(_files.Length(1), Is.EqualTo(1));
        Assert.That(_opened, Has.Count.EqualTo(2));
    }

    private void Read(int number)
    {
        Span<byte> read = stackalloc byte[1];
        Assert.That(_files.Read(number, 0, read), Is.EqualTo(1));
        Assert.That(read[0], Is.EqualTo(number));
    }

    private FakeFile Open(int number)
    {
        _opening(number);
        var file = new FakeFile(number);
        _opened.Add(file);
        return file;
    }

    private sealed class FakeFile(int number) : IDiskFile
    {
        public int Number => number;

        public Action Reading { get; set; } = static () => { };

        public bool IsClosed { get; private set; }

        public long Length => 1;

        public int Read(long offset, Span<byte> destination)
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            Reading();
            destination[0] = (byte)number;
            return 1;
        }

        public void Write(long offset, ReadOnlySpan<byte> source) => throw new NotSupportedException();

        public void WriteDurable(long offset, ReadOnlySpan<byte> source) => throw new NotSupportedException();

        public void Sync() => throw new NotSupportedException();

        public void Truncate(long length) => throw new NotSupportedException();

        public void Dispose() => IsClosed = true;
    }
}

using Keelson.Base.Seams;

namespace Keelson.Fuzz.Driver;

/// <summary>
/// A disk that a reader may ask only so often and for only so much at once: the step budget of everything that reads
/// files, and the way to see a large buffer that is not on the managed heap.
/// </summary>
internal sealed class BudgetedDisk(IDisk inner, long callsMax, long readBytesMax) : IDisk
{
    private long _calls;

    public long FreeBytes => inner.FreeBytes;

    public int SectorBytes => inner.SectorBytes;

    /// <summary>A disk with the budgets of an input of these files.</summary>
    public static BudgetedDisk For(FuzzInput input, IDisk inner) => new(
        inner,
        FuzzLimits.DiskCallsMax(input),
        FuzzLimits.AllocationFactor * (long)Math.Max(input.Length, FuzzLimits.InputBytesFloor));

    public IReadOnlyList<string> List()
    {
        Count();
        return inner.List();
    }

    public IDiskFile Open(string name, DiskOpenMode mode)
    {
        Count();
        return new BudgetedFile(this, inner.Open(name, mode));
    }

    public void Rename(string source, string target)
    {
        Count();
        inner.Rename(source, target);
    }

    public void Delete(string name)
    {
        Count();
        inner.Delete(name);
    }

    public void Sync()
    {
        Count();
        inner.Sync();
    }

    private void Count() => FuzzViolationException.Require(++_calls <= callsMax, $"more than {callsMax} disk calls");

    private sealed class BudgetedFile(BudgetedDisk disk, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination)
        {
            disk.Count();
            disk.CountRead(destination.Length);
            return file.Read(offset, destination);
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            disk.Count();
            file.Write(offset, source);
        }

        public void WriteDurable(long offset, ReadOnlySpan<byte> source)
        {
            disk.Count();
            file.WriteDurable(offset, source);
        }

        public void Sync()
        {
            disk.Count();
            file.Sync();
        }

        public void Truncate(long length)
        {
            disk.Count();
            file.Truncate(length);
        }

        public void Dispose() => file.Dispose();
    }

    private void CountRead(int bytes) =>
        FuzzViolationException.Require(bytes <= readBytesMax, $"a read of {bytes} bytes at once");
}

using System.Globalization;

namespace Keelson.Bench.Load.Servers;

/// <summary>
/// Counts durable writes in the lines of <c>strace -f</c>: syncs, and writes to descriptors that were opened with
/// O_DSYNC or ask for it themselves.
/// </summary>
internal sealed class SyncCounter
{
    private readonly HashSet<int> _durable;
    private readonly Dictionary<string, bool> _opening = [];

    /// <param name="durableDescriptors">Those with O_DSYNC before the first line.</param>
    public SyncCounter(IEnumerable<int> durableDescriptors)
    {
        _durable = [.. durableDescriptors];
    }

    public long Count { get; private set; }

    /// <summary>One line: "1234 fdatasync(5) = 0", cut in two when another thread's call came between.</summary>
    public void Add(string line)
    {
        string[] words = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length < 2)
        {
            return;
        }

        (string thread, string call) = (words[0], words[1]);
        if (call.StartsWith("<... openat resumed>", StringComparison.Ordinal))
        {
            Opened(call, _opening.Remove(thread, out bool durable) && durable);
            return;
        }

        switch (call[..Math.Max(0, call.IndexOf('(', StringComparison.Ordinal))])
        {
            case "openat" when call.EndsWith("<unfinished ...>", StringComparison.Ordinal):
                _opening[thread] = AsksForSync(call);
                break;
            case "openat":
                Opened(call, AsksForSync(call));
                break;
            case "close":
                _durable.Remove(Descriptor(call));
                break;
            case "pwrite64" or "pwritev2":
                Count += _durable.Contains(Descriptor(call)) || AsksForSync(call) ? 1 : 0;
                break;
            case "fsync" or "fdatasync" or "sync_file_range" or "msync":
                Count++;
                break;
            default:
                break;
        }
    }

    private static bool AsksForSync(string call) =>
        call.Contains("O_DSYNC", StringComparison.Ordinal) || call.Contains("O_SYNC", StringComparison.Ordinal)
        || call.Contains("RWF_DSYNC", StringComparison.Ordinal) || call.Contains("RWF_SYNC", StringComparison.Ordinal);

    private void Opened(string call, bool durable)
    {
        string result = call[(call.LastIndexOf('=') + 1)..].Trim().Split(' ')[0];
        if (int.TryParse(result, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
        {
            if (durable)
            {
                _durable.Add(descriptor);
            }
            else
            {
                _durable.Remove(descriptor);
            }
        }
    }

    /// <summary>The first argument; -1 when it is no number.</summary>
    private static int Descriptor(string call)
    {
        string text = call[(call.IndexOf('(', StringComparison.Ordinal) + 1)..];
        int end = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? text : text[..end], CultureInfo.InvariantCulture, out int number) ? number : -1;
    }
}

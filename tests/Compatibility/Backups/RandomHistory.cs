using System.Text;
using Keelson.Base.Seams;
using Keelson.Compatibility.Processes;

namespace Keelson.Compatibility.Backups;

/// <summary>Random puts, deletes, transactions, leases and compactions: few keys with many versions.</summary>
internal sealed class RandomHistory(ServerProcess server, IRandom random)
{
    private const int Keys = 6;
    private readonly List<string> _leases = [];

    /// <summary>The revision after the last step.</summary>
    public long Revision { get; private set; } = 1;

    /// <summary>The highest revision that a compaction here was given; -1 without one.</summary>
    public long CompactRevision { get; private set; } = -1;

    public void Step()
    {
        switch (Draw(10))
        {
            case 0 or 1 or 2:
                Run("", "put", Key(), Value());
                break;
            case 3 or 4:
                Run("", "del", Key());
                break;
            case 5:
                Run("", "del", "k", "--prefix");
                break;
            case 6 or 7:
                Run(Transaction(), "txn");
                break;
            case 8:
                PutWithLease();
                break;
            default:
                Compact();
                break;
        }

        Revision = long.Parse(
            Field(Run("", "get", "k", "-w", "fields"), "\"Revision\" : "), CultureInfo.InvariantCulture);
    }

    private void Compact()
    {
        if (Revision > Math.Max(CompactRevision, 1))
        {
            CompactRevision = Math.Max(CompactRevision, 0) + 1 + Draw((int)(Revision - Math.Max(CompactRevision, 0)));
            Run("", "compaction", CompactRevision.ToString(CultureInfo.InvariantCulture), "--physical");
        }
    }

    private void PutWithLease()
    {
        if (_leases.Count == 0 || Draw(3) == 0)
        {
            _leases.Add(Run("", "lease", "grant", "1000").Split(' ')[1]);
        }

        string lease = _leases[Draw(_leases.Count)];
        if (Draw(4) == 0)
        {
            Run("", "lease", "revoke", lease);
            _leases.Remove(lease);
        }
        else
        {
            Run("", "put", Key(), Value(), $"--lease={lease}");
        }
    }

    // No key twice: etcd refuses that.
    private string Transaction()
    {
        var lines = new StringBuilder("\n");
        for (int key = 0; key < Keys; key++)
        {
            string line = Draw(4) switch
            {
                0 => $"put k{key} {Value()}\n",
                1 => $"del k{key}\n",
                _ => "",
            };
            lines.Append(line);
        }

        return lines.Append("get k --prefix\n\n\n").ToString();
    }

    private string Run(string input, params string[] arguments) => server.Etcdctl(arguments, input).RequireSuccess();

    private string Key() => $"k{Draw(Keys)}";

    private string Value() => new('v', 1 + Draw(Draw(20) == 0 ? 9000 : 30));

    private int Draw(int end) => (int)(random.Next() % (ulong)end);

    private static string Field(string text, string name)
    {
        int start = text.IndexOf(name, StringComparison.Ordinal) + name.Length;
        return text[start..text.IndexOf('\n', start)];
    }
}

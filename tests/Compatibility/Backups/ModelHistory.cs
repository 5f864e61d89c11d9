using System.Text;
using Keelson.Base.Identity;
using Keelson.Base.Seams;
using Keelson.Store.Backup;
using Keelson.Store.History;

namespace Keelson.Compatibility.Backups;

/// <summary>A history that exists only here: versions as our store would hand them to a backup.</summary>
internal sealed class ModelHistory : IBackupVersions
{
    private readonly List<Version> _versions;
    private int _index = -1;

    private ModelHistory(List<Version> versions)
    {
        _versions = versions;
    }

    public ChangeRevision Revision => _versions[_index].Revision;

    public bool IsTombstone => _versions[_index].Stored is null;

    public ReadOnlySpan<byte> Key => _versions[_index].Key;

    public int KeyValueLength => _versions[_index].Stored!.Length;

    /// <summary>The newest revision.</summary>
    public Revision Current => new(Math.Max(_versions.Count == 0 ? 1 : _versions[^1].Revision.Main, 1));

    /// <summary>The live keys at the newest revision, in order, with the encoded KeyValue of each.</summary>
    public IReadOnlyDictionary<string, byte[]> Live => new SortedDictionary<string, byte[]>(
        _versions.GroupBy(version => Encoding.ASCII.GetString(version.Key))
            .Where(key => key.Last().Stored is not null)
            .ToDictionary(key => key.Key, key => key.Last().Stored!),
        StringComparer.Ordinal);

    public bool Next() => ++_index < _versions.Count;

    public void CopyKeyValue(Span<byte> destination) => _versions[_index].Stored.CopyTo(destination);

    /// <summary>The same versions from the start.</summary>
    public ModelHistory Reopen() => new(_versions);

    /// <summary>
    /// <paramref name="changes"/> requests over <paramref name="keys"/> keys; every seventh request changes two keys,
    /// every fifth deletes. Keys below <paramref name="leased"/> are attached to <paramref name="lease"/>.
    /// </summary>
    public static ModelHistory Create(IRandom random, int changes, int keys, LeaseId lease, int leased)
    {
        var versions = new List<Version>();
        var state = new Dictionary<int, (long Create, long Version)>();
        for (long revision = 2; revision < changes + 2; revision++)
        {
            int sub = 0;
            int first = (int)(random.Next() % (ulong)keys);
            int[] changed = revision % 7 == 0 && keys > 1 ? [first, (first + 1) % keys] : [first];
            foreach (int key in changed)
            {
                byte[] name = Encoding.ASCII.GetBytes($"key/{key:D6}");
                byte[]? stored = null;
                if (revision % 5 == 0 && state.Remove(key))
                {
                    stored = null;
                }
                else
                {
                    (long create, long version) = state.GetValueOrDefault(key, (revision, 0));
                    state[key] = (create, version + 1);
                    stored = Encode(name, revision, state[key], random, key < leased ? lease : default);
                }

                versions.Add(new Version(new ChangeRevision(revision, sub++), name, stored));
            }
        }

        return new ModelHistory(versions);
    }

    private static byte[] Encode(
        byte[] name, long revision, (long Create, long Version) state, IRandom random, LeaseId lease)
    {
        int length = (int)(random.Next() % 100);
        var keyValue = new KeyValueView
        {
            Key = name,
            CreateRevision = new Revision(state.Create),
            ModRevision = new Revision(revision),
            Version = state.Version,
            // etcd answers at most some MiB at once: few large values.
            Value = Encoding.ASCII.GetBytes(new string('v', revision == 500 ? 1_400_000 : length)),
            Lease = lease,
        };
        var bytes = new byte[KeyValueCodec.Size(keyValue)];
        KeyValueCodec.Write(keyValue, bytes);
        return bytes;
    }

    private sealed record Version(ChangeRevision Revision, byte[] Key, byte[]? Stored);
}

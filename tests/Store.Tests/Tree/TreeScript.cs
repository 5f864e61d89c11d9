using Keelson.Base.Identity;
using Keelson.Simulation;

namespace Keelson.Store.Tests.Tree;

/// <summary>Draws edits of every kind, with keys that are short, long, close together and versioned.</summary>
internal sealed class TreeScript
{
    private static readonly int[] PrefixLengths = [0, 1, 12, 60, 300];

    private readonly SeededRandom _random;
    private readonly TreeBench _bench;
    private readonly byte[][] _keys;
    private long _revision = 1;

    public TreeScript(ulong seed, TreeBench bench, int keys = 200)
    {
        _random = new SeededRandom(seed);
        _bench = bench;
        _keys = [.. Enumerable.Range(0, keys).Select(_ => Key())];
    }

    /// <summary>Of ten edits so many remove.</summary>
    public int Removals { get; set; } = 2;

    public int Draw(int bound) => (int)(_random.Next() % (ulong)bound);

    public void Edit()
    {
        int kind = Draw(10);
        if (kind < Removals)
        {
            Remove();
        }
        else if (kind == 9)
        {
            Replace();
        }
        else if (kind == 8)
        {
            SetLive();
        }
        else
        {
            Insert();
        }
    }

    private void Insert()
    {
        byte[] key = _keys[Draw(_keys.Length)];
        long main = Draw(8) == 0 ? Draw(1000) - 500 : ++_revision + Draw(3);
        var revision = new ChangeRevision(main, Draw(4) == 0 ? Draw(1 << 20) : 0);
        if (_bench.Model.Contains(new ModelTree.Position(key, revision)))
        {
            return;
        }

        if (Draw(2) == 0)
        {
            _bench.InsertVersion(key, revision, Payload(), Draw(5) != 0);
        }
        else
        {
            _bench.Insert(key, revision, Payload(), Draw(2) == 0);
        }
    }

    private void Remove()
    {
        ModelTree.Position? at = _bench.Model.Count == 0 ? null : _bench.Model.At(Draw(_bench.Model.Count));
        _bench.Remove(at is null || Draw(10) == 0
            ? new ModelTree.Position(_keys[Draw(_keys.Length)], new ChangeRevision(long.MaxValue, 7))
            : at);
    }

    private void Replace()
    {
        if (_bench.Model.Count == 0 || _bench.Model.At(Draw(_bench.Model.Count)) is not { } at)
        {
            return;
        }

        var value = new ModelTree.Value(Payload(), Draw(2) == 0);
        Assert.That(_bench.Tree.Replace(at.Key, at.Revision, value.Payload, value.Live), Is.True);
        _bench.Model.Replace(at, value);
    }

    private void SetLive()
    {
        if (_bench.Model.Count == 0 || _bench.Model.At(Draw(_bench.Model.Count)) is not { } at)
        {
            return;
        }

        bool live = Draw(2) == 0;
        Assert.That(_bench.Tree.SetLive(at.Key, at.Revision, live), Is.EqualTo(_bench.Model.SetLive(at, live)));
    }

    private byte[] Key()
    {
        var key = new byte[PrefixLengths[Draw(PrefixLengths.Length)] + Draw(12)];
        key.AsSpan().Fill((byte)'a');
        for (int index = Math.Max(0, key.Length - 3); index < key.Length; index++)
        {
            key[index] = (byte)Draw(4);
        }

        return key;
    }

    private byte[] Payload()
    {
        int kind = Draw(40);
        var payload = new byte[kind == 0 ? 3000 : kind < 3 ? 62 + Draw(4) : Draw(15)];
        payload.AsSpan().Fill((byte)Draw(256));
        return payload;
    }
}

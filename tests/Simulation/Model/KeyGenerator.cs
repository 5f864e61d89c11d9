using Keelson.Base.Seams;

namespace Keelson.Simulation.Model;

/// <summary>
/// Few keys, chosen for what is hard about keys: shared prefixes, one a prefix of the other, the lowest and the highest
/// byte, a long one; and the intervals, values and lease ids that go with them.
/// </summary>
internal sealed class KeyGenerator(IRandom random, GeneratorOptions options)
{
    private const long UnknownLeaseId = 99;

    private static readonly string LongKey = "c/" + new string('l', 1022);
    private static readonly string LongValue = new('v', 5000);

    private static readonly string[] AllKeys =
    [
        "a", "ab", "b", "b\0", "c/1", "c/2", "c/10", "\0", "\xff", "\xff\xff", LongKey, "c/",
        "b\0\0", "b\x01", "abc", "c", "c0", "c/1/x", "c/1\0", "c/\xff", "c/\xff\xff", "\0\0", "z", LongKey + "m",
        "\xffz",
    ];

    private static readonly long[] LeaseIds = [1, 2, 3, 4, 0x7fff_ffff_ffff_ffff, UnknownLeaseId];

    private readonly Draws _draws = new(random);
    private readonly string[] _keys = AllKeys.Take(options.KeysMax).ToArray();

    /// <summary>A key; once in a while none, to be refused.</summary>
    public string Key() => _draws.OneIn(300) ? "" : _draws.Pick<string>(_keys);

    public string Value() => _draws.Below(12) switch
    {
        0 => "",
        1 => LongValue,
        2 => $"\0\xff{_draws.Below(1000)}",
        _ => $"v{_draws.Below(6)}",
    };

    public long LeaseId() => _draws.Pick<long>(LeaseIds);

    /// <summary>key and range_end in each of the forms that clients use, and in the ones that name nothing.</summary>
    public (string Key, string RangeEnd) Interval()
    {
        string key = Key();
        string other = _draws.Pick<string>(_keys);
        bool ascending = string.CompareOrdinal(key, other) < 0;
        return _draws.Below(20) switch
        {
            < 6 => (key, ""),
            < 9 => Prefix(key),
            < 13 => ascending ? (key, other) : (other, key),
            < 15 => (key, KeyInterval.ToEnd),
            < 18 => (KeyInterval.ToEnd, KeyInterval.ToEnd),
            18 => ascending ? (other, key) : (key, other),
            _ => (key, _draws.Pick(key + "\0", "\xff", "\0\0", key)),
        };
    }

    /// <summary>All keys that begin with a part of this one, as clients ask for them.</summary>
    private (string Key, string RangeEnd) Prefix(string key)
    {
        string prefix = key.Length > 1 && _draws.OneIn(2) ? key[..1] : key;
        string stem = prefix.TrimEnd('\xff');
        // Nothing sorts after a prefix of 0xff bytes alone: the interval goes to the end.
        return stem.Length == 0
            ? (prefix, KeyInterval.ToEnd)
            : (prefix, stem[..^1] + (char)(stem[^1] + 1));
    }
}

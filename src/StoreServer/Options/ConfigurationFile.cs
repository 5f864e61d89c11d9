using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Kinds = Keelson.StoreServer.Options.ConfigurationScalar.Kinds;

namespace Keelson.StoreServer.Options;

/// <summary>
/// etcd's configuration file: YAML whose keys are the flags' names, durations as whole nanoseconds, the TLS flags
/// grouped under client-transport-security and peer-transport-security (etcd 3.5, etcd.conf.yml.sample).
/// </summary>
/// <remarks>
/// Read event by event, aliases are refused: no input grows on expansion. Deeper nesting is passed over.
/// </remarks>
internal sealed class ConfigurationFile
{
    private const int CharactersMax = 1 << 20;

    private readonly List<string> _faults = [];
    private readonly List<string> _warnings = [];

    private ConfigurationFile()
    {
    }

    public Dictionary<Flag, FlagValue> Values { get; } = [];

    public IReadOnlyList<string> Faults => _faults;

    public IReadOnlyList<string> Warnings => _warnings;

    public static ConfigurationFile Parse(string text)
    {
        var file = new ConfigurationFile();
        if (text.Length > CharactersMax)
        {
            file._faults.Add($"the configuration file has {text.Length} characters, at most {CharactersMax} are read");
            return file;
        }

        // YamlDotNet takes NUL as the end; go-yaml refuses control characters.
        if (text.AsSpan().ContainsAnyInRange('\0', '\b'))
        {
            file._faults.Add("the configuration file has control characters: it is no text");
            return file;
        }

        try
        {
            file.Read(new Parser(new StringReader(text)));
        }
        catch (YamlException exception)
        {
            file._faults.Add(
                $"the configuration file is not what was expected at line {exception.Start.Line}, "
                + $"column {exception.Start.Column}: {exception.Message}");
        }

        return file;
    }

    private void Read(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
        {
            return;
        }

        if (parser.TryConsume<Scalar>(out Scalar? scalar) && ConfigurationScalar.Of(scalar).Kind == Kinds.Null)
        {
            return;
        }

        ReadFields(parser, group: "");
    }

    /// <summary>
    /// Go's JSON holds the fields in order, and the last one of a name in any case counts: name before NAME.
    /// </summary>
    private void ReadFields(Parser parser, string group)
    {
        var fields = new SortedDictionary<string, ConfigurationScalar>(StringComparer.Ordinal);
        parser.Consume<MappingStart>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Scalar name = parser.Consume<Scalar>();
            if (ConfigurationScalar.Of(name).Kind == Kinds.Null)
            {
                _faults.Add($"the configuration file has a key without a name at line {name.Start.Line}");
            }

            string inner = group.Length == 0 ? GroupNamed(name.Value) : "";
            if (inner.Length > 0 && parser.Accept<MappingStart>(out _))
            {
                ReadFields(parser, inner);
            }
            else
            {
                fields[name.Value] = ReadValue(parser);
            }
        }

        foreach ((string name, ConfigurationScalar value) in fields)
        {
            Set(group, name, value);
        }
    }

    private static string GroupNamed(string name) => name.ToLowerInvariant() switch
    {
        ConfigurationFields.ClientGroup => ConfigurationFields.ClientGroup,
        ConfigurationFields.PeerGroup => ConfigurationFields.PeerGroup,
        _ => "",
    };

    private static ConfigurationScalar ReadValue(Parser parser)
    {
        if (parser.Accept<MappingStart>(out _))
        {
            parser.SkipThisAndNestedEvents();
            return new ConfigurationScalar(Kinds.Group, "{...}");
        }

        if (!parser.TryConsume<SequenceStart>(out _))
        {
            return ConfigurationScalar.Of(parser.Consume<Scalar>());
        }

        var items = new List<ConfigurationScalar>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (parser.Accept<Scalar>(out _))
            {
                items.Add(ConfigurationScalar.Of(parser.Consume<Scalar>()));
            }
            else
            {
                parser.SkipThisAndNestedEvents();
                items.Add(new ConfigurationScalar(Kinds.Group, "..."));
            }
        }

        return ConfigurationScalar.Of(items);
    }

    private void Set(string group, string name, ConfigurationScalar value)
    {
        if (value.Kind == Kinds.Unreadable)
        {
            _faults.Add($"invalid value for {name} in the configuration file: {value.Text}");
            return;
        }

        // Go's decoder of JSON takes keys in any case (encoding/json, Unmarshal).
        if (ConfigurationFields.Find(group, name.ToLowerInvariant()) is not { } flag)
        {
            SetUnknown(group, name, value);
        }
        else if (value.Explain(flag) is { } expectation)
        {
            _faults.Add($"invalid value \"{value.Text}\" for {name} in the configuration file: {expectation}");
        }
        else if (value.Text.Length == 0 && (value.Kind == Kinds.Null || !MayBeEmpty(flag)))
        {
            // Without a value the default stays.
        }
        else if (ParseValue(flag, value.Text, out string fault) is { } parsed)
        {
            Values[flag] = parsed;
        }
        else
        {
            _faults.Add($"invalid value \"{value.Text}\" for {name} in the configuration file: {fault}");
        }
    }

    private void SetUnknown(string group, string name, ConfigurationScalar value)
    {
        if (group.Length == 0 && GroupNamed(name).Length > 0)
        {
            if (value.Kind != Kinds.Null)
            {
                _faults.Add($"{name} in the configuration file: expected fields below it");
            }

            return;
        }

        string place = group.Length == 0 && FlagTable.Find(name.ToLowerInvariant()) is { } flag
            && ConfigurationFields.GroupOf(flag) is { Length: > 0 } right
                ? $": it is read below {right}"
                : "";
        string path = group.Length == 0 ? name : $"{group}: {name}";
        _warnings.Add($"unrecognized key \"{path}\" in the configuration file{place}");
    }

    /// <summary>An empty name is a name, and an empty token makes other ids.</summary>
    private static bool MayBeEmpty(Flag flag) => flag.Name is "name" or "initial-cluster-token";

    private static FlagValue? ParseValue(Flag flag, string text, out string fault)
    {
        bool isNanoseconds = flag.Kind == FlagKind.Duration
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        FlagValue? value = FlagValue.Parse(flag.Kind, isNanoseconds ? text + "ns" : text, out fault);
        fault = flag.Kind == FlagKind.Unsigned && text.StartsWith('-')
            ? "expected a number that is not negative"
            : fault;
        return value;
    }
}

using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Keelson.StoreServer.Options;

/// <summary>
/// etcd's configuration file: YAML whose keys are the flags' names, durations as whole nanoseconds, the TLS flags
/// grouped under client-transport-security and peer-transport-security (etcd 3.5, etcd.conf.yml.sample).
/// </summary>
/// <remarks>Read event by event: aliases and deeper nesting are refused, so no input grows on expansion.</remarks>
internal sealed class ConfigurationFile
{
    private const int CharactersMax = 1 << 20;
    private const string PeerGroup = "peer-transport-security";

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

        if (parser.TryConsume<Scalar>(out Scalar? scalar) && scalar.Value.Length == 0)
        {
            return;
        }

        ReadMapping(parser, "", isNested: false);
    }

    private void ReadMapping(Parser parser, string prefix, bool isNested)
    {
        parser.Consume<MappingStart>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            string key = parser.Consume<Scalar>().Value;
            if (parser.Accept<MappingStart>(out _) && !isNested)
            {
                ReadMapping(parser, key == PeerGroup ? "peer-" : "", isNested: true);
            }
            else if (parser.TryConsume<SequenceStart>(out _))
            {
                Set(prefix, key, ReadSequence(parser));
            }
            else
            {
                Set(prefix, key, ConfigurationScalar.Of(parser.Consume<Scalar>()));
            }
        }
    }

    private static ConfigurationScalar ReadSequence(Parser parser)
    {
        var words = new List<string>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            words.Add(parser.Consume<Scalar>().Value);
        }

        return ConfigurationScalar.Of(words);
    }

    private void Set(string prefix, string given, ConfigurationScalar value)
    {
        // Go's decoder of JSON takes keys in any case (encoding/json, Unmarshal).
        string key = given.ToLowerInvariant();
        // The file says allowed-cn under the peers' group where the flag says peer-cert-allowed-cn.
        Flag? flag = FlagTable.Find(prefix + key)
            ?? FlagTable.Find($"{prefix}cert-{key}")
            ?? FlagTable.Find($"client-cert-{key}");
        if (flag is null)
        {
            _warnings.Add($"unrecognized key \"{prefix}{given}\" in the configuration file");
            return;
        }

        if (value.Explain(flag) is { } expectation)
        {
            _faults.Add($"invalid value \"{value.Text}\" for {given} in the configuration file: {expectation}");
        }
        else if (value.Text.Length == 0 && (IsNull(value) || flag.Kind is not (FlagKind.Text or FlagKind.List)))
        {
            // Without a value the default stays.
        }
        else if (ParseValue(flag, value.Text, out string fault) is { } parsed)
        {
            Values[flag] = parsed;
        }
        else
        {
            _faults.Add($"invalid value \"{value.Text}\" for {given} in the configuration file: {fault}");
        }
    }

    private static bool IsNull(ConfigurationScalar value) => value.Kind == ConfigurationScalar.Kinds.Null;

    private static FlagValue? ParseValue(Flag flag, string text, out string fault)
    {
        bool isNanoseconds = flag.Kind == FlagKind.Duration
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        return FlagValue.Parse(flag.Kind, isNanoseconds ? text + "ns" : text, out fault);
    }
}

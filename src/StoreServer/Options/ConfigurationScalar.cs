using System.Text.RegularExpressions;
using YamlDotNet.Core.Events;

namespace Keelson.StoreServer.Options;

/// <summary>
/// What a value of the configuration file is. etcd turns YAML into JSON and reads that into typed fields, so that a
/// quoted number is no number (etcd 3.5, embed/config.go; sigs.k8s.io/yaml over go-yaml 2, which knows YAML 1.1).
/// </summary>
internal sealed partial record ConfigurationScalar(ConfigurationScalar.Kinds Kind, string Text)
{
    /// <summary>JSON's kinds.</summary>
    internal enum Kinds
    {
        Null,
        Boolean,
        Number,
        Text,
        List,
    }

    public static ConfigurationScalar Of(Scalar scalar)
    {
        string text = scalar.Value;
        if (!scalar.IsPlainImplicit)
        {
            return new ConfigurationScalar(Kinds.Text, text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => new ConfigurationScalar(Kinds.Null, ""),
            "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" =>
                new ConfigurationScalar(Kinds.Boolean, "true"),
            "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" =>
                new ConfigurationScalar(Kinds.Boolean, "false"),
            _ => NumberPattern().IsMatch(text)
                ? new ConfigurationScalar(Kinds.Number, Whole(text))
                : new ConfigurationScalar(Kinds.Text, text),
        };
    }

    public static ConfigurationScalar Of(IEnumerable<string> words) => new(Kinds.List, string.Join(',', words));

    /// <summary>Null when a flag may have this; otherwise what to write instead.</summary>
    public string? Explain(Flag flag)
    {
        Kinds wanted = flag.Kind switch
        {
            FlagKind.Boolean => Kinds.Boolean,
            FlagKind.Signed or FlagKind.Unsigned or FlagKind.Real or FlagKind.Duration => Kinds.Number,
            _ => flag.Name == "log-outputs" ? Kinds.List : Kinds.Text,
        };
        if (Kind == wanted || Kind == Kinds.Null)
        {
            return null;
        }

        return (wanted, flag.Kind) switch
        {
            (Kinds.Boolean, _) => "expected true or false without quotes",
            (_, FlagKind.Duration) => "expected a whole number of nanoseconds without quotes (3s is 3000000000)",
            (Kinds.Number, _) => "expected a number without quotes",
            (Kinds.List, _) => $"expected a list: [{Text}]",
            _ when Kind == Kinds.List => $"expected a text: {Text}",
            _ => $"expected a text: put it in quotes, \"{Text}\"",
        };
    }

    /// <summary>1e2 and 100.0 are whole numbers to etcd: JSON writes them as 100.</summary>
    private static string Whole(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
        && decimal.Truncate(number) == number
            ? decimal.Truncate(number).ToString(CultureInfo.InvariantCulture)
            : text;

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.NonBacktracking)]
    private static partial Regex NumberPattern();
}

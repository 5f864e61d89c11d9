using YamlDotNet.Core.Events;

namespace Keelson.StoreServer.Options;

/// <summary>
/// What a value of the configuration file is. etcd turns YAML into JSON and reads that into typed fields, so that a
/// quoted number is no number (etcd 3.5, embed/config.go; sigs.k8s.io/yaml over go-yaml 2, which knows YAML 1.1).
/// </summary>
internal sealed record ConfigurationScalar(ConfigurationScalar.Kinds Kind, string Text)
{
    private const string StandardTags = "tag:yaml.org,2002:";

    /// <summary>JSON's kinds, and what JSON does not have.</summary>
    internal enum Kinds
    {
        Null,
        Boolean,
        Number,
        Text,
        List,

        /// <summary>Fields below a field.</summary>
        Group,

        /// <summary>The file as a whole is refused; the text says why.</summary>
        Unreadable,
    }

    public static ConfigurationScalar Of(Scalar scalar)
    {
        string tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        if (tag.Length == 0)
        {
            return scalar.IsPlainImplicit ? Resolve(scalar.Value) : new ConfigurationScalar(Kinds.Text, scalar.Value);
        }

        return tag.StartsWith(StandardTags, StringComparison.Ordinal)
            ? Tagged(tag[StandardTags.Length..], scalar.Value)
            : new ConfigurationScalar(Kinds.Text, scalar.Value);
    }

    /// <summary>A list of texts; with anything else in it no flag takes it.</summary>
    public static ConfigurationScalar Of(IReadOnlyList<ConfigurationScalar> items) => new(
        items.All(item => item.Kind is Kinds.Text or Kinds.Null) ? Kinds.List : Kinds.Group,
        string.Join(',', items.Select(item => item.Text)));

    /// <summary>Null when a flag may have this; otherwise what to write instead.</summary>
    public string? Explain(Flag flag)
    {
        Kinds wanted = flag.Kind switch
        {
            FlagKind.Boolean => Kinds.Boolean,
            FlagKind.Signed or FlagKind.Unsigned or FlagKind.Real or FlagKind.Duration => Kinds.Number,
            _ => ConfigurationFields.IsList(flag) ? Kinds.List : Kinds.Text,
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

    private static ConfigurationScalar Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => new ConfigurationScalar(Kinds.Null, ""),
        "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" =>
            new ConfigurationScalar(Kinds.Boolean, "true"),
        "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" =>
            new ConfigurationScalar(Kinds.Boolean, "false"),
        _ when YamlNumber.IsOutsideJson(text) => new ConfigurationScalar(Kinds.Unreadable, $"{text} is no number"),
        _ => YamlNumber.TryResolve(text, out string number)
            ? new ConfigurationScalar(Kinds.Number, number)
            : new ConfigurationScalar(Kinds.Text, text),
    };

    /// <summary>A tag must fit what the text is, but that a whole number may be called a float.</summary>
    private static ConfigurationScalar Tagged(string tag, string text)
    {
        ConfigurationScalar resolved = Resolve(text);
        bool fits = (tag, resolved.Kind) switch
        {
            ("null", Kinds.Null) or ("bool", Kinds.Boolean) or ("float", Kinds.Number) => true,
            ("int", Kinds.Number) => !text.AsSpan().ContainsAny('.', 'e', 'E'),
            ("null" or "bool" or "float" or "int" or "binary", _) => false,
            _ => true,
        };
        if (!fits)
        {
            return new ConfigurationScalar(Kinds.Unreadable, $"\"{text}\" cannot be read as !!{tag}");
        }

        return tag is "null" or "bool" or "float" or "int" ? resolved : new ConfigurationScalar(Kinds.Text, text);
    }
}

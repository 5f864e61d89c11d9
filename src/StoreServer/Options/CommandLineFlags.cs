namespace Keelson.StoreServer.Options;

/// <summary>
/// Reads a command line as Go's flag package does: one or two dashes, <c>--flag value</c> or <c>--flag=value</c>, and a
/// boolean takes a value only behind an equals sign.
/// </summary>
internal sealed class CommandLineFlags
{
    public const string ConfigFile = "config-file";

    private CommandLineFlags()
    {
    }

    /// <summary>By flag; a flag that comes twice has its last value.</summary>
    public Dictionary<Flag, FlagValue> Values { get; } = [];

    public string? ConfigFilePath { get; private set; }

    public bool IsHelp { get; private set; }

    public bool IsVersion { get; private set; }

    /// <summary>The first fault, in the words of Go and etcd; null when there is none.</summary>
    public string? Fault { get; private set; }

    /// <summary>False for an argument that is no flag: etcd explains that without its usage text.</summary>
    public bool IsSyntaxFault { get; private set; }

    public static CommandLineFlags Parse(IReadOnlyList<string> arguments)
    {
        var flags = new CommandLineFlags();
        int index = 0;
        while (index < arguments.Count && flags.Fault is null && !flags.IsHelp)
        {
            index = flags.Take(arguments, index);
        }

        return flags;
    }

    private int Take(IReadOnlyList<string> arguments, int index)
    {
        string argument = arguments[index];
        if (argument.Length < 2 || argument[0] != '-' || argument == "--")
        {
            // Go stops here; etcd then refuses what is left.
            string? left = argument == "--" ? arguments.ElementAtOrDefault(index + 1) : argument;
            Fault = left is null ? null : $"'{left}' is not a valid flag";
            return arguments.Count;
        }

        string body = argument[(argument[1] == '-' ? 2 : 1)..];
        if (body.Length == 0 || body[0] is '-' or '=')
        {
            Refuse($"bad flag syntax: {argument}");
            return index + 1;
        }

        int equals = body.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? body : body[..equals];
        string? value = equals < 0 ? null : body[(equals + 1)..];
        return IsBoolean(name) ? TakeBoolean(name, value, index) : TakeValue(arguments, index, name, value);
    }

    private static bool IsBoolean(string name) =>
        name is "version" or "h" or "help" || FlagTable.Find(name) is { Kind: FlagKind.Boolean };

    private int TakeBoolean(string name, string? text, int index)
    {
        if (FlagValue.Parse(FlagKind.Boolean, text ?? "true", out string fault) is not { } value)
        {
            Refuse($"invalid boolean value \"{text}\" for -{name}: {fault}");
        }
        else if (name == "version")
        {
            IsVersion = value.Truth;
        }
        else if (name is "h" or "help")
        {
            IsHelp = true;
        }
        else
        {
            Values[FlagTable.Find(name)!] = value;
        }

        return index + 1;
    }

    private int TakeValue(IReadOnlyList<string> arguments, int index, string name, string? text)
    {
        Flag? flag = FlagTable.Find(name);
        if (flag is null && name != ConfigFile)
        {
            Refuse($"flag provided but not defined: -{name}");
            return index + 1;
        }

        int next = text is null ? index + 2 : index + 1;
        if (next > arguments.Count)
        {
            Refuse($"flag needs an argument: -{name}");
            return index + 1;
        }

        text ??= arguments[index + 1];
        if (flag is null)
        {
            ConfigFilePath = text;
        }
        else if (FlagValue.Parse(flag.Kind, text, out string fault) is { } value)
        {
            Values[flag] = value;
        }
        else
        {
            Refuse($"invalid value \"{text}\" for flag -{name}: {fault}");
        }

        return next;
    }

    private void Refuse(string fault)
    {
        Fault = fault;
        IsSyntaxFault = true;
    }
}

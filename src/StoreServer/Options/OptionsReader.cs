namespace Keelson.StoreServer.Options;

/// <summary>
/// From etcd's command line, environment and configuration file to options. A flag goes before the environment; a
/// configuration file makes both be ignored (etcd 3.5, etcdmain/config.go).
/// </summary>
public static class OptionsReader
{
    private const string Prefix = "ETCD_";

    /// <param name="arguments">Behind the command's name.</param>
    /// <param name="environment">The whole environment; only ETCD_… is looked at.</param>
    /// <param name="readFile">Returns the text of the configuration file, or throws <see cref="IOException"/>.</param>
    public static OptionsReading Read(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        Func<string, string> readFile)
    {
        CommandLineFlags line = CommandLineFlags.Parse(arguments);
        if (line.IsHelp)
        {
            return new OptionsReading.ShowHelp();
        }

        if (line.Fault is { } fault)
        {
            return new OptionsReading.Refuse([fault], line.IsSyntaxFault);
        }

        if (line.IsVersion)
        {
            return new OptionsReading.ShowVersion();
        }

        string? path = line.ConfigFilePath ?? environment.GetValueOrDefault(Prefix + "CONFIG_FILE");
        return path is { Length: > 0 }
            ? FromFile(path, readFile, Ignored(line, environment))
            : FromFlags(line, environment);
    }

    /// <summary>What a configuration file makes etcd ignore (etcd 3.5, etcdmain/config.go), or null.</summary>
    private static string? Ignored(CommandLineFlags line, IReadOnlyDictionary<string, string> environment)
    {
        string[] names =
        [
            .. line.Values.Keys.Select(flag => $"--{flag.Name}").Order(StringComparer.Ordinal),
            .. environment.Keys
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name != Prefix + "CONFIG_FILE")
                .Order(StringComparer.Ordinal),
        ];
        return names.Length == 0
            ? null
            : $"ignored beside a configuration file: {string.Join(", ", names)}; say it in the file";
    }

    private static OptionsReading FromFile(string path, Func<string, string> readFile, string? ignored)
    {
        ConfigurationFile file;
        try
        {
            file = ConfigurationFile.Parse(readFile(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new OptionsReading.Refuse([$"cannot read the configuration file: {exception.Message}"], false);
        }

        string?[] warnings = [ignored, .. file.Warnings, ForgottenMode(file.Values)];
        // The command line's default of the mode is not the file's (etcd 3.5, embed/config.go: NewConfig).
        var defaults = new StoreServerOptions { AutoCompactionMode = "" };
        return Finish(defaults, file.Values, [.. file.Faults], [.. warnings.OfType<string>()]);
    }

    private static string? ForgottenMode(Dictionary<Flag, FlagValue> values) =>
        values.ContainsKey(FlagTable.Find("auto-compaction-retention")!)
        && !values.ContainsKey(FlagTable.Find("auto-compaction-mode")!)
            ? "auto-compaction-retention has no effect in a configuration file without auto-compaction-mode"
            : null;

    private static OptionsReading FromFlags(CommandLineFlags line, IReadOnlyDictionary<string, string> environment)
    {
        var faults = new List<string>();
        var warnings = new List<string>();
        var used = new HashSet<string>(StringComparer.Ordinal) { Prefix + "CONFIG_FILE" };
        foreach (Flag flag in FlagTable.All)
        {
            foreach (string name in FlagTable.EnvironmentNames(flag))
            {
                used.Add(name);
                if (!environment.TryGetValue(name, out string? text) || text.Length == 0)
                {
                    continue;
                }

                if (line.Values.ContainsKey(flag))
                {
                    warnings.Add($"environment variable {name} is ignored: flag --{flag.Name} comes first");
                }
                else if (FlagValue.Parse(flag.Kind, text, out string fault) is { } value)
                {
                    line.Values[flag] = value;
                }
                else
                {
                    faults.Add($"invalid value \"{text}\" for {name}: {fault}");
                }
            }
        }

        warnings.AddRange(environment.Keys
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !used.Contains(name))
            .Order(StringComparer.Ordinal)
            .Select(name => $"unrecognized environment variable {name}"));
        return Finish(new StoreServerOptions(), line.Values, faults, warnings);
    }

    private static OptionsReading Finish(
        StoreServerOptions defaults, Dictionary<Flag, FlagValue> values, List<string> faults, List<string> warnings)
    {
        StoreServerOptions options = defaults;
        foreach ((Flag flag, FlagValue value) in values)
        {
            if (flag.Apply is not null)
            {
                options = flag.Apply(options, value);
            }
            else if (!IsDefault(flag, value))
            {
                (flag.Fate == FlagFate.Refused ? faults : warnings).Add(
                    flag.Fate == FlagFate.Refused
                        ? $"--{flag.Name} cannot be set: {flag.Reason}"
                        : $"--{flag.Name} has no effect: {flag.Reason}");
            }
        }

        options = FillIn(options, values, faults);
        faults.AddRange(options.Validate());
        return faults.Count > 0
            ? new OptionsReading.Refuse(faults, false)
            : new OptionsReading.Serve(options, warnings);
    }

    /// <summary>A default that is spelled out changes nothing and is no news.</summary>
    private static bool IsDefault(Flag flag, FlagValue value) =>
        value.Text == flag.Default
        || (FlagValue.Parse(flag.Kind, flag.Default, out _) is { } defaultValue
            && flag.Kind is FlagKind.Boolean or FlagKind.Signed or FlagKind.Unsigned or FlagKind.Duration
            && (value.Truth, value.Number, value.Duration)
                == (defaultValue.Truth, defaultValue.Number, defaultValue.Duration));

    private static StoreServerOptions FillIn(
        StoreServerOptions options, Dictionary<Flag, FlagValue> values, List<string> faults)
    {
        bool Has(string name) => values.ContainsKey(FlagTable.Find(name)!);

        // etcd: clients could not find a server that advertises a default it does not listen on.
        if (Has("listen-client-urls") && !Has("advertise-client-urls"))
        {
            faults.Add("--advertise-client-urls is required when --listen-client-urls is set explicitly");
        }

        return options;
    }
}

using System.Text;

namespace Keelson.StoreServer.Options;

/// <summary>What --help and faults of usage print.</summary>
public static class HelpText
{
    /// <summary>The short form, behind a fault.</summary>
    public static string Usage { get; } =
        """
        Usage:
          keelson store [flags]            Start a store server that speaks etcd's v3 API.
          keelson store --version          Show the version of etcd's API that is served.
          keelson store --help             Show every flag.
          keelson store --config-file F    Read F (YAML) instead of flags and environment.

        Tools, each with --help:
          keelson store snapshot           Save, look at and restore backups in etcd's format.
          keelson store verify             Check a stopped store's data directory.
          keelson store inspect            Show what a stopped store's data directory consists of.
          keelson store hashkv             Hash a stopped store's history as etcd's HashKV does.

        """;

    /// <summary>Every flag with its default, grouped.</summary>
    public static string Full()
    {
        var text = new StringBuilder(Usage);
        text.AppendLine()
            .AppendLine("Every flag is also read from the environment: --data-dir from ETCD_DATA_DIR.")
            .AppendLine("The flags are etcd's; those marked * are accepted without effect, those marked ! refused.");
        foreach ((string title, Flag[] flags) in FlagTable.Groups)
        {
            text.AppendLine().Append(title).AppendLine(":");
            foreach (Flag flag in flags)
            {
                Append(text, flag);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Flag flag)
    {
        string mark = flag.Fate switch
        {
            FlagFate.WithoutEffect => " *",
            FlagFate.Refused => " !",
            _ => "",
        };
        text.Append("  --").Append(flag.Name).Append(" '").Append(flag.Default).Append('\'').AppendLine(mark);
        text.Append("    ").Append(flag.Help);
        text.AppendLine(flag.Reason.Length > 0 ? $" ({flag.Reason})" : "");
    }
}

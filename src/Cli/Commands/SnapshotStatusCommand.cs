using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Keelson.Base.Seams;
using Keelson.Cli.Tools;
using Keelson.Store.Backup;
using Keelson.Store.Host;

namespace Keelson.Cli.Commands;

/// <summary><c>keelson store snapshot status</c>: what etcdutl tells of a backup, in its columns.</summary>
internal static class SnapshotStatusCommand
{
    private static readonly Argument<string> FileArgument = new("file") { Description = "The backup." };

    public static Command Create()
    {
        var form = new Option<string>("--write-out", "-w")
        {
            Description = "The form of the answer.",
            DefaultValueFactory = static _ => "simple",
        };
        form.AcceptOnlyFromAmong("simple", "table", "json");
        var command = new Command("status", "Tells hash, revision and sizes of a backup.") { FileArgument, form };
        command.SetAction((result, _) => ToolRunner.RunAsync(
            () => RunAsync(result.GetRequiredValue(FileArgument), result.GetRequiredValue(form))));
        return command;
    }

    private static async Task<int> RunAsync(string path, string form)
    {
        using IDiskFile file = SnapshotRestore.OpenSnapshot(path);
        var snapshot = new SnapshotReader(file, path);
        if (snapshot.HasTrailer)
        {
            snapshot.VerifyTrailer();
        }

        var status = SnapshotStatus.Read(snapshot);
        await Console.Out.WriteAsync(form switch
        {
            "json" => Json(status) + "\n",
            "table" => TextTable.Format(Columns(status), Row(status)),
            _ => string.Join(", ", Row(status)) + "\n",
        });
        return ExitCode.Success;
    }

    // etcdutl 3.5 knows no version; the column is there when the file says one.
    private static string[] Columns(SnapshotStatus status) =>
    [
        "HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE",
        .. status.Version.Length > 0 ? ["VERSION"] : Array.Empty<string>(),
    ];

    private static string[] Row(SnapshotStatus status) =>
    [
        status.Hash.ToString("x", CultureInfo.InvariantCulture),
        status.Revision.ToString(),
        status.TotalKey.ToString(CultureInfo.InvariantCulture),
        HumanBytes.Format(status.TotalSize),
        .. status.Version.Length > 0 ? [status.Version] : Array.Empty<string>(),
    ];

    private static string Json(SnapshotStatus status)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("hash", status.Hash);
            json.WriteNumber("revision", status.Revision.Value);
            json.WriteNumber("totalKey", status.TotalKey);
            json.WriteNumber("totalSize", status.TotalSize);
            json.WriteString("version", status.Version);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }
}

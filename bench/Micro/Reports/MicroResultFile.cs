using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keelson.Bench.Micro.Reports;

/// <summary>Results as lines of JSON, one a benchmark, so that a change for speed can show both lines.</summary>
internal static class MicroResultFile
{
    private const string Folder = "bench/results";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static void Append(IEnumerable<MicroResult> results)
    {
        Directory.CreateDirectory(Folder);
        string time = DateTime.UtcNow.ToString("s", CultureInfo.InvariantCulture) + "Z";
        string commit = Machine.Commit();
        string load = Machine.Load();
        string processor = $"{Environment.ProcessorCount} x {Machine.Processor()}";
        foreach (MicroResult result in results)
        {
            JsonObject line = new()
            {
                ["time"] = time,
                ["commit"] = commit,
                ["processor"] = processor,
                ["load"] = load,
                ["result"] = JsonSerializer.SerializeToNode(result, Options),
            };
            File.AppendAllText(Path.Combine(Folder, "micro.jsonl"), line.ToJsonString(Options) + "\n");
        }
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keelson.Bench.Load.Reports;

/// <summary>Results as lines of JSON, one a run, so that a change for speed can show both lines.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Appends to folder/name.jsonl: time, commit, machine, then the facts.</summary>
    public static void Append<T>(string folder, string name, T facts)
    {
        Directory.CreateDirectory(folder);
        JsonObject line = new()
        {
            ["time"] = DateTime.UtcNow.ToString("s", CultureInfo.InvariantCulture) + "Z",
            ["commit"] = Machine.Commit(),
            ["machine"] = JsonSerializer.SerializeToNode(Machine.Current(), Options),
            ["result"] = JsonSerializer.SerializeToNode(facts, Options),
        };
        File.AppendAllText(Path.Combine(folder, $"{name}.jsonl"), line.ToJsonString(Options) + "\n");
    }
}

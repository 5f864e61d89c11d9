using System.CommandLine;
using Keelson.Bench.Load.Driving;
using Keelson.Bench.Load.Servers;

namespace Keelson.Bench.Load.Commands;

/// <summary>The options that all commands share, and their values.</summary>
internal sealed class Settings
{
    private readonly Option<string> _a = Text("--a", "etcd", "the yardstick: etcd, keelson or name=path");
    private readonly Option<string> _b = Text("--b", "keelson", "the server under test: etcd, keelson or name=path");
    private readonly Option<string> _dataRoot = Text("--data-root", ".state/bench", "where data directories are made");
    private readonly Option<string> _results = Text("--results", "bench/results", "where lines of JSON are appended");
    private readonly Option<int> _keyBytes = new("--key-bytes") { DefaultValueFactory = _ => 48 };
    private readonly Option<int> _valueBytes = new("--value-bytes") { DefaultValueFactory = _ => 256 };
    private readonly Option<int> _keys = new("--keys") { Description = "keys in the store (0: as the workload needs)" };
    private readonly Option<string> _shape = Text("--shape", "4x16", "connections x calls in flight on each");
    private readonly Option<int> _rounds = new("--rounds") { DefaultValueFactory = _ => 5 };
    private readonly Option<double> _seconds = new("--seconds") { DefaultValueFactory = _ => 5 };
    private readonly Option<double> _warmUp = new("--warmup-seconds") { DefaultValueFactory = _ => 5 };
    private readonly Option<long> _warmUpOperations = new("--warmup-operations")
    {
        DefaultValueFactory = _ => 200_000,
        Description = "warming up ends after so many, too (a million: the log recycles its files by then)",
    };

    private readonly Option<double> _rate = new("--rate") { Description = "calls per second (0: saturate)" };

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _a, _b, _dataRoot, _results, _keyBytes, _valueBytes, _keys, _shape, _rounds, _seconds, _warmUp,
            _warmUpOperations, _rate,
        ];
        foreach (Option option in all)
        {
            command.Options.Add(option);
        }
    }

    public Values Read(ParseResult line, bool needsServers = true)
    {
        string shape = line.GetRequiredValue(_shape);
        return new Values
        {
            A = ServerKind.Parse(line.GetRequiredValue(_a), needsServers),
            B = ServerKind.Parse(line.GetRequiredValue(_b), needsServers),
            DataRoot = line.GetRequiredValue(_dataRoot),
            Results = line.GetRequiredValue(_results),
            KeyBytes = line.GetValue(_keyBytes),
            ValueBytes = line.GetValue(_valueBytes),
            Keys = line.GetValue(_keys),
            Shape = Shape.TryParse(shape, out Shape parsed)
                ? parsed
                : throw new ArgumentException($"\"{shape}\" is not a shape such as 4x16"),
            Rounds = line.GetValue(_rounds),
            Seconds = line.GetValue(_seconds),
            WarmUpSeconds = line.GetValue(_warmUp),
            WarmUpOperations = line.GetValue(_warmUpOperations),
            Rate = line.GetValue(_rate),
        };
    }

    private static Option<string> Text(string name, string otherwise, string description) =>
        new(name) { DefaultValueFactory = _ => otherwise, Description = description };
}

using System.Globalization;
using Spectre.Console;

namespace Keelson.Bench.Load.Reports;

/// <summary>What people see: progress lines, tables, a verdict. Scripts read the lines of JSON.</summary>
internal static class Screen
{
    private const int RedirectedColumns = 140;

    /// <summary>Without a terminal: no escape codes, and tables that are not folded to eighty columns.</summary>
    public static void Adapt()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
            });
            AnsiConsole.Profile.Width = RedirectedColumns;
        }
    }

    public static void Progress(string text) =>
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{text}[/]");

    public static void Round(string name, Measurement item) => Progress(
        string.Create(CultureInfo.InvariantCulture,
            $"  {name,-10} {item.OperationsPerSecond,10:N0} op/s {item.CpuMicrosPerOperation,9:N1} us CPU/op "
            + $"({item.SystemShare:P0} kernel)  p50 {item.P50Micros,8:N0} us  p99 {item.P99Micros,8:N0} us  "
            + $"client {item.ClientCpuMicrosPerOperation:N1} us"));

    public static void Show(CompareResult result)
    {
        Table table = new Table().Title(Markup.Escape(
            $"{result.Workload} {result.Shape}, {result.KeyBytes}/{result.ValueBytes} B, {result.Keys:N0} keys, "
            + (result.Rate > 0 ? $"{result.Rate:N0}/s" : "saturated")));
        table.AddColumns(
            "median of rounds", Markup.Escape(result.A), Markup.Escape(result.B), "better by", "range", "verdict");
        foreach (Comparison item in result.Comparisons)
        {
            table.AddRow(item.Figure, Number(item.MedianA), Number(item.MedianB), $"{Number(item.Ratio)}x",
                $"{Number(item.RatioLow)}..{Number(item.RatioHigh)}", Word(item.Verdict));
        }

        if (result.SyncsPerOperationA is { } syncsA && result.SyncsPerOperationB is { } syncsB)
        {
            table.AddRow("durable writes/op, by strace", Number(syncsA), Number(syncsB), "", "", "one traced round");
        }

        AnsiConsole.Write(table);
        Comparison cpu = result.Comparisons[0];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{result.Workload} {result.Shape}: {result.B} against {result.A}: "
            + $"CPU {cpu.Ratio:N2}x ({Word(cpu.Verdict)}), "
            + $"throughput {result.Comparisons[1].Ratio:N2}x ({Word(result.Comparisons[1].Verdict)})"));
    }

    /// <summary>A small table of facts: one row a server.</summary>
    public static void Show(string title, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new Table().Title(Markup.Escape(title));
        table.AddColumns(columns.Select(Markup.Escape).ToArray());
        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow(row.Select(Markup.Escape).ToArray());
        }

        AnsiConsole.Write(table);
    }

    public static string Number(double value) => value switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("N1", CultureInfo.InvariantCulture),
        >= 0.1 => value.ToString("N2", CultureInfo.InvariantCulture),
        _ => value.ToString("N4", CultureInfo.InvariantCulture),
    };

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Better => "better",
        Verdict.Worse => "worse",
        _ => "no verdict",
    };
}

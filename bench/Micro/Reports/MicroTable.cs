using System.Globalization;
using System.Text;

namespace Keelson.Bench.Micro.Reports;

/// <summary>The results as a table of text.</summary>
internal static class MicroTable
{
    public static string Of(IEnumerable<MicroResult> results)
    {
        var table = new StringBuilder();
        table.AppendLine(Row("per operation", "ns", "+-", "heap B", "CPU ns", "written B"));
        foreach (MicroResult result in results)
        {
            table.AppendLine(Row(
                result.Name,
                Text(result.MeanNanoseconds),
                Text(result.SpreadNanoseconds),
                Text(result.AllocatedBytes),
                Text(result.CpuNanoseconds),
                Text(result.WrittenBytes)));
        }

        return table.Append(CultureInfo.InvariantCulture, $"load {Machine.Load()}").ToString();
    }

    private static string Row(params string[] cells) => cells[0].PadRight(40)
        + string.Concat(cells.Skip(1).Select(cell => cell.PadLeft(13)));

    private static string Text(double? value) => value is not { } number ? ""
        : number.ToString(number < 100 ? "F1" : "N0", CultureInfo.InvariantCulture);
}

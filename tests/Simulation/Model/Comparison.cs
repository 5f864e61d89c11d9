namespace Keelson.Simulation.Model;

/// <summary>
/// etcdserverpb.Compare. <see cref="Operand"/> says which arm of the union is sent: the target's own as a rule, another
/// one or none (null) to see what the server makes of it.
/// </summary>
public sealed record Comparison(ComparisonResult Result, ComparisonTarget Target, string Key)
{
    public string RangeEnd { get; init; } = "";

    public ComparisonTarget? Operand { get; init; }

    public long Number { get; init; }

    public string Value { get; init; } = "";

    public override string ToString()
    {
        string end = RangeEnd.Length == 0 ? "" : $"..{Operation.Show(RangeEnd)}";
        string operand = Operand switch
        {
            null => "nothing",
            ComparisonTarget.Value => Operation.Show(Value),
            _ => $"{Number}",
        };
        return $"{Target}({Operation.Show(Key)}{end}) {Result} {(Operand == Target ? "" : $"{Operand}:")}{operand}";
    }
}

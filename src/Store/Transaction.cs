using Keelson.Base.Codec;

namespace Keelson.Store;

/// <summary>
/// All or nothing: when every condition holds the then-operations run, otherwise the else-operations, in order and
/// under one revision.
/// </summary>
public sealed class Transaction
{
    /// <summary>All must hold; none means always.</summary>
    public IReadOnlyList<Condition> When { get; init; } = [];

    public IReadOnlyList<Operation> Then { get; init; } = [];

    public IReadOnlyList<Operation> Otherwise { get; init; } = [];

    internal void Write(ProtoBuffer target)
    {
        foreach (Condition condition in When)
        {
            int mark = target.BeginMessage(1);
            condition.Write(target);
            target.EndMessage(mark);
        }

        Write(target, 2, Then);
        Write(target, 3, Otherwise);
    }

    private static void Write(ProtoBuffer target, int field, IReadOnlyList<Operation> operations)
    {
        foreach (Operation operation in operations)
        {
            int mark = target.BeginMessage(field);
            operation.Write(target);
            target.EndMessage(mark);
        }
    }
}

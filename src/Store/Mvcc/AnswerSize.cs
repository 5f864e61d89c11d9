namespace Keelson.Store.Mvcc;

/// <summary>What an answer's KeyValues weigh, known before a value is read.</summary>
/// <param name="Bytes">At most so many.</param>
/// <param name="IsExact">False when filters, a limit after sorting or the request's own writes may leave less.</param>
internal readonly record struct AnswerSize(long Bytes, bool IsExact)
{
    public static readonly AnswerSize Nothing = new(0, IsExact: true);

    /// <summary>No gRPC message can hold it.</summary>
    public bool IsTooLarge => IsExact && Bytes > int.MaxValue;

    public static AnswerSize operator +(AnswerSize left, AnswerSize right) =>
        new(left.Bytes + right.Bytes, left.IsExact && right.IsExact);
}

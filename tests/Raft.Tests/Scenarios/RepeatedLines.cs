namespace Keelson.Raft.Tests.Scenarios;

/// <summary>Says lines that come again and again once, and how often: ten heartbeats are no news.</summary>
internal static class RepeatedLines
{
    private const int GroupMax = 4;

    public static IReadOnlyList<string> Fold(IReadOnlyList<string> lines)
    {
        var folded = new List<string>();
        int position = 0;
        while (position < lines.Count)
        {
            (int group, int times) = Find(lines, position);
            folded.AddRange(lines.Skip(position).Take(group));
            if (times > 1)
            {
                folded.Add($"… {times} times");
            }

            position += group * times;
        }

        return folded;
    }

    // The shortest group that comes at least three times in a row.
    private static (int Group, int Times) Find(IReadOnlyList<string> lines, int position)
    {
        for (int group = 1; group <= GroupMax; group++)
        {
            int times = 1;
            while (IsSame(lines, position, position + (group * times), group))
            {
                times++;
            }

            if (times > 2)
            {
                return (group, times);
            }
        }

        return (1, 1);
    }

    private static bool IsSame(IReadOnlyList<string> lines, int one, int other, int count) =>
        other + count <= lines.Count
        && Enumerable.Range(0, count).All(offset => lines[one + offset] == lines[other + offset]);
}

using Keelson.Base.Seams;

namespace Keelson.Raft.Tests.Scenarios;

/// <summary>Draws the same each time: the election time of member 1 is 10 ticks, of each next one 2 more.</summary>
internal sealed class NoChance(int member) : IRandom
{
    public ulong Next() => 2 * ((ulong)member - 1);
}

using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>
/// A store alone: all that is durable is committed. A log that tells of a cluster's members is not its own: tools may
/// look at what comes before, but nothing may be added.
/// </summary>
internal sealed class SoloOrdering : IOrdering
{
    public bool MayReplay(StoreParts parts, in LogEntryView entry) => !entry.IsConfiguration;

    public IBatchOrder Create(OrderContext context)
    {
        LogAppender log = context.Parts.Log;
        if (log.LastIndex != context.Parts.State.AppliedIndex)
        {
            throw new StoreDamageException(
                "log", 0, "the log of a store alone", "that of a member of a cluster: `keelson store` serves it");
        }

        return new SoloOrder(log, context.Segments, context.Writing, context.EntryBytesMax);
    }
}

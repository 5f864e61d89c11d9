using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>What performs log writes, several at a time, beside all other work.</summary>
/// <remarks>
/// Promises: each submitted write is reported exactly once, with null or with what went wrong, and never on the stack
/// of who submitted it. After the first failure nothing is written any more: the later writes are reported with the
/// same failure.
/// </remarks>
internal interface ILogWriters : IDisposable
{
    /// <summary>
    /// Queues a write, of which there are never more than an appender has in flight; returns at once.
    /// </summary>
    void Submit(LogWrite write);

    /// <summary>Performs a write before it returns: null, or what went wrong.</summary>
    Exception? Perform(LogWrite write);
}

using Keelson.Store.Log;

namespace Keelson.Store.Host;

/// <summary>The two ways of a log write to the disk; both end with the order being told.</summary>
/// <param name="Submit">Hands a write to the log writers and returns at once.</param>
/// <param name="Perform">Writes on the calling thread and returns when it is done.</param>
internal readonly record struct LogWriting(Action<LogWrite> Submit, Action<LogWrite> Perform);

namespace Keelson.Store.Host;

/// <summary>A step that runs again and again: see <see cref="IEngineThreads.CreateLoop"/>.</summary>
/// <remarks>Promise: a <see cref="Wake"/> that returns before or during a step is followed by another step.</remarks>
internal interface ILoop : IDisposable
{
    void Start();

    /// <summary>There may be work. Any thread.</summary>
    void Wake();
}

namespace Keelson.Bench.Load.Transport;

/// <summary>HTTP/2 frame types (RFC 9113, section 6).</summary>
internal enum FrameType
{
    Data = 0,
    Headers = 1,
    Priority = 2,
    ResetStream = 3,
    Settings = 4,
    PushPromise = 5,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}

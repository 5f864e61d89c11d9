namespace Keelson.Wire;

/// <summary>The HTTP/2 frames that tests write and read (RFC 9113, section 6).</summary>
public enum FrameType
{
    Data = 0,
    Headers = 1,
    ResetStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
}

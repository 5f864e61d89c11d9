namespace Keelson.Bench.Load.Transport;

/// <summary>HTTP/2 frame flags; bit 0 is END_STREAM on DATA and HEADERS, ACK on SETTINGS and PING.</summary>
[Flags]
internal enum FrameFlags
{
    None = 0,
    EndStream = 0x1,
    Ack = EndStream,
    EndHeaders = 0x4,
    Padded = 0x8,
    Priority = 0x20,
}

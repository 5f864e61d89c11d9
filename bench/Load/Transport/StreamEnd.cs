using System.Globalization;

namespace Keelson.Bench.Load.Transport;

/// <summary>How a stream ended, in words where it was not in order.</summary>
/// <param name="IsOK">The server says that the call succeeded.</param>
/// <param name="Text">For people.</param>
internal readonly record struct StreamEnd(bool IsOK, string Text)
{
    // The codes' names (gRPC, statuscodes.md).
    private static readonly string[] Codes =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    public static readonly StreamEnd InOrder = new(true, Codes[0]);

    /// <param name="error">As in RFC 9113, section 7.</param>
    public static StreamEnd OfReset(int error) => new(false, $"the server reset the stream, HTTP/2 error {error}");

    /// <param name="fields">Of the block that ended the stream: trailers, or headers that are both.</param>
    public static StreamEnd OfTrailers(IReadOnlyList<(string Name, string Value)> fields)
    {
        string? status = Find(fields, "grpc-status");
        if (status is null)
        {
            string? http = Find(fields, ":status");
            return new StreamEnd(false, http is null ? "no status came" : $"HTTP status {http}, no gRPC status");
        }

        bool isKnown = int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out int code)
            && code < Codes.Length;
        string name = isKnown ? Codes[code] : $"status {status}";
        // Percent-encoded where it is not printable ASCII (gRPC, PROTOCOL-HTTP2.md).
        string message = Uri.UnescapeDataString(Find(fields, "grpc-message") ?? "");
        return new StreamEnd(isKnown && code == 0, message.Length == 0 ? name : $"{name}: {message}");
    }

    private static string? Find(IReadOnlyList<(string Name, string Value)> fields, string name) =>
        fields.FirstOrDefault(field => field.Name == name).Value;
}

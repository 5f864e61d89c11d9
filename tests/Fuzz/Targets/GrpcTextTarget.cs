using System.Text;
using Keelson.Fuzz.Driver;
using Keelson.Rpc.Framing;

namespace Keelson.Fuzz.Targets;

/// <summary>The headers grpc-timeout and grpc-message.</summary>
internal sealed class GrpcTextTarget : FuzzTarget
{
    private static readonly string[] Samples = ["99999999H", "1m", "10S", "000u", "5n", "7M"];

    public override string Name => "grpctext";

    public override int SmokeInputs => 150_000;

    public override Func<bool> Prepare(FuzzInput input)
    {
        // HTTP/2 hands headers over as bytes; each becomes one character.
        string text = Encoding.Latin1.GetString(input.Parts[0]);
        return () =>
        {
            string decoded = GrpcMessageText.Decode(text);
            FuzzViolationException.Require(decoded.Length <= text.Length, "a message grew by decoding");
            string again = GrpcMessageText.Decode(GrpcMessageText.Encode(decoded));
            FuzzViolationException.Require(again == decoded, "encoding and decoding changed a message");
            return ReadTimeout(text);
        };
    }

    protected override IReadOnlyList<FuzzInput> CreateCorpus() =>
        [.. Samples.Select(text => new FuzzInput(Encoding.Latin1.GetBytes(text)))];

    private static bool ReadTimeout(string text)
    {
        if (!GrpcTimeout.TryParse(text, out TimeSpan timeout))
        {
            return false;
        }

        FuzzViolationException.Require(timeout >= TimeSpan.Zero, "a timeout below zero");
        bool again = GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out TimeSpan sent);
        FuzzViolationException.Require(again && sent >= timeout, "a timeout became shorter by sending it on");
        return true;
    }
}

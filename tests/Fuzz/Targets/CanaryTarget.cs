using System.Buffers.Binary;
using Keelson.Fuzz.Driver;

namespace Keelson.Fuzz.Targets;

/// <summary>A parser with a fault on purpose: it believes a length field that is larger than the message.</summary>
internal sealed class CanaryTarget(CanaryFault planted) : FuzzTarget
{
    private const int LengthOffset = 8;
    private volatile bool _released;

    public override string Name => "canary";

    public override int SmokeInputs => 0;

    /// <summary>Ends the planted loop, so that its thread does not outlive the test.</summary>
    public void Release() => _released = true;

    public bool WouldFail(FuzzInput input)
    {
        byte[] message = input.Parts[0];
        return message.Length >= LengthOffset + sizeof(int)
            && BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(LengthOffset)) > 1 << 25;
    }

    public override Func<bool> Prepare(FuzzInput input) => () => !WouldFail(input) || Fail();

    protected override IReadOnlyList<FuzzInput> CreateCorpus() => [new FuzzInput(new byte[40])];

    private bool Fail()
    {
        switch (planted)
        {
            case CanaryFault.Exception:
                throw new InvalidOperationException("planted");
            case CanaryFault.Loop:
                SpinWait.SpinUntil(() => _released);
                return false;
            default:
                return GC.AllocateUninitializedArray<byte>(1 << 22).Length == 0;
        }
    }
}

using Keelson.Fuzz.Driver;
using Keelson.Fuzz.Targets;

namespace Keelson.Fuzz;

/// <summary>A short run of every target, over the same inputs each time; the long one is <c>make fuzz</c>.</summary>
public sealed class FuzzSmokeTests
{
    private static IEnumerable<string> Targets => FuzzTargets.All.Select(target => target.Name);

    // Goal: no input leads a parser to anything but its documented answers, to a hang or to a large allocation.
    [TestCaseSource(nameof(Targets))]
    public void Target_OfMutatedSamples_AnswersAsDocumented(string name)
    {
        FuzzTarget target = FuzzTargets.All.Single(each => each.Name == name);
        var driver = new FuzzDriver(target);

        FuzzFault? fault = driver.Run(1, () => driver.Inputs < target.SmokeInputs);

        Assert.That(fault, Is.Null, $"{fault}");
        // Inputs that are all refused, or all taken, would test one line of the parser.
        Assert.That(driver.Accepted, Is.GreaterThan(0).And.LessThan(driver.Inputs));
    }

    // What the targets found once; the names in src say what was wrong.
    [TestCase("wire", 663_802ul, Description = "a replaced arm of a union that is no message")]
    [TestCase("log", 549_000ul, Description = "a segment that begins with the last sequence number there is")]
    [TestCase("historysegment", 24ul, Description = "a footer whose sparse index falls, with a right checksum")]
    [TestCase("treepage", 85ul, Description = "a page of no bytes")]
    [TestCase("treepage", 169_859ul, Description = "counts whose sum overflows")]
    [TestCase("root", 150ul, Description = "a root that names a page of no bytes")]
    public void Target_OfSeedThatFailedOnce_AnswersAsDocumented(string name, ulong seed)
    {
        var driver = new FuzzDriver(FuzzTargets.All.Single(each => each.Name == name));

        Assert.That(driver.TryOne(seed), Is.Null);
    }

    // A driver that finds nothing must not pass for parsers without faults.
    [TestCase(CanaryFault.Exception, FuzzFaultKind.Exception)]
    [TestCase(CanaryFault.Loop, FuzzFaultKind.Hang)]
    [TestCase(CanaryFault.Allocation, FuzzFaultKind.Allocation)]
    public void Driver_OfParserWithPlantedFault_FindsItAndItsSeedRepeatsIt(CanaryFault planted, FuzzFaultKind expected)
    {
        const int inputsMax = 200_000;
        var canary = new CanaryTarget(planted);
        var driver = new FuzzDriver(canary) { HangMilliseconds = 500 };

        FuzzFault? fault = driver.Run(1, () => driver.Inputs < inputsMax);
        canary.Release();

        Assert.That(fault?.Kind, Is.EqualTo(expected));
        Assert.That(canary.WouldFail(Mutator.Create(canary, fault!.Seed)), Is.True);
    }

    [TestCaseSource(nameof(Targets))]
    public void Mutator_OfOneSeed_MakesTheSameInputAgain(string name)
    {
        FuzzTarget target = FuzzTargets.All.Single(each => each.Name == name);
        for (ulong seed = 1; seed <= 50; seed++)
        {
            byte[][] first = Mutator.Create(target, seed).Parts;
            Assert.That(Mutator.Create(target, seed).Parts, Is.EqualTo(first));
        }
    }
}

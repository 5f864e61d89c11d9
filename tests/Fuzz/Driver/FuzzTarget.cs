namespace Keelson.Fuzz.Driver;

/// <summary>One parser under test: valid samples, and how to feed it.</summary>
internal abstract class FuzzTarget
{
    private readonly Lazy<IReadOnlyList<FuzzInput>> _corpus;

    protected FuzzTarget()
    {
        _corpus = new Lazy<IReadOnlyList<FuzzInput>>(CreateCorpus);
    }

    public abstract string Name { get; }

    /// <summary>Valid inputs; every one is accepted.</summary>
    public IReadOnlyList<FuzzInput> Corpus => _corpus.Value;

    /// <summary>How many inputs the smoke run tries: two to five seconds on one core.</summary>
    public abstract int SmokeInputs { get; }

    /// <summary>What reading an input may allocate on the managed heap, in bytes.</summary>
    public virtual long AllocatedBytesMax(FuzzInput input) =>
        FuzzLimits.AllocationFactor * (long)Math.Max(input.Length, FuzzLimits.InputBytesFloor);

    /// <summary>Puts right the checksums in changed bytes; false when the format has none.</summary>
    public virtual bool TryReseal(byte[][] parts) => false;

    /// <summary>
    /// Sets the input up, which is not measured; the returned function reads it and says whether it was accepted. It
    /// throws when anything but a documented answer comes back.
    /// </summary>
    public abstract Func<bool> Prepare(FuzzInput input);

    public override string ToString() => Name;

    protected abstract IReadOnlyList<FuzzInput> CreateCorpus();
}

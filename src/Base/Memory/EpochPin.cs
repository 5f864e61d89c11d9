namespace Keelson.Base.Memory;

/// <summary>A reader's announcement to an <see cref="EpochGate"/>: what it saw stays until it is disposed.</summary>
public ref struct EpochPin
{
    private ref long _slot;

    internal EpochPin(ref long slot)
    {
        _slot = ref slot;
    }

    public void Dispose()
    {
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref _slot))
        {
            Volatile.Write(ref _slot, 0);
            _slot = ref System.Runtime.CompilerServices.Unsafe.NullRef<long>();
        }
    }
}

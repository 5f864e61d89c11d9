namespace Keelson.Store.Mvcc;

/// <summary>
/// Puts, deletions and ranges since the start, those inside transactions and at the end of leases included, counted as
/// etcd counts them (3.5, mvcc/metrics_txn.go): a compare is a range, and so is what looks at the previous value; more
/// than one operation in a run is a transaction, whoever asked for it.
/// </summary>
/// <remarks>Written by the thread that applies, read by any.</remarks>
internal sealed class OperationCounts
{
    private long _puts;
    private long _putBytes;
    private long _deletions;
    private long _ranges;
    private long _transactions;
    private int _running;

    public long Puts => Volatile.Read(ref _puts);

    /// <summary>Bytes of keys and values that were put.</summary>
    public long PutBytes => Volatile.Read(ref _putBytes);

    public long Deletions => Volatile.Read(ref _deletions);

    public long Ranges => Volatile.Read(ref _ranges);

    public long Transactions => Volatile.Read(ref _transactions);

    public void Put(int bytes)
    {
        Volatile.Write(ref _puts, _puts + 1);
        Volatile.Write(ref _putBytes, _putBytes + bytes);
        _running++;
    }

    public void Delete()
    {
        Volatile.Write(ref _deletions, _deletions + 1);
        _running++;
    }

    public void Range(int count = 1)
    {
        Volatile.Write(ref _ranges, _ranges + count);
        _running += count;
    }

    /// <summary>What ran since the last call ran together.</summary>
    public void EndRun()
    {
        if (_running > 1)
        {
            Volatile.Write(ref _transactions, _transactions + 1);
        }

        _running = 0;
    }
}

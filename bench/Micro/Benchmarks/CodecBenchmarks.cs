using BenchmarkDotNet.Attributes;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Rpc.Etcd;
using Keelson.Store.History;
using Keelson.Store.Requests;

namespace Keelson.Bench.Micro.Benchmarks;

/// <summary>Reading requests and writing a page of a list.</summary>
public class CodecBenchmarks
{
    private const int Page = 500;

    private readonly byte[] _put = MicroData.Put(1);
    private readonly byte[] _range = MicroData.Range();
    private readonly byte[] _txn = MicroData.Txn(1);
    private readonly byte[] _keyValue = KeyValue();
    private readonly ProtoBuffer _response = new();

    [Benchmark]
    public bool ParsePut() => Keelson.Store.Requests.PutRequest.TryParse(_put, out _);

    [Benchmark]
    public bool ParseRange() => Keelson.Store.Requests.RangeRequest.TryParse(_range, out _);

    /// <summary>Validation, which reads every part.</summary>
    [Benchmark]
    public bool CheckTxn() => RequestValidator.CheckTxn(_txn, RequestLimits.Default) == Keelson.Store.StoreError.None;

    /// <summary>Per pair of a page of 500.</summary>
    [Benchmark(OperationsPerInvoke = Page)]
    public int EncodeRange()
    {
        _response.Clear();
        for (int index = 0; index < Page; index++)
        {
            ResponseWriter.RangeKeyValue(_response, _keyValue);
        }

        ResponseWriter.RangeEnd(_response, more: true, count: 100_000);
        return _response.Length;
    }

    private static byte[] KeyValue()
    {
        var view = new KeyValueView
        {
            Key = MicroData.Key(1),
            Value = new byte[MicroData.ValueBytes],
            Version = 1,
            CreateRevision = new Revision(12345),
            ModRevision = new Revision(12345),
        };
        var bytes = new byte[KeyValueCodec.Size(view)];
        KeyValueCodec.Write(view, bytes);
        return bytes;
    }
}

using System.Text;
using Keelson.Base.Codec;

namespace Keelson.Store.Tests.Requests;

/// <summary>
/// Writes TxnRequest messages by hand, so that shapes the embedding API cannot express are reachable.
/// </summary>
internal sealed class TxnBuilder
{
    private readonly ProtoBuffer _buffer = new();

    public byte[] Bytes => _buffer.Written.ToArray();

    public TxnBuilder Compare(string key) => Add(1, compare => compare.Bytes(3, Encoding.UTF8.GetBytes(key)));

    public TxnBuilder Put(string key, bool otherwise = false) =>
        AddOperation(otherwise, 2, put => put.Bytes(1, Encoding.UTF8.GetBytes(key)));

    public TxnBuilder Range(string key, bool otherwise = false) =>
        AddOperation(otherwise, 1, range => range.Bytes(1, Encoding.UTF8.GetBytes(key)));

    public TxnBuilder Delete(string key, string end = "", bool otherwise = false) =>
        AddOperation(otherwise, 3, delete =>
        {
            delete.Bytes(1, Encoding.UTF8.GetBytes(key));
            delete.Bytes(2, Encoding.UTF8.GetBytes(end));
        });

    public TxnBuilder Nested(TxnBuilder inner, bool otherwise = false)
    {
        Add(otherwise ? 3 : 2, operation => operation.Message(4, inner._buffer.Written));
        return this;
    }

    public TxnBuilder EmptyOperation() => Add(2, _ => { });

    private TxnBuilder AddOperation(bool otherwise, int kind, Action<ProtoBuffer> write) =>
        Add(otherwise ? 3 : 2, operation =>
        {
            int mark = operation.BeginMessage(kind);
            write(operation);
            operation.EndMessage(mark);
        });

    private TxnBuilder Add(int field, Action<ProtoBuffer> write)
    {
        int mark = _buffer.BeginMessage(field);
        write(_buffer);
        _buffer.EndMessage(mark);
        return this;
    }
}

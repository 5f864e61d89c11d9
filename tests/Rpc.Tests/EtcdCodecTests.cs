using Google.Protobuf;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Rpc.Etcd;

namespace Keelson.Rpc.Tests;

/// <summary>The writers without objects against Google's: the same bytes for the same answer.</summary>
public sealed class EtcdCodecTests
{
    [FsCheck.NUnit.Property]
    public bool Header_AnyFields_EqualsGoogleProtobuf(ulong cluster, ulong member, long revision, long term)
    {
        var message = new PutResponse { Header = Message(cluster, member, revision, term) };
        var written = new ArrayBufferWriter<byte>();
        ResponseWriter.Header(written, Header(cluster, member, revision, term));
        return written.WrittenSpan.SequenceEqual(message.ToByteArray());
    }

    [FsCheck.NUnit.Property]
    public bool Range_AnyValues_EqualsGoogleProtobuf(byte[][] values, bool more, long count, long revision)
    {
        var message = new RangeResponse { Header = Message(1, 2, revision, 3), More = more, Count = count };
        var written = new ArrayBufferWriter<byte>();
        ResponseWriter.Header(written, Header(1, 2, revision, 3));
        foreach (byte[] value in values)
        {
            KeyValue keyValue = Pair(value);
            message.Kvs.Add(keyValue);
            ResponseWriter.RangeKeyValue(written, keyValue.ToByteArray());
        }

        ResponseWriter.RangeEnd(written, more, count);
        return written.WrittenSpan.SequenceEqual(message.ToByteArray());
    }

    [FsCheck.NUnit.Property]
    public bool PutAndDelete_AnyValues_EqualGoogleProtobuf(byte[] value, long deleted)
    {
        KeyValue pair = Pair(value);
        var put = new ArrayBufferWriter<byte>();
        ResponseWriter.Header(put, Header(1, 2, 3, 4));
        ResponseWriter.PutPreviousKeyValue(put, pair.ToByteArray());
        var delete = new ArrayBufferWriter<byte>();
        ResponseWriter.Header(delete, Header(1, 2, 3, 4));
        ResponseWriter.DeletedCount(delete, deleted);
        ResponseWriter.DeletedKeyValue(delete, pair.ToByteArray());

        var putMessage = new PutResponse { Header = Message(1, 2, 3, 4), PrevKv = pair };
        var deleteMessage = new DeleteRangeResponse
        {
            Header = Message(1, 2, 3, 4),
            Deleted = deleted,
            PrevKvs = { pair },
        };
        return put.WrittenSpan.SequenceEqual(putMessage.ToByteArray())
            && delete.WrittenSpan.SequenceEqual(deleteMessage.ToByteArray());
    }

    [Test]
    public void Txn_NestedHeaderOfRevisionOnly_EqualsGoogleProtobuf([Values] bool succeeded)
    {
        AnswerHeader header = Header(1, 2, 300, 4);
        var response = new ResponseOp
        {
            ResponsePut = new PutResponse { Header = new ResponseHeader { Revision = 300 } },
        };
        var nested = new ArrayBufferWriter<byte>();
        ResponseWriter.Header(nested, header.RevisionOnly);
        Assert.That(nested.WrittenSpan.ToArray(), Is.EqualTo(response.ResponsePut.ToByteArray()));

        var written = new ArrayBufferWriter<byte>();
        ResponseWriter.Header(written, header);
        ResponseWriter.TxnOutcome(written, succeeded);
        ResponseWriter.TxnResponse(written, response.ToByteArray());
        var message = new TxnResponse
        {
            Header = Message(1, 2, 300, 4),
            Succeeded = succeeded,
            Responses = { response },
        };
        Assert.That(written.WrittenSpan.ToArray(), Is.EqualTo(message.ToByteArray()));
    }

    [FsCheck.NUnit.Property]
    public bool LeaseKeepAlive_AnyLease_EqualsGoogleProtobufBothWays(long id, long ttl)
    {
        var written = new ArrayBufferWriter<byte>();
        ResponseWriter.LeaseKeepAlive(written, Header(1, 2, 3, 4), id, ttl);
        var message = new LeaseKeepAliveResponse { Header = Message(1, 2, 3, 4), ID = id, TTL = ttl };
        bool isRead = LeaseKeepAliveRequestReader.TryRead(
            new LeaseKeepAliveRequest { ID = id }.ToByteArray(), out LeaseId lease);
        return written.WrittenSpan.SequenceEqual(message.ToByteArray()) && isRead && lease.Value == id;
    }

    [FsCheck.NUnit.Property]
    public bool Watch_AnyHeadAndEvents_EqualsGoogleProtobuf(
        long watchId, long compactRevision, bool flag, string? reason, byte[][] values)
    {
        string clean = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(reason ?? string.Empty));
        var head = new WatchHead(Header(1, 2, 3, 4), watchId)
        {
            Created = flag,
            Canceled = !flag,
            CompactRevision = compactRevision,
            CancelReason = clean,
            Fragment = flag,
        };
        var message = new WatchResponse
        {
            Header = Message(1, 2, 3, 4),
            WatchId = watchId,
            Created = flag,
            Canceled = !flag,
            CompactRevision = compactRevision,
            CancelReason = clean,
            Fragment = flag,
        };
        var written = new ArrayBufferWriter<byte>();
        head.Write(written);
        bool isHeadExact = written.WrittenCount == head.Bytes;
        foreach (byte[] value in values)
        {
            bool isDelete = value.Length % 2 == 0;
            KeyValue? previous = value.Length % 3 == 0 ? Pair([1]) : null;
            message.Events.Add(new Event
            {
                Type = isDelete ? Event.Types.EventType.Delete : Event.Types.EventType.Put,
                Kv = Pair(value),
                PrevKv = previous,
            });
            WriteEvent(written, isDelete, Pair(value).ToByteArray(), previous?.ToByteArray() ?? []);
        }

        return isHeadExact && written.WrittenSpan.SequenceEqual(message.ToByteArray());
    }

    [FsCheck.NUnit.Property]
    public bool KeepAliveReader_AnyBytes_AgreesWithGoogleProtobuf(byte[] bytes)
    {
        bool isRead = LeaseKeepAliveRequestReader.TryRead(bytes, out LeaseId lease);
        try
        {
            return !isRead || LeaseKeepAliveRequest.Parser.ParseFrom(bytes).ID == lease.Value;
        }
        catch (InvalidProtocolBufferException)
        {
            // Google's parser is stricter with what lies inside of unknown fields.
            return true;
        }
    }

    [Test]
    public void EtcdErrors_AllTexts_AreUniqueAndPrefixed()
    {
        RpcStatus[] all =
        [
            .. typeof(EtcdErrors).GetFields().Select(static field => field.GetValue(null)).OfType<RpcStatus>(),
        ];
        Assert.That(all, Has.Length.EqualTo(65));
        Assert.That(all.Select(static status => status.Message), Is.Unique);
        Assert.That(
            all.Except([EtcdErrors.LeaderKeyMissing]).Select(static status => status.Message),
            Is.All.StartsWith("etcdserver: "));
        Assert.That(EtcdErrors.KeyIsEmpty.ToString(), Is.EqualTo("InvalidArgument: etcdserver: key is not provided"));
        Assert.That(EtcdErrors.TooManyRequests.Code, Is.EqualTo(StatusCode.Unknown));
        Assert.That(EtcdErrors.NotEnoughStartedMembers.Code, Is.EqualTo(StatusCode.Unknown));
    }

    [TestCase("a", "b")]
    [TestCase("a\u007F", "a\u0080")]
    public void KeyRange_Prefix_EndsAtNextPrefix(string prefix, string end)
    {
        byte[] expected = System.Text.Encoding.Latin1.GetBytes(end);
        KeyRange range = KeyRange.Prefix(System.Text.Encoding.Latin1.GetBytes(prefix));
        Assert.That(range.RangeEnd.ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void KeyRange_PrefixOfHighBytes_IsCarriedOrOpen()
    {
        byte[] carried = KeyRange.Prefix(new byte[] { 1, 0xFF, 0xFF }).RangeEnd.ToArray();
        byte[] open = KeyRange.Prefix(new byte[] { 0xFF }).RangeEnd.ToArray();
        Assert.That((carried, open), Is.EqualTo((new byte[] { 2 }, new byte[] { 0 })));
        Assert.That(KeyRange.Prefix(default), Is.EqualTo(KeyRange.All));
    }

    private static void WriteEvent(
        ArrayBufferWriter<byte> destination, bool isDelete, byte[] keyValue, byte[] previous)
    {
        int size = WatchEventBytes.Size(keyValue.Length, previous.Length, isDelete);
        var writer = new ProtoWriter(destination.GetSpan(size));
        WatchEventBytes.Write(ref writer, isDelete, keyValue, previous);
        Assert.That(writer.Position, Is.EqualTo(size));
        destination.Advance(size);
    }

    private static AnswerHeader Header(ulong cluster, ulong member, long revision, long term) =>
        new(new ClusterId(cluster), new MemberId(member), new Revision(revision), new Term(Math.Abs(term % 1_000_000)));

    private static ResponseHeader Message(ulong cluster, ulong member, long revision, long term) => new()
    {
        ClusterId = cluster,
        MemberId = member,
        Revision = revision,
        RaftTerm = (ulong)Math.Abs(term % 1_000_000),
    };

    private static KeyValue Pair(byte[] value) => new()
    {
        Key = ByteString.CopyFromUtf8("key"),
        Value = ByteString.CopyFrom(value),
        CreateRevision = 2,
        ModRevision = 3,
        Version = 2,
    };
}

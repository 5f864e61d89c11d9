using System.Text;
using Keelson.Base.Codec;
using Keelson.Base.Identity;
using Keelson.Raft;
using Keelson.Raft.Membership;
using Keelson.Raft.Messages;
using Keelson.Simulation;
using Keelson.Simulation.Disk;
using Keelson.Store;
using Keelson.Store.Host;
using Keelson.Store.Mvcc;
using Keelson.Store.Requests;
using Keelson.StoreServer.Replication;

namespace Keelson.StoreServer.Tests.Replication;

/// <summary>One member on threads of its own; its disk is memory, its network a call.</summary>
internal sealed class ReplicaMember(MemberId id, Configuration bootstrap, Action<Message> send)
{
    private ReplicaOrdering? _ordering;
    private StoreEngine? _engine;

    public MemberId Id => id;

    public SimulatedDisk Disk { get; } = new(new SeededRandom(id.Value));

    public StoreEngine Engine => _engine!;

    public ReplicaStatus? Status => _ordering?.Replica.Status;

    public bool IsUp => _engine is not null;

    public bool Leads => IsUp && Status!.Role == RaftRole.Leader;

    public void Start(ulong seed)
    {
        _ordering = new ReplicaOrdering(new ReplicaOptions
        {
            Self = id,
            Bootstrap = bootstrap,
            Send = send,
            HeartbeatMilliseconds = 10,
        });
        _engine = StoreEngine.Open(
            new StoreOptions
            {
                LogSegmentBytes = 4 << 20,
                Failed = static failure => TestContext.Error.WriteLine(failure),
            },
            new EngineSurroundings(Disk, new SystemClock(), new SeededRandom(seed)) { Ordering = _ordering });
    }

    public async Task StopAsync()
    {
        StoreEngine? engine = _engine;
        _engine = null;
        if (engine is not null)
        {
            await engine.DisposeAsync();
            Disk.Restart();
        }
    }

    public void Receive(Message message) => _ordering?.Replica.Receive(message);

    public async Task<RequestOutcome> PutAsync(string key, string value)
    {
        var request = new ProtoBuffer();
        request.Bytes(1, Encoding.UTF8.GetBytes(key));
        request.Bytes(2, Encoding.UTF8.GetBytes(value));
        return await Engine.ProposeAsync(RequestKind.Put, request.WrittenMemory, null);
    }

    public Task<bool> HandOverAsync(MemberId target) =>
        _ordering!.Replica.HandOverAsync(target, TimeProvider.System);

    /// <summary>A linearizable read; null when the key is not there.</summary>
    public async Task<string?> GetAsync(string key)
    {
        StoreError error = await _ordering!.Replica.ReadAsync();
        Assert.That(error, Is.EqualTo(StoreError.None));
        return Look(key);
    }

    /// <summary>What is there now, whatever others have.</summary>
    public string? Look(string key)
    {
        var request = new ProtoBuffer();
        request.Bytes(1, Encoding.UTF8.GetBytes(key));
        var response = new ProtoBuffer();
        StoreError error = Engine.Range(RangeRequest.Parse(request.Written), response, out _);
        Assert.That(error, Is.EqualTo(StoreError.None));
        var answer = Keelson.Rpc.Etcd.RangeResponse.Parser.ParseFrom(response.Written);
        return answer.Kvs.Count == 0 ? null : answer.Kvs[0].Value.ToStringUtf8();
    }
}

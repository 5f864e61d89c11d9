using System.Diagnostics;
using System.Text;
using Keelson.Base.Codec;
using Keelson.Rpc;
using Keelson.Rpc.Server;
using Keelson.Store;
using Keelson.Store.Backup;
using Keelson.Store.Host;
using Keelson.StoreServer.Serving;

namespace Keelson.StoreServer.Verbs;

/// <summary>
/// A backup as a stream of blobs, the last 32 bytes being the SHA-256 of all before. Writes go on meanwhile; a client
/// that does not read holds a moment of the store and one piece of memory.
/// </summary>
internal sealed class SnapshotVerb(ServedStore store, ReadGates gates) : IStreamHandler
{
    private const int RemainingField = 2;
    private const int BlobField = 3;
    private const int VersionField = 4;

    /// <summary>How much is read from the disk at a time; sent in etcd's blobs of 32 KiB.</summary>
    private const int PieceBytes = 1 << 20;

    private static readonly byte[] Version = Encoding.ASCII.GetBytes(ServedVersion.Server);

    public async ValueTask<RpcStatus> HandleAsync(RpcCall call, IMessageReader requests, IMessageWriter responses)
    {
        if (await requests.ReadAsync(Rpc.Etcd.SnapshotRequest.Parser) is { Status: { IsOK: false } fault })
        {
            return fault;
        }

        using IDisposable? turn = await gates.EnterWholeAsync(call.CancellationToken);
        if (turn is null)
        {
            return Rpc.Etcd.EtcdErrors.TooManyRequests;
        }

        long started = Stopwatch.GetTimestamp();
        try
        {
            using StoreSnapshot snapshot = await Task.Run(() => store.Engine.Snapshots.Begin([Self()]));
            RpcStatus status = await SendAsync(snapshot, call, responses);
            store.Metrics.SnapshotSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
            return status;
        }
        catch (StoreException exception)
        {
            return ErrorStatus.Of(exception.Error);
        }
    }

    private async Task<RpcStatus> SendAsync(StoreSnapshot snapshot, RpcCall call, IMessageWriter responses)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (!store.Stopping.IsCancellationRequested)
            {
                int length = await Task.Run(() => snapshot.Read(piece.AsSpan(0, PieceBytes)));
                if (length == 0)
                {
                    return RpcStatus.OK;
                }

                for (int sent = 0; sent < length; sent += BoltWriter.PieceBytes)
                {
                    int blob = Math.Min(BoltWriter.PieceBytes, length - sent);
                    long remaining = snapshot.RemainingBytes + (length - sent - blob);
                    Write(responses.Begin(), piece.AsSpan(sent, blob), remaining);
                    if (!await responses.SendAsync())
                    {
                        return call.CancellationStatus;
                    }
                }
            }

            return ErrorStatus.Of(StoreError.Stopped);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static void Write(IBufferWriter<byte> response, ReadOnlySpan<byte> blob, long remaining)
    {
        int size = ProtoSize.Int64(RemainingField, remaining)
            + ProtoSize.Bytes(BlobField, blob.Length)
            + ProtoSize.Bytes(VersionField, Version.Length);
        var writer = new ProtoWriter(response.GetSpan(size));
        writer.Int64(RemainingField, remaining);
        writer.Bytes(BlobField, blob);
        writer.Bytes(VersionField, Version);
        response.Advance(writer.Position);
    }

    private BackupMember Self() => new(
        store.Identity.Member,
        store.Options.Name,
        [.. store.Options.InitialAdvertisePeerUrls.Select(url => url.ToString())],
        [.. store.Options.AdvertiseClientUrls.Select(url => url.ToString())]);
}

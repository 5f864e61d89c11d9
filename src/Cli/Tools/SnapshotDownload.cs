using Keelson.Base.Seams;
using Keelson.Rpc;
using Keelson.Rpc.Client;
using Keelson.Rpc.Etcd;
using Keelson.Store.Backup;
using Keelson.Store.Host;

namespace Keelson.Cli.Tools;

/// <summary>
/// Fetches a backup from any server of etcd's API into a file: under another name until it is whole, checked and
/// durable.
/// </summary>
internal static class SnapshotDownload
{
    private const string Method = "/etcdserverpb.Maintenance/Snapshot";
    private const string PartialSuffix = ".part";

    /// <summary>Returns the server's storage version; empty when it does not say.</summary>
    /// <exception cref="IOException">The server refused, or the connection broke.</exception>
    /// <exception cref="Store.StoreDamageException">What came is not what was sent.</exception>
    public static async Task<string> RunAsync(
        RpcChannel channel, string file, IProgress<ulong> remaining, CancellationToken cancellationToken)
    {
        string partial = file + PartialSuffix;
        try
        {
            string version;
            await using (FileStream output = File.Create(partial))
            {
                version = await ReceiveAsync(channel, output, remaining, cancellationToken);
                MakeDurable(output);
            }

            using (IDiskFile written = SnapshotRestore.OpenSnapshot(partial))
            {
                new SnapshotReader(written, partial).VerifyTrailer();
            }

            File.Move(partial, file, overwrite: true);
            return version;
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    // There is no asynchronous call that does this.
    private static void MakeDurable(FileStream file) => file.Flush(flushToDisk: true);

    private static async Task<string> ReceiveAsync(
        RpcChannel channel, FileStream output, IProgress<ulong> remaining, CancellationToken cancellationToken)
    {
        await using RpcClientStream stream = channel.OpenStream(Method, RpcCallOptions.None, cancellationToken);
        await stream.SendAsync(new SnapshotRequest());
        stream.CompleteSending();
        string version = "";
        while (true)
        {
            (RpcStatus fault, SnapshotResponse? response) = await stream.ReadAsync(SnapshotResponse.Parser);
            if (response is null)
            {
                RpcStatus end = fault.IsOK ? stream.Status ?? RpcStatus.Canceled : fault;
                return end.IsOK ? version : throw new IOException($"{end.Code}: {end.Message}");
            }

            version = response.Version.Length > 0 ? response.Version : version;
            await output.WriteAsync(response.Blob.Memory, cancellationToken);
            remaining.Report(response.RemainingBytes);
        }
    }
}

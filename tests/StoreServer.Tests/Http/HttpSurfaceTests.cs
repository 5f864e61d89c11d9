using System.Net;
using Google.Protobuf;
using Keelson.Rpc;
using Keelson.Rpc.Etcd;
using Keelson.StoreServer.Tests.Metrics;

namespace Keelson.StoreServer.Tests.Http;

/// <summary>Bodies and codes as etcd 3.5.16 gave them for the same requests, plus what 3.6 added.</summary>
internal sealed class HttpSurfaceTests
{
    private readonly HttpClient _http = new();
    private TestNode _node = null!;

    [OneTimeSetUp]
    public async Task OneTimeSetUp() => _node = await TestNode.StartAsync();

    [OneTimeTearDown]
    public async Task OneTimeTearDown()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [TestCase("/health", 200, "{\"health\":\"true\",\"reason\":\"\"}")]
    [TestCase("/health?serializable=true&exclude=NOSPACE", 200, "{\"health\":\"true\",\"reason\":\"\"}")]
    [TestCase("/livez", 200, "ok\n")]
    [TestCase("/livez?verbose", 200, "[+]serializable_read ok\nok\n")]
    [TestCase("/readyz", 200, "ok\n")]
    [TestCase(
        "/readyz?verbose&exclude=non_learner", 200,
        "[+]data_corruption ok\n[+]serializable_read ok\n[+]linearizable_read ok\nok\n")]
    [TestCase("/readyz/linearizable_read", 200, "ok\n")]
    [TestCase("/readyz/nosuch", 404, "404 page not found\n")]
    [TestCase("/nope", 404, "404 page not found\n")]
    [TestCase("/v2/keys", 404, "404 page not found\n")]
    [TestCase("/version", 200, "{\"etcdserver\":\"3.6.14\",\"etcdcluster\":\"3.6.0\",\"storage\":\"3.6.0\"}")]
    public async Task Get_Answers(string path, int status, string body)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(_node.Uri, path));
        Assert.Multiple(async () =>
        {
            Assert.That((int)response.StatusCode, Is.EqualTo(status));
            Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(body));
        });
    }

    [TestCase("/health")]
    [TestCase("/version")]
    public async Task Post_IsNotAllowed(string path)
    {
        using HttpResponseMessage response = await _http.PostAsync(new Uri(_node.Uri, path), null);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }

    [Test]
    public async Task Metrics_AfterAFailedCall_CountItUnderItsCode()
    {
        await _node.SendBytesAsync("/etcdserverpb.Lease/LeaseRevoke", new LeaseRevokeRequest { ID = 7 }.ToByteArray());
        ScrapeText scrape = ScrapeText.Parse(await _http.GetStringAsync(new Uri(_node.Uri, "/metrics")));
        const string Labels = "grpc_method=\"LeaseRevoke\",grpc_service=\"etcdserverpb.Lease\",grpc_type=\"unary\"}";
        Assert.Multiple(() =>
        {
            Assert.That(scrape.Samples["grpc_server_handled_total{grpc_code=\"NotFound\"," + Labels], Is.EqualTo(1));
            Assert.That(scrape.Samples["grpc_server_handled_total{grpc_code=\"OK\"," + Labels], Is.Zero);
            Assert.That(scrape.Samples.Keys, Has.Some.Contains("status=\"success\""));
            Assert.That(scrape.Samples.Keys, Has.Some.Contains("status=\"error\""));
        });
    }

    [Test]
    public async Task Metrics_AfterCalls_CountThem()
    {
        await _node.CallAsync("/etcdserverpb.Maintenance/Status", new StatusRequest(), StatusResponse.Parser);
        ScrapeText scrape = ScrapeText.Parse(await _http.GetStringAsync(new Uri(_node.Uri, "/metrics")));
        const string Labels = "grpc_method=\"Status\",grpc_service=\"etcdserverpb.Maintenance\",grpc_type=\"unary\"}";
        Assert.Multiple(() =>
        {
            Assert.That(scrape.Samples["grpc_server_started_total{" + Labels], Is.GreaterThan(0));
            Assert.That(
                scrape.Samples["grpc_server_handled_total{grpc_code=\"OK\"," + Labels], Is.GreaterThan(0));
            Assert.That(scrape.Samples["etcd_server_has_leader"], Is.EqualTo(1));
            Assert.That(scrape.Samples["etcd_server_version{server_version=\"3.6.14\"}"], Is.EqualTo(1));
            Assert.That(scrape.Samples["etcd_cluster_version{cluster_version=\"3.6\"}"], Is.EqualTo(1));
            Assert.That(scrape.Samples["etcd_server_quota_backend_bytes"], Is.EqualTo(2147483648));
        });
    }

    [Test]
    public async Task Alarm_Corrupt_MakesReadyzFailAndWritesRefused()
    {
        await using TestNode node = await TestNode.StartAsync();
        await node.CallAsync(
            "/etcdserverpb.Maintenance/Alarm",
            new AlarmRequest
            {
                Action = AlarmRequest.Types.AlarmAction.Activate,
                MemberID = 1,
                Alarm = AlarmType.Corrupt,
            },
            AlarmResponse.Parser);
        using HttpResponseMessage ready = await _http.GetAsync(new Uri(node.Uri, "/readyz"));
        using HttpResponseMessage health = await _http.GetAsync(new Uri(node.Uri, "/health"));
        Assert.Multiple(async () =>
        {
            Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(
                await ready.Content.ReadAsStringAsync(),
                Does.StartWith("[-]data_corruption failed: alarm activated: CORRUPT\n"));
            Assert.That(
                await health.Content.ReadAsStringAsync(),
                Is.EqualTo("{\"health\":\"false\",\"reason\":\"ALARM CORRUPT\"}"));
            byte[] key = [0x0A, 0x01, 0x61];
            Assert.That(await node.SendBytesAsync("/etcdserverpb.KV/Put", key), Is.EqualTo(EtcdErrors.Corrupt));
            // Reads do not go through the log, and etcd lets them see what there is.
            Assert.That(await node.SendBytesAsync("/etcdserverpb.KV/Range", key), Is.EqualTo(RpcStatus.OK));
        });
    }

    [Test]
    public async Task Lists_OfOriginsAndHosts_AreObeyed()
    {
        await using TestNode node = await TestNode.StartAsync("--cors", "http://a", "--host-whitelist", "127.0.0.1");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node.Uri, "/version"));
        request.Headers.Add("Origin", "http://a");
        using HttpResponseMessage allowed = await _http.SendAsync(request);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, new Uri(node.Uri, "/version"));
        foreign.Headers.Host = "evil.example";
        foreign.Headers.Add("Origin", "http://b");
        using HttpResponseMessage refused = await _http.SendAsync(foreign);
        Assert.Multiple(() =>
        {
            Assert.That(allowed.Headers.GetValues("Access-Control-Allow-Origin"), Is.EqualTo(new[] { "http://a" }));
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.MisdirectedRequest));
            Assert.That(refused.Headers.Contains("Access-Control-Allow-Origin"), Is.False);
        });
    }
}

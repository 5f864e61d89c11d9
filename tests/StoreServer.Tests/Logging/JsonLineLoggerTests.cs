using System.Text;
using System.Text.Json;
using Keelson.StoreServer.Logging;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Tests.Logging;

/// <summary>Goal: every line is one JSON object in etcd's shape, whatever is logged.</summary>
internal sealed class JsonLineLoggerTests
{
    [Test]
    public void Line_HasEtcdsShape()
    {
        JsonElement line = Log(logger => logger.Ready("8e9e05c52164694d", ["http://localhost:2379"])).Single();
        Assert.Multiple(() =>
        {
            Assert.That(
                line.EnumerateObject().Select(member => member.Name),
                Is.EqualTo(new[] { "level", "ts", "caller", "msg", "local-member-id", "addresses" }));
            Assert.That(line.GetProperty("level").GetString(), Is.EqualTo("info"));
            Assert.That(line.GetProperty("ts").GetString(), Is.EqualTo("2026-01-02T03:04:05.000000Z"));
            Assert.That(line.GetProperty("msg").GetString(), Is.EqualTo("ready to serve client requests"));
            Assert.That(line.GetProperty("addresses")[0].GetString(), Is.EqualTo("http://localhost:2379"));
        });
    }

    [Test]
    public void Line_BelowTheLevel_IsNotWritten() =>
        Assert.That(Log(logger => logger.Ready("1", []), "warn"), Is.Empty);

    [Test]
    public void Line_WithTextOfAnyKind_StaysOneLine()
    {
        JsonElement line = Log(logger => logger.OptionWarning("a\n\"b\"\u0001" + new string('x', 9000))).Single();
        Assert.That(
            line.GetProperty("warning").GetString(), Does.StartWith("a\n\"b\"\u0001").And.Length.LessThan(5000));
    }

    [Test]
    public void Line_WithException_CarriesIt()
    {
        JsonElement line = Log(logger => logger.HandlerFaulted("/a/B", new InvalidOperationException("why"))).Single();
        Assert.Multiple(() =>
        {
            Assert.That(line.GetProperty("error").GetString(), Is.EqualTo("why"));
            Assert.That(line.GetProperty("errorVerbose").GetString(), Does.Contain("InvalidOperationException"));
        });
    }

    private static JsonElement[] Log(Action<ILogger> act, string level = "info")
    {
        using var output = new MemoryStream();
        using var logger = new JsonLineLogger(output, level, "test", new FixedTime());
        act(logger);
        return [.. Encoding.UTF8.GetString(output.ToArray())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }
}

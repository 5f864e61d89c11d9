using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Keelson.StoreServer.Logging;

/// <summary>
/// One JSON object per line in the shape of etcd's logs: level, ts, caller, msg, then the facts. Lines are written
/// whole, in order, and at once: a line that a crash swallows would be the one that explains it.
/// </summary>
[SuppressMessage("Usage", "CA2213", Justification = "The stream belongs to the caller.")]
public sealed class JsonLineLogger : ILogger, IDisposable
{
    private const string TemplateKey = "{OriginalFormat}";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>A longer text is cut: what clients send may end up in a line.</summary>
    private const int TextCharactersMax = 4096;

    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _line = new(1024);
    private readonly Utf8JsonWriter _json;
    private readonly Stream _output;
    private readonly TimeProvider _time;
    private readonly LogLevel _minimum;
    private readonly string _caller;

    /// <param name="output">Not owned; flushed after every line.</param>
    /// <param name="level">etcd's name of the lowest level that is written.</param>
    /// <param name="caller">Which part of the program writes.</param>
    /// <param name="time">Where ts comes from.</param>
    public JsonLineLogger(Stream output, string level, string caller, TimeProvider time)
    {
        bool isKnown = LogLevels.TryParse(level, out _minimum);
        Invariant.Require(isKnown);
        _output = output;
        _caller = caller;
        _time = time;
        _json = new Utf8JsonWriter(_line, new JsonWriterOptions
        {
            // Log lines are read by people: quotes, umlauts and comparisons stay what they are.
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= _minimum && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        lock (_lock)
        {
            _line.ResetWrittenCount();
            _json.Reset();
            _json.WriteStartObject();
            _json.WriteString("level", LogLevels.NameOf(logLevel));
            _json.WriteString("ts", _time.GetUtcNow().UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            _json.WriteString("caller", _caller);
            if (state is IReadOnlyList<KeyValuePair<string, object?>> facts)
            {
                WriteFacts(facts);
            }
            else
            {
                _json.WriteString("msg", Cut(formatter(state, exception)));
            }

            WriteException(exception);
            _json.WriteEndObject();
            _json.Flush();
            _line.Write("\n"u8);
            _output.Write(_line.WrittenSpan);
            _output.Flush();
        }
    }

    public void Dispose() => _json.Dispose();

    private void WriteFacts(IReadOnlyList<KeyValuePair<string, object?>> facts)
    {
        foreach (KeyValuePair<string, object?> fact in facts)
        {
            if (fact.Key == TemplateKey)
            {
                _json.WriteString("msg", Cut(fact.Value?.ToString() ?? ""));
            }
        }

        foreach (KeyValuePair<string, object?> fact in facts)
        {
            if (fact.Key != TemplateKey)
            {
                _json.WritePropertyName(ToKebab(fact.Key));
                WriteValue(fact.Value);
            }
        }
    }

    private void WriteValue(object? value)
    {
        switch (value)
        {
            case null:
                _json.WriteNullValue();
                break;
            case bool truth:
                _json.WriteBooleanValue(truth);
                break;
            case int or long:
                _json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case string text:
                _json.WriteStringValue(Cut(text));
                break;
            case TimeSpan duration:
                _json.WriteStringValue(
                    string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms"));
                break;
            case IEnumerable list:
                WriteList(list);
                break;
            default:
                _json.WriteStringValue(Cut(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
                break;
        }
    }

    private void WriteList(IEnumerable list)
    {
        _json.WriteStartArray();
        foreach (object? item in list)
        {
            WriteValue(item);
        }

        _json.WriteEndArray();
    }

    private void WriteException(Exception? exception)
    {
        if (exception is not null)
        {
            _json.WriteString("error", Cut(exception.Message));
            _json.WriteString("errorVerbose", Cut(exception.ToString()));
        }
    }

    private static string Cut(string text) =>
        text.Length <= TextCharactersMax ? text : string.Concat(text.AsSpan(0, TextCharactersMax), "…");

    /// <summary>localMemberId → local-member-id, as etcd writes its keys.</summary>
    private static string ToKebab(string key)
    {
        var kebab = new StringBuilder(key.Length + 4);
        foreach (char letter in key)
        {
            if (char.IsAsciiLetterUpper(letter) && kebab.Length > 0)
            {
                kebab.Append('-');
            }

            kebab.Append(char.ToLowerInvariant(letter));
        }

        return kebab.ToString();
    }
}

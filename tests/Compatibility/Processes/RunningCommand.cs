using System.Diagnostics;
using System.Text;

namespace Keelson.Compatibility.Processes;

/// <summary>
/// A program with its output collected while it runs. Ends by itself, on <see cref="Kill"/> or at the deadline, so that
/// a hanging program fails one test and never the run.
/// </summary>
internal sealed class RunningCommand : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Lock _lock = new();
    private int _outputLines;

    private RunningCommand(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Collect(line.Data, _output, 1);
        _process.ErrorDataReceived += (_, line) => Collect(line.Data, _errors, 0);
    }

    public bool HasEnded => _process.HasExited;

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    public static RunningCommand Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string name in start.Environment.Keys.Where(IsPeerSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var command = new RunningCommand(new Process { StartInfo = start });
        command._process.Start();
        command._process.BeginOutputReadLine();
        command._process.BeginErrorReadLine();
        return command;
    }

    /// <summary>Runs a program that ends by itself.</summary>
    public static CommandResult Run(
        string program,
        IEnumerable<string> arguments,
        string input = "",
        IReadOnlyDictionary<string, string>? environment = null)
    {
        using RunningCommand command = Start(program, arguments, environment);
        command.Write(input);
        command.EndInput();
        return command.WaitForEnd();
    }

    /// <summary>A program that ended early has closed its input: that shows in its exit code, not here.</summary>
    public void Write(string input)
    {
        try
        {
            _process.StandardInput.Write(input);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
        }
    }

    public void EndInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

    public CommandResult WaitForEnd()
    {
        if (!_process.WaitForExit(Deadline))
        {
            Kill();
            Assert.Fail($"{Describe()} did not end within {Deadline}\n{Output}\n{Errors}");
        }

        // Without a timeout it also waits for the last lines of both outputs.
        _process.WaitForExit();
        return new CommandResult(_process.ExitCode, Output, Errors);
    }

    /// <summary>Waits until the program printed <paramref name="lines"/> lines.</summary>
    public void WaitForOutput(int lines) =>
        WaitFor(() => Volatile.Read(ref _outputLines) >= lines, $"{lines} lines of output");

    /// <summary>Waits until standard error holds <paramref name="text"/>; false: the program ended without.</summary>
    public bool WaitForErrors(string text)
    {
        WaitFor(() => HasEnded || Errors.Contains(text, StringComparison.Ordinal), $"'{text}'");
        return Errors.Contains(text, StringComparison.Ordinal);
    }

    /// <summary>Asks with SIGTERM to end.</summary>
    public void Terminate()
    {
        if (!HasEnded)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
    }

    public void Kill()
    {
        if (!HasEnded)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    // Settings of the caller's shell (ETCDCTL_ENDPOINTS and the like) must not reach the programs under test.
    private static bool IsPeerSetting(string name) => name.StartsWith("ETCD", StringComparison.Ordinal);

    private void WaitFor(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > Deadline)
            {
                Assert.Fail($"{Describe()} gave no {what} within {Deadline}\n{Output}\n{Errors}");
            }

            Thread.Sleep(5);
        }
    }

    private string Describe() =>
        $"{Path.GetFileName(_process.StartInfo.FileName)} {string.Join(' ', _process.StartInfo.ArgumentList)}";

    private void Collect(string? line, StringBuilder target, int outputLines)
    {
        if (line is not null)
        {
            lock (_lock)
            {
                target.Append(line).Append('\n');
            }

            Interlocked.Add(ref _outputLines, outputLines);
        }
    }

    private string Read(StringBuilder source)
    {
        lock (_lock)
        {
            return source.ToString();
        }
    }
}

using System.Diagnostics;
using System.Text;

namespace Keelson.Cli.Tests;

/// <summary>The real program in a process of its own, and what it said. Killed when disposed.</summary>
internal sealed class KeelsonProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly List<(string Part, TaskCompletionSource<string> Seen)> _awaited = [];

    private KeelsonProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything printed so far, to both streams.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>keelson.dll, to be run by "dotnet".</summary>
    public static string Program => Path.Combine(TestContext.CurrentContext.TestDirectory, "keelson.dll");

    /// <summary>
    /// What eng/build.sh has published (ReadyToRun, with an executable of its own), as a path in the repository; none
    /// where it did not run.
    /// </summary>
    public static IEnumerable<string> Published =>
        new[] { "out/keelson/keelson" }.Where(path => File.Exists(Path.Combine(Root, path)));

    public int Id => _process.Id;

    private static string Root { get; } = FindRoot();

    public static KeelsonProcess Start(params string[] arguments) => new("dotnet", [Program, .. arguments]);

    /// <param name="program">One of <see cref="Published"/>; null for the tests' own build.</param>
    /// <param name="arguments">Its arguments.</param>
    public static KeelsonProcess StartProgram(string? program, params string[] arguments) =>
        program is null ? Start(arguments) : new(Path.Combine(Root, program), arguments);

    /// <summary>Starts what becomes the program: its process id must stay the same.</summary>
    public static KeelsonProcess StartWrapped(string program, IEnumerable<string> arguments) =>
        new(program, arguments);

    /// <summary>The line that contains a text; fails with what was printed when it does not come.</summary>
    public async Task<string> WaitForLineAsync(string part)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            string? line = _text.ToString().Split('\n').FirstOrDefault(
                one => one.Contains(part, StringComparison.Ordinal));
            if (line is not null)
            {
                return line;
            }

            _awaited.Add((part, seen));
        }

        Task first = await Task.WhenAny(seen.Task, _process.WaitForExitAsync(), Task.Delay(Patience));
        Assert.That(first, Is.SameAs(seen.Task), $"no line with '{part}' in:\n{Text}");
        return await seen.Task;
    }

    public Task TerminateAsync() => SignalAsync("TERM");

    /// <param name="signal">As kill(1) names it.</param>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start(
            "kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Store.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("these tests run inside the repository");
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _text.Append(line).Append('\n');
            foreach ((string part, TaskCompletionSource<string> seen) in _awaited)
            {
                if (line.Contains(part, StringComparison.Ordinal))
                {
                    seen.TrySetResult(line);
                }
            }
        }
    }
}

using System.Text;
using Keelson.Compatibility.Processes;

namespace Keelson.Compatibility.Transcripts;

/// <summary>Plays a script against one server and writes down everything that a user would see.</summary>
internal sealed class ScriptRun : IDisposable
{
    private readonly ServerProcess _server;
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-script-").FullName;
    private readonly TranscriptNormalizer _normalizer;
    private readonly Dictionary<string, RunningCommand> _background = [];
    private readonly StringBuilder _transcript = new();

    private ScriptRun(ServerProcess server)
    {
        _server = server;
        _normalizer = new TranscriptNormalizer(server, _directory);
    }

    /// <summary>The normalized transcript of <paramref name="script"/> (a name in testdata).</summary>
    public static string Play(string script, ServerProcess server)
    {
        using var run = new ScriptRun(server);
        foreach (ScriptStep step in ScriptParser.Parse(File.ReadAllLines(PeerPrograms.TestData(script))))
        {
            run.Play(step);
        }

        return run._transcript.ToString();
    }

    public void Dispose()
    {
        foreach (RunningCommand command in _background.Values)
        {
            command.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private void Play(ScriptStep step)
    {
        _transcript.Append(step.Line).Append('\n');
        switch (step)
        {
            case ScriptStep.Run run:
                Record(RunningCommand.Run(
                    run.Offline ? PeerPrograms.Etcdutl : PeerPrograms.Etcdctl,
                    run.Arguments.Select(Fill),
                    Fill(run.Input),
                    run.Offline ? null : _server.ClientEnvironment));
                break;
            case ScriptStep.Start start:
                RunningCommand command = RunningCommand.Start(
                    PeerPrograms.Etcdctl, start.Arguments.Select(Fill), _server.ClientEnvironment);
                _background.Add(start.Name, command);
                command.Write(Fill(start.Input));
                break;
            case ScriptStep.Await wait:
                _background[wait.Name].WaitForOutput(wait.Lines);
                break;
            case ScriptStep.End end:
                _background[end.Name].Kill();
                _background[end.Name].WaitForEnd();
                Record("out", _background[end.Name].Output);
                Record("err", _background[end.Name].Errors);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // {lease-2} is the second lease that was granted, {directory} a folder for files of the script.
    private string Fill(string text)
    {
        for (int index = 0; index < _normalizer.Leases.Count; index++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{{lease-{index + 1}}}");
            text = text.Replace(name, _normalizer.Leases[index], StringComparison.Ordinal);
        }

        return text.Replace("{directory}", _directory, StringComparison.Ordinal);
    }

    private void Record(CommandResult result)
    {
        Record("out", result.Output);
        Record("err", result.Errors);
        if (result.ExitCode != 0)
        {
            _transcript.Append(CultureInfo.InvariantCulture, $"exit {result.ExitCode}\n");
        }
    }

    private void Record(string source, string text)
    {
        foreach (string line in _normalizer.Normalize(text).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            _transcript.Append(CultureInfo.InvariantCulture, $"  {source} {line}\n");
        }
    }
}

using System.CommandLine;

namespace Keelson.Bench.Load.Commands;

/// <summary>A command that only needs the shared options.</summary>
internal static class ScenarioCommand
{
    public static Command Make(string name, string description, Func<Values, int> run)
    {
        Command command = new(name, description);
        Settings settings = new();
        settings.AddTo(command);
        command.SetAction(line => run(settings.Read(line)));
        return command;
    }
}

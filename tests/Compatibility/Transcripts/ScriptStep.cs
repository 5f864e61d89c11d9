namespace Keelson.Compatibility.Transcripts;

/// <summary>One step of a script of command lines (testdata/*.txt).</summary>
internal abstract record ScriptStep(string Line)
{
    /// <summary><c>$ args</c> runs etcdctl, <c>% args</c> etcdutl; lines after <c>| </c> are its input.</summary>
    internal sealed record Run(string Line, bool Offline, IReadOnlyList<string> Arguments, string Input)
        : ScriptStep(Line);

    /// <summary><c>start name args</c>: etcdctl in the background, its input left open.</summary>
    internal sealed record Start(string Line, string Name, IReadOnlyList<string> Arguments, string Input)
        : ScriptStep(Line);

    /// <summary><c>await name lines</c>: until the background command has printed so many lines.</summary>
    internal sealed record Await(string Line, string Name, int Lines) : ScriptStep(Line);

    /// <summary><c>end name</c>: kills the background command and records what it printed.</summary>
    internal sealed record End(string Line, string Name) : ScriptStep(Line);
}

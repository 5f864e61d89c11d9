using Keelson.Architecture.Rules;

namespace Keelson.Architecture;

/// <summary>
/// Each rule is shown code that breaks it and code that does not: a rule that never fires protects nothing.
/// </summary>
public sealed class RuleTests
{
    private const string Plain = "namespace Keelson.Store.Log;\n\ninternal sealed class Segment\n{\n}\n";

    [TestCase("src/Store/Log/Segment.cs", Plain, "")]
    [TestCase("src/Store/Log/Part.cs", Plain, "file-name")]
    [TestCase("src/Store/Log/Segment.Flush.cs", Plain, "")]
    [TestCase("src/Store/Tree/Segment.cs", Plain, "namespace")]
    [TestCase("src/Store/Log/A.cs", "namespace Keelson.Store.Log;\npublic enum A;\npublic enum B;", "one-public-type")]
    [TestCase("src/Store/Log/A.cs", "namespace Keelson.Store.Log;\npublic class A { }\ninternal class B { }", "")]
    [TestCase("src/Store/Log/PageHelper.cs", "namespace Keelson.Store.Log;\nclass PageHelper { }", "banned-name")]
    [TestCase("src/Store/Log/Log.cs", "namespace Keelson.Store.Log;\nclass Log { }", "namespace-word")]
    public void Naming_Sample_IsJudged(string path, string text, string rule)
    {
        Assert.That(NamingRules.All(Sample(path, text)).Select(offence => offence.Rule), Is.EqualTo(Expected(rule)));
    }

    [TestCase("class A { } // TODO later", "promise")]
    [TestCase("class A { } // TODO #12: later", "")]
    [TestCase("class A { } /* FIXME */", "promise")]
    [TestCase("class A { string s = \"TODO\"; }", "")]
    [TestCase("#region x\nclass A { }\n#endregion", "region")]
    [TestCase("#pragma warning disable CA1000\nclass A { }", "pragma")]
    public void Comment_Sample_IsJudged(string text, string rule)
    {
        SourceFile file = Sample("src/Store/Log/A.cs", text);
        Assert.That(CommentRules.All(file).Select(offence => offence.Rule), Is.EqualTo(Expected(rule)));
    }

    [TestCase("src/Store/Log/A.cs", "unsafe class A { }", "unsafe")]
    [TestCase("src/Base/Memory/A.cs", "unsafe class A { }", "")]
    [TestCase("src/Store/Log/A.cs", "class A { async void M() { } }", "async-core")]
    [TestCase("src/Store/Host/A.cs", "class A { async void M() { } }", "")]
    [TestCase("src/Base/Codec/A.cs", "using System.Threading.Tasks; class A { }", "async-core")]
    [TestCase("src/Store/Tree/A.cs", "interface A { Task<int> M(); }", "async-core")]
    [TestCase("src/Raft/A.cs", "class A { System.Threading.Tasks.ValueTask M() => default; }", "async-core")]
    [TestCase("src/Raft/A.cs", "class A { void M(System.Threading.CancellationToken token) { } }", "async-core")]
    [TestCase("src/Store/Log/A.cs", "class A { void M(int task) { } } // no Task here", "")]
    [TestCase("src/Store/Host/A.cs", "interface A { Task<int> M(); }", "")]
    [TestCase("src/Store/Tree/A.cs", "using Keelson.Store.Host; class A { }", "names-host")]
    [TestCase("src/Store/Host/A.cs", "using Keelson.Store.Host; class A { }", "")]
    [TestCase("src/Store/KeyValueStore.Watch.cs", "class KeyValueStore { async void M() { } }", "")]
    [TestCase("src/Store/Bytes.cs", "class Bytes { async void M() { } }", "async-core")]
    public void Core_Sample_IsJudged(string path, string text, string rule)
    {
        Assert.That(CoreRules.All(Sample(path, text)).Select(offence => offence.Rule), Is.EqualTo(Expected(rule)));
    }

    [TestCase(68, "")]
    [TestCase(69, "function-lines")]
    public void Function_LongBody_IsJudged(int bodyLines, string rule)
    {
        string body = string.Concat(Enumerable.Repeat("\n_ = 1;", bodyLines));
        SourceFile file = Sample("src/Store/Log/A.cs", $"class A {{ void M() {{{body}\n}} }}");
        Assert.That(SizeRules.All(file).Select(offence => offence.Rule), Is.EqualTo(Expected(rule)));
    }

    [TestCase("class A { void M(int a, int b, int c, int d, int e) { } }", "")]
    [TestCase("class A { void M(int a, int b, int c, int d, int e, int f) { } }", "parameters")]
    [TestCase("class A(int a, int b, int c, int d, int e, int f) { }", "parameters")]
    [TestCase("record A(int a, int b, int c, int d, int e, int f);", "")]
    [TestCase("class A { extern static void M(int a, int b, int c, int d, int e, int f); }", "")]
    public void Parameters_Sample_AreJudged(string text, string rule)
    {
        SourceFile file = Sample("src/Store/Log/A.cs", text);
        Assert.That(SizeRules.All(file).Select(offence => offence.Rule), Is.EqualTo(Expected(rule)));
    }

    [Test]
    public void Size_LongLineFileAndDepth_AreJudged()
    {
        string text = new string(' ', 121) + string.Concat(Enumerable.Repeat("\n", 601));
        SourceFile file = new("src/Store/A/B/C/A.cs", "Keelson.Store", "A/B/C", text);
        Assert.That(SizeRules.All(file).Select(offence => offence.Rule),
            Is.EqualTo(new[] { "file-lines", "line-columns", "folder-depth" }));
    }

    [TestCase("src/Store/Keelson.Store.csproj", "../Base/Keelson.Base.csproj", 0)]
    [TestCase("src/Store/Keelson.Store.csproj", "../Rpc/Keelson.Rpc.csproj", 1)]
    [TestCase("src/Cli/Keelson.Cli.csproj", "../Store/Keelson.Store.csproj", 0)]
    [TestCase("src/Cli/Keelson.Cli.csproj", "../../tests/Simulation/Keelson.Simulation.csproj", 1)]
    [TestCase("src/Extra/Keelson.Extra.csproj", "../Base/Keelson.Base.csproj", 1)]
    [TestCase("samples/Embed/Keelson.Samples.Embed.csproj", "..\\..\\src\\Store\\Keelson.Store.csproj", 0)]
    [TestCase("samples/Embed/Keelson.Samples.Embed.csproj", "../../src/Rpc/Keelson.Rpc.csproj", 1)]
    public void Reference_Sample_IsJudged(string path, string include, int offences)
    {
        ProjectFile project = new(path, $"<Project><ProjectReference Include=\"{include}\"/></Project>");
        Assert.That(ReferenceLaw.Check(project).Count(), Is.EqualTo(offences));
    }

    [TestCase("src/Store/Keelson.Store.csproj", 1)]
    [TestCase("src/Rpc/Keelson.Rpc.csproj", 0)]
    public void Package_InProject_IsJudged(string path, int offences)
    {
        ProjectFile project = new(path, "<Project><PackageReference Include=\"Some.Package\"/></Project>");
        Assert.That(ReferenceLaw.Check(project).Count(), Is.EqualTo(offences));
    }

    [TestCase(80, 80, 0)]
    [TestCase(80, 81, 1)]
    [TestCase(80, 79, 1)]
    public void ExceptionList_ListedAndFoundSize_MayOnlyShrink(int listed, int found, int complaints)
    {
        var list = ExceptionList.Parse($"function-lines src/A.cs A.M {listed} # a table, best read whole\n");
        Offence offence = new("function-lines", "src/A.cs", 1, "A.M") { Advice = "split", Size = found };
        // A larger one is both unlisted and leaves its line unused.
        Assert.That(list.Judge([offence]), Has.Count.EqualTo(found > listed ? complaints + 1 : complaints));
    }

    [Test]
    public void ExceptionList_NothingOffends_AsksForRemoval()
    {
        var list = ExceptionList.Parse("function-lines src/A.cs A.M 80 # a table that reads best in one piece\n");
        Assert.That(list.Judge([]), Has.Count.EqualTo(1).And.Some.Contains("remove the line"));
    }

    [Test]
    public void ExceptionList_NoReason_IsRefused()
    {
        Assert.That(() => ExceptionList.Parse("function-lines src/A.cs A.M 80 #\n"), Throws.TypeOf<FormatException>());
    }

    private static string[] Expected(string rule) => rule.Length == 0 ? [] : [rule];

    private static SourceFile Sample(string path, string text)
    {
        string[] parts = path.Split('/');
        return new SourceFile(path, $"Keelson.{parts[1]}", string.Join('/', parts[2..^1]), text);
    }
}

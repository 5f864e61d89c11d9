using System.Buffers.Binary;
using Keelson.Raft.Log;

namespace Keelson.Raft.Tests.Cluster;

/// <summary>
/// The rule that hosts rely on (docs/raft.md, Forwarding): what was forwarded in a term becomes an entry of that term,
/// at most once, and nothing that was refused becomes one.
/// </summary>
internal sealed class ForwardChecker
{
    private readonly Dictionary<long, Term> _made = [];
    private readonly HashSet<long> _handedOut = [];
    private readonly HashSet<long> _refused = [];
    private readonly HashSet<long> _committed = [];
    private readonly Dictionary<long, EntryId> _appended = [];
    private Term _last;

    public int CommittedCount => _committed.Count;

    public int RefusedCount => _refused.Count;

    /// <summary>It is on its way.</summary>
    public void Made(long number, Term term) => _made.Add(number, term);

    /// <summary>A leader's host gets it.</summary>
    public void HandedOut(ForwardedProposal proposal)
    {
        if (_made.TryGetValue(proposal.Number, out Term term))
        {
            Assert.That(_handedOut.Add(proposal.Number), Is.True, $"{proposal.Number} is handed out twice");
            Assert.That(proposal.MadeIn, Is.EqualTo(term), $"the term of {proposal.Number}");
        }
    }

    /// <summary>Whoever made it is told that it will not happen.</summary>
    public void Refused(RefusedProposal refused)
    {
        if (_made.TryGetValue(refused.Number, out Term term))
        {
            Assert.That(refused.Term, Is.EqualTo(term), $"the term of {refused.Number}");
            Assert.That(_appended, Does.Not.ContainKey(refused.Number), $"{refused.Number} is refused and in a log");
            _refused.Add(refused.Number);
        }
    }

    /// <summary>A leader sends the entry.</summary>
    public void Appended(Entry entry)
    {
        if (NumberOf(entry) is not { } number)
        {
            return;
        }

        var id = new EntryId(entry.Index, entry.Term);
        _appended.TryAdd(number, id);
        Assert.That(_appended[number], Is.EqualTo(id), $"{number} is in the log twice");
        Assert.That(entry.Term, Is.EqualTo(_made[number]), $"{number} was made in another term");
        Assert.That(_refused, Does.Not.Contain(number), $"{number} was refused");
    }

    /// <summary>The first member applies the entry.</summary>
    public void Committed(Entry entry)
    {
        if (NumberOf(entry) is { } number)
        {
            Appended(entry);
            Assert.That(_committed.Add(number), Is.True, $"{number} is committed twice");
            Assert.That(_made[number], Is.GreaterThanOrEqualTo(_last), $"{number} appears behind a later term");
        }

        _last = entry.Term;
    }

    private static long? NumberOf(Entry entry)
    {
        bool counts = entry.Kind == EntryKind.Normal && entry.Payload.Length >= sizeof(long);
        long number = counts ? BinaryPrimitives.ReadInt64LittleEndian(entry.Payload.Span) : 0;
        return number < 0 ? -number : null;
    }
}

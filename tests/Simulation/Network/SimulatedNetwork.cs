using Keelson.Base.Identity;
using Keelson.Simulation.World;

namespace Keelson.Simulation.Network;

/// <summary>
/// Links between members that delay, lose, repeat and hold messages, as the settings say and as faults make them.
/// </summary>
/// <remarks>
/// Promises: without reordering, messages of one link and connection arrive in the order in which they were sent;
/// nothing arrives at a member that is detached, nor over a cut link, nor from before a reset.
/// </remarks>
internal sealed class SimulatedNetwork<TMessage>
{
    private const long MicrosecondsPerSecond = 1_000_000;

    private readonly SimulatedWorld _world;
    private readonly SeededRandom _random;
    private readonly MessageForm<TMessage> _form;
    private readonly SortedDictionary<(MemberId From, MemberId To), SimulatedLink> _links = [];
    private readonly SortedDictionary<MemberId, Action<MemberId, TMessage>> _receivers = [];

    public SimulatedNetwork(SimulatedWorld world, NetworkSettings settings, MessageForm<TMessage> form)
    {
        _world = world;
        _random = world.RandomOf("network");
        _form = form;
        Settings = settings;
    }

    /// <summary>What the links are like from now on.</summary>
    public NetworkSettings Settings { get; set; }

    public long Sent { get; private set; }

    public long Delivered { get; private set; }

    public long Dropped { get; private set; }

    /// <summary>From now on messages to the member go here, with who sent them.</summary>
    public void Attach(MemberId member, Action<MemberId, TMessage> receive) => _receivers[member] = receive;

    /// <summary>The member is gone: its connections end in both directions.</summary>
    public void Detach(MemberId member)
    {
        _receivers.Remove(member);
        foreach (SimulatedLink link in _links.Values.Where(link => link.From == member || link.To == member))
        {
            EndConnection(link);
        }
    }

    public void Send(MemberId from, MemberId to, TMessage message)
    {
        byte[] bytes = _form.Encode(message);
        SimulatedLink link = LinkOf(from, to);
        Sent++;
        _world.Trace.Fold(bytes);
        bool isLost = _random.Below(1000) < Settings.LossPerMille;
        if (isLost || link.UnderWay >= Settings.CapacityMessages || (link.Cuts > 0 && !Settings.HoldsWhileCut))
        {
            Dropped++;
            return;
        }

        Transmit(link, bytes);
        if (_random.Below(1000) < Settings.DuplicatePerMille)
        {
            Transmit(link, bytes);
        }
    }

    /// <summary>
    /// Nothing comes from one to the other any more. Cuts add up: each wants its own <see cref="Mend"/>.
    /// </summary>
    public void Cut(MemberId from, MemberId to)
    {
        SimulatedLink link = LinkOf(from, to);
        link.Cuts++;
        _world.Note($"cut {link.Name}");
    }

    public void Mend(MemberId from, MemberId to)
    {
        SimulatedLink link = LinkOf(from, to);
        link.Cuts = Math.Max(0, link.Cuts - 1);
        _world.Note($"mend {link.Name}");
        HandOverHeld(link);
    }

    public bool IsCut(MemberId from, MemberId to) => LinkOf(from, to).Cuts > 0;

    /// <summary>What is on the way takes so much longer; nothing is lost.</summary>
    public void Clog(MemberId from, MemberId to, long microseconds)
    {
        SimulatedLink link = LinkOf(from, to);
        link.CloggedUntil = Math.Max(link.CloggedUntil, _world.Now + microseconds);
        _world.Note($"clog {link.Name}", microseconds);
        _world.At(link.CloggedUntil + 1, $"unclog {link.Name}", () => HandOverHeld(link));
    }

    /// <summary>The connection breaks: what is under way is lost, what follows goes over a new one.</summary>
    public void Reset(MemberId from, MemberId to)
    {
        SimulatedLink link = LinkOf(from, to);
        EndConnection(link);
        _world.Note($"reset {link.Name}");
    }

    /// <summary>Every link is whole and clear again.</summary>
    public void Heal()
    {
        _world.Note("the network heals");
        // A receiver may answer at once, over a link that does not exist yet.
        foreach (SimulatedLink link in _links.Values.ToList())
        {
            link.Cuts = 0;
            link.CloggedUntil = -1;
            HandOverHeld(link);
        }
    }

    private SimulatedLink LinkOf(MemberId from, MemberId to)
    {
        if (!_links.TryGetValue((from, to), out SimulatedLink? link))
        {
            _links[(from, to)] = link = new SimulatedLink(from, to);
        }

        return link;
    }

    private void Transmit(SimulatedLink link, byte[] bytes)
    {
        link.SendingUntil = Math.Max(link.SendingUntil, _world.Now)
            + (bytes.Length * MicrosecondsPerSecond / Settings.BytesPerSecond);
        long arrival = link.SendingUntil + Settings.Delay.Draw(_random);
        if (_random.Below(1000) >= Settings.ReorderPerMille)
        {
            arrival = Math.Max(arrival, link.LastArrival + 1);
            link.LastArrival = arrival;
        }

        Deliver(link, bytes, arrival);
    }

    private void Deliver(SimulatedLink link, byte[] bytes, long arrival)
    {
        long connection = link.Connection;
        link.UnderWay++;
        _world.At(arrival, link.Name, () =>
        {
            if (connection == link.Connection)
            {
                link.UnderWay--;
                Arrive(link, bytes);
            }
        });
    }

    /// <summary>What waits at a closed link keeps its place in front of what comes later.</summary>
    private void Arrive(SimulatedLink link, byte[] bytes)
    {
        bool isLost = link.Cuts > 0 && !Settings.HoldsWhileCut;
        if (isLost || link.Held.Count >= Settings.CapacityMessages)
        {
            Dropped++;
        }
        else if (IsClosed(link) || link.Held.Count > 0)
        {
            link.Held.Enqueue(bytes);
        }
        else
        {
            HandOver(link, bytes);
        }
    }

    private bool IsClosed(SimulatedLink link) => link.Cuts > 0 || link.CloggedUntil >= _world.Now;

    private void HandOver(SimulatedLink link, byte[] bytes)
    {
        if (!_receivers.TryGetValue(link.To, out Action<MemberId, TMessage>? receive))
        {
            Dropped++;
            return;
        }

        Delivered++;
        _world.Trace.Fold(bytes);
        receive(link.From, _form.Decode(bytes));
    }

    private void EndConnection(SimulatedLink link)
    {
        Dropped += link.UnderWay + link.Held.Count;
        link.Connection++;
        link.UnderWay = 0;
        link.LastArrival = 0;
        link.SendingUntil = 0;
        link.Held.Clear();
    }

    private void HandOverHeld(SimulatedLink link)
    {
        while (!IsClosed(link) && link.Held.TryDequeue(out byte[]? bytes))
        {
            HandOver(link, bytes);
        }
    }
}

using Keelson.Base.Identity;
using Keelson.Simulation.World;

namespace Keelson.Simulation.Network;

/// <summary>
/// Disturbs a network now and then until it is told to stop: one member alone, a random split, one-way cuts, flapping
/// links, clogs, resets; each for a while, several at a time.
/// </summary>
internal sealed class NetworkWeather<TMessage>
{
    private readonly SimulatedWorld _world;
    private readonly SimulatedNetwork<TMessage> _network;
    private readonly IReadOnlyList<MemberId> _members;
    private readonly WeatherSettings _settings;
    private readonly SeededRandom _random;
    private bool _isOver;

    public NetworkWeather(
        SimulatedWorld world,
        SimulatedNetwork<TMessage> network,
        IReadOnlyList<MemberId> members,
        WeatherSettings settings)
    {
        _world = world;
        _network = network;
        _members = members;
        _settings = settings;
        _random = world.RandomOf("weather");
        PlanNext();
    }

    public int Disturbances { get; private set; }

    /// <summary>No disturbance begins any more, and the network heals.</summary>
    public void Stop()
    {
        _isOver = true;
        _network.Heal();
    }

    private void PlanNext()
    {
        if (_settings.IsCalm || _members.Count < 2)
        {
            return;
        }

        _world.After(_settings.Pause.Draw(_random), "weather", () =>
        {
            if (!_isOver)
            {
                Disturb();
                PlanNext();
            }
        });
    }

    private void Disturb()
    {
        Disturbances++;
        long duration = _settings.Duration.Draw(_random);
        MemberId one = Any();
        MemberId other = Any();
        switch (_random.Below(7))
        {
            case 0:
                CutFor(Between([one], both: true), duration);
                break;
            case 1:
                CutFor(Between([one], both: false), duration);
                break;
            case 2:
                CutFor(Between([.. _members.Where(_ => _random.Below(2) == 0)], both: true), duration);
                break;
            case 3:
                CutFor([(one, other)], duration);
                break;
            case 4:
                Flap(one, other, duration, 2 + _random.Below(8));
                break;
            case 5:
                _network.Clog(one, other, duration);
                break;
            default:
                _network.Reset(one, other);
                break;
        }
    }

    private void Flap(MemberId one, MemberId other, long duration, int times)
    {
        for (int time = 0; time < times; time++)
        {
            _world.After(duration * time / times, "flap", () =>
            {
                if (!_isOver)
                {
                    CutFor([(one, other), (other, one)], duration / (2 * times));
                }
            });
        }
    }

    private void CutFor(List<(MemberId From, MemberId To)> links, long duration)
    {
        links.ForEach(link => _network.Cut(link.From, link.To));
        _world.After(duration, "weather ends", () =>
        {
            if (!_isOver)
            {
                links.ForEach(link => _network.Mend(link.From, link.To));
            }
        });
    }

    /// <summary>The links out of a part of the cluster, or in either direction.</summary>
    private List<(MemberId From, MemberId To)> Between(IReadOnlyList<MemberId> part, bool both)
    {
        List<MemberId> rest = [.. _members.Except(part)];
        bool outwards = both || _random.Below(2) == 0;
        List<(MemberId From, MemberId To)> links = [];
        foreach (MemberId inside in part)
        {
            foreach (MemberId outside in rest)
            {
                links.Add(outwards ? (inside, outside) : (outside, inside));
                if (both)
                {
                    links.Add((outside, inside));
                }
            }
        }

        return links;
    }

    private MemberId Any() => _members[_random.Below(_members.Count)];
}

using Keelson.Base;
using Keelson.Base.Identity;
using Keelson.Store.Log;

namespace Keelson.Store.Tests.Log;

public sealed class LogPlacesTests
{
    private readonly LogPlaces _places = new();

    [Test]
    public void Add_AnyFirstIndex_GoesOnFromThere()
    {
        Add(7, 1, 100);
        Add(8, 1, 200);
        Assert.That((_places.First.Value, _places.Last.Value), Is.EqualTo((7, 8)));
        Assert.That(_places[new LogIndex(8)], Is.EqualTo(new LogPlace(1, 200)));
        Assert.That(() => Add(10, 1, 300), Throws.InstanceOf<InvariantException>());
    }

    [TestCase(3)]
    [TestCase(2)]
    [TestCase(1)]
    public void Add_EarlierIndex_ReplacesEverythingFromThereOn(long index)
    {
        for (int number = 1; number <= 4; number++)
        {
            Add(number, 1, 100 * number);
        }

        Add(index, 2, 50);
        Assert.That((_places.First.Value, _places.Last.Value), Is.EqualTo((1, index)));
        Assert.That(_places[new LogIndex(index)], Is.EqualTo(new LogPlace(2, 50)));
    }

    [Test]
    public void ForgetBefore_Segment_DropsItsEntriesAlone()
    {
        for (int number = 1; number <= 100; number++)
        {
            Add(number, 1 + (number / 10), number);
        }

        _places.ForgetBefore(6);
        Assert.That((_places.First.Value, _places.Last.Value), Is.EqualTo((50, 100)));
        Assert.That(_places[new LogIndex(50)], Is.EqualTo(new LogPlace(6, 50)));
        Add(99, 12, 1);
        Assert.That(_places[new LogIndex(99)].Segment, Is.EqualTo(12));
        _places.ForgetBefore(100);
        Assert.That(_places.First, Is.EqualTo(new LogIndex(100)), "where the next one goes on");
        Assert.That(() => _places[new LogIndex(99)], Throws.InstanceOf<InvariantException>());
    }

    private void Add(long index, long segment, int offset) =>
        _places.Add(new LogIndex(index), new LogPlace(segment, offset));
}

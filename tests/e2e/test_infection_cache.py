"""More machines than the worker's memory for them holds: what it forgets, or takes for something else that it
has met, is counted all the same, once, as its earliest detection says."""

import collections
import json
import random

DEVICES = 90_000  # one MiB holds 37,449 infections, and remembers four times as many
MONTHS = ("2024-05", "2024-06")
AGAIN = 50_000
COUNTRIES = ("JP", "US", "DE", "FR")


def fleet(generator):
    """Each machine in each month twice or more, in no order at all."""
    events = [(month, device, generator.randrange(1, 29), generator.randrange(24), generator.choice(COUNTRIES))
              for month in MONTHS for device in range(DEVICES) for _ in range(generator.choice((1, 2, 2, 3)))]
    generator.shuffle(events)
    return events


def lines_of(events, count=None):
    """Of `count` different ones: what is behind them are the last of them again."""
    numbers = [number if count is None or number < count else number - AGAIN for number in range(len(events))]
    return "".join(json.dumps({"time": f"{month}-{day:02}T{hour:02}:00:00Z", "device": f"pc-{device}",
                               "name": "WORM.A", "country": country, "id": f"{number}"}) + "\n"
                   for number, (month, device, day, hour, country) in zip(numbers, events)).encode()


def test_more_machines_than_the_cache_holds(database):
    events = fleet(random.Random(16))
    database.set_threat("worms", "WORM.*")
    half = len(events) // 2
    database.load("-", "--infection-cache", "1", stdin=lines_of(events[:half]))
    # To the second worker all of it is new, and half of it is stored; in the end it meets some events once more.
    loaded = database.load("-", "--infection-cache", "1", stdin=lines_of(events + events[-AGAIN:], len(events)))
    assert f"repeated={half + AGAIN} conflicting=0 " in loaded.stderr, loaded
    database.verify()
    figures = database.stats("worms", MONTHS[0], MONTHS[1], "--top", "10")
    assert [(each["infections"], each["detections"]) for each in figures["months"]] == [
        (DEVICES, sum(event[0] == month for event in events)) for month in MONTHS]
    counted = {each["country"]: each["infections"] for each in figures["countries"]}
    assert sum(counted.values()) == len(MONTHS) * DEVICES
    firsts = {}
    for month, device, day, hour, country in events:
        firsts.setdefault((month, device), {}).setdefault((day, hour), set()).add(country)
    # Of two detections in the same hour the id decides, which the database alone knows.
    certain = collections.Counter()
    possible = collections.Counter()
    for seen in firsts.values():
        countries = seen[min(seen)]
        possible.update(countries)
        if len(countries) == 1:
            certain.update(countries)
    for country in COUNTRIES:
        assert certain[country] <= counted[country] <= possible[country], country

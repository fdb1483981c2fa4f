"""--suppress-below: nothing that is smaller stands in a report, and nothing of it follows from all tables of
the report together."""

import collections
import json
import os
import random

import oracle
import pytest
from disclosure import System, disclosed

SEED = int(os.environ.get("KANSEN_SEED", random.randrange(1 << 31)))
MONTHS = oracle.months_between("2013-01", "2014-04")
VALUES = {"country": ("JP", "US", "DE", "FR", "GB", "ZZ"), "name": ("A.1", "A.2", "A.3", "A.4"),
          "os": ("Windows 7", "Windows XP", "macOS", None), "segment": ("home", "retail", "bank", "gov", None)}


def event(number, month, **values):
    """One of a machine of its own: it counts once, as what it says."""
    return {"time": f"{month}-{1 + number % 28:02}T00:00:{number % 60:02}Z", "device": f"{month}-{number}",
            "name": "A.1", "country": "JP", **values}


def fleet(generator):
    """A dozen infections a month, or none; few values, most of them rare. Each month has something else, so
    that none is a month of which nothing is known."""
    events = [event(0, month, device="else", name="OTHER") for month in MONTHS]
    for month in MONTHS:
        for number in range(generator.choice((0, 4, 9, 14, 22))):
            picked = {key: values[min(int(generator.expovariate(0.7)), len(values) - 1)]
                      for key, values in VALUES.items()}
            events.append(event(number, month, **{key: value for key, value in picked.items() if value}))
    return events


def counts_of(events):
    table = collections.Counter((key, each["time"][:7], each.get(key, "")) for each in events for key in VALUES
                                if each["name"] != "OTHER")
    return lambda dimension, month: {value: count for (key, when, value), count in table.items()
                                     if (key, when) == (dimension, month)}


def report_of(database, threat, first, last, minimum, *options):
    return database.stats(threat, first, last, "--suppress-below", minimum, *options)


def test_the_reader_of_equations_finds_what_follows():
    system = System()
    system.say("abc", 12)
    system.say("a", 7)
    system.say("bd", 4)
    system.say("d", 1)
    system.solve()
    assert system.follows("a") and system.follows("b") and system.follows("c") and system.follows("bc")
    system = System()
    system.say("abc", 12)
    system.say("a", 7)
    system.solve()
    assert not system.follows("b") and system.follows("bc")
    assert not system.follows("x"), "nothing is said of it"
    system = System()
    system.say("ab", 0)
    system.solve()
    assert system.follows("a"), "none is negative"


@pytest.mark.parametrize("round_number", range(6))
def test_nothing_small_follows_from_a_random_report(database, round_number):
    generator = random.Random(SEED + round_number)
    print(f"KANSEN_SEED={SEED}")
    events = fleet(generator)
    database.load_events(events)
    database.set_threat("worms", "A.*")
    for _ in range(6):
        last = generator.choice(MONTHS[-6:])
        first = MONTHS[MONTHS.index(last) - generator.choice((0, 0, 1, 2, 3))]
        options = [first, last, generator.choice((2, 3, 5, 8)), "--top", generator.choice((1, 2, 3, 10)),
                   "--by", generator.choice(("country", "name", "os,segment", "country,name,os,segment"))]
        found = disclosed(report_of(database, "worms", *options), counts_of(events))
        assert not found, f"{options}: {found}"


def many(month, first=0, **counts):
    """Infections by country: many("2013-01", JP=10, US=3)."""
    numbers = iter(range(first, 1000))
    return [event(next(numbers), month, country=country) for country, count in counts.items()
            for _ in range(count)]


CASES = {
    # JP, which is 5, went into "Other" with US, which is 2: the table of changes must not list it.
    "what was hidden beside it": (many("2013-01", JP=7, US=7, DE=17) + many("2013-02", JP=5, US=2, DE=8),
                                  "2013-02", "2013-02", "3", ("--top", "2")),
    # Two countries are beyond the top: the comparison lists one of them, since it was ranked before.
    "what the top leaves out": (many("2013-01", JP=20, US=3, DE=19, FR=17)
                                + many("2013-02", JP=20, US=1, DE=6, FR=9), "2013-02", "2013-02", "3",
                                ("--top", "2")),
    # JP is all there is, and months of the threat as a whole are never hidden.
    "the only one": (many("2013-01", JP=4) + many("2013-02", JP=4), "2013-01", "2013-02", "8", ()),
    # GB has 2 in the first month: the last two are compared, and the window is ranked.
    "the rest of the window": (many("2013-01", JP=13, GB=2, FR=5) + many("2013-02", JP=18, GB=4, FR=6)
                               + many("2013-03", JP=9), "2013-01", "2013-03", "3", ()),
}


@pytest.mark.parametrize("case", CASES)
def test_tables_do_not_undo_each_other(database, case):
    events, first, last, minimum, options = CASES[case]
    database.load_events(events)
    database.set_threat("worms", "A.*")
    for by in ((), ("--by", "country")):
        report = report_of(database, "worms", first, last, minimum, *options, *by)
        assert not disclosed(report, counts_of(events)), json.dumps(report, indent=1)


def test_rates_do_not_list_what_covers_a_small_value(database):
    events = many("2013-02", JP=20, FR=12, DE=8, US=1)
    database.load_events(events)
    beats = [{"time": "2013-02-03T00:00:00Z", "device": f"{country}{number}", "country": country}
             for country in ("JP", "FR", "DE", "US") for number in range(20 if country != "DE" else 10)]
    database.load("-", "--heartbeats", stdin="".join(json.dumps(each) + "\n" for each in beats).encode())
    database.set_threat("worms", "A.*")
    report = report_of(database, "worms", "2013-02", "2013-02", "3", "--top", "2", "--rate-minimum", "5")
    assert report["by_country_rates"], "there are rates"
    assert not disclosed(report, counts_of(events))


def test_a_restatement_does_not_show_a_month_that_the_table_of_months_hides(database, tmp_path):
    before = many("2013-01", JP=20, US=11, DE=9) + many("2013-02", JP=20, US=2, DE=9)
    late = many("2013-01", 500, US=1, JP=1)
    database.load_events(before)
    database.set_threat("worms", "A.*")
    window = ("--from", "2013-01", "--to", "2013-02")
    database.command("publish", "worms", *window, "--suppress-below", "3", "--format", "json", "-o", tmp_path)
    database.load_events(late)
    database.command("publish", "worms", *window, "--restate", "--format", "json", "-o", tmp_path)
    report = json.loads((tmp_path / "worms-2013-01-2013-02-edition-2.en.json").read_bytes())
    rows = report["restated_country"]
    assert [row["country"] for row in rows if row["month"]] == ["JP"], rows
    assert sum(row["arrived"] for row in rows) == 2, "all that changed is there"
    assert not disclosed(report, counts_of(before + late))

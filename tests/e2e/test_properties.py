"""Random fleets against the oracle: whatever the events, the figures are those of oracle.py.

KANSEN_SEED repeats a run. Fleets share one database, and so devices, months and batches; each has a
malware name and a threat of its own.
"""

import os
import random
import uuid

import pytest

import oracle

SEED = int(os.environ.get("KANSEN_SEED", random.SystemRandom().randrange(1 << 32)))
FLEETS = 48
FIRST_YEAR = 2019
COUNTRIES = ["JP", "US", "AU", "IN", "FR", "TW", "DE", "CA", "IT", "GB", "BR", "XK", "KR", "NL"]

# What is special about a fleet; each kind comes several times.
KINDS = ["any", "ties", "one country", "all unknown", "nobody", "movers", "many countries",
         "lone device"]


class Fleet:
    """A threat, its events, and the options to ask its figures with."""

    def __init__(self, number, rng):
        self.number = number
        self.kind = KINDS[number % len(KINDS)]
        self.rng = rng
        self.threat = f"fleet-{number}"
        self.names = [f"FLEET{number}_A.{variant}" for variant in "xyz"] + [f"Fleet{number}_a"]
        self.patterns = [f"FLEET{number}_A*"]
        start = rng.randrange(20)
        self.months = [f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02}"
                       for month in range(start, start + rng.choice([1, 2, 3, 6]))]
        self.countries = {
            "one country": COUNTRIES[:1], "all unknown": [oracle.UNKNOWN], "nobody": [],
            "many countries": COUNTRIES,
        }.get(self.kind, rng.sample(COUNTRIES, rng.randint(1, 8)) + [oracle.UNKNOWN])
        self.events = self.make_events()

    def make_events(self):
        if self.kind == "nobody":
            return [self.event(self.device(), "JP", name=f"OTHER{self.number}_B")]
        if self.kind == "ties":
            each = self.rng.randint(1, 4)
            return [self.event(self.device(), country)
                    for country in self.countries for _ in range(each)]
        events = []
        for _ in range(1 if self.kind == "lone device" else self.rng.randint(1, 60)):
            device, country = self.device(), self.rng.choice(self.countries)
            for _ in range(self.rng.choice([1, 1, 2, 5])):
                if self.kind == "movers" or self.rng.random() < 0.1:
                    country = self.rng.choice(self.countries)
                events.append(self.event(device, country))
                if self.rng.random() < 0.2:
                    events.append(self.at_the_same_time(events[-1]))
        return events + self.rng.choices(events, k=len(events) // 5)  # resends

    def device(self):
        number = self.rng.randrange(400)  # of all fleets: they share devices
        if number % 2:
            return str(uuid.UUID(int=number, version=4))
        return f"host-{number}.example"

    def event(self, device, country, name=None):
        event = {
            "id": str(uuid.UUID(int=self.rng.getrandbits(128), version=4)),
            "time": self.time(), "device": device, "name": name or self.rng.choice(self.names)}
        if country == oracle.UNKNOWN and self.rng.random() < 0.5:
            event["ip"] = self.rng.choice(["10.1.2.3", "192.168.7.7", "fe80::1", "::1"])
        else:
            event["country"] = country
        return event

    def at_the_same_time(self, event):
        """Only the event's id tells which of the two came first."""
        twin = self.event(event["device"], self.rng.choice(self.countries))
        return {**twin, "time": event["time"]}

    def time(self):
        """Any instant of the window or the day before or after, in one of many spellings."""
        year, month = self.rng.choice(self.months).split("-")
        day, hour = self.rng.randint(1, 28), self.rng.randrange(24)
        if self.rng.random() < 0.3:
            day = self.rng.choice([1, 28])
        minute, second = self.rng.randrange(60), self.rng.randrange(60)
        text = f"{year}-{month}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        text += self.rng.choice(["", f".{self.rng.randrange(1000):03}",
                                 f".{self.rng.randrange(1000000):06}"])
        zone = self.rng.choice(["Z", "+00:00", "+09:00", "-11:30", "+14:00"])
        if self.rng.random() < 0.2:
            instant = oracle.event_time({"time": text + zone})
            return round(instant.timestamp()) * 1000 + self.rng.randrange(1000)
        return text + zone

    def questions(self):
        """(from, to, top, unique) of each report to compare."""
        first, last = self.months[0], self.months[-1]
        yield first, last, 10, False
        yield first, last, self.rng.choice([1, 2, 3]), True
        yield "2018-11", f"{FIRST_YEAR + 3}-02", self.rng.choice([0, 100]), self.rng.random() < 0.5
        some = sorted(self.rng.choices(self.months, k=2))
        yield some[0], some[1], self.rng.choice([0, 1, 5, 13, 14, 15]), self.rng.random() < 0.5


def check_shares(figures, context):
    lines = [line["share"] for line in figures["countries"]] + [figures["other"]["share"]]
    hundredths = sum(int(share.replace(".", "")) for share in lines)
    assert hundredths == (oracle.HUNDRED_PERCENT if figures["total"] else 0), f"{context}: {lines}"


@pytest.mark.parametrize("timezone", ["UTC", "Asia/Tokyo", "America/Havana"])
def test_random_fleets(new_database, timezone):
    print(f"KANSEN_SEED={SEED}")
    rng = random.Random(f"{SEED} {timezone}")
    fleets = [Fleet(number, rng) for number in range(FLEETS)]
    events = [event for fleet in fleets for event in fleet.events]
    rng.shuffle(events)
    truth = oracle.Oracle(events, timezone)

    database = new_database(timezone)
    before = [fleet for fleet in fleets if fleet.number % 3]
    for fleet in before:
        database.set_threat(fleet.threat, *fleet.patterns)
    cut = rng.randrange(len(events))
    database.load_events(events[:cut])
    for fleet in fleets:
        if fleet not in before:
            database.set_threat(fleet.threat, *fleet.patterns)
    database.load_events(events[cut:])

    for fleet in fleets:
        for first, last, top, unique in fleet.questions():
            options = ["--top", top] + (["--unique"] if unique else [])
            context = (f"KANSEN_SEED={SEED} {timezone} {fleet.threat} ({fleet.kind})"
                       f" {first} {last} {options}")
            figures = database.stats(fleet.threat, first, last, *options)
            oracle.assert_says(figures, truth.figures(fleet.patterns, first, last, top, unique),
                               context)
            check_shares(figures, context)
    database.verify()


def test_the_order_of_events_is_of_no_matter(new_database):
    print(f"KANSEN_SEED={SEED}")
    rng = random.Random(f"{SEED} order")
    fleet = Fleet(KINDS.index("movers"), rng)
    answers = set()
    for _ in range(4):
        database = new_database()
        database.set_threat(fleet.threat, *fleet.patterns)
        rng.shuffle(fleet.events)
        for part in (fleet.events[:20], fleet.events[20:]):
            database.load_events(part)
        answers.add(database.command("stats", fleet.threat, "--from", fleet.months[0], "--to",
                                     fleet.months[-1], "--format", "json").stdout)
        database.verify()
    assert len(answers) == 1, f"KANSEN_SEED={SEED}: {answers}"

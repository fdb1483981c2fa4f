"""`kansen load` and `kansen ingest` with allocations, system calls, and calls of libpq and
librdkafka failing: the run recovers or says why it ended, no event becomes a dead letter for it,
and after a clean run the database holds exactly what it holds without any failure."""

import itertools
import json

import pytest

import stored

OLD = ("--max-age", "9000")


def event(number, **changes):
    return {"id": f"event-{number}", "device": f"device-{number % 7}", "name": f"WORM.{number % 3}",
            "country": "JP", "time": f"2024-05-{number % 28 + 1:02}T00:00:00Z", "vendor": "Example",
            "product": f"Endpoint {number % 2}", "version": "1", "action": "cleaned", **changes}


STORED_BEFORE = [event(number) for number in range(6)]
LOCATED = event(50, ip="203.0.113.7")
del LOCATED["country"]
EVENTS = [
    *(event(number) for number in range(10, 22)),
    event(30, time="2024-06-01T00:00:00Z", name="TROJ.A"),
    event(12),  # twice in a batch
    event(3),  # stored before
    event(40, country="FR"),  # PostgreSQL refuses it
    LOCATED]
# The last one is larger than a piece of a COPY.
BAD = [b"no JSON", b'{"id": "event-60"}', b"x" * 100_000]
MESSAGES = [json.dumps(each).encode() for each in EVENTS] + BAD


@pytest.fixture
def prepared(database):
    """Two threats, some events, and a rule that refuses the events of one country."""
    database.set_threat("worms", "WORM*")
    database.set_threat("trojans", "TROJ*", "WORM.1")
    database.load_events(STORED_BEFORE)
    database.sql("alter table kansen.detection add constraint no_fr check (country <> 'FR')")
    stored.save(database)
    return database


class IntakePath:
    """What load and ingest have in common."""

    env = None

    def __init__(self, database, mmdb):
        self.database = database
        self.mmdb = mmdb
        self.before = stored.read(database)
        self.reset()
        database.kansen.run(*self.arguments())
        self.expected = stored.read(database)
        assert {reason for _, _, _, reason, *_ in self.expected["letters"]} == {
            "store", "bad_json", "missing_field", "too_large"}
        assert self.expected["geoip"], "the date of the MaxMind DB is not noted"
        database.verify()

    def reset(self):
        stored.restore(self.database)

    def check(self, run):
        found = stored.read(self.database)
        if run.code == 0:
            assert stored.differences(found, self.expected) == [], run.result
            return
        for name in ("detections", "letters"):
            strange = found[name] - self.expected[name]
            assert not strange, f"{name} that should not be there: {strange}: {run.result}"
        self.database.verify()
        again = self.database.kansen.run(*self.arguments())
        found = stored.read(self.database)
        assert stored.differences(found, self.expected) == [], f"{run.result}\n{again}"
        self.database.verify()


class LoadPath(IntakePath):
    name = "load"

    def __init__(self, database, mmdb, tmp_path):
        self.file = tmp_path / "events"
        self.file.write_bytes(b"\n".join(MESSAGES) + b"\n")
        super().__init__(database, mmdb)

    def arguments(self):
        return ["load", self.file, "--db", self.database.conninfo, "--geoip", self.mmdb,
                "--allow-rejected", "4"]


class IngestPath(IntakePath):
    """A new group each time, so that no run waits for a member that was lost in the last one."""

    name = "ingest"
    groups = itertools.count(1)

    def __init__(self, database, mmdb, kafka, topic):
        self.kafka = kafka
        self.topic = topic(2)
        self.group = "none"
        kafka.produce(self.topic, MESSAGES[0::2], partition=0)
        kafka.produce(self.topic, MESSAGES[1::2], partition=1)
        super().__init__(database, mmdb)

    def reset(self):
        self.group = f"failing-calls-{next(self.groups)}"
        super().reset()

    def arguments(self):
        return self.database.ingest_options(
            self.kafka, self.topic, "--until-end", "--geoip", self.mmdb,
            "-X", "session.timeout.ms=6000", *OLD, group=self.group)


def test_a_load_loses_and_doubles_nothing(prepared, mmdb, tmp_path, campaigns):
    campaigns(LoadPath(prepared, mmdb, tmp_path), {"memory": 4, "system": 4, "postgres": 3})


def test_a_worker_loses_and_doubles_nothing(prepared, mmdb, kafka, topic, campaigns):
    campaigns(IngestPath(prepared, mmdb, kafka, topic),
              {"memory": 2, "system": 2, "postgres": 2, "kafka": 4})

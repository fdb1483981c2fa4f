"""From every earlier version, with data in place, to the newest: figures, editions, dead letters and
offsets stay, and ingestion goes on where the older program stopped."""

import pytest

import oracle
from old_schema import HEARTBEATS, LABELS, NEWEST, Stored
from kept import FIRST, LAST, OLD, THREATS, lines, make_events
from program import Database, Kansen
from shared_fixtures import databases

STORED, TOTAL = 300, 400
# The first program had three migrations; editions came with the nineteenth.
FIRST_PROGRAM, EDITIONS = 3, 19
LABELS_OF_EVENTS = ("os", "segment")
EVERY_COUNT = ("select to_char(month, 'YYYY-MM'), dimension, value, infections, detections"
               " from report.dimension_infections where threat = %s")


class Past:
    """What was stored, published and rejected by Kafka's first messages; the next ones are not yet stored."""

    def __init__(self, database, kafka, folder):
        self.topic, self.beats = "past-detections", "past-heartbeats"
        kafka.create_topic(self.topic, 2)
        kafka.create_topic(self.beats, 1)
        self.send(kafka, 0, STORED)
        kafka.produce_lines(self.topic, [b"bad"], 0)
        kafka.produce_lines(self.beats, lines({key: event[key] for key in ("id", "device", "time", "country")}
                                              for event in make_events(0, 50)), 0)
        for threat, patterns in THREATS.items():
            database.set_threat(threat, *patterns, en=threat.title())
        database.ingest(kafka, self.topic, *OLD)
        database.ingest(kafka, self.beats, "--heartbeats", *OLD)
        database.command("publish", "worms", "--from", FIRST, "--to", LAST, "--provisional", "--format", "json,csv",
                         "-o", folder)
        self.edition = {path.name: path.read_bytes() for path in folder.iterdir()}
        database.verify()
        self.stored = Stored(database)
        self.send(kafka, STORED, TOTAL)

    def send(self, kafka, first, last):
        for partition in range(2):
            kafka.produce_lines(self.topic, lines(make_events(first, last))[partition::2], partition)


@pytest.fixture(scope="module")
def past(kafka, postgres, program, tmp_path_factory):
    with databases(Kansen(program), postgres) as make:
        yield Past(make(), kafka, tmp_path_factory.mktemp("published"))


def check_figures(database, version, events):
    """Of events that an older program could not label, the labels are unknown."""
    known = [event if version >= LABELS or place >= STORED
             else {key: value for key, value in event.items() if key not in LABELS_OF_EVENTS}
             for place, event in enumerate(events)]
    truth = oracle.Oracle(known)
    for threat, patterns in THREATS.items():
        assert {(month, dimension, value): tuple(figures) for month, dimension, value, *figures
                in database.sql(EVERY_COUNT, (threat,))} == truth.dimensions(patterns, FIRST, LAST), threat
        oracle.assert_says(database.stats(threat, FIRST, LAST), truth.figures(patterns, FIRST, LAST))
    database.verify()


@pytest.mark.parametrize("version", range(FIRST_PROGRAM, NEWEST))
def test_what_is_stored_stays_and_ingestion_goes_on(past, kafka, new_database, tmp_path, version):
    database = new_database(init=False)
    past.stored.put_back(database, version, FIRST, LAST)
    refused = database.command("stats", "worms", code=78).stderr
    assert f"is at version {version}," in refused and "kansen db migrate" in refused
    said = database.command("db", "migrate").stderr
    assert f"{NEWEST - version} migration" in said
    check_figures(database, version, make_events(0, STORED))

    assert sum(database.stored_offsets(past.topic).values()) == STORED + 1
    went_on = database.ingest(kafka, past.topic, *OLD).stderr
    assert f"accepted={TOTAL - STORED} repeated=0 conflicting=0 rejected=0" in went_on
    check_figures(database, version, make_events(0, TOTAL))
    assert "bad_json" in database.command("dead-letters", "list").stdout
    if version >= HEARTBEATS:
        assert database.value("select sum(devices) from report.active_devices where dimension = 'os'") == 50
    if version >= EDITIONS:
        database.command("editions", "render", "worms", "-o", tmp_path)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == past.edition
    database.command("db", "maintain")
    restated = ["--restate"] if version >= EDITIONS else []
    database.command("publish", "worms", "--from", FIRST, "--to", LAST, "--provisional", *restated,
                     "--format", "text", "-o", tmp_path / "next")

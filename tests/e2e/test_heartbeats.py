"""Heartbeats: which machines are active in a month, exactly, whatever comes and in what order."""

import json
import random

import pytest

from heartbeat_cases import active, heartbeat, lines, many, stored
from servers import wait_until

OLD = ("--max-age", "9000")
EX_USAGE, EX_DATAERR, EX_CONFIG = 64, 65, 78


def load(database, heartbeats, *options, code=0):
    return database.load("-", "--heartbeats", *options, stdin=lines(heartbeats), code=code)


def ingest(database, kafka, topic, *options, **more):
    return database.ingest(kafka, topic, "--heartbeats", *OLD, *options, **more)


def test_a_machine_is_active_once_a_month_where_its_earliest_heartbeat_was(database):
    """In any order, resent, in several loads."""
    heartbeats = many(400, 1)
    shuffled = heartbeats * 2
    random.Random(2).shuffle(shuffled)
    for start in range(0, len(shuffled), 250):
        load(database, shuffled[start:start + 250])
    assert stored(database) == active(heartbeats)
    database.verify()
    assert database.value("select count(*) from kansen.detection") == 0


def test_a_late_heartbeat_moves_the_machine(database):
    load(database, [heartbeat(1, os="Windows 8", country="US")])
    load(database, [heartbeat(1, os="Windows 7", time="2024-05-31T23:59:59Z")])
    assert stored(database)["2024-05", "os", "Windows 8"] == 1
    load(database, [heartbeat(1, time="2024-05-01T00:00:00Z", country="DE", segment="home")])
    assert stored(database) == {("2024-05", dimension, value): 1 for dimension, value in {
        "country": "DE", "product": "", "version": "", "os": "", "segment": "home"}.items()}
    assert database.sql("select country, os, segment from report.active_machines") == [
        ("DE", None, "home")]
    database.verify()


def test_months_are_those_of_the_report_time_zone(new_database):
    database = new_database("Asia/Tokyo")
    load(database, [heartbeat(1, time="2024-04-30T15:00:00Z"),
                    heartbeat(2, time="2024-04-30T14:59:59.999Z")])
    assert stored(database)["2024-05", "country", "JP"] == 1
    assert stored(database)["2024-04", "country", "JP"] == 1


def test_addresses_are_looked_up(database, mmdb):
    """An event's own country stands, as for detections; `name: null` is no name."""
    load(database, [{"device": "a", "ip": "1.0.16.1", "time": 1714979289000, "name": None},
                    heartbeat(1, ip="1.0.16.1", country="FR")], "--geoip", mmdb)
    countries = dict(database.sql("select value, devices from report.active_devices"
                                  " where dimension = 'country'"))
    assert countries.pop("FR") == 1 and list(countries.values()) == [1]


def test_detections_are_no_signs_of_life(database):
    """What has a name is a detection in the wrong place: said, and not counted; nor is a heartbeat
    among detections."""
    detection = {**heartbeat(1), "name": "WORM.A"}
    said = " ".join(load(database, [heartbeat(2), detection], code=EX_DATAERR).stderr.split())
    assert "not_a_heartbeat" in said and "detections are read without --heartbeats" in said
    assert stored(database)["2024-05", "country", "JP"] == 1
    said = load(database, [detection], code=EX_DATAERR).stderr
    assert "its only line is no event, so nothing of it was stored" in said
    said = database.load("-", stdin=lines([heartbeat(3)]), code=EX_DATAERR).stderr
    assert "looks like a heartbeat: --heartbeats reads those" in said
    assert database.value("select count(*) from kansen.detection") == 0


@pytest.mark.parametrize("text, options, way_on", [
    (lines([heartbeat(1)]), (), "kansen load --heartbeats {}"),
    (lines([heartbeat(1)]), ("--event-format", "cloudevents"),
     "kansen load --heartbeats --event-format kansen {}"),
    (lines([{**heartbeat(1), "name": "WORM.A"}]), ("--heartbeats",), "kansen load {}"),
    (lines([{**heartbeat(1), "name": "WORM.A"}]), ("--heartbeats", "--event-format", "cloudevents"),
     "kansen load --event-format kansen {}"),
    (lines([{"specversion": "1.0", "data": heartbeat(1)}]), ("--heartbeats",),
     "kansen load --heartbeats --event-format cloudevents {}"),
    (lines([{"@timestamp": "2024-05-06T07:08:09Z"}]), ("--heartbeats",),
     "kansen load --event-format ecs {}"),
    (lines([{"when": 1}]), ("--heartbeats",),
     "kansen load --heartbeats --event-format FORMAT-FILE {}, or jq to rename its keys"),
    (json.dumps(heartbeat(1), indent=1), ("--heartbeats",), "jq -c . {} | kansen load --heartbeats -"),
    (json.dumps(heartbeat(1), indent=1), (), "jq -c . {} | kansen load --heartbeats -"),
    ("PK\x03\x04" + "x" * 60, ("--heartbeats",), "unzip -p {} | kansen load --heartbeats -"),
    ("PK\x03\x04" + "x" * 60, ("--heartbeats", "--event-format", "cloudevents"),
     "unzip -p {} | kansen load --heartbeats --event-format cloudevents -"),
])
def test_the_way_on_loads_a_file_as_what_it_holds(database, tmp_path, text, options, way_on):
    path = tmp_path / "kansen load FILE"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = database.load(path, *options, code=EX_DATAERR).stderr
    assert "  " + way_on.format(f"'{path}'") in said.splitlines(), said


def test_what_is_wrong_is_rejected_and_replayed_as_a_heartbeat(database):
    old = heartbeat(1, time="2001-05-06T07:08:09Z")
    load(database, [heartbeat(2), old, heartbeat(3, country="Japan")], "--max-age", "9000",
         code=EX_DATAERR)
    letters = "select reason, heartbeat from report.dead_letters where replayed_at is null order by 1"
    assert database.sql(letters) == [("bad_country", True), ("time_out_of_range", True)]
    database.load_bad(b'{"name":"W"}\n')
    database.command("dead-letters", "replay", "--max-age", "36000")
    assert database.sql(letters) == [("bad_country", True), ("missing_field", False)]
    assert stored(database)["2001-05", "country", "JP"] == 1
    shown = database.command("dead-letters", "show", database.value(
        "select letter_id from report.dead_letters where reason = 'bad_country'")).stdout
    assert "read as    heartbeat\n" in shown
    database.verify()


def test_a_format_of_ones_own_needs_no_name(database, tmp_path):
    path = tmp_path / "beats.format"
    path.write_text("time = /t\ndevice = /d\ncountry = /c\nos = /o/name\n", encoding="utf-8")
    text = json.dumps({"t": 1714979289000, "d": "a", "c": "JP", "o": {"name": "X"}}).encode() + b"\n"
    database.load("-", "--heartbeats", "--event-format", path, stdin=text)
    assert stored(database)["2024-05", "os", "X"] == 1
    assert "name is missing" in database.load("-", "--event-format", path, stdin=text,
                                              code=EX_CONFIG).stderr
    said = database.load("-", "--heartbeats", "--event-format", "ecs", stdin=text, code=EX_USAGE)
    assert "ecs is a format of alerts, not of heartbeats" in said.stderr
    event = {"specversion": "1.0", "id": "1", "source": "b", "type": "beat",
             "time": "2024-05-06T07:08:09Z", "data": {"country": "US"}}
    database.load("-", "--heartbeats", "--event-format", "cloudevents",
                  stdin=json.dumps(event).encode() + b"\n")
    assert stored(database)["2024-05", "country", "US"] == 1


# ---- Kafka

def test_two_topics_two_workers_exactly_once(kafka, topic, database):
    """A worker killed in between, everything sent twice, detections beside it."""
    beats, detections = topic(4), topic(2)
    heartbeats = many(3000, 3, machines=700)
    for partition in range(4):
        kafka.produce_lines(beats, [json.dumps(each).encode()
                                    for each in (heartbeats * 2)[partition::4]], partition)
    found = [{**each, "name": "WORM.A", "id": str(place)}
             for place, each in enumerate(heartbeats[:500])]
    for partition in range(2):
        kafka.produce_lines(detections, [json.dumps(each).encode()
                                         for each in found[partition::2]], partition)
    database.set_threat("worms", "WORM*")
    worker = database.start_ingest(kafka, beats, "--heartbeats", "-X", "session.timeout.ms=6000", *OLD)
    try:
        wait_until(lambda: sum(database.stored_offsets(beats).values() or [0]) > 0
                   or not worker.alive(), "a batch of heartbeats", [worker])
    finally:
        worker.kill()
    ingest(database, kafka, beats)
    database.ingest(kafka, detections, *OLD)
    assert stored(database) == active(heartbeats)
    assert sum(database.stored_offsets(beats).values()) == 6000
    assert database.value("select sum(infections)::bigint from report.monthly_infections") == len(
        {(each["time"][:7], each["device"]) for each in found})
    database.verify()


def test_reading_again_makes_up_for_heartbeats_that_were_missed(kafka, topic, database):
    """Of machines that were not counted for a month, and of those that have the values of a later heartbeat: the topic
    is read to its end, and the database knows some of it."""
    beats = topic(2)
    heartbeats = many(600, 5, machines=120)
    ingest(database, kafka, beats)
    for partition in range(2):
        kafka.produce_lines(beats, [json.dumps(each).encode() for each in heartbeats[partition::2]], partition)
    database.sql("update kansen.kafka_offset set next_offset = 300 where topic = %s", (beats,))
    known = [each for place, each in enumerate(heartbeats) if place % 5 == 0]
    load(database, known)
    ingest(database, kafka, beats)
    assert stored(database) == active(known) != active(heartbeats)
    database.verify()  # the set and its counts are alike, so it can't know

    database.command("db", "reread", "--topic", beats, "--group", "tests")
    ingest(database, kafka, beats)
    assert stored(database) == active(heartbeats)
    database.verify()


def test_a_topic_is_of_one_kind(kafka, topic, database):
    """A mistake is said at once, by whoever comes second; and there is a way on."""
    beats, detections = topic(1), topic(1)
    kafka.produce_lines(beats, [json.dumps(heartbeat(1)).encode()], 0)
    kafka.produce_lines(detections, [json.dumps({**heartbeat(2), "name": "W"}).encode()], 0)
    ingest(database, kafka, beats)
    said = database.ingest(kafka, beats, *OLD, code=EX_CONFIG).stderr
    assert f"topic {beats} is read as heartbeats by group tests, not as detections" in said
    said = database.ingest(kafka, beats, *OLD, group="another", code=EX_CONFIG).stderr
    assert f"kansen db retire --topic {beats} --group tests" in said

    ingest(database, kafka, detections, group="mistake")
    assert database.sql("select reason, heartbeat from report.dead_letters") == [
        ("not_a_heartbeat", True)]
    said = database.ingest(kafka, detections, *OLD, group="mistake", code=EX_CONFIG).stderr
    assert f"kansen db reread --topic {detections} --group mistake" in said
    database.command("db", "reread", "--topic", detections, "--group", "mistake")
    database.ingest(kafka, detections, *OLD, group="mistake")
    assert database.value("select count(*) from kansen.detection") == 1
    assert "heartbeats" in database.command("db", "status").stdout
    database.verify()


def test_months_are_complete_by_the_topics_of_their_kind(kafka, topic, database):
    """Heartbeats that lag hold up no count, and detections that lag no active machine."""
    beats = topic(2)
    kafka.produce_lines(beats, [json.dumps(heartbeat(1)).encode()], 0)
    ingest(database, kafka, beats)
    database.load_events([{**heartbeat(2), "name": "W"}])
    database.sql("update kansen.kafka_offset set read_until = '2024-05-20Z' where partition = 1")

    def state(view):
        return database.value(f"select state from report.{view} where month = '2024-05-01'")

    assert (state("completeness"), state("active_completeness")) == ("complete", "provisional")
    database.sql("update kansen.kafka_offset set heartbeats = false")
    assert (state("completeness"), state("active_completeness")) == ("provisional", "complete")
    assert database.value("select state from report.active_completeness"
                          " where month = '2024-04-01'") == "no-data"


def test_a_month_of_which_no_file_of_heartbeats_was_loaded_has_no_rate(database):
    load(database, [heartbeat(1, time="2024-02-06T00:00:00Z"), heartbeat(2, time="2024-04-06T00:00:00Z")])
    assert database.sql("select state from report.active_completeness where month between '2024-02-01'"
                        " and '2024-04-01' order by month") == [("complete",), ("no-data",), ("complete",)]


def test_the_first_detection_begins_what_is_known_not_the_first_heartbeat(database):
    load(database, [heartbeat(1, time="2024-02-06T00:00:00Z")])
    database.set_threat("worms", "WORM*")
    database.load_events([{**heartbeat(2), "name": "WORM.A"}])
    figures = database.stats("worms", "2024-02", "2024-05")
    assert [month["state"] for month in figures["months"]] == ["no-data"] * 3 + ["complete"]


def test_verify_names_a_count_that_is_not_that_of_the_set(database):
    """Of each dimension."""
    values = {"country": "DE", "product": "P", "version": "V", "os": "X", "segment": "S"}
    load(database, [heartbeat(1), heartbeat(2, **values)])
    for table in ("infection_count", "count_change"):
        database.sql(f"update kansen.{table} set infections = infections + 1"
                     " where threat_id = 0 and value = any (%s)", (list(values.values()),))
    assert database.verify(code=EX_DATAERR).stdout.splitlines() == [
        f'active machines 2024-05 {dimension} "{value}": stored 2, the set of machines says 1'
        for dimension, value in values.items()]


def test_definitions_and_relocations_leave_heartbeats_alone(database, mmdb):
    load(database, [{"device": "device-1", "ip": "1.0.16.1", "time": "2024-05-06T07:08:09Z", "id": "x"}])
    database.set_threat("worms", "WORM*")
    database.load_events([{"device": "device-1", "ip": "1.0.16.1", "time": "2024-05-06T07:08:09Z",
                           "id": "x", "name": "WORM.A"}])
    before = stored(database)
    database.command("db", "relocate", "--geoip", mmdb, "--from", "2024-05", "--to", "2024-05")
    database.set_threat("worms", "WORM.A")
    database.command("threat", "remove", "worms")
    assert stored(database) == before
    database.verify()

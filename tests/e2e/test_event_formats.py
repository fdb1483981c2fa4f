"""--event-format: events of other products, by formats that are there and by files."""

import json
import pathlib
import subprocess
import uuid

import pytest

from foreign_events import CLOUDEVENT_HEADERS, DEVICE, SAMPLES, cloudevent, detection
from foreign_events import TEXT, TIME_MS, ecs_alert, in_base64, kibana_signal, ocsf_detection_finding
from test_dead_letters import replay, tables

EX_USAGE, EX_DATAERR, EX_CONFIG = 64, 65, 78
OLD = ("--max-age", "9000")
SCENARIO = (pathlib.Path(__file__).resolve().parents[2]
            / "simulate/scenarios/bitcoin-miner-2013.scenario")
DEVICES = uuid.UUID("1aac3139-2ecf-4488-a2a0-823aa63af2b3")  # ingest/event/identity.h
EVENTS = uuid.UUID("d62d7ebb-7883-486b-be1c-076d1e1ce3ac")
STORED = ("select device_id::text, malware_name, event_time, host(address), sha256, vendor, product,"
          " version, action, os, segment, country, event_id::text from report.detections")
LETTERS = ("select \"offset\", element, reason, detail from kansen.dead_letter order by 1, 2")


def encode(document):
    return json.dumps(document, ensure_ascii=False).encode()


def as_uuid(name, namespace):
    try:
        return str(uuid.UUID(name))
    except ValueError:
        return str(uuid.uuid5(namespace, name))


def row(expected):
    """What report.detections has of a sample; an event without id has one of its content."""
    return [as_uuid(expected["device"], DEVICES), expected["name"], expected["time"],
            expected["address"], expected["sha256"], expected["vendor"], expected["product"],
            expected["version"], expected["action"], expected["os"], expected["segment"],
            expected.get("country", "ZZ")]


@pytest.mark.parametrize("place", range(len(SAMPLES)))
def test_samples_are_stored(shared_database, place):
    name, message, expected = SAMPLES[place]
    shared_database.sql("truncate kansen.detection, kansen.dead_letter")
    shared_database.load("-", "--event-format", name, stdin=encode(message) + b"\n", code=None)
    assert shared_database.sql(LETTERS) == []
    stored = shared_database.sql(STORED)
    assert [list(each[:-1]) for each in stored] == [row(expected)]
    if "id" in expected:
        assert stored[0][-1] == as_uuid(expected["id"], EVENTS)
    # None of them is an event of another format.
    shared_database.load("-", stdin=encode(message) + b"\n", code=EX_DATAERR)
    assert len(shared_database.sql(STORED)) == 1


def test_what_is_no_detection_is_rejected_as_such(database):
    lines = [
        ("ocsf", ocsf_detection_finding(class_uid=4001), "the value at /class_uid is not one of"),
        ("ocsf", ocsf_detection_finding(activity_id=3), "the value at /activity_id is not one of"),
        ("ocsf", [{"time": 1}, ocsf_detection_finding()], "nothing at /class_uid"),
        ("ecs", ecs_alert(event={"kind": "metric"}), "the value at /event/kind | /event.kind is"),
    ]
    for name, message, detail in lines:
        database.sql("truncate kansen.dead_letter")
        database.load("-", "--event-format", name, stdin=encode(message) + b"\n", code=None)
        letter, = database.sql(LETTERS)
        assert letter[2] == "not_a_detection" and detail in letter[3], letter


def test_a_missing_value_names_our_key_and_where_it_was_looked_for(database):
    lines = b"".join(encode(message) + b"\n" for message in (ecs_alert(), ecs_alert(rule=None)))
    database.load("-", "--event-format", "ecs", stdin=lines, code=EX_DATAERR)
    (_, _, reason, detail), = database.sql(LETTERS)
    assert reason == "missing_field"
    assert detail.startswith("name: missing or null; looked at /threat/software/name | ")
    assert "/rule/name" in detail


def test_what_is_wrong_is_said_in_the_words_of_the_format(database, tmp_path):
    path = tmp_path / "own.format"
    text = 'time = /t\ntime.unit = s\ndevice = /d/id\nname = /n\ncountry = "JP"\n'
    good = {"t": 1379000000.25, "d": {"id": "a"}, "n": "W"}
    for change, detail in (
            ({"t": "1379000000"}, "time: looks like seconds since 1970; seconds are expected, and no quotes"),
            ({"t": 1379000000000}, "Z; seconds are expected"),
            ({"d": json.dumps(good["d"])}, "device: missing or null; there is JSON inside a JSON string;")):
        database.sql("truncate kansen.dead_letter")
        path.write_text(text, encoding="utf-8")
        database.load("-", "--event-format", path, code=65,
                      stdin=encode(good) + b"\n" + encode({**good, **change}) + b"\n")
        letter, = database.sql(LETTERS)
        assert detail in letter[3], letter
    path.write_text(text + "[only]\n/k = yes\n", encoding="utf-8")
    said = database.load("-", "--event-format", path, stdin=b"", code=78).stderr
    assert '/k: what a detection has there is a whole number, "a text" in quotes, or null' in said


def test_elements_count_where_lines_are_counted(database, feed):
    """Two of three events of one line: not two of one line, and not 200 %."""
    stdin = encode({"records": [records()[0], 5, 6]}) + b"\n"
    result = database.load("-", "--event-format", feed, stdin=stdin, code=65)
    assert "2 of 3 lines were rejected" in result.stderr
    database.load("-", "--event-format", feed, "--allow-rejected", "67%", stdin=stdin)
    database.load("-", "--event-format", feed, "--allow-rejected", "66%", stdin=stdin, code=65)


def test_our_own_events_are_none_of_another_format(database):
    """Nothing is kept of a file that was loaded with the wrong option."""
    own = detection(id="a", time="2024-05-06T07:08:09Z")
    for name in ("ocsf", "ecs", "cloudevents"):
        result = database.load("-", "--event-format", name, stdin=encode(own) + b"\n", code=None)
        assert name == "cloudevents" or "kansen load --event-format kansen FILE" in result.stderr
    assert database.value("select count(*) from kansen.dead_letter") == 0


def test_data_that_is_no_event_in_base64_is_rejected(database):
    good = encode(cloudevent()) + b"\n"
    for data, reason, detail in (
            ("eyJ", "bad_json", "not base64 (in data_base64)"),
            ("eyJhIjoxfQ", "bad_json", "not base64"), ("eyJh IjoxfQ=", "bad_json", "not base64"),
            (in_base64({"name": "\0"}), "nul", "NUL, escaped, at byte 10 (in data_base64)"),
            ("/9j/4AAQ", "bad_utf8", "(in data_base64)"), ("YWJj", "bad_json", "(in data_base64)"),
            (in_base64([1]), "not_an_object", "(in data_base64)"),
            (in_base64({"name": "W", "country": "jp"}), "bad_country", "looks like the code JP"),
            (in_base64({"country": "JP"}), "missing_field", "looked at /data/name | /data_base64/name")):
        database.sql("truncate kansen.dead_letter")
        bad = {**cloudevent(), "data": None, "data_base64": data}
        database.load("-", "--event-format", "cloudevents", code=65, stdin=good + encode(bad) + b"\n")
        letter, = database.sql(LETTERS)
        assert letter[2] == reason and detail in letter[3], letter


def test_a_format_of_ones_own_reads_base64(database, tmp_path):
    path = tmp_path / "own.format"
    text = 'base64 = /a/b\ntime = /t\ndevice = /a/b/d\nname = /a/b/n/0\ncountry = "JP"\n'
    path.write_text(text, encoding="utf-8")
    database.load("-", "--event-format", path, stdin=encode(
        {"t": TIME_MS, "a": {"b": in_base64({"d": "x", "n": ["W"]})}}) + b"\n")
    assert database.value("select malware_name from report.detections") == "W"
    for more in ("base64 = /c", "base64 = /a | /b", 'base64 = "a"', "base64 = header:a"):
        path.write_text(text.replace("base64 = /a/b\n", "") + more.replace("/c", "/a | /c") + "\n", encoding="utf-8")
        said = database.load("-", "--event-format", path, stdin=b"", code=78).stderr
        assert "base64: one JSON Pointer, to a text that is JSON in base64" in said


def test_envelopes_of_kcat_have_their_headers(database, tmp_path):
    """A dump of binary CloudEvents by `kcat -J`."""
    headers = [word for header in CLOUDEVENT_HEADERS for word in header]
    envelope = {"topic": "t", "partition": 0, "offset": 7, "tstype": "create", "ts": 1, "broker": 1,
                "headers": headers, "key": "k", "payload": json.dumps(detection())}
    path = tmp_path / "dump"
    again = {**envelope, "headers": [*headers, "ce_id", "B"], "offset": 8}
    null = {**envelope, "headers": ["ce_time", TEXT, "ce_id", "B", "x", None, "ce_source"], "offset": 9}
    path.write_bytes(b"".join(encode(each) + b"\n" for each in (envelope, again, null, {**envelope, "headers": 5})))
    for _ in range(2):
        database.load(path, "--event-format", "cloudevents", code=65)
        stored = sorted((each[0], each[-1]) for each in database.sql(STORED))
        assert stored == sorted([(as_uuid(DEVICE, DEVICES), as_uuid("A234-1234", EVENTS)),
                                 (as_uuid(DEVICE, DEVICES), as_uuid("B", EVENTS))])
        assert [letter[0:3] for letter in database.sql(LETTERS)] == [
            (2, 0, "duplicate_key"), (4, 0, "missing_field")]
    path.write_bytes(encode(envelope) + b"\n")
    assert "repeated=1" in database.load(path, "--event-format", "cloudevents").stderr


def test_an_alert_that_was_worked_on_counts_once(database):
    alerts = [kibana_signal(), {**kibana_signal(), "@timestamp": "2024-07-09T00:00:00Z"}]
    result = database.load("-", "--event-format", "ecs", stdin=b"".join(encode(each) + b"\n" for each in alerts))
    assert "accepted=1 repeated=1" in result.stderr


def test_cloudevents_in_headers(kafka, topic, database):
    """Binary mode: the value is the data, the rest stands in headers; also when it is replayed."""
    name = topic(1)

    def send(value, headers):
        options = [word for header in headers for word in ("-H", "=".join(header))]
        subprocess.run(["kcat", "-P", "-b", kafka.brokers, "-t", name, "-p", "0", *options],
                       input=encode(value), check=True)

    send(detection(), CLOUDEVENT_HEADERS)
    send({"name": "BKDR_A", "country": "JP"}, CLOUDEVENT_HEADERS)
    send(cloudevent(), [("content-type", "application/cloudevents+json")])
    send([cloudevent(id="batch-1"), cloudevent(id="batch-2")],
         [("content-type", "application/cloudevents-batch+json")])
    send(detection(), [each for each in CLOUDEVENT_HEADERS if each[0] != "ce_time"])
    send(detection(), [*CLOUDEVENT_HEADERS, ("ce_time", "2024-05-06T00:00:00Z")])
    database.ingest(kafka, name, "--event-format", "cloudevents", "--max-age", "1")
    assert [letter[2] for letter in database.sql(LETTERS)] == [
        "time_out_of_range", "time_out_of_range", "time_out_of_range", "time_out_of_range",
        "time_out_of_range", "missing_field", "duplicate_key"]
    assert replay(database, *OLD, "--event-format", "cloudevents") == {
        "accepted": 3, "repeated": 2, "conflicting": 1, "rejected": 2}
    assert {(each[0], each[1], each[-1]) for each in database.sql(STORED)} == {
        (DEVICE, "TROJ_COINMINE.A", as_uuid(number, EVENTS))
        for number in ("A234-1234", "batch-1", "batch-2")}
    assert database.stored_offsets(name) == {0: 6}


FILE = """
# A feed of a network sensor.
time = /ts
time.unit = s
device = /host/serial | /host/name
name = /sig
ip = /host/addr
vendor = "Example Networks"
each = /records

[only]
/type = "malware"
"""


@pytest.fixture
def feed(tmp_path):
    path = tmp_path / "sensor.format"
    path.write_text(FILE, encoding="utf-8")
    return path


def records():
    good = {"type": "malware", "ts": 1714979289.5, "sig": "WORM.A",
            "host": {"serial": "SN-1", "addr": "203.0.113.7"}}
    return [good, {**good, "ts": 1714979290, "host": {"name": "pc-2", "addr": "203.0.113.8"}},
            {**good, "type": "flow"}, {**good, "sig": None}, 7, good]


def test_a_file_says_where_the_events_are(kafka, topic, database, feed):
    name = topic(1)
    whole = encode({"version": 1, "records": records()})
    # Confluent's five bytes in front of JSON are no part of it.
    kafka.produce(name, [whole, b"\0\0\0\0\7" + whole,
                         encode({"records": []}), encode({"version": 1}), encode({"records": 5}),
                         encode(records()[:1])])
    database.ingest(kafka, name, *OLD, "--event-format", feed)
    first = [(3, "not_a_detection"), (4, "missing_field"), (5, "not_an_object")]
    assert [letter[:3] for letter in database.sql(LETTERS)] == [
        *((0, *each) for each in first), *((1, *each) for each in first), (2, 0, "empty"),
        (3, 0, "missing_field"), (4, 0, "wrong_type")]
    assert sorted(each[0] for each in database.sql(STORED)) == sorted(
        as_uuid(device, DEVICES) for device in ("SN-1", "pc-2"))
    assert {each[5] for each in database.sql(STORED)} == {"Example Networks"}
    # An element is read again as the element that it is.
    assert replay(database, *OLD, "--event-format", feed)["rejected"] == 9
    feed.write_text(FILE.replace('"malware"', '"malware" | "flow"'), encoding="utf-8")
    assert replay(database, *OLD, "--event-format", feed) == {
        "accepted": 0, "repeated": 2, "conflicting": 0, "rejected": 7}


def test_mistakes_are_named_before_anything_is_read(database, feed):
    for name, said in (("oscf", "did you mean ocsf?"), ("nonsense", "kansen, cloudevents, ecs, ocsf")):
        result = database.load("-", "--event-format", name, stdin=b"{}\n", code=EX_USAGE)
        assert f"--event-format {name}: no such format or file" in result.stderr, result
        assert said in result.stderr
    for text, said in ((FILE.replace("device", "devcie"), f"{feed}:5: unknown key \"devcie\""),
                       (FILE.replace("/sig", "sig"), f"{feed}:6: "),
                       (FILE.replace("name = /sig", ""), f"{feed}: name is missing")):
        feed.write_text(text, encoding="utf-8")
        for words in (("load", "-"), ("dead-letters", "replay")):
            result = database.command(*words, "--event-format", feed, code=EX_CONFIG)
            assert said in result.stderr, result
    assert database.sql(LETTERS) == []


def test_kansen_is_the_format_unless_told_otherwise(database):
    event = {"id": "1", "time": "2024-05-06T07:08:09Z", "device": "a", "name": "b", "country": "JP"}
    database.load("-", "--event-format", "kansen", stdin=encode(event) + b"\n")
    result = database.load("-", stdin=encode(event) + b"\n")
    assert "repeated=1" in result.stderr


def test_a_simulated_fleet_is_the_same_in_every_format(kansen, database, new_database):
    def simulate(name):
        return kansen.run("simulate", SCENARIO, "--event-format", name, "--part", "2/40").bytes

    own = simulate("kansen")
    assert len(own.splitlines()) > 500
    database.load("-", stdin=own)
    for name in ("ocsf", "ecs", "cloudevents"):
        other = new_database()
        lines = simulate(name)
        assert len(lines.splitlines()) == len(own.splitlines())
        other.load("-", "--event-format", name, stdin=lines)
        assert tables(other) == tables(database)


def test_parts_of_a_fleet_are_the_whole(kansen):
    lines = kansen.run("simulate", SCENARIO).bytes.splitlines()
    parts = [line for part in (1, 2, 3)
             for line in kansen.run("simulate", SCENARIO, "--part", f"{part}/3").bytes.splitlines()]
    assert sorted(parts) == sorted(lines)
    for wrong in ("0/3", "4/3", "1", "1/3x", "a/b", "-1/3"):
        result = kansen.run("simulate", SCENARIO, "--part", wrong, code=None)
        assert result.code != 0 and "--part is K/N" in result.stderr, result
    result = kansen.run("simulate", SCENARIO, "--event-format", "oscf", code=None)
    assert result.code != 0 and "ocsf" in result.stderr

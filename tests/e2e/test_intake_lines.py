"""What a worker, a load and a replay say about what comes in: each minute, at the end, and at once when
most of it is rejected or has no country."""

import json
import pathlib
import subprocess

import pytest

from servers import wait_until
from test_json_log import lines_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
OLD = ("--max-age", "9000")
JSON = ("--log-format", "json")
REJECTED = "more than half of a partition is rejected"
RECOVERED = "most of the partition is accepted again"
OF_FILE = "more than half of a file is rejected"
UNLOCATED = "the MaxMind DB has no country for nearly all addresses"
NO_GEOIP = "events carry an address and no country, and there is no --geoip: they count as ZZ"
EVERY_SECOND = ("--stats-interval", "1")


def make_lines(count, start=0, **changes):
    return [json.dumps({"id": f"event-{number}", "device": f"device-{number}", "name": "WORM.A",
                        "country": "JP", "time": "2024-05-06T00:00:00Z", **changes}).encode()
            for number in range(start, start + count)]


def said(result, message):
    return [line for line in lines_of(result.stderr) if line["msg"] == message]


def heard(worker, message):
    whole = worker.said().rpartition("\n")[0].splitlines()
    return [line for line in map(json.loads, whole) if line["msg"] == message]


# ---- warnings of a worker

def test_a_topic_of_something_else_is_seen_at_once(kafka, topic, database):
    """Today's worst: nearly all of a topic became dead letters without a word."""
    name = topic(1)
    kafka.produce_lines(name, [b'{"foreign":%d}' % number for number in range(3000)])
    result = database.ingest(kafka, name, *OLD, *JSON)
    warning, = said(result, REJECTED)
    assert warning["level"] == "warning" and warning["topic"] == name
    assert (warning["partition"], warning["rejected"], warning["of"]) == (0, 51, 51)
    assert (warning["reason"], warning["offset"]) == ("missing_field", 50)
    assert "time" in warning["detail"] and "--event-format" in warning["hint"]
    shown = database.command(*warning["see"].split()[1:]).stdout
    assert '{"foreign":50}' in shown and warning["detail"] in shown
    assert lines_of(result.stderr)[-1]["rejected_missing_field"] == 3000


def test_a_partition_that_turns_bad_and_good_again(kafka, topic, database):
    name = topic(2)
    kafka.produce_lines(name, make_lines(1500) + [b"nonsense"] * 500 + make_lines(1500, 1500), 0)
    kafka.produce_lines(name, make_lines(1500, 5000) + [b"nonsense"] * 1501
                        + make_lines(1500, 7000) + [b"nonsense"] * 400, 1)
    result = database.ingest(kafka, name, *OLD, *JSON)
    warning, = said(result, REJECTED)
    assert (warning["partition"], warning["rejected"], warning["of"]) == (1, 501, 1000)
    assert (warning["offset"], warning["reason"]) == (2000, "bad_json") and "hint" not in warning
    over, = said(result, RECOVERED)
    assert (over["level"], over["topic"], over["partition"]) == ("info", name, 1)
    assert (over["rejected"], over["of"]) == (249, 1000)


def test_elements_of_arrays_are_judged_one_by_one(kafka, topic, database):
    name = topic(1)
    good = [json.loads(line) for line in make_lines(20)]
    kafka.produce_lines(name, [json.dumps(good + [{"foreign": number} for number in range(80)]).encode()])
    result = database.ingest(kafka, name, *OLD, *JSON)
    warning, = said(result, REJECTED)
    assert (warning["rejected"], warning["of"]) == (51, 71)
    assert (warning["offset"], warning["element"]) == (0, 71)
    ended = lines_of(result.stderr)[-1]
    assert (ended["accepted"], ended["rejected_missing_field"]) == (20, 80)
    listed = database.command("dead-letters", "list").stdout
    assert "(partition 0, offset 0, element 100): " in " ".join(listed.split())


def test_good_topics_are_not_warned_of(kafka, topic, database):
    name = topic(2)
    for partition in range(2):
        kafka.produce_lines(name, make_lines(1000, 1000 * partition)
                            + [b"nonsense", *make_lines(1, 5000 + partition)] * 499, partition)
    result = database.ingest(kafka, name, *OLD, *JSON)
    assert all(line["level"] == "info" for line in lines_of(result.stderr))
    assert lines_of(result.stderr)[-1]["rejected_bad_json"] == 998


# ---- a worker's line of each interval

def test_the_line_of_a_minute(kafka, topic, database, mmdb):
    name = topic(2)
    messages = (make_lines(300) + make_lines(100) + make_lines(20, name="OTHER") + [b"nonsense"] * 5
                + [b"{}"] * 3 + make_lines(7, 1000, country=None, ip="203.0.113.7")
                + make_lines(2, 2000, country=None, ip="10.0.0.1")
                + make_lines(4, 3000, ip="unknown"))
    worker = database.start_ingest(kafka, name, *OLD, *JSON, *EVERY_SECOND, "--geoip", mmdb)
    kafka.produce_lines(name, messages, 0)
    kafka.produce_lines(name, [b"\xff"] * 2, 1)
    wait_until(lambda: database.stored_offsets(name) == {0: len(messages), 1: 2}, "all of it", [worker])
    wait_until(lambda: sum(line["accepted"] + line["repeated"] + line["rejected"]
                           for line in heard(worker, "what came in")) == len(messages) + 2,
               "the lines of all of it", [worker])
    lines = heard(worker, "what came in")
    last = lines[-1]
    assert list(last)[:4] == ["time", "level", "msg", "seconds"] and last["seconds"] >= 1
    assert (last["partitions"], last["lag"]) == (2, 0)

    def total(key):
        return sum(line.get(key, 0) for line in lines)
    assert {key: total(key) for key in last if isinstance(last[key], int) and key in (
        "accepted", "repeated", "conflicting", "rejected")} == {
            "accepted": 313, "repeated": 120, "conflicting": 20, "rejected": 10}
    assert [total(f"rejected_{reason}") for reason in ("bad_json", "missing_field", "bad_utf8")] == [
        5, 3, 2]
    assert (total("geoip_lookups"), total("geoip_misses")) == (9, 2)
    assert total("ignored_addresses") == 4
    ended = lines_of(worker.terminate().stderr)[-1]
    assert ended["msg"] == "stopped" and all(
        ended[key] == total(key) for key in ended if isinstance(ended[key], int))


def test_an_idle_worker_says_nothing(kafka, topic, database):
    """It goes on for some intervals behind its first line, until another batch comes."""
    name = topic(1)
    worker = database.start_ingest(kafka, name, *OLD, *JSON, *EVERY_SECOND)
    kafka.produce_lines(name, make_lines(10))
    wait_until(lambda: heard(worker, "what came in"), "its line", [worker])
    before = database.value("select now()")
    wait_until(lambda: database.value("select now() > %s::timestamptz + interval '3 s'", (before,)),
               "three intervals", [worker])
    kafka.produce_lines(name, make_lines(5, 10))
    wait_until(lambda: heard(worker, "what came in")[-1]["accepted"] == 5, "its line", [worker])
    assert all(line["accepted"] > 0 or line["lag"] > 0 for line in heard(worker, "what came in"))
    worker.terminate()


def test_what_says_only_how_far_was_read_is_not_worth_a_line(kafka, topic, database):
    """A worker that finds nothing new still notes until when it has read."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(10))
    database.ingest(kafka, name, *OLD)
    read_until = "select read_until from kansen.kafka_offset where topic = %s"
    before = database.value(read_until, (name,))
    worker = database.start_ingest(kafka, name, *OLD, *JSON, *EVERY_SECOND)
    wait_until(lambda: database.value(read_until, (name,)) > before, "the note", [worker])
    noted = database.value("select now()")
    wait_until(lambda: database.value("select now() > %s::timestamptz + interval '3 s'", (noted,)),
               "three intervals", [worker])
    kafka.produce_lines(name, make_lines(5, 10))
    wait_until(lambda: any(line["accepted"] == 5 for line in heard(worker, "what came in")), "its line", [worker])
    assert all(line["accepted"] > 0 or line["lag"] > 0 for line in heard(worker, "what came in"))
    worker.terminate()


def test_no_lines_when_none_are_wanted(kafka, topic, database):
    name = topic(1)
    worker = database.start_ingest(kafka, name, *OLD, *JSON, "--stats-interval", "0")
    other = database.start_ingest(kafka, name, *OLD, *JSON, *EVERY_SECOND, group="others")
    kafka.produce_lines(name, make_lines(10))
    wait_until(lambda: heard(other, "what came in"), "the line of the other", [worker, other])
    wait_until(lambda: sum(offset for _, offset in database.sql(
        "select group_id, next_offset from report.offsets")) == 20, "both", [worker, other])
    assert not said(worker.terminate(), "what came in")
    other.terminate()
    for words in ("-1", "86401", "often"):
        database.ingest(kafka, name, "--stats-interval", words, code=64)


def test_messages_that_wait_are_told_of(kafka, topic, database):
    """Nothing can be stored, and the lag is said all the same."""
    name = topic(3)
    kafka.produce_lines(name, make_lines(10), 0)
    kafka.produce_lines(name, make_lines(30, 10), 2)
    with database.locked("kansen.detection"):
        worker = database.start_ingest(kafka, name, *OLD, *JSON, *EVERY_SECOND)
        wait_until(lambda: heard(worker, "what came in"), "its line", [worker])
        line = heard(worker, "what came in")[-1]
        assert (line["accepted"], line["lag"]) == (0, 40)
        assert (line["largest_lag"], line["largest_lag_partition"]) == (30, 2)
    worker.terminate()


# ---- nothing to do

def test_a_run_that_finds_nothing_says_so(kafka, topic, database):
    name = topic(2)
    empty, = said(database.ingest(kafka, name, *OLD, *JSON),
                  "nothing to read: the topic has never had a message")
    assert empty["level"] == "warning" and empty["topic"] == name
    kafka.produce_lines(name, make_lines(10))
    database.ingest(kafka, name, *OLD, *JSON)
    done, = said(database.ingest(kafka, name, *OLD, *JSON),
                 "nothing to read: what this worker was given was stored before")
    assert done["level"] == "info"


def test_a_worker_without_partitions_says_so(kafka, topic, database):
    name = topic(1)
    workers = [database.start_ingest(kafka, name, *OLD, *JSON) for _ in range(2)]
    wait_until(lambda: any("the group has no partition for this worker" in worker.said()
                           for worker in workers), "the idle one", workers)
    for worker in workers:
        worker.terminate()


# ---- files, and dead letters

def test_a_file_that_turns_bad(database, tmp_path):
    for name, text in (("a", make_lines(2000)), ("b", make_lines(2000, 2000) + [b"nonsense"] * 600)):
        (tmp_path / name).write_bytes(b"\n".join(text))
    result = database.load(tmp_path / "a", tmp_path / "b", *JSON, code=None)
    warning, = said(result, OF_FILE)
    assert (warning["file"], warning["line"]) == (str(tmp_path / "b"), 2501)
    assert (warning["reason"], warning["rejected"], warning["of"]) == ("bad_json", 501, 1000)
    listed = database.command(*warning["see"].split()[1:], "--format", "json").json()
    assert len(listed) == 10 and listed[0]["reason"] == "bad_json"


def test_without_geoip_it_is_said_once(kafka, topic, database):
    name = topic(1)
    text = b"\n".join(make_lines(100, country=None, ip="203.0.113.7"))
    kafka.produce_lines(name, make_lines(100, 200, country=None, ip="203.0.113.7"))
    for result in (database.load("-", *JSON, stdin=text), database.ingest(kafka, name, *OLD, *JSON)):
        warning, = said(result, NO_GEOIP)
        assert warning["level"] == "warning" and "--geoip" in warning["hint"]
    assert not said(database.load("-", *JSON, stdin=b"\n".join(make_lines(10, 500))), NO_GEOIP)
    database.load("-", "--max-age", "1", code=None,
                  stdin=make_lines(1, 900, country=None, ip="203.0.113.7")[0])
    replayed = database.command("dead-letters", "replay", *OLD, *JSON)
    assert len(said(replayed, NO_GEOIP)) == 1


def make_mmdb(path, networks):
    path.with_suffix(".networks").write_text(networks, encoding="utf-8")
    subprocess.run([ROOT / "simulate/geo/make-mmdb", path.with_suffix(".networks"), path], check=True)
    return path


@pytest.mark.parametrize(("misses", "hits", "expected"), [
    (9900, 100, (9900, 10000)), (9899, 101, None), (99, 1, (99, 100)), (98, 2, None), (99, 0, None)])
def test_addresses_without_a_country(database, tmp_path, misses, hits, expected):
    path = make_mmdb(tmp_path / "small.mmdb", "2.0.0.0/24,JP\n")
    text = (make_lines(hits, country=None, ip="2.0.0.1")
            + make_lines(misses, hits, country=None, ip="198.51.100.7"))
    result = database.load("-", "--geoip", path, *JSON, stdin=b"\n".join(text))
    warnings = said(result, UNLOCATED)
    assert len(warnings) == (expected is not None)
    if expected is None:
        return
    assert (warnings[0]["unknown"], warnings[0]["of"]) == expected
    assert warnings[0]["file"] == str(path) and warnings[0]["type"] and len(warnings[0]["built"]) == 10

"""COMMIT goes wrong: the connection is cut around it, or PostgreSQL answers it with ROLLBACK."""

import json

import pytest

from pgproxy import Fate

OLD = ("--max-age", "9000")
EVENTS = 3000
BROKEN = b"not an event"


@pytest.fixture
def stocked(kafka, topic, database):
    """A topic of two partitions with known events, and a database that counts them."""
    name = topic(2)
    lines = [json.dumps({"id": f"event-{number}", "device": f"device-{number % 99}",
                         "name": "WORM.A", "country": "JP",
                         "time": f"2024-05-{number % 28 + 1:02}T00:00:00Z"}).encode()
             for number in range(EVENTS - 1)]
    kafka.produce_lines(name, lines[::2] + [BROKEN], partition=0)
    kafka.produce_lines(name, lines[1::2], partition=1)
    database.set_threat("worms", "WORM*")
    return name


def start_behind(proxy, database, kafka, topic, *options):
    """A worker whose only way to PostgreSQL is the proxy."""
    return database.kansen.start("ingest", "--db", proxy.conninfo(database.name), "-b",
                                 kafka.brokers, "-t", topic, "-G", "tests", *OLD, *options)


def check(database, topic):
    assert sum(database.stored_offsets(topic).values()) == EVENTS
    assert database.value("select count(*) from kansen.detection") == EVENTS - 1
    assert database.value("select count(*) from kansen.dead_letter") == 1
    figures = database.stats("worms", "2024-05", "2024-05")
    assert figures["months"][0]["detections"] == EVENTS - 1 and figures["total"] == 99
    database.verify()


@pytest.mark.parametrize("fates", [
    [Fate.CUT_BEFORE],
    [Fate.CUT_AFTER],
    [Fate.CUT_SENT],
    [Fate.FAIL],
    [Fate.CUT_BEFORE, Fate.CUT_AFTER],
    [Fate.FAIL, Fate.CUT_BEFORE, Fate.FAIL, Fate.CUT_SENT],
], ids=lambda fates: ", ".join(fate.value for fate in fates))
def test_whatever_becomes_of_a_commit_its_batch_counts_once(kafka, stocked, database, proxy, fates):
    """The connection is lost before COMMIT arrived or behind it, or COMMIT is answered ROLLBACK
    without an error: the worker finds out which it was, and stores what was not stored."""
    proxy.plan(*fates)
    worker = start_behind(proxy, database, kafka, stocked, "--until-end")
    said = worker.wait().stderr
    for fate in fates:
        assert proxy.happened[fate] == fates.count(fate)
    assert ("answered COMMIT with ROLLBACK" in said) == (Fate.FAIL in fates)
    assert "joining anew" not in said, "it did not find out, and had to begin anew"
    check(database, stocked)


def test_a_load_counts_once_whatever_becomes_of_its_commits(database, proxy, tmp_path):
    """Files have no offsets: what may have been stored is stored again, and counts once."""
    path = tmp_path / "events"
    path.write_text("".join(
        json.dumps({"id": f"event-{number}", "device": f"device-{number % 99}", "name": "WORM.A",
                    "country": "JP", "time": "2024-05-06T00:00:00Z"}) + "\n"
        for number in range(EVENTS - 1)) + "not an event\n", encoding="utf-8")
    database.set_threat("worms", "WORM*")
    proxy.plan(Fate.CUT_AFTER, Fate.FAIL, Fate.CUT_BEFORE, Fate.CUT_SENT)
    database.kansen.run("load", path, "--db", proxy.conninfo(database.name), code=65)
    assert not proxy.planned
    assert database.value("select count(*) from kansen.detection") == EVENTS - 1
    assert database.value("select count(*) from kansen.dead_letter") == 1
    assert database.stats("worms", "2024-05", "2024-05")["total"] == 99
    database.verify()

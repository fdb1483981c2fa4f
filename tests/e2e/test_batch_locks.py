"""What a batch locks in PostgreSQL does not grow with the months that are kept: those that it doesn't touch are not opened."""

import json

import pytest

from servers import wait_until

OLD = ("--max-age", "9000")
EVENTS = 60
MONTHS = ("2024-03", "2024-04", "2024-05")


def lines(numbers, months, heartbeats=False, day=20):
    events = [{"id": f"event-{day}-{number}", "device": f"device-{number}", "country": "JP",
               "time": f"{months[number % len(months)]}-{day}T00:00:00Z",
               **({} if heartbeats else {"name": "WORM.A"})} for number in numbers]
    return [json.dumps(event).encode() for event in events]


def text(*arguments, **options):
    return b"".join(line + b"\n" for line in lines(*arguments, **options))


# What is stored first, and then the batch whose locks are counted.
STORED = text(range(EVENTS), MONTHS)
BATCHES = {
    "new events of a month": (text(range(100, 200), MONTHS[:1]), ()),
    "late events of three months": (text(range(100, 200), MONTHS), ()),
    "repeats and new ones": (text(range(100), MONTHS), ()),
    "earlier detections": (text(range(100), MONTHS, day=10), ()),
    "heartbeats": (text(range(100), MONTHS, heartbeats=True), ("--heartbeats",)),
}


def keep_many_months(database):
    database.command("db", "maintain", "--from", "2016-01", "--to", "2024-12")
    assert database.value("select count(*) from pg_inherits where inhparent = 'kansen.detection'::regclass") > 108


def keep_three_months(database):
    database.command("db", "maintain", "--from", MONTHS[0], "--to", MONTHS[-1])


def locks_of(database, waiter):
    """The locks of a connection, by what they are of, when everything but the counts of its batch is written."""
    return sorted(database.sql(
        "select coalesce(regexp_replace(relation::regclass::text, '^pg_temp_[0-9]+', 'pg_temp'), locktype), mode from pg_locks"
        " where pid = %s and granted and locktype not in ('transactionid', 'virtualxid', 'tuple')", (waiter,)))


def locks_of_batch(database, start):
    database.set_threat("worms", "WORM*")
    database.load("-", *OLD, stdin=STORED)
    with database.locked("kansen.count_change") as lock:
        running = start()
        wait_until(lambda: len(lock.waiters()) == 1, "the batch to wait for its counts", [running])
        found = locks_of(database, *lock.waiters())
    return running, found


@pytest.mark.parametrize("name", BATCHES)
def test_a_load_locks_the_months_of_its_batch(database, new_database, tmp_path, name):
    content, options = BATCHES[name]
    (tmp_path / "events").write_bytes(content)
    found = []
    for each, keep in ((database, keep_three_months), (new_database(), keep_many_months)):
        keep(each)
        running, locks = locks_of_batch(each, lambda each=each: each.kansen.start(
            "load", *options, *OLD, tmp_path / "events", "--db", each.conninfo))
        running.wait()
        each.verify()
        found.append(locks)
    assert found[0] == found[1]
    assert any("detection_2024_03" in what or "infection_2024_03" in what for what, _ in found[0])


def test_a_worker_locks_the_months_of_its_batch(kafka, topic, database, new_database):
    found = []
    name = topic(3)
    kafka.produce_lines(name, lines(range(100, 200), MONTHS))
    for each, keep in ((database, keep_three_months), (new_database(), keep_many_months)):
        keep(each)
        worker, locks = locks_of_batch(each, lambda each=each: each.start_ingest(kafka, name, *OLD))
        wait_until(lambda each=each: sum(each.stored_offsets(name).values()) == 100, "the events", [worker])
        worker.terminate()
        found.append(locks)
    assert found[0] == found[1]

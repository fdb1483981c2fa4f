"""Workers, topics and rights that come and go."""

import contextlib
import os
import signal
import threading

import pytest

from kafka_cases import OLD, QUICK, check, count, halts, make_lines
from servers import wait_until
from traps import COPY, Trap, TrapProxy

# Changes of a topic are noticed at once, not within a minute.
WATCHFUL = ("-X", "topic.metadata.refresh.interval.ms=500",
            "-X", "topic.metadata.propagation.max.ms=500", *OLD)

COPYING = """select pid, backend_start from pg_stat_activity
where datname = current_database() and application_name like 'kansen%' and state = 'active'
  and query ~ 'copy kansen.detection' and wait_event = 'ClientRead'"""


@pytest.fixture
def traps(postgres):
    """A proxy with traps in front of PostgreSQL: see traps.py."""
    proxy = TrapProxy(postgres)
    try:
        yield proxy
    finally:
        proxy.close()


@contextlib.contextmanager
def stopped_inside_copy(traps):
    """Stops the worker that sends the next row; within, that row does not arrive."""
    woken = threading.Event()

    def deed(link):
        os.kill(link.pid, signal.SIGSTOP)
        woken.wait()
        return False

    traps.arm(Trap(COPY, deed))
    try:
        yield
    finally:
        woken.set()


def test_a_worker_stopped_inside_copy(kafka, topic, database, traps):
    """A stopped worker holds its offset row by an open transaction for ever: the next owner ends
    its connection. When it wakes up, it stores nothing of what it had in hands."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(2000))
    with stopped_inside_copy(traps):
        zombie = database.kansen.start(
            *database.ingest_options(kafka, name, *QUICK), "--db", traps.conninfo(database.name))
        backend = wait_until(lambda: database.sql(COPYING), "a COPY that stands still", [zombie])[0]
        assert database.value("select count(*) from pg_locks where pid = %s and granted"
                              " and relation = 'kansen.kafka_offset'::regclass"
                              " and mode = 'RowExclusiveLock'", backend[:1]) == 1
        heir = database.start_ingest(kafka, name, *QUICK)
        wait_until(lambda: "its connection was ended" in heir.said(), "the row to be missed",
                   [heir])
        wait_until(lambda: count(database) == 2000, "the heir to store them", [heir])
        assert backend not in database.sql("select pid, backend_start from pg_stat_activity")
        said = zombie.said()
    zombie.process.send_signal(signal.SIGCONT)
    wait_until(lambda: zombie.said() != said, "the zombie to wake up", [zombie])
    kafka.produce_lines(name, make_lines(500, 2000))
    wait_until(lambda: count(database) == 2500, "the last events")
    for worker in (zombie, heir):
        worker.terminate()
    assert "repeated=0" in zombie.said() and "repeated=0" in heir.said()
    check(database, 2500)


def test_two_workers_with_one_static_id(kafka, topic, database):
    """The group follows the younger one; the older halts and says why. Nothing counts twice."""
    name = topic(2)
    static = ("-X", "group.instance.id=only-one", *QUICK)
    older = database.start_ingest(kafka, name, *static)
    for partition in range(2):
        kafka.produce_lines(name, make_lines(1000, 1000 * partition), partition)
    wait_until(lambda: count(database) == 2000, "first events", [older])
    younger = database.start_ingest(kafka, name, *static)
    halts(older.wait(code=None), "fenced")
    for partition in range(2):
        kafka.produce_lines(name, make_lines(1000, 2000 + 1000 * partition), partition)
    wait_until(lambda: count(database) == 4000, "the younger to go on", [younger])
    younger.terminate()
    check(database, 4000)


def test_a_topic_that_does_not_exist_yet(kafka, database):
    """A worker says so, waits, and starts at the beginning of the topic; a run
    until the end has no end to reach."""
    name = "not-there-yet"
    halts(database.ingest(kafka, name, *OLD, code=None), name, "Unknown topic")
    worker = database.start_ingest(kafka, name, *WATCHFUL)
    wait_until(lambda: "Unknown topic" in worker.said(), "the worker to say so", [worker])
    kafka.create_topic(name, 2)
    for partition in range(2):
        kafka.produce_lines(name, make_lines(100, 100 * partition), partition)
    wait_until(lambda: count(database) == 200, "the events", [worker])
    worker.terminate()
    check(database, 200)


def test_partitions_added_under_a_worker(kafka, topic, database):
    """New partitions are read from their beginning."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(100))
    worker = database.start_ingest(kafka, name, *WATCHFUL)
    wait_until(lambda: count(database) == 100, "first events", [worker])
    kafka.add_partitions(name, 3)
    for partition in range(3):
        kafka.produce_lines(name, make_lines(100, 1000 + 100 * partition), partition)
    wait_until(lambda: count(database) == 400, "the events of the new partitions", [worker])
    worker.terminate()
    check(database, 400)


@pytest.mark.parametrize("kind", ["topic", "group"])
def test_a_right_taken_away(kafka, topic, database, kind):
    """The worker says so, stores nothing by another way, and goes on when it may again."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(100))
    worker = database.start_ingest(kafka, name, *QUICK)
    wait_until(lambda: count(database) == 100, "first events", [worker])
    resource = {"topic": name, "group": "tests"}[kind]
    kafka.deny_reading(kind, resource)
    wait_until(lambda: "authorization failed" in worker.said(), "the worker to say so", [worker])
    kafka.allow_reading(kind, resource)
    kafka.produce_lines(name, make_lines(100, 100))
    wait_until(lambda: count(database) == 200, "the rest of the events", [worker])
    worker.terminate()
    check(database, 200)

"""Whoever waits for a lock in PostgreSQL is told who holds it, and can stop waiting."""

import json
import signal
import time

import pytest

from servers import wait_until

EX_TEMPFAIL = 75
EVENT = json.dumps({"id": "e1", "device": "d1", "name": "WORM.A", "country": "JP",
                    "time": "2024-05-06T00:00:00Z"})

SCHEMA = "select pg_advisory_lock(hashtext('kansen schema'))"
TURN = "select pg_advisory_lock(hashtext('kansen threat set'))"
BATCH = "select pg_advisory_lock_shared(hashtext('kansen threats'))"
CHANGE = "select pg_advisory_lock(hashtext('kansen threats'))"
FILES = "select pg_advisory_lock(hashtext('kansen files'))"
NAMES = "lock table kansen.malware_name in access exclusive mode"
VERSION = "lock table kansen.migration in access exclusive mode"

# What each command waits for.
WAITS = [
    (("db", "init"), SCHEMA), (("db", "migrate"), SCHEMA), (("db", "maintain"), TURN),
    (("threat", "set", "worms", "--match", "WORM*"), TURN),
    (("threat", "set", "worms", "--match", "WORM*"), BATCH), (("threat", "remove", "worms"), BATCH),
    (("load", "FILE"), CHANGE), (("load", "FILE"), FILES), (("load", "FILE"), NAMES),
    (("stats", "worms"), VERSION), (("db", "status"), VERSION), (("dead-letters", "list"), VERSION)]


@pytest.fixture
def holder(database):
    """A connection of somebody else's that holds a lock until it is closed."""
    database.set_threat("worms", "WORM*")
    connection = database.postgres.connect(database.name)
    connection.cursor().execute("set application_name = intruder")
    connection.cursor().execute("begin")
    yield connection
    connection.close()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "events.ndjson"
    path.write_text(EVENT + "\n", encoding="utf-8")
    return path


def start(database, words, file, *options, conninfo=None):
    words = [file if word == "FILE" else word for word in words]
    return database.kansen.start(*words, *options, "--db", conninfo or database.conninfo)


def count_waiting(database):
    return database.value("select count(*) from pg_locks l join pg_stat_activity a using (pid)"
                          " where not l.granted and a.datname = current_database()")


@pytest.mark.parametrize(("words", "lock"), WAITS, ids=lambda value: (
    " ".join(value[:2]) if isinstance(value, tuple) else ""))
def test_the_holder_is_named_after_five_seconds_and_the_wait_goes_on(database, holder, file, words,
                                                                     lock):
    holder.cursor().execute(lock)
    began = time.monotonic()
    waiting = start(database, words, file, "--log-format", "json")
    wait_until(lambda: "waiting for a lock" in waiting.said(), "the holder to be named", [waiting])
    assert 4 < time.monotonic() - began < 30
    time.sleep(2)
    assert waiting.alive()
    (named,) = [line for line in map(json.loads, waiting.said().splitlines())
                if line["msg"] == "waiting for a lock"]
    assert named["held_by_pid"] == holder.info.backend_pid
    assert named["application"] == "intruder" and named["user"] == "postgres"
    assert named["state"] == "idle in transaction" and named["statement_since"].startswith("20")
    holder.close()
    said = waiting.wait(code=None)
    assert said.code == 0 or words == ("stats", "worms"), said
    (free,) = [line for line in map(json.loads, said.stderr.splitlines())
               if line["msg"] == "the lock is free"]
    assert 5 <= free["after_s"] < 30


def test_the_holder_of_an_offset_row_is_named(database, holder, kafka, topic):
    name = topic(1)
    kafka.produce_lines(name, [EVENT.encode()])
    database.ingest(kafka, name, "--max-age", "9000")
    holder.cursor().execute("select * from kansen.kafka_offset for update")
    worker = database.start_ingest(kafka, name, "--max-age", "9000")
    wait_until(lambda: "waiting for a lock" in worker.said(), "the holder to be named", [worker])
    assert "application=intruder" in worker.said()
    holder.close()
    wait_until(lambda: "msg=reading" in worker.said(), "the partition to be taken", [worker])
    worker.terminate()


def test_what_another_roles_session_does_is_not_to_be_seen(database, holder, file):
    """PostgreSQL shows its pid and its names alone."""
    database.sql("create role some_worker login in role kansen_loader")
    try:
        holder.cursor().execute(FILES)
        waiting = start(database, ("load", "FILE"), file,
                        conninfo=database.postgres.conninfo(database.name, "some_worker"))
        wait_until(lambda: "waiting for a lock" in waiting.said(), "the holder to be named", [waiting])
        assert 'state="of a role that you may not see"' in waiting.said()
        assert f"held_by_pid={holder.info.backend_pid} " in waiting.said()
        holder.close()
        waiting.wait()
    finally:
        database.kansen.close()
        database.sql("drop role some_worker")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize(("words", "lock"), [
    (("db", "init"), SCHEMA), (("db", "maintain"), TURN),
    (("threat", "set", "worms", "--match", "WORM*"), BATCH), (("stats", "worms"), VERSION)],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "")
def test_an_interrupt_ends_the_wait_and_its_place_in_the_queue(database, holder, file, words, lock,
                                                               number):
    holder.cursor().execute(lock)
    waiting = start(database, words, file)
    wait_until(lambda: count_waiting(database) == 1, "the command to wait", [waiting])
    began = time.monotonic()
    waiting.process.send_signal(number)
    said = waiting.wait(code=EX_TEMPFAIL)
    assert time.monotonic() - began < 10
    assert "interrupted" in said.stderr, said
    wait_until(lambda: count_waiting(database) == 0, "nobody to wait any more")
    holder.close()
    database.verify()


TO_KAFKA = ("-b", "127.0.0.1:9", "-t", "anything")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize(("words", "code"), [
    (("ingest", *TO_KAFKA), 0), (("load", "FILE"), EX_TEMPFAIL),
    (("dead-letters", "replay"), EX_TEMPFAIL), (("dead-letters", "relay", *TO_KAFKA), EX_TEMPFAIL)],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "")
def test_what_stores_is_stopped_while_it_waits_at_its_start(database, holder, file, words, code,
                                                            number):
    """A worker has read nothing then, so that everything it read is stored."""
    holder.cursor().execute(VERSION)
    waiting = start(database, words, file)
    wait_until(lambda: count_waiting(database) == 1, "the command to wait", [waiting])
    began = time.monotonic()
    waiting.process.send_signal(number)
    waiting.wait(code=code)
    assert time.monotonic() - began < 10
    wait_until(lambda: count_waiting(database) == 0, "nobody to wait any more")


@pytest.mark.parametrize("lock", [FILES, CHANGE, NAMES], ids=["files", "change", "names"])
def test_a_load_is_stopped_while_its_batch_waits(database, holder, file, lock):
    holder.cursor().execute(lock)
    waiting = start(database, ("load", "FILE"), file)
    wait_until(lambda: count_waiting(database) == 1, "the load to wait", [waiting])
    began = time.monotonic()
    waiting.terminate(code=EX_TEMPFAIL)
    assert time.monotonic() - began < 45
    wait_until(lambda: count_waiting(database) == 0, "nobody to wait any more")
    holder.close()
    database.load(file)
    assert database.value("select count(*) from kansen.detection") == 1
    database.verify()


def test_connections_say_which_command_they_are_of(database, holder, file):
    holder.cursor().execute(FILES)
    for conninfo, expected in ((database.conninfo, "kansen load"),
                               (database.conninfo + " application_name=mine", "mine")):
        waiting = start(database, ("load", "FILE"), file, conninfo=conninfo)
        wait_until(lambda: count_waiting(database) == 1, "the load to wait", [waiting])
        assert database.value("select application_name from pg_stat_activity a join pg_locks l"
                              " using (pid) where not l.granted") == expected
        waiting.kill()
        database.sql("select pg_terminate_backend(pid) from pg_locks where not granted")
        wait_until(lambda: count_waiting(database) == 0, "the load to be gone")


def test_answers_that_come_at_once_cost_no_second_connection(database, file):
    """Each connection is one line of PostgreSQL's log."""
    database.sql("alter system set log_connections = on")
    database.sql("select pg_reload_conf()")
    try:
        time.sleep(0.5)
        marked = f"connection authorized: user=postgres database={database.name} "
        before = database.postgres.log().count(marked)
        database.command("db", "status")
        database.load(file)
        # A status; the check of a load, and its writer.
        assert database.postgres.log().count(marked) - before == 3
    finally:
        database.sql("alter system reset log_connections")
        database.sql("select pg_reload_conf()")

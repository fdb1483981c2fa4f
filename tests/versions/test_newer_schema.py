"""A database that a newer kansen has migrated: older commands refuse it, and workers, loads and whoever
else is at work stop in front of their next batch. What they stored stays, and what they had not stored the
newer program goes on with."""

import contextlib
import re
import threading

import psycopg2
import pytest

from kafka_cases import OLD, check, count, make_lines
from old_schema import NEWEST, SQL, put_back
from servers import wait_until

EX_DATAERR, EX_SOFTWARE, EX_CONFIG = 65, 70, 78
NOWHERE = ("-b", "127.0.0.1:1", "-t", "topic", "--wait", "1")
WINDOW = ("worms", "--from", "2024-05", "--to", "2024-05")
# Each command that opens a database, but for those that make one.
COMMANDS = [
    ("stats", *WINDOW), ("report", *WINDOW, "--format", "text"), ("publish", *WINDOW), ("site", "-o", "site"),
    ("editions", "list"), ("editions", "show", "worms"), ("editions", "diff", "worms"),
    ("editions", "render", "worms"), ("editions", "withdraw", "worms", "1", "--because", "wrong"),
    ("dead-letters", "list"), ("dead-letters", "show", "1"), ("dead-letters", "replay"),
    ("dead-letters", "relay", *NOWHERE), ("dead-letters", "remove", "--reason", "bad_json", "--yes"),
    ("load", "-"), ("ingest", *NOWHERE, "--until-end"), ("threat", "list"),
    ("threat", "set", "others", "--match", "OTHER*"), ("threat", "remove", "worms"), ("db", "maintain"),
    ("db", "verify"), ("db", "reread", "--group", "tests", "--topic", "topic"), ("db", "retire", "--topic", "topic"),
    ("db", "relocate", *WINDOW[1:], "--geoip", "MMDB"), ("db", "status"), ("db", "check"), ("status",),
    ("db", "export", "--month", "2024-05", "-o", "archive"),
    ("db", "forget", "--device", "device-7", "--because", "request 17", "--yes"), ("db", "distribute", "--yes"),
]
# Those that open none, or are what makes it what it is.
OTHERS = {"config", "geoip check", "completion", "manual", "help", "version", "simulate", "demo", "db init", "db migrate"}
NEXT = NEWEST + 1
REFUSAL = f"the database is at version {NEXT}, this program knows {NEWEST}: use a newer kansen"


def be_migrated(database, text="select 1", locked=lambda: None):
    """What the next kansen's `db migrate` does, in its own words; `locked` is called behind its locks."""
    connection = database.postgres.connect(database.name)
    connection.autocommit = False
    try:
        cursor = connection.cursor()
        cursor.execute("set search_path = kansen; set local role kansen_owner")
        cursor.execute((SQL / "queries/schema_writers.sql").read_text(encoding="utf-8"))
        found = locked()
        cursor.execute(text)
        cursor.execute("insert into migration values (%s, %s, 'none')", (NEXT, f"{NEXT:03}_next"))
        connection.commit()
    finally:
        connection.close()
    return found


def be_newer(database):
    """The newer kansen is this one, once it knows the migration."""
    database.sql("delete from kansen.migration where version = %s", (NEXT,))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
@pytest.mark.parametrize("newer", [True, False], ids=["newer", "older"])
def test_a_command_refuses_another_version(shared_database, mmdb, tmp_path, words, newer):
    database = shared_database
    words = [mmdb if word == "MMDB" else word for word in words]
    if newer:
        be_migrated(database)
    else:
        database.sql("delete from kansen.migration where version = %s", (NEWEST,))
    try:
        refused = database.command(*words, code=EX_CONFIG, cwd=tmp_path, stdin=b"{}\n")
    finally:
        be_newer(database)
        if not newer:
            database.sql("insert into kansen.migration select %s, %s, md5('')", (NEWEST, "newest"))
    assert refused.stdout == "" and list(tmp_path.iterdir()) == []
    assert (REFUSAL if newer else f"at version {NEWEST - 1}, this program needs {NEWEST}: run `kansen db migrate`"
            ) in refused.stderr


def test_no_command_is_forgotten():
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted((SQL.parent / "cli").glob("cmd_*.c")))
    names = set(re.findall(r'const struct command command_\w+ = \{\s*(?:\.name = )?"([^"]+)"', sources))
    tried = {name for words in COMMANDS for name in (words[0], " ".join(words[:2]))}
    assert len(names) > 30 and names - tried == OTHERS


@pytest.mark.parametrize(("word", "code"), [("migrate", EX_CONFIG), ("init", EX_DATAERR)])
def test_what_makes_databases_leaves_a_newer_one_alone(database, word, code):
    be_migrated(database)
    said = database.command("db", word, code=code).stderr
    assert f"{NEXT:03}_next" in said and "use a newer kansen" in said


def stops(worker):
    said = worker.wait(EX_SOFTWARE).stderr
    assert REFUSAL in said and "nothing is lost" in said, said


def test_a_worker_at_work_stops(kafka, topic, database):
    """Whatever it stored was committed before the migration, and the offsets say so."""
    name = topic(2)
    kafka.produce_lines(name, make_lines(100), 0)
    workers = [database.start_ingest(kafka, name, *OLD) for _ in range(2)]
    wait_until(lambda: count(database) == 100, "the first events", workers)
    sent = 100
    with contextlib.ExitStack() as stack:
        stack.callback(be_newer, database)
        done = threading.Event()

        def feed():
            number = 0
            while not done.is_set():
                kafka.produce_lines(name, make_lines(50, 100 + 50 * number), number % 2)
                number += 1
            nonlocal sent
            sent += 50 * number

        feeding = threading.Thread(target=feed)
        feeding.start()
        try:
            wait_until(lambda: count(database) > 300, "more events", workers)
            stored = be_migrated(database, locked=lambda: count(database))
            for worker in workers:
                stops(worker)
        finally:
            done.set()
            feeding.join()
        assert count(database) == stored == sum(database.stored_offsets(name).values())
    went_on = database.ingest(kafka, name, *OLD).stderr
    assert f"accepted={sent - stored} repeated=0" in went_on
    check(database, sent)


def test_an_idle_worker_stops(kafka, topic, database):
    name = topic(1)
    kafka.produce_lines(name, make_lines(10), 0)
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: count(database) == 10, "the first events", [worker])
    be_migrated(database)
    stops(worker)


def test_a_worker_that_connects_again_stops(kafka, topic, database):
    """Also when the tables that it knows are gone."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(10), 0)
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: count(database) == 10, "the first events", [worker])
    worker.stop()
    be_migrated(database, "alter table catalogue rename to something_else")
    database.sql("select pg_terminate_backend(pid) from pg_stat_activity"
                 " where application_name = 'kansen ingest' and datname = current_database()")
    worker.go_on()
    stops(worker)


def test_a_load_stops_behind_its_last_batch(database, tmp_path):
    """A batch that is under way is waited for; the rest of the file is loaded by the newer program."""
    lines = make_lines(5000)
    file = tmp_path / "events"
    file.write_bytes(b"\n".join(lines) + b"\n")
    options = ("load", file, "--db", database.conninfo)
    with database.locked("kansen.detection") as lock:
        loading = database.kansen.start(*options)
        wait_until(lock.waiters, "a batch at its rows", [loading])
        migrating = threading.Thread(target=be_migrated, args=(database,))
        migrating.start()
        wait_until(lambda: database.value("select count(*) from pg_locks where locktype = 'advisory'"
                                          " and not granted"), "the migration to wait", [loading])
    migrating.join()
    ended = loading.wait(None)
    # The file may have been in that one batch.
    assert ended.code in (0, EX_SOFTWARE), str(ended)
    stored = count(database)
    assert stored == len(lines) if ended.code == 0 else REFUSAL in ended.stderr
    be_newer(database)
    database.load(file)
    check(database, len(lines))


def test_tables_that_changed_are_not_the_reason(kafka, topic, database):
    """What a batch asks in front of its transaction may fail already, since its table is gone."""
    name = topic(1)
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: database.stored_offsets(name) == {0: 0}, "the partition to be taken", [worker])
    worker.stop()
    be_migrated(database, "alter table malware_name rename to something_else")
    kafka.produce_lines(name, make_lines(10), 0)
    worker.go_on()
    stops(worker)


def test_a_migration_begins_anew_behind_a_deadlock(database):
    """With a report that read one table and wants the other, which the migration has."""
    put_back(database, 16)
    database.sql(f"alter database {database.name} set deadlock_timeout = '5s'")
    reader = database.postgres.connect(database.name)
    reader.autocommit = False
    cursor = reader.cursor()
    cursor.execute("set deadlock_timeout = '1h'")
    cursor.execute("select count(*) from kansen.infection")
    migrating = database.kansen.start("db", "migrate", "--db", database.conninfo)
    wait_until(lambda: database.value("select count(*) from pg_locks where not granted"
                                      " and relation = 'kansen.infection'::regclass"), "the migration to wait",
               [migrating])
    cursor.execute("select count(*) from kansen.detection")
    reader.commit()
    reader.close()
    assert f"{NEWEST - 16} migrations applied" in migrating.wait().stderr
    deadlocks = "select deadlocks from pg_stat_database where datname = current_database()"
    wait_until(lambda: database.value(deadlocks) == 1, "the deadlock to be counted")


def test_a_migration_waits_for_who_recounts(database):
    """And holds no worker up meanwhile."""
    put_back(database, NEWEST - 1)
    with database.turn("kansen threat set"):
        migrating = database.kansen.start("db", "migrate", "--db", database.conninfo)
        wait_until(lambda: database.value("select count(*) from pg_locks where locktype = 'advisory'"
                                          " and not granted"), "the migration to wait", [migrating])
        assert database.value("select count(*) from pg_locks where mode = 'ExclusiveLock'"
                              " and relation = 'kansen.kafka_offset'::regclass") == 0
    assert "1 migration applied" in migrating.wait().stderr


def test_the_catalogue_of_an_old_program_is_refused(database):
    with pytest.raises(psycopg2.errors.ObjectNotInPrerequisiteState):
        database.sql("select version from kansen.threat_catalogue")

"""What PostgreSQL refuses, warns of or never answers, and how kansen ends then."""

import contextlib
import json
import os
import pathlib
import signal

import pytest

from program import Database
from servers import Postgres, wait_until

EX_DATAERR, EX_NOINPUT, EX_UNAVAILABLE, EX_SOFTWARE, EX_TEMPFAIL = 65, 66, 69, 70, 75


def make_lines(count):
    return b"".join(json.dumps({
        "id": f"event-{number}", "device": f"device-{number}", "name": "WORM.A", "country": "JP",
        "time": "2024-05-06T00:00:00Z"}).encode() + b"\n" for number in range(count))


def count(database):
    return database.value("select count(*) from kansen.detection")


def test_a_load_says_whether_a_file_or_postgresql_ended_it(database, tmp_path):
    """A script may load the rest after a bad file; after a halt somebody has to look."""
    path = tmp_path / "events"
    path.write_bytes(make_lines(10))
    database.load(tmp_path / "missing", code=EX_NOINPUT)
    (tmp_path / "cut.gz").write_bytes(b"\x1f\x8b\x08\x00")
    database.load(path, tmp_path / "cut.gz", code=EX_DATAERR)
    assert count(database) == 10
    database.sql("alter table kansen.detection rename to elsewhere")
    result = database.load(path, code=EX_SOFTWARE)
    assert "detection" in result.stderr


def test_a_rejected_line_of_a_file_whose_path_is_not_utf8_is_kept(database, tmp_path):
    """A file system takes any bytes as a name, a text in PostgreSQL only UTF-8."""
    folder = os.fsencode(tmp_path) + "/é".encode()
    os.mkdir(folder)
    path = folder + b"/caf\xe9"
    with open(path, "wb") as file:
        file.write(b"not an event\n" + make_lines(5))
    database.load(os.fsdecode(path), code=EX_DATAERR)
    kept = str(tmp_path) + r"/\xC3\xA9/caf\xE9"
    assert database.sql('select topic, "offset" from kansen.dead_letter') == [(kept, 1)]
    assert count(database) == 5
    with open(folder + b"/cafe", "wb") as file:
        file.write(b"not an event\n" + make_lines(1))
    database.load(os.fsdecode(folder + b"/cafe"), code=EX_DATAERR)
    assert database.value("select count(*) from kansen.dead_letter where topic like '%/é/cafe'") == 1


def test_warnings_of_postgresql_are_lines_of_the_log(database):
    """libpq would print them as they are, amid lines that a program reads."""
    database.sql("create function warn() returns trigger language plpgsql as $$ begin"
                 " raise warning E'ready\\nor \"not\"'; return null; end $$")
    database.sql("create trigger warn after insert on kansen.detection execute function warn()")
    result = database.load("-", "--log-format", "json", stdin=make_lines(1))
    said = [json.loads(line) for line in result.stderr.splitlines()]
    warnings = [line["text"] for line in said if line["msg"] == "PostgreSQL warns"]
    assert warnings == ['ready\nor "not"'], result


def signal_processes(postgres, number):
    """The server, which starts no others while it is stopped, and everything below it."""
    server = postgres.process.pid
    os.kill(server, number)
    children = pathlib.Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii")
    for pid in children.split():
        with contextlib.suppress(ProcessLookupError):  # it has ended since
            os.kill(int(pid), number)


def test_a_frozen_postgresql_does_not_keep_a_load_from_ending(database, postgres, tmp_path):
    """A server that accepts connections and answers nothing: SIGTERM ends the load all the same, and
    loading again is exact."""
    path = tmp_path / "events"
    path.write_bytes(make_lines(120000))
    load = database.kansen.start("load", path, "--db", database.conninfo)
    wait_until(lambda: count(database) > 0, "first events", [load])
    try:
        signal_processes(postgres, signal.SIGSTOP)
        load.process.send_signal(signal.SIGTERM)
        load.wait(code=EX_TEMPFAIL)
    finally:
        signal_processes(postgres, signal.SIGCONT)
    database.load(path)
    assert count(database) == 120000


def test_a_read_only_server_is_an_outage(database, tmp_path):
    """A primary that became a standby refuses writes (SQLSTATE 25006) until one takes them again."""
    path = tmp_path / "events"
    path.write_bytes(make_lines(120000))
    load = database.kansen.start("load", path, "--db", database.conninfo)
    wait_until(lambda: count(database) > 0, "first events", [load])
    ended = ("select pg_terminate_backend(pid) from pg_stat_activity"
             " where application_name like 'kansen%' and datname = current_database()")
    database.sql(f"alter database {database.name} set default_transaction_read_only = on")
    database.sql(ended)
    wait_until(lambda: "25006" in load.said(), "the load to notice", [load])
    database.sql("begin; set transaction read write;"
                 f" alter database {database.name} reset default_transaction_read_only; commit")
    load.wait()
    assert count(database) == 120000
    assert database.value("select count(*) from kansen.dead_letter") == 0


WINDOW = ("--from", "2024-05", "--to", "2024-05")
READING = [("status",), ("stats", "worms", *WINDOW), ("stats", "worms", *WINDOW, "--unique", "--by", "name,os"),
           ("report", "worms", *WINDOW, "--format", "text"), ("editions", "list"), ("site", "-o", "site"), ("db", "status"),
           ("db", "verify"), ("db", "export", "--month", "2024-05", "-o", "archive"), ("dead-letters", "list"),
           ("threat", "list")]
WRITING = [("threat", "set", "others", "--match", "O*"), ("publish", "worms", *WINDOW), ("db", "maintain"), ("db", "init"),
           ("db", "reread", "--group", "tests", "--topic", "topic"), ("load", "-"),
           ("db", "forget", "--device", "device-7", "--because", "request 17", "--yes")]


@pytest.fixture(scope="module")
def standby(program, postgres, shared_database):
    shared_database.set_threat("worms", "WORM*")
    shared_database.load("-", stdin=make_lines(10))
    server = Postgres(standby_of=postgres, hot_standby="on")
    try:
        server.start()
        yield server
    finally:
        server.close()


def of_standby(kansen, standby, shared_database):
    database = Database(kansen, standby, shared_database.name)
    wait_until(lambda: count(database) == 10, "the standby to have it")
    return database


@pytest.mark.parametrize("words", READING, ids=lambda words: " ".join(words[:2]))
def test_a_standby_answers_whoever_reads(kansen, standby, shared_database, tmp_path, words):
    database = of_standby(kansen, standby, shared_database)
    said = database.command(*words, cwd=tmp_path).stdout
    assert said == shared_database.command(*words, cwd=tmp_path).stdout or words[0] in ("status", "site")


@pytest.mark.parametrize("words", WRITING, ids=lambda words: " ".join(words[:2]))
def test_a_standby_says_why_it_takes_nothing(kansen, standby, shared_database, tmp_path, words):
    database = of_standby(kansen, standby, shared_database)
    said = database.command(*words, cwd=tmp_path, stdin=make_lines(1), code=None)
    assert said.code in (EX_UNAVAILABLE, EX_TEMPFAIL), said
    assert "(SQLSTATE 25006); it is a standby, or default_transaction_read_only is on" in said.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]

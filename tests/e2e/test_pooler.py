"""PgBouncer in front of PostgreSQL: session pooling needs no setting of ours, anything else is refused."""

import itertools
import json
import threading
import time

import pytest

from pooler import PgBouncer
from program import Database
from servers import Missing

EX_CONFIG = 78
EVENT = json.dumps({"id": "e1", "device": "d1", "name": "WORM.A", "country": "JP",
                    "time": "2024-05-06T00:00:00Z"})
_numbers = itertools.count(1)


@pytest.fixture
def pooled(kansen, postgres):
    """Makes an empty database and a PgBouncer in front of it: pooled("session", default_pool_size=5)."""
    made = []

    def make(mode, **settings):
        try:
            pooler = PgBouncer(postgres, mode, **settings)
        except Missing as reason:
            pytest.skip(str(reason))
        database = Database(kansen, postgres, f"pooled{next(_numbers)}")
        made.append((pooler, database))
        statement(postgres, f"create database {database.name}")
        database.conninfo = pooler.conninfo(database.name)
        database.pooler = pooler
        return database

    yield make
    kansen.close()
    for pooler, database in made:
        pooler.close()
        statement(postgres, f"drop database if exists {database.name} with (force)")


def statement(postgres, text):
    connection = postgres.connect("postgres")
    connection.cursor().execute(text)
    connection.close()


def traces(database):
    """What a refused program may have left behind in PostgreSQL."""
    return {
        "schemas": database.value("select count(*) from pg_namespace where nspname = 'kansen'"),
        "locks": database.value("select count(*) from pg_locks where locktype = 'advisory'"),
        "temporary": database.value(
            "select count(*) from pg_class where relpersistence = 't' and relkind = 'r'")}


NOTHING = {"schemas": 0, "locks": 0, "temporary": 0}


def test_session_pooling_needs_no_setting(pooled):
    database = pooled("session")
    database.command("db", "init")
    database.set_threat("worms", "WORM*")
    database.load("-", stdin=f"{EVENT}\n{EVENT}\nbad\n".encode(), code=65)
    assert database.stats("worms", "2024-05", "2024-05")["total"] == 1
    database.command("dead-letters", "replay")
    database.command("db", "maintain")
    database.verify()


def test_workers_work_through_session_pooling(pooled, kafka, topic):
    database = pooled("session")
    database.command("db", "init")
    database.set_threat("worms", "WORM*")
    name = topic(2)
    kafka.produce_lines(name, [EVENT.replace("e1", f"e{n}").replace("d1", f"d{n}").encode()
                               for n in range(200)])
    database.ingest(kafka, name, "--max-age", "9000")
    assert database.stats("worms", "2024-05", "2024-05")["total"] == 200
    database.verify()


def test_a_session_pool_with_one_connection_left_is_no_transaction_pool(pooled):
    """No second connection is to be had for the comparison."""
    database = pooled("session", default_pool_size=1)
    database.command("db", "init")
    database.load("-", stdin=f"{EVENT}\n".encode())
    database.verify()


@pytest.mark.parametrize("settings", [
    {}, {"default_pool_size": 1}, {"server_round_robin": 1}, {"min_pool_size": 2},
    {"min_pool_size": 2, "server_round_robin": 1}, {"server_reset_query_always": 1}],
    ids=lambda value: ",".join(value) or "idle")
@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_pooling_by_transaction_is_refused_before_anything_is_written(pooled, mode, settings):
    database = pooled(mode, **settings)
    if "min_pool_size" in settings:
        # So many are there only after a second with a client.
        database.pooler.connect(database.name).cursor().execute("select 1")
        time.sleep(2)
    for _ in range(3):
        result = database.command("db", "init", code=EX_CONFIG)
        assert "pool_mode = session" in result.stderr
        assert traces(database) == NOTHING


def test_every_command_is_refused_and_leaves_nothing_on_the_poolers_connections(pooled, postgres,
                                                                               tmp_path):
    database = pooled("transaction")
    direct = Database(database.kansen, postgres, database.name)
    direct.command("db", "init")
    direct.set_threat("worms", "WORM*")
    before = {**NOTHING, "schemas": 1}
    for words in (("load", "-"), ("stats", "worms"), ("report", "worms"), ("db", "status"),
                  ("db", "verify"), ("db", "maintain"), ("threat", "remove", "worms"),
                  ("dead-letters", "list"), ("dead-letters", "replay"),
                  ("ingest", "-b", "127.0.0.1:1", "-t", "t"),
                  ("dead-letters", "relay", "-b", "127.0.0.1:1", "-t", "t")):
        result = database.kansen.run(*words, "--db", database.conninfo, stdin=f"{EVENT}\n".encode(),
                                     cwd=tmp_path, code=EX_CONFIG)
        assert "pool_mode = session" in result.stderr, result
        assert traces(direct) == before
    # Settings of a session would be somebody else's from now on.
    connection = database.pooler.connect(database.name)
    cursor = connection.cursor()
    cursor.execute("select reset_val from pg_settings where name = 'jit'")
    default = cursor.fetchone()[0]
    for name, expected in (("jit", default), ("search_path", "kansen, report, public")):
        cursor.execute(f"show {name}")
        assert cursor.fetchone()[0] == expected, name
    connection.close()


def test_a_busy_transaction_pool_is_recognised_too(pooled):
    """Others take and give back connections all the time, so that which one we get is chance."""
    database = pooled("transaction", default_pool_size=6)
    stopped = threading.Event()

    def work(pause):
        connection = database.pooler.connect(database.name)
        cursor = connection.cursor()
        while not stopped.is_set():
            cursor.execute("select pg_sleep(%s)", (pause,))
        connection.close()

    others = [threading.Thread(target=work, args=(0.001 * (number + 1),)) for number in range(8)]
    for other in others:
        other.start()
    try:
        for _ in range(10):
            result = database.command("db", "init", code=EX_CONFIG)
            assert "pool_mode = session" in result.stderr
    finally:
        stopped.set()
        for other in others:
            other.join()
    assert traces(database) == NOTHING

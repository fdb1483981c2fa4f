"""`kansen load` while PostgreSQL crashes, ends connections or is away."""

import signal

from load_cases import count, lines, many
from servers import wait_until

AWAY = "PostgreSQL is away"
# What a transaction writes to, in its order.
WRITTEN = ("kansen.detection", "kansen.infection", "kansen.count_change")


def start_load(database, tmp_path, events):
    path = tmp_path / "events"
    path.write_bytes(lines(*events))
    return path, database.kansen.start("load", str(path), "--db", database.conninfo)


def check(database, expected):
    assert count(database) == expected
    assert database.value("select count(*) from kansen.dead_letter") == 0
    database.verify()


def test_postgresql_crashes_while_loading(database, postgres, tmp_path):
    """In the middle of a COPY each time."""
    events = many(300000, seed=5)
    database.set_threat("worms", "WORM*")
    with database.locked("kansen.detection") as lock:
        _, load = start_load(database, tmp_path, events)
        wait_until(lock.waiters, "the first batch", [load])
    for _ in range(3):
        stored, noticed = count(database), load.said().count(AWAY)
        wait_until(lambda: count(database) > stored, "another batch to be stored", [load])
        with database.locked("kansen.detection") as lock:
            wait_until(lock.waiters, "a batch under way", [load])
            postgres.kill()
        postgres.start()
        wait_until(lambda: load.said().count(AWAY) > noticed, "the crash to be noticed", [load])
    load.wait()
    check(database, len(events))


def test_connections_ended_while_loading(database, tmp_path):
    """While the transaction waits to write to one of the tables: whatever was written before is
    written again, once. (Behind COMMIT: test_postgres_commit.py.)"""
    events = many(100000, seed=6)
    database.set_threat("worms", "WORM*")
    ended = set()
    with database.locked(WRITTEN[0]) as lock:
        _, load = start_load(database, tmp_path, events)
        wait_until(lock.waiters, "the first batch", [load])
    for table in WRITTEN * 2:
        with database.locked(table) as lock:
            # Of a new connection each time: that it lost the last one has been noticed.
            wait_until(lambda: lock.waiters() - ended, f"a transaction at {table}", [load])
            told = lock.end_waiters()
            assert len(told - ended) == 1
            ended |= told
    said = load.wait().stderr
    assert AWAY in said and "PostgreSQL is back" in said, said
    check(database, len(events))


def test_a_stopped_load_keeps_its_session(database, postgres, tmp_path):
    """Whatever idle_in_transaction_session_timeout says: another session that idled later is ended,
    and the load goes on where it was, between two statements, one of which it had no answer of."""
    ended = "terminating connection due to idle-in-transaction timeout"
    database.sql(f"alter database {database.name} set idle_in_transaction_session_timeout = '300ms'")
    database.set_threat("worms", "WORM*")
    with database.locked("kansen.count_change") as lock:
        _, load = start_load(database, tmp_path, many(60000, seed=8))
        (pid,) = wait_until(lock.waiters, "a transaction at the counts", [load])
        load.stop()
    wait_until(lambda: database.value("select count(*) from pg_stat_activity where pid = %s"
                                      " and state = 'idle in transaction'", (pid,)),
               "the load's session to idle")
    before = postgres.log().count(ended)
    other = postgres.connect(database.name)
    other.autocommit = False
    other.cursor().execute("select 1")
    wait_until(lambda: postgres.log().count(ended) > before, "PostgreSQL to end the other session")
    other.close()
    load.go_on()
    said = load.wait().stderr
    assert AWAY not in said, said
    check(database, 60000)


def test_a_load_told_to_stop_while_postgresql_is_away_ends(database, postgres, tmp_path):
    events = many(150000, seed=9)
    with database.locked("kansen.detection") as lock:
        path, load = start_load(database, tmp_path, events)
        wait_until(lock.waiters, "the first batch", [load])
        postgres.kill()
    try:
        wait_until(lambda: AWAY in load.said(), "the load to notice", [load])
        load.process.send_signal(signal.SIGTERM)
        load.wait(code=75)
    finally:
        postgres.start()
    assert count(database) < len(events)
    database.load(path)
    check(database, len(events))

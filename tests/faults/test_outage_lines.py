"""Relay and replay say once what is away, once for each reason, and once that it is back."""

import json
import time

from servers import wait_until


def away(program, message):
    """Reasons of the lines with this message."""
    return [line["reason"] for line in map(json.loads, program.said().splitlines())
            if line["msg"] == message]


def end_connection(database, like):
    """Ends the program's connections whose statement is like that."""
    database.sql("select pg_terminate_backend(pid) from pg_stat_activity"
                 " where application_name like 'kansen%%' and datname = current_database()"
                 " and query like %s", (like,))


def test_a_relay_that_follows(database, kafka, topic, proxy):
    rejected = topic(1)
    database.load_bad(b"bad\n")
    relay = database.kansen.start("dead-letters", "relay", "--follow", "-b", kafka.brokers, "-t", rejected,
                                  "--db", proxy.conninfo(database.name), "--log-format", "json")
    relayed = "select count(*) from kansen.relayed_letter"
    wait_until(lambda: database.value(relayed) == 1, "the first letter", [relay])
    proxy.refusals = 1000
    end_connection(database, "%")
    wait_until(lambda: proxy.refusals < 980, "some attempts", [relay])
    reasons = away(relay, "can't relay now, waiting")
    assert 1 <= len(reasons) <= 3 and len(set(reasons)) == len(reasons), reasons
    proxy.refusals = 0
    database.load_bad(b"worse\n")
    wait_until(lambda: database.value(relayed) == 2, "the second letter", [relay])
    wait_until(lambda: "relaying again" in relay.said(), "the end to be told", [relay])
    time.sleep(2)
    said = relay.terminate().stderr
    assert said.count("relaying again") == 1
    assert away(relay, "can't relay now, waiting") == reasons


def test_a_replay(database, proxy):
    database.load_bad(b"bad\n")
    connection = database.postgres.connect(database.name)
    try:
        connection.cursor().execute("begin; lock table kansen.dead_letter in access exclusive mode")
        replay = database.kansen.start("dead-letters", "replay", "--db", proxy.conninfo(database.name),
                                       "--log-format", "json")
        waiting = "select count(*) from pg_locks where not granted"
        wait_until(lambda: database.value(waiting) == 1, "the replay to read", [replay])
        proxy.refusals = 1000
        database.sql("select pg_terminate_backend(pid) from pg_locks where not granted")
        wait_until(lambda: proxy.refusals < 960, "some attempts", [replay])
        reasons = away(replay, "PostgreSQL is away, waiting")
        assert 1 <= len(reasons) <= 3 and len(set(reasons)) == len(reasons), reasons
        proxy.refusals = 0
    finally:
        connection.close()
    said = replay.wait().stderr
    assert said.count("PostgreSQL is back") == 1

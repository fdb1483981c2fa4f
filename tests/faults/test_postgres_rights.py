"""What workers may do changes under them, and what their login roles may do to each other."""

import json
import signal

import pytest

from pgproxy import Fate
from servers import wait_until

OLD = ("--max-age", "9000")
EX_NOPERM = 77


def make_lines(start, end):
    return [json.dumps({"id": f"event-{number}", "device": f"device-{number}", "name": "WORM.A",
                        "country": "JP", "time": "2024-05-06T00:00:00Z"}).encode()
            for number in range(start, end)]


@pytest.fixture
def login(database):
    """Makes login roles that load: login("ann")."""
    made = []

    def make(name):
        database.sql(f"create role {name} login in role kansen_loader")
        made.append(name)
        return name

    yield make
    database.kansen.close()
    for name in made:
        database.sql(f"drop role {name}")


def start(database, conninfo, kafka, topic, *options):
    return database.kansen.start("ingest", "--db", conninfo, "-b", kafka.brokers, "-t", topic,
                                 "-G", topic, *OLD, *options)


def check(database, topic, events):
    assert database.stored_offsets(topic) == {0: events}
    assert database.value("select count(*) from kansen.detection") == events
    assert database.stats("worms", "2024-05", "2024-05")["total"] == events
    database.verify()


def test_a_revoked_grant_halts_and_makes_no_dead_letters(kafka, topic, database, login):
    """The events are good and the right may come back: the worker stops, says which right it lacks,
    and the next one goes on where it stopped."""
    name = topic(1)
    database.set_threat("worms", "WORM*")
    conninfo = database.postgres.conninfo(database.name, login("ann"))
    kafka.produce_lines(name, make_lines(0, 1000))
    worker = start(database, conninfo, kafka, name)
    wait_until(lambda: database.stored_offsets(name) == {0: 1000}, "first events", [worker])
    database.sql("revoke insert on kansen.detection from kansen_loader")
    kafka.produce_lines(name, make_lines(1000, 2000))
    said = worker.wait(code=EX_NOPERM).stderr
    assert "permission denied for table detection" in said and "42501" in said
    assert start(database, conninfo, kafka, name).wait(code=EX_NOPERM).stderr.count("detection")
    assert database.stored_offsets(name) == {0: 1000}
    assert database.value("select count(*) from kansen.dead_letter") == 0
    database.verify()
    database.sql("grant insert on kansen.detection to kansen_loader")
    start(database, conninfo, kafka, name, "--until-end").wait()
    assert database.value("select count(*) from kansen.dead_letter") == 0
    check(database, name, 2000)


def test_a_load_without_the_right_says_so(database, login):
    """The exit code tells a missing right from a bad file and from an outage."""
    ann = login("ann")
    database.sql("revoke insert on kansen.detection from kansen_loader")
    result = database.kansen.run("load", "-", "--db", database.postgres.conninfo(database.name, ann),
                                 stdin=b"\n".join(make_lines(0, 10)), code=EX_NOPERM)
    assert "permission denied for table detection" in result.stderr
    database.sql("revoke kansen_loader from ann")
    result = database.kansen.run("stats", "--db", database.postgres.conninfo(database.name, ann),
                                 code=EX_NOPERM)
    assert "permission denied" in result.stderr
    database.sql("grant insert on kansen.detection to kansen_loader")


@pytest.mark.parametrize("may_end_others", [False, True], ids=["waits", "ends"])
def test_a_frozen_worker_of_another_role_is_waited_for_or_ended(kafka, topic, database, postgres,
                                                                login, proxy, may_end_others):
    """A worker freezes with its transaction open. One of another login role can't see or end that
    connection unless it is a member of the two roles for that; it then waits and does not halt."""
    name = topic(1)
    database.set_threat("worms", "WORM*")
    ann, bob = login("ann"), login("bob")
    if may_end_others:
        database.sql(f"grant pg_signal_backend, pg_read_all_stats to {bob}")
    kafka.produce_lines(name, make_lines(0, 1000))
    proxy.plan(Fate.HOLD)
    frozen = start(database, proxy.conninfo(database.name, ann), kafka, name, "-X",
                   "session.timeout.ms=6000")
    wait_until(lambda: proxy.happened[Fate.HOLD], "the first worker to commit", [frozen])
    frozen.process.send_signal(signal.SIGSTOP)
    other = start(database, postgres.conninfo(database.name, bob), kafka, name)
    if not may_end_others:
        wait_until(lambda: "pg_signal_backend" in other.said(), "the other to wait", [other])
        assert database.stored_offsets(name) == {0: 0}
        frozen.kill()
    wait_until(lambda: database.stored_offsets(name) == {0: 1000}, "all events", [other])
    if may_end_others:
        frozen.process.send_signal(signal.SIGCONT)
        frozen.kill()
    other.terminate()
    check(database, name, 1000)

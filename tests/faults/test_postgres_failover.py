"""The primary dies and a standby that lags takes over: rows and offsets go back in time together."""

import json

import pytest

import oracle
from program import Database
from servers import Missing, Postgres, wait_until

OLD = ("--max-age", "9000")
PARTITIONS = 2


def make_events(start, end):
    return [{"id": f"00000000-0000-0000-0000-{number:012}", "device": f"device-{number % 299}",
             "name": f"WORM.{'AB'[number % 2]}", "country": ("JP", "US", "DE")[number % 3],
             "time": f"2024-0{5 + number % 2}-{number % 28 + 1:02}T00:00:00Z"}
            for number in range(start, end)]


def lines(events):
    return [json.dumps(event).encode() for event in events]


class Pair:
    """A primary and its standby. Connections go to whichever takes writes, by libpq's own rules."""

    def __init__(self):
        self.primary = Postgres()
        self.primary.start()
        self.standby = Postgres(standby_of=self.primary)
        self.standby.start()

    def conninfo(self, database, user="postgres"):
        return (f"host={self.primary.folder},{self.standby.folder} user={user} dbname={database}"
                " target_session_attrs=read-write")

    connect = Postgres.connect

    def wait_for_standby(self):
        """Until it has replayed all that the primary has written."""
        place = ask(self.primary, "select pg_current_wal_lsn()")
        wait_until(lambda: ask(self.standby, f"select pg_last_wal_replay_lsn() >= '{place}'"),
                   "the standby to follow")

    def cut(self):
        """The network between the two is gone; each goes on by itself."""
        ask(self.standby, "alter system set primary_conninfo = ''")
        ask(self.standby, "select pg_reload_conf()")
        wait_until(lambda: ask(self.standby, "select count(*) from pg_stat_wal_receiver") == 0,
                   "the standby to be cut off")

    def fail_over(self):
        self.primary.kill()
        assert ask(self.standby, "select pg_promote()")

    def close(self):
        for server in (self.standby, self.primary):
            server.close()


def ask(server, statement):
    connection = server.connect("postgres")
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


@pytest.fixture
def pair():
    try:
        pair = Pair()
    except Missing as reason:
        pytest.skip(str(reason))
    try:
        yield pair
    finally:
        pair.close()


@pytest.mark.parametrize("go_on", [False, True], ids=["no new messages", "one partition goes on"])
def test_a_standby_that_lags_takes_over(kafka, topic, kansen, pair, tmp_path, go_on):
    """What the standby had not got is read from Kafka again, also in a partition to which nothing is
    sent any more, without a restart. A file loaded meanwhile is lost with it: load it again."""
    name = topic(PARTITIONS)
    ask(pair.primary, "create database fleet")
    database = Database(kansen, pair, "fleet")
    database.command("db", "init")
    database.set_threat("worms", "WORM*")
    events = make_events(0, 4000)
    for part in range(2):
        if part == 1:
            pair.wait_for_standby()
            pair.cut()
        for partition in range(PARTITIONS):
            kafka.produce_lines(name, lines(events[2000 * part:2000 * part + 2000])[partition::2],
                                partition)
        if part == 0:
            worker = database.start_ingest(kafka, name, *OLD)
        wait_until(lambda: sum(database.stored_offsets(name).values()) == 2000 * (part + 1),
                   "events on the primary", [worker])
    loaded = make_events(4000, 4500)
    path = tmp_path / "loaded"
    path.write_bytes(b"\n".join(lines(loaded)) + b"\n")
    database.load(path)
    assert database.value("select count(*) from kansen.detection") == 4500

    pair.fail_over()
    assert database.value("select count(*) from kansen.detection") < 4500, "it did not lag"
    if go_on:
        more = make_events(4500, 4600)
        kafka.produce_lines(name, lines(more), partition=0)
        events += more
    wait_until(lambda: sum(database.stored_offsets(name).values()) == len(events),
               "the rest of the events", [worker])
    assert database.value("select count(*) from kansen.detection") == len(events)
    worker.terminate()
    database.verify()
    database.load(path)
    assert database.value("select count(*) from kansen.dead_letter") == 0
    oracle.assert_says(database.stats("worms", "2024-05", "2024-06"),
                       oracle.Oracle(events + loaded).figures(["WORM*"], "2024-05", "2024-06"))
    database.verify()
    kansen.close()

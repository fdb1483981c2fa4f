"""What the tests of versions and backups share: a fleet that sends to Kafka, a database that has stored a part of
it, and what has to be there in the end."""

import contextlib
import json

import pytest

import oracle
import other_versions
from kafka_cases import OLD, count
from program import Database
from servers import wait_until

FIRST, LAST = "2024-05", "2024-07"
THREATS = {"worms": ["WORM*"], "trojans": ["TROJ*"]}
PARTITIONS = 2


def make_events(first, last):
    """Several of each device in each month, some of which the next ones are older than."""
    return [{"id": f"00000000-0000-0000-0000-{number:012}", "device": f"device-{number * 7 % 61}",
             "name": f"{('WORM', 'TROJ', 'ADW')[number % 3]}.{number % 5}", "country": ("JP", "US", "ZZ")[number % 3],
             "time": f"2024-0{5 + number % 3}-{(number * 11) % 28 + 1:02}T0{number % 10}:00:00Z",
             "vendor": "V", "product": ("Endpoint", "Server")[number % 2], "version": f"1.{number % 4}",
             "os": ("Linux", "Windows")[number // 5 % 2], "segment": ("bank", "school")[number // 7 % 2]}
            for number in range(first, last)]


def lines(events):
    return [json.dumps(event).encode() for event in events]


class Fleet:
    """A topic, and what was sent to it."""

    def __init__(self, kafka, topic):
        self.kafka, self.topic, self.sent = kafka, topic(PARTITIONS), 0

    def send(self, number):
        events = make_events(self.sent, self.sent + number)
        for partition in range(PARTITIONS):
            self.kafka.produce_lines(self.topic, lines(events)[partition::PARTITIONS], partition)
        self.sent += number

    def start(self, database):
        return database.start_ingest(self.kafka, self.topic, *OLD)

    def is_stored(self, database, *workers):
        wait_until(lambda: sum(database.stored_offsets(self.topic).values()) == self.sent, "all to be stored",
                   workers)

    def check(self, database):
        """Everything that was sent is stored and counted, each event once."""
        truth = oracle.Oracle(make_events(0, self.sent))
        assert count(database) == self.sent
        for threat, patterns in THREATS.items():
            oracle.assert_says(database.stats(threat, FIRST, LAST), truth.figures(patterns, FIRST, LAST))
        database.verify()


@contextlib.contextmanager
def running(server):
    try:
        server.start()
        yield server
    finally:
        server.close()


def programs(major):
    """The folder of PostgreSQL's of this version: not Debian's, which may be newer than the others of the list, and
    what a minor version has added to dumps is known to the other majors' of the same day alone."""
    try:
        return other_versions.postgres(f"postgres-{major}")
    except other_versions.Missing as reason:
        pytest.skip(str(reason))


def filled(kansen, postgres, fleet, name="fleet"):
    """A database of the server with a worker that has stored something."""
    connection = postgres.connect("postgres")
    connection.cursor().execute(f"create database {name}")
    connection.close()
    database = Database(kansen, postgres, name)
    database.command("db", "init")
    for threat, patterns in THREATS.items():
        database.set_threat(threat, *patterns)
    fleet.send(400)
    worker = fleet.start(database)
    fleet.is_stored(database, worker)
    return database, worker


def restored_dump(kansen, server, dump):
    """As docs/upgrades.md has it: an empty database, the dump, `db init` for the roles."""
    connection = server.connect("postgres")
    connection.cursor().execute("create database fleet")
    connection.close()
    database = Database(kansen, server, "fleet")
    server.run("pg_restore", "--no-owner", "--no-acl", "--exit-on-error", "--dbname", database.conninfo, dump)
    database.command("db", "init")
    return database

"""Where the contestants meet: one broker, one PostgreSQL, the topics, and a fresh database for each
run."""

import io
import os
import pathlib
import re
import subprocess
import tempfile

from ingesting.fleets import Fleet
from meter import family_cpu, process_cpu
from tuned import TunedKafka, TunedPostgres

PARTITIONS = 8
PLAIN = pathlib.Path(__file__).resolve().parents[1] / "peers/plain.sql"
# Segments large enough that none is rolled or deleted while it is read.
RETENTION = {"retention_ms": -1}

# What kansen's own COPY names (sql/queries/detections_copy.sql).
COLUMNS = ("event_time, device_id, event_id, name_id, product_id, action_id, country, address,"
           " sha256")
COPY_IN = f"copy kansen.detection ({COLUMNS}) from stdin (format binary)"

# Transactions in the order of their commits, and what they stored; what follows the first is the
# work without the start. A table's own system column says which transaction wrote a row.
TIMELINE = """
with stored as (select xmin as transaction, count(*) as rows from {table} group by xmin),
timed as (
  select extract(epoch from pg_xact_commit_timestamp(transaction))::float8 as at, rows from stored)
select coalesce(sum(rows), 0)::bigint, min(at), max(at),
  coalesce((select rows from timed order by at limit 1), 0)::bigint
from timed
"""


class Timeline:
    """What a table holds: `rows`; `first` and `last`, the commits of the first and the last of
    them, as time.time(); `first_rows`, how many the first transaction stored."""

    def __init__(self, rows, first, last, first_rows):
        self.rows, self.first, self.last, self.first_rows = rows, first, last, first_rows


class Topic:
    """`events` different events, and as many messages."""

    def __init__(self, name, events):
        self.name = name
        self.events = events


class Stage:
    def __init__(self, program, mmdb, folder):
        self.program = program
        self.mmdb = mmdb
        self.folder = folder
        self.postgres = TunedPostgres()
        self.kafka = None
        self.fleet = None
        self.rows = b""
        self.runs = 0

    def start(self):
        self.postgres.start()
        self.kafka = TunedKafka()
        self.kafka.start()

    def close(self):
        for server in (self.kafka, self.postgres):
            if server is not None:
                server.close()

    def environment(self):
        """Nothing of the caller's that kansen or libpq would take for an option."""
        return {"PATH": os.environ["PATH"], "HOME": "/nonexistent",
                "TMPDIR": tempfile.gettempdir()}

    def kansen(self, *arguments):
        """Runs the program to its end; fails with what it says."""
        done = subprocess.run([self.program, *map(str, arguments)], env=self.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0, f"kansen {arguments[0]}: {done.stderr[-3000:]}"
        return done

    def set_fleet(self, name, events):
        """What `prepare` made of the fleet before goes away."""
        self.fleet = Fleet(name, events, self.folder)
        self.sql("postgres", "drop database if exists kansen_empty with (force)")
        self.sql("postgres", "create database kansen_empty")
        database = ("--db", self.postgres.conninfo("kansen_empty"))
        self.kansen("db", "init", *database)
        self.kansen("db", "maintain", *database, "--from", self.fleet.month,
                    "--to", self.fleet.month)
        self.kansen("threat", "set", self.fleet.threat, *database, "--match",
                    *self.fleet.patterns)

    def fill(self, name, events):
        """A topic of about so many events of the fleet."""
        self.kafka.create_topic(name, PARTITIONS, **RETENTION)
        fleet = Fleet(self.fleet.name, events, self.folder)
        return Topic(name, fleet.produce(self.kansen, self.kafka.brokers, name))

    def fresh(self, template):
        """The name of a new database; the one of the run before is gone. What was written before
        is on the disk, so that nobody pays for his predecessor."""
        self.runs += 1
        if template == "kansen":
            self._replace("create database run template kansen_empty")
        else:
            self._replace("create database run")
            self.sql("run", PLAIN.read_text(encoding="utf-8"))
        self.sql("postgres", "checkpoint")
        os.sync()
        return "run"

    def _replace(self, statement):
        self.sql("postgres", "drop database if exists run with (force)")
        self.sql("postgres", statement)

    def sql(self, database, statement):
        connection = self.postgres.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def timeline(self, table):
        return Timeline(*self.sql("run", TIMELINE.format(table=table))[0])

    def server_cpu(self):
        """(PostgreSQL's, the broker's) CPU seconds so far."""
        return family_cpu(self.postgres.process.pid), process_cpu(self.kafka.process.pid)

    def keep_rows(self):
        """Keeps the detections of the last run in COPY's binary format, in the order in which they
        lie: `rows`."""
        buffer = io.BytesIO()
        connection = self.postgres.connect("run")
        try:
            with connection.cursor() as cursor:
                cursor.execute("set synchronize_seqscans = off")
                cursor.copy_expert(f"copy (select {COLUMNS} from kansen.detection)"
                                   " to stdout (format binary)", buffer)
        finally:
            connection.close()
        self.rows = buffer.getvalue()


def version_of(*command):
    """The first thing in what a program says about itself that looks like a version."""
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", said.stdout + said.stderr)
    return found[0] if found else "unknown"

"""Where the contestants meet: one broker, one PostgreSQL, the topics, and a fresh database for each
run."""

import io
import os
import pathlib
import subprocess
import tempfile

from ingesting.fleets import Fleet
from meter import family_cpu, process_cpu
from servers import free_ports
from tuned import TunedKafka, TunedPostgres

PARTITIONS = 8
PLAIN = pathlib.Path(__file__).resolve().parents[1] / "peers/plain.sql"

# What kansen's own COPY names (sql/queries/detections_copy.sql).
COLUMNS = ("event_time, device_id, event_id, name_id, product_id, action_id, country, address,"
           " sha256")
COPY_IN = f"copy kansen.detection ({COLUMNS}) from stdin (format binary)"

# When each transaction was committed, and how many rows it stored. xmin is the system column that
# says which transaction wrote a row.
COMMITS = """
select extract(epoch from pg_xact_commit_timestamp(xmin))::float8 as at, count(*)
from {table}
group by xmin
order by at
"""


class Commits:
    """What a table holds, by the time of its commits: `rows`, `first`, `last`. Times are those of
    time.time()."""

    def __init__(self, commits):
        self.commits = commits
        self.rows = sum(rows for _, rows in commits)
        self.first = commits[0][0] if commits else None
        self.last = commits[-1][0] if commits else None

    def when_share(self, share):
        """The commit with which so much of the rows was there, the first one for 0."""
        stored = 0
        for at, rows in self.commits:
            stored += rows
            if stored >= share * self.rows:
                return at
        return self.last

    def behind(self, when):
        """How many rows were committed later."""
        return sum(rows for at, rows in self.commits if at > when)

    def after_share(self, share):
        """(rows, seconds) from the commit at that share to the last; None when it is the last."""
        start = self.when_share(share)
        return (self.behind(start), self.last - start) if self.last > start else None


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

    def variables(self, topic):
        """What the peers' configuration files ask for."""
        return {**self.environment(), "BENCH_BROKERS": self.kafka.brokers,
                "BENCH_TOPIC": topic.name, "BENCH_GROUP": f"bench-{self.runs}",
                "BENCH_FOLDER": str(self.folder), "BENCH_PORT": str(free_ports(1)[0]),
                "BENCH_DB": self.postgres.uri("run"), "BENCH_JDBC": self.postgres.jdbc_url("run"),
                "BENCH_USER": self.postgres.TCP_USER, "BENCH_PASSWORD": self.postgres.password}

    def kansen(self, *arguments):
        """Runs the program to its end; fails with what it says."""
        done = subprocess.run([self.program, *map(str, arguments)], env=self.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0, f"kansen {arguments[0]}: {done.stderr[-3000:]}"
        return done

    def set_fleet(self, name, events):
        """Databases for kansen will know its threat and have a partition for its month."""
        self.fleet = Fleet(name, events, self.folder)
        self.sql("drop database if exists kansen_empty with (force)", "postgres")
        self.sql("create database kansen_empty", "postgres")
        database = ("--db", self.postgres.conninfo("kansen_empty"))
        self.kansen("db", "init", *database)
        self.kansen("db", "maintain", *database, "--from", self.fleet.month,
                    "--to", self.fleet.month)
        self.kansen("threat", "set", self.fleet.threat, *database, "--match",
                    *self.fleet.patterns)

    def fill(self, name, events):
        """A topic of about so many events of the fleet."""
        self.kafka.create_topic(name, PARTITIONS, retention_ms=-1)
        fleet = Fleet(self.fleet.name, events, self.folder)
        return Topic(name, fleet.produce(self.kansen, self.kafka.brokers, name))

    def fresh(self, template):
        """The name of a new database; the one of the run before is gone. What was written before
        is on the disk, so that nobody pays for his predecessor."""
        self.runs += 1
        self.sql("drop database if exists run with (force)", "postgres")
        if template == "kansen":
            self.sql("create database run template kansen_empty", "postgres")
        else:
            self.sql("create database run", "postgres")
            self.sql(PLAIN.read_text(encoding="utf-8"))
        self.sql("checkpoint")
        os.sync()
        return "run"

    def sql(self, statement, database="run"):
        connection = self.postgres.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def value(self, statement):
        return self.sql(statement)[0][0]

    def commits(self, table):
        return Commits(self.sql(COMMITS.format(table=table)))

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

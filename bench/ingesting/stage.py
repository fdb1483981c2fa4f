"""Where the contestants meet: one broker, one PostgreSQL, the topics, and a fresh database for each
run."""

import contextlib
import io
import os
import pathlib
import re
import subprocess
import tempfile

from ground import ROOT
from ingesting import space
from ingesting.fleets import Fleet
from meter import family_cpu, process_cpu
from servers import free_ports
from tuned import TunedKafka, TunedPostgres, wal_between_checkpoints

PARTITIONS = 8
HERE = pathlib.Path(__file__).resolve().parent
PLAIN = HERE.parent / "peers/plain.sql"
GROW = HERE / "grown.sql"

# Reads the key from end to end, through PostgreSQL's own memory.
WARM = """
set enable_seqscan = off;
set enable_bitmapscan = off;
set max_parallel_workers_per_gather = 0;
select count(*) from kansen.infection where month = '{month}' and device_id is not null
"""
# An end of a segment that nothing else was written to.
NEXT_SEGMENTS = """
do $$
begin
  for n in 1..{segments} loop
    perform pg_logical_emit_message(false, 'bench', '');
    perform pg_switch_wal();
  end loop;
end
$$
"""

# What kansen's own COPY names.
COLUMNS, = re.findall(r"copy kansen\.detection \((.*?)\)",
                      (ROOT / "sql/queries/detections_copy.sql").read_text(encoding="utf-8"),
                      re.DOTALL)
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


class Build:
    """A kansen that takes part: its program, and the databases that its runs begin with, copies of one
    whose month is empty or of one that has grown."""

    def __init__(self, program, mark=""):
        self.program = program
        self.empty, self.grown = f"kansen_empty{mark}", f"kansen_grown{mark}"


class Stage:
    def __init__(self, program, mmdb, folder, before=None):
        self.now = Build(program)
        self.before = Build(before, "_before") if before else None
        self.mmdb = mmdb
        self.folder = folder
        self.postgres = TunedPostgres()
        self.kafka = None
        self.fleet = None
        # How many infections each run of kansen begins with, and how much of PostgreSQL's log is written
        # before a checkpoint; None: however much is left.
        self.machines = 0
        self.wal_until_checkpoint = None
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

    def builds(self):
        return [build for build in (self.now, self.before) if build]

    def kansen(self, *arguments, build=None):
        """Runs the program to its end; fails with what it says."""
        done = subprocess.run([(build or self.now).program, *map(str, arguments)],
                              env=self.environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"kansen {arguments[0]}: {done.stderr[-3000:]}"
        return done

    def set_fleet(self, name, events):
        """Databases for kansen will know its threat and have a partition for its month."""
        self.fleet = Fleet(name, events, self.folder)
        self.machines, self.wal_until_checkpoint = 0, None
        self.sql("drop database if exists run with (force)", "postgres")
        for build in self.builds():
            for database in (build.empty, build.grown):
                self.sql(f"drop database if exists {database} with (force)", "postgres")
            self.sql(f"create database {build.empty}", "postgres")
            self._set_up(build)

    def _set_up(self, build):
        database = ("--db", self.postgres.conninfo(build.empty))
        self.kansen("db", "init", *database, build=build)
        self.kansen("db", "maintain", *database, "--from", self.fleet.month,
                    "--to", self.fleet.month, build=build)
        self.kansen("threat", "set", self.fleet.threat, *database, "--match",
                    *self.fleet.patterns, build=build)

    def fill(self, name, events):
        """A topic of about so many events of the fleet."""
        self.kafka.create_topic(name, PARTITIONS, retention_ms=-1)
        fleet = Fleet(self.fleet.name, events, self.folder)
        return Topic(name, fleet.produce(self.kansen, self.kafka.brokers, name))

    def grow(self, machines, wal):
        """From now on kansen's runs begin with so many machines in the fleet's month, and PostgreSQL
        with a checkpoint ahead, when half of `wal` is written: what a run into an empty month wrote."""
        for build in self.builds():
            self.sql(f"create database {build.grown} template {build.empty}", "postgres")
            self.sql(GROW.read_text(encoding="utf-8"), build.grown, {
                "machines": machines, "month": f"{self.fleet.month}-01",
                "threat": self.fleet.threat})
            # As autovacuum has by the time that a month has so many.
            self.sql("vacuum (analyze) kansen.infection", build.grown)
        self.machines, self.wal_until_checkpoint = machines, wal // 2

    @contextlib.contextmanager
    def empty_month(self):
        """Runs of kansen begin with an empty month for once."""
        former, self.machines = self.machines, 0
        try:
            yield
        finally:
            self.machines = former

    def begin(self, build):
        """A new database of this kansen for a run of it."""
        self.fresh(build.grown if self.machines else build.empty)
        if self.machines:
            self.sql(WARM.format(month=f"{self.fleet.month}-01"))

    def fresh(self, template):
        """The name of a new database, a copy of another or, with None, that of the plain tables; the
        one of the run before is gone. What was written before is on the disk, so that nobody pays
        for his predecessor."""
        self.runs += 1
        self.sql("drop database if exists run with (force)", "postgres")
        if template is None:
            self.sql("create database run", "postgres")
            self.sql(PLAIN.read_text(encoding="utf-8"))
        else:
            self.sql(f"create database run template {template} strategy file_copy", "postgres")
        self.sql("checkpoint")
        self._approach_checkpoint()
        os.sync()
        return "run"

    def _approach_checkpoint(self):
        """Ends segments of PostgreSQL's log, until `wal_until_checkpoint` is left."""
        if self.wal_until_checkpoint is None:
            return
        ahead, segment = wal_between_checkpoints()
        segments = (ahead - self.wal_until_checkpoint) // segment
        if segments > 0:
            self.sql(NEXT_SEGMENTS.format(segments=segments))

    def expect_infections(self, topic):
        """In a grown month, where `db verify` would name each machine that has no detection: every
        event was that of a new one, and is counted as such."""
        if not self.machines:
            return
        stored = self.value("select count(*) from kansen.infection")
        counted = self.value("select sum(infections) from report.monthly_infections")
        assert (stored, counted) == (self.machines + topic.events, topic.events), (
            f"{stored} infections, {counted} counted, of {self.machines} + {topic.events}")

    def space(self):
        """What the database of the run takes by now."""
        return space.space(self)

    def sql(self, statement, database="run", parameters=None):
        connection = self.postgres.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
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

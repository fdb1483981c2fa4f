"""Who is measured, each as its own documentation recommends it: a run empties the topic into a
fresh database and checks that every event is there."""

import io
import pathlib
import re
import subprocess
import time

from ingesting.fleets import FLEETS, GROWN, RESENT
from ingesting.space import taken
from ingesting.stage import COPY_IN
from meter import Watched
from servers import need

PEERS = pathlib.Path(__file__).resolve().parents[1] / "peers"
# The fleets' month does not move.
MAX_AGE = ("--max-age", "36525")
COPY_CHUNK = 1 << 20
VERSION = re.compile(r"\d+\.[\d.]*\d")


class Run:
    """One contestant, once. `seconds` are those of the whole run, `start_s` what passed before its
    first commit, `steady` the (events, seconds) in full swing, None without a second commit. Its
    rate is that of the whole run, or `after_start`. `cpu`: seconds of worker, PostgreSQL and broker
    for `cpu_events`; None where there is none. `space`: what it took in bytes (space.py)."""

    def __init__(self, events, seconds, start_s, steady, cpu, peak_mib, space, after_start=False,
                 cpu_events=None):
        self.events = events
        self.seconds = seconds
        self.start_s = start_s
        self.steady = steady
        self.cpu = cpu
        self.cpu_events = cpu_events or events
        self.peak_mib = peak_mib
        self.space = space
        counted, counted_s = steady if after_start and steady else (events, seconds)
        self.rate = counted / counted_s


class Contestant:
    """`key` names it on the command line; a peer gets the smaller topic. `fleets`: those that it is for.
    `before`: it takes part when there is an older kansen."""

    key = title = ""
    is_peer = False
    before = False
    fleets = FLEETS

    def prepare(self, may_fetch):
        """Brings what it needs beyond packages, or says `Missing`."""

    def takes_part(self, fleet):
        # Most peers store twice what is sent twice, and none knows what a month has.
        return fleet in self.fleets and not (self.is_peer and fleet in (RESENT, GROWN))

    def versions(self):
        """{name: version} of what is measured."""
        return {}

    def run(self, stage, topic):
        raise NotImplementedError


def measured(stage, commands, log, environment=None):
    """Runs processes to their end: what was watched, its seconds, the CPU of worker, PostgreSQL and
    broker, the space that was taken."""
    room, before = stage.space(), stage.server_cpu()
    watched = Watched(commands, stage.folder / log, environment)
    try:
        ended = watched.wait()
        after = stage.server_cpu()
    finally:
        watched.close()
    servers = (late - early for late, early in zip(after, before))
    return (watched, ended - watched.launched, (watched.cpu_seconds(), *servers),
            taken(room, stage.space()))


class Kansen(Contestant):
    """From the start of the processes to the end of the last; `before`: of the older kansen."""

    def __init__(self, workers, before=False):
        self.workers = workers
        self.before = before
        self.who = "before" if before else "kansen"
        self.key = f"{self.who}{workers}"
        self.title = f"{self.who}, {workers} worker{'s' if workers > 1 else ''}"

    def build(self, stage):
        return stage.before if self.before else stage.now

    def read(self, stage, topic, group):
        """Stores the topic in the database `run`, by a group of consumers that has not read it yet."""
        command = [self.build(stage).program, "ingest", "--until-end",
                   "--db", stage.postgres.conninfo("run"), "-b", stage.kafka.brokers,
                   "-t", topic.name, "-G", group, "--geoip", stage.mmdb, *MAX_AGE]
        return measured(stage, [command] * self.workers, f"{self.key}.log", stage.environment())

    def run(self, stage, topic):
        stage.begin(self.build(stage))
        watched, seconds, cpu, space = self.read(stage, topic, f"bench-{stage.runs}")
        commits = stage.commits("kansen.detection")
        expect(self, commits.rows, topic)
        stage.expect_infections(topic)
        return Run(topic.events, seconds, commits.first - watched.launched, commits.after_share(0),
                   cpu, watched.peak_mib(max), space)


class EmptyMonth(Kansen):
    """One process, into a month in which nothing was infected before."""

    fleets = (GROWN,)

    def __init__(self, before=False):
        super().__init__(1, before)
        self.key = "before-empty" if before else "empty"
        self.title = f"{self.who}, empty month"

    def run(self, stage, topic):
        with stage.empty_month():
            return super().run(stage, topic)


class Again(Kansen):
    """The same topic once more, by another group: every event is there already."""

    def __init__(self, before=False):
        super().__init__(1, before)
        self.key = "before-again" if before else "again"
        self.title = f"{self.who}, once more"

    def run(self, stage, topic):
        super().run(stage, topic)
        stage.sql("checkpoint")
        watched, seconds, cpu, space = self.read(stage, topic, f"again-{stage.runs}")
        expect(self, stage.commits("kansen.detection").rows, topic)
        return Run(topic.events, seconds, None, None, cpu, watched.peak_mib(max), space)


class CopyRows(Contestant):
    """The limit: the rows that kansen stored, by one COPY from memory; connected before. The client
    is no part of it: psycopg2 needs some 3 % of the time, beside PostgreSQL and not before it."""

    key = "copy"
    title = "COPY BINARY, same rows"

    def run(self, stage, topic):
        connection = stage.postgres.connect(stage.fresh(stage.now.empty))
        connection.autocommit = False
        room, (before, _) = stage.space(), stage.server_cpu()
        try:
            with connection.cursor() as cursor:
                cpu, began = time.thread_time(), time.monotonic()
                cursor.copy_expert(COPY_IN, io.BytesIO(stage.rows), COPY_CHUNK)
                connection.commit()
                seconds, cpu = time.monotonic() - began, time.thread_time() - cpu
            after, _ = stage.server_cpu()
        finally:
            connection.close()
        space = taken(room, stage.space())
        expect(self, stage.commits("kansen.detection").rows, topic)
        return Run(topic.events, seconds, None, None, (cpu, after - before, None), None, space)


class Kcat(Contestant):
    """The floor of every consumer: messages are fetched and written to nowhere."""

    key = "kcat"
    title = "kcat -C to /dev/null"

    def versions(self):
        return {"kcat": said_version("kcat", "-V")}

    def run(self, stage, topic):
        command = ["sh", "-c", 'exec kcat -C -q -e -b "$0" -t "$1" -o beginning >/dev/null',
                   stage.kafka.brokers, topic.name]
        watched, seconds, (worker, _, broker), _ = measured(stage, [command], "kcat.log")
        return Run(topic.events, seconds, None, None, (worker, None, broker), watched.peak_mib(),
                   None)


class ByHand(Contestant):
    """One pipeline, one transaction."""

    key = "by-hand"
    title = "kcat, jq, psql by hand"
    is_peer = True

    def prepare(self, may_fetch):
        need("kcat", "jq", "psql")

    def versions(self):
        return {"jq": said_version("jq", "--version")}

    def run(self, stage, topic):
        database = stage.fresh(None)
        command = [PEERS / "by-hand", stage.kafka.brokers, topic.name,
                   stage.postgres.conninfo(database)]
        watched, seconds, cpu, space = measured(stage, [command], "by-hand.log",
                                                stage.environment())
        expect(self, stage.commits("plain").rows, topic)
        return Run(topic.events, seconds, None, None, cpu, watched.peak_mib(), space)


def expect(contestant, rows, topic):
    assert rows == topic.events, (
        f"{contestant.title} stored {rows} rows of {topic.events} events")


def said_version(*command):
    """The first thing like a version in what a program says."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = VERSION.search(done.stdout + done.stderr)
    return found[0] if found else "unknown"

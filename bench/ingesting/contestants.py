"""Who is measured: each empties the same kind of topic as its own documentation recommends."""

import io
import pathlib
import time

from ingesting.stage import COPY_IN
from meter import Watched

PEERS = pathlib.Path(__file__).resolve().parents[1] / "peers"
MAX_AGE = ("--max-age", "36525")
COPY_CHUNK = 1 << 20


class Run:
    """One contestant, once. `seconds` are those of the whole run, `start_s` what passed before its
    first commit, `steady` the (events, seconds) behind that, None without a second commit. Its rate
    is that of the whole run, or `after_start`."""

    def __init__(self, events, seconds, start_s=None, steady=None, worker_cpu=0.0,
                 postgres_cpu=None, broker_cpu=None, peak_mib=None, after_start=False):
        self.events = events
        self.seconds = seconds
        self.start_s = start_s
        self.steady = steady
        self.worker_cpu = worker_cpu
        self.postgres_cpu = postgres_cpu
        self.broker_cpu = broker_cpu
        self.peak_mib = peak_mib
        events, seconds = steady if after_start and steady else (events, seconds)
        self.rate = events / seconds


class Contestant:
    """`key` names it on the command line; a peer gets the smaller topic."""

    key = title = ""
    is_peer = False

    def prepare(self):
        """Brings what it needs that is no package, or says `Missing`."""

    def run(self, stage, topic):
        """Empties the topic into a fresh database; a `Run`."""
        raise NotImplementedError


class Kansen(Contestant):
    """From the start of the processes to the end of the last."""

    def __init__(self, workers):
        self.workers = workers
        self.key = f"kansen{workers}"
        self.title = f"kansen ingest, {workers} worker{'s' if workers > 1 else ''}"

    def run(self, stage, topic):
        database = stage.fresh("kansen")
        command = [stage.program, "ingest", "--until-end", "--db", stage.postgres.conninfo(database),
                   "-b", stage.kafka.brokers, "-t", topic.name, "-G", f"bench-{stage.runs}",
                   "--geoip", stage.mmdb, *MAX_AGE]
        before = stage.server_cpu()
        watched = Watched([command] * self.workers, stage.folder / f"{self.key}.log",
                          stage.environment())
        try:
            ended = watched.wait()
            after = stage.server_cpu()
        finally:
            watched.close()
        done = stage.timeline("kansen.detection")
        expect(self, done.rows, topic)
        return Run(topic.events, ended - watched.launched, done.first - watched.launched,
                   steady_part(done), watched.cpu_seconds(), after[0] - before[0],
                   after[1] - before[1], watched.peak_mib(max))


class CopyRows(Contestant):
    """The limit: the rows that kansen stored, by one COPY from memory; connected before."""

    key = "copy"
    title = "COPY BINARY, same rows"

    def run(self, stage, topic):
        connection = stage.postgres.connect(stage.fresh("kansen"))
        connection.autocommit = False
        before = stage.server_cpu()
        with connection.cursor() as cursor:
            cpu, began = time.thread_time(), time.monotonic()
            cursor.copy_expert(COPY_IN, io.BytesIO(stage.rows), COPY_CHUNK)
            connection.commit()
            seconds, cpu = time.monotonic() - began, time.thread_time() - cpu
        after = stage.server_cpu()
        connection.close()
        expect(self, stage.timeline("kansen.detection").rows, topic)
        return Run(topic.events, seconds, worker_cpu=cpu, postgres_cpu=after[0] - before[0])


class Kcat(Contestant):
    """The floor of every consumer: messages are fetched and written to nowhere."""

    key = "kcat"
    title = "kcat -C to /dev/null"

    def run(self, stage, topic):
        command = ["sh", "-c", 'exec kcat -C -q -e -b "$0" -t "$1" -o beginning >/dev/null',
                   stage.kafka.brokers, topic.name]
        before = stage.server_cpu()
        watched = Watched([command], stage.folder / "kcat.log")
        try:
            ended = watched.wait()
            after = stage.server_cpu()
        finally:
            watched.close()
        return Run(topic.events, ended - watched.launched, worker_cpu=watched.cpu_seconds(),
                   broker_cpu=after[1] - before[1], peak_mib=watched.peak_mib())


class ByHand(Contestant):
    """One pipeline, one transaction."""

    key = "by-hand"
    title = "kcat | jq | psql COPY"
    is_peer = True

    def run(self, stage, topic):
        database = stage.fresh("plain")
        command = [PEERS / "by-hand", stage.kafka.brokers, topic.name,
                   stage.postgres.conninfo(database)]
        before = stage.server_cpu()
        watched = Watched([command], stage.folder / "by-hand.log", stage.environment())
        try:
            ended = watched.wait()
            after = stage.server_cpu()
        finally:
            watched.close()
        expect(self, stage.timeline("plain").rows, topic)
        return Run(topic.events, ended - watched.launched, None, None, watched.cpu_seconds(),
                   after[0] - before[0], after[1] - before[1], watched.peak_mib())


def expect(contestant, rows, topic):
    assert rows == topic.events, (
        f"{contestant.title} stored {rows} rows of {topic.events} events")


def steady_part(done):
    """(events, seconds) from the first commit to the last."""
    if done.first_rows == done.rows:
        return None
    return done.rows - done.first_rows, done.last - done.first

"""Peers that run for ever: rsyslog and Kafka Connect.

They are measured in full swing: the clock starts when a third of the events is stored, so that
neither starting a JVM nor its compiling while it runs counts. CPU is that from there on, too."""

import os
import pathlib
import re
import subprocess
import time

from ingesting.contestants import PEERS, Contestant, Run, expect
from ingesting.space import taken
from meter import Watched
from servers import Missing

FETCH = PEERS.parents[1] / "tests/kafka/fetch"
LOGGING = PEERS.parents[1] / "tests/kafka/log4j.properties"
WARM_UP = 1 / 3
# Between two looks at a table's size, which tell whether it still grows.
PAUSE_S = 0.25
# Until the first row; and a table that has not grown for so long will not get what it lacks.
START_PATIENCE_S = 180
STALL_S = 60


class Daemon(Contestant):
    is_peer = True

    def __init__(self, key, title, table="plain"):
        self.key, self.title, self.table = key, title, table

    def launch(self, stage, topic):
        """The running processes."""
        raise NotImplementedError

    def run(self, stage, topic):
        stage.fresh(None)
        room, costs = stage.space(), Costs(stage)
        watched = self.launch(stage, topic)
        try:
            self._wait_for_all(stage, topic, watched, costs)
        finally:
            watched.close()
        space = taken(room, stage.space())
        commits = stage.commits(self.table)
        expect(self, commits.rows, topic)
        steady, start = commits.after_share(WARM_UP), commits.when_share(WARM_UP)
        events, cpu = costs.since(start, commits)
        return Run(topic.events, commits.last - watched.launched, commits.first - watched.launched,
                   steady, cpu, watched.peak_mib(), space, after_start=True, cpu_events=events)

    def _wait_for_all(self, stage, topic, watched, costs):
        """Counts only when the table has stopped growing: counting costs PostgreSQL time."""
        last, since = 0, time.monotonic()
        while True:
            time.sleep(PAUSE_S)
            costs.sample(watched)
            now = stage.value(f"select pg_relation_size('{self.table}')")
            if now != last:
                last, since = now, time.monotonic()
                continue
            rows = stage.value(f"select count(*) from {self.table}") if now else 0
            if rows >= topic.events:
                return
            assert watched.alive(), f"{self.title} has ended: {watched.said()}"
            assert time.monotonic() - since < (STALL_S if now else START_PATIENCE_S), (
                f"{self.title} stopped at {rows} of {topic.events} rows: {watched.said()}")


class Costs:
    """CPU seconds of worker, PostgreSQL and broker as time goes by."""

    def __init__(self, stage):
        self.stage = stage
        self.samples = [(time.time(), 0.0, *stage.server_cpu())]

    def sample(self, watched):
        self.samples.append((time.time(), watched.cpu_seconds(), *self.stage.server_cpu()))

    def since(self, start, commits):
        """How many rows were committed behind a sample at about `start`, and what they cost; the
        whole run when the samples are too few."""
        early = next((each for each in self.samples if each[0] >= start), self.samples[-1])
        if commits.behind(early[0]) == 0:
            early = self.samples[0]
        cpu = tuple(late - before for late, before in zip(self.samples[-1][1:], early[1:]))
        return commits.behind(early[0]), cpu


class Rsyslog(Daemon):
    def __init__(self):
        super().__init__("rsyslog", "rsyslog, ompgsql")
        self.folder = None

    def prepare(self, may_fetch):
        self.folder = fetched(may_fetch, PEERS / "rsyslog/fetch")
        if not self.versions():
            raise Missing("rsyslog lacks libraries that packages.txt names for benches")

    def versions(self):
        done = subprocess.run([f"{self.folder}/usr/sbin/rsyslogd", "-v"], capture_output=True,
                              text=True, check=False)
        found = re.search(r"rsyslogd +([\d.]+)", done.stdout)
        return {"rsyslog": found[1]} if found else {}

    def launch(self, stage, topic):
        modules = f"{self.folder}/usr/lib/{os.uname().machine}-linux-gnu/rsyslog"
        command = [f"{self.folder}/usr/sbin/rsyslogd", "-n", "-iNONE", "-M", modules,
                   "-f", PEERS / "rsyslog/rsyslog.conf"]
        return Watched([command], stage.folder / "rsyslog.log", stage.variables(topic))


class Connect(Daemon):
    # As Apache Kafka's own start scripts have it.
    JAVA = ("java", "-Xms256m", "-Xmx2g", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent",
            "-XX:MaxInlineLevel=15", "-XX:-UsePerfData")
    JARS = {"connect-runtime": "Kafka Connect", "debezium-connector-jdbc": "Debezium JDBC",
            "postgresql": "PostgreSQL JDBC"}

    def __init__(self, mode, table):
        super().__init__(f"connect-{mode}", f"Kafka Connect, {mode}", table)
        self.mode = mode
        self.jars = None

    def prepare(self, may_fetch):
        self.jars = pathlib.Path(fetched(may_fetch, FETCH, PEERS / "connect"))

    def versions(self):
        return {name: next(self.jars.glob(f"{jar}-[0-9]*.jar")).stem.removeprefix(jar + "-")
                for jar, name in self.JARS.items()}

    def launch(self, stage, topic):
        command = [*self.JAVA, f"-Djava.io.tmpdir={stage.folder}",
                   f"-Dlog4j.configuration=file:{LOGGING}", "-cp", f"{self.jars}/*",
                   "org.apache.kafka.connect.cli.ConnectStandalone",
                   PEERS / "connect/worker.properties",
                   PEERS / f"connect/{self.mode}.properties"]
        return Watched([command], stage.folder / f"{self.key}.log", stage.variables(topic))


def fetched(may_fetch, script, *folder):
    """The folder that a script fetches into the cache, or finds there."""
    done = subprocess.run([script, *([] if may_fetch else ["--cached"]), *folder],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Missing(done.stderr.strip()[-500:])
    return done.stdout.strip()

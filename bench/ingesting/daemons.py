"""Peers that run for ever: rsyslog and Kafka Connect. Their clock runs from their first commit to
the last, so that starting a JVM costs them nothing."""

import os
import subprocess
import time

from ingesting.contestants import PEERS, Contestant, Run, expect, steady_part
from meter import Watched
from servers import Missing, free_ports, wait_until

FIRST_ROW_PATIENCE_S = 90
# Between two looks at a table's size, which tell whether it still grows.
PAUSE_S = 0.25
# A table that has not grown for so long, and lacks rows, will not get them any more.
STALL_S = 60


class Daemon(Contestant):
    is_peer = True

    def __init__(self, key, title, table="plain"):
        self.key, self.title, self.table = key, title, table

    def launch(self, stage, topic):
        """The running processes of one contestant."""
        raise NotImplementedError

    def run(self, stage, topic):
        stage.fresh("plain")
        watched = self.launch(stage, topic)
        try:
            wait_until(lambda: size(stage, self.table) > 0, f"{self.title} to store a row",
                       [watched], FIRST_ROW_PATIENCE_S, pause_s=0.02)
            before = (watched.cpu_seconds(), *stage.server_cpu())
            self._wait_for_all(stage, topic, watched)
            after = (watched.cpu_seconds(), *stage.server_cpu())
        finally:
            watched.close()
        done = stage.timeline(self.table)
        expect(self, done.rows, topic)
        worker, postgres, broker = (late - early for late, early in zip(after, before))
        return Run(topic.events, done.last - watched.launched, done.first - watched.launched,
                   steady_part(done), worker, postgres, broker, watched.peak_mib(),
                   after_start=True)

    def _wait_for_all(self, stage, topic, watched):
        """Counts only when the table has stopped growing: counting costs PostgreSQL time."""
        last, since = 0, time.monotonic()
        while True:
            time.sleep(PAUSE_S)
            now = size(stage, self.table)
            if now != last:
                last, since = now, time.monotonic()
                continue
            rows = stage.sql("run", f"select count(*) from {self.table}")[0][0]
            if rows >= topic.events:
                return
            assert watched.alive(), f"{self.title} has ended: {watched.said()}"
            assert time.monotonic() - since < STALL_S, (
                f"{self.title} stopped at {rows} of {topic.events} rows: {watched.said()}")


class Rsyslog(Daemon):
    def __init__(self):
        super().__init__("rsyslog", "rsyslog: imkafka, ompgsql")
        self.folder = None

    def prepare(self):
        self.folder = fetched(PEERS / "rsyslog/fetch")

    def launch(self, stage, topic):
        command = [f"{self.folder}/usr/sbin/rsyslogd", "-n", "-iNONE", "-f",
                   PEERS / "rsyslog/rsyslog.conf",
                   "-M", f"{self.folder}/usr/lib/{machine_triplet()}/rsyslog"]
        return Watched([command], stage.folder / "rsyslog.log", variables(stage, topic))


class Connect(Daemon):
    # As Apache Kafka's own start scripts have it.
    JAVA = ("java", "-Xms256m", "-Xmx2g", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent",
            "-XX:MaxInlineLevel=15", "-XX:-UsePerfData")

    def __init__(self, mode, table):
        super().__init__(f"connect-{mode}", f"Kafka Connect JDBC, {mode}", table)
        self.mode = mode
        self.jars = None

    def prepare(self):
        self.jars = fetched(PEERS.parents[1] / "tests/kafka/fetch", PEERS / "connect")

    def launch(self, stage, topic):
        log = PEERS.parents[1] / "tests/kafka/log4j.properties"
        command = [*self.JAVA, f"-Djava.io.tmpdir={stage.folder}",
                   f"-Dlog4j.configuration=file:{log}", "-cp", f"{self.jars}/*",
                   "org.apache.kafka.connect.cli.ConnectStandalone",
                   PEERS / "connect/worker.properties",
                   PEERS / f"connect/{self.mode}.properties"]
        return Watched([command], stage.folder / f"{self.key}.log", variables(stage, topic))


def fetched(*command):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Missing(f"{command[0]}: {done.stderr.strip()[-500:]}")
    return done.stdout.strip()


def variables(stage, topic):
    """What the peers' configuration files ask for."""
    postgres = stage.postgres
    return {**stage.environment(), "BENCH_BROKERS": stage.kafka.brokers,
            "BENCH_TOPIC": topic.name, "BENCH_GROUP": f"bench-{stage.runs}",
            "BENCH_FOLDER": str(stage.folder), "BENCH_PORT": str(free_ports(1)[0]),
            "BENCH_DB": postgres.uri("run"), "BENCH_JDBC": postgres.jdbc_url("run"),
            "BENCH_USER": postgres.TCP_USER, "BENCH_PASSWORD": postgres.password}


def machine_triplet():
    return f"{os.uname().machine}-linux-gnu"


def size(stage, table):
    return stage.sql("run", f"select pg_relation_size('{table}')")[0][0]

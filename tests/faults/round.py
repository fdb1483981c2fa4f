"""One round: fresh topics and a fresh database, ledgers sent while faults strike, and the comparison."""

import json
import pathlib
import signal
import subprocess
import tempfile
import time

import psycopg2
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

import checker
from faults import ADMIN_PATIENCE_S, Injector
from feed import make_feeds
from fleet import STOP_PATIENCE_S, Fleet
from ledger import OTHER_NETWORKS, THREATS
from mmdb import Mmdb
from plan import HELPER, POOLED, SLOTS, TOPIC_LOSS, slots_of
from pooler import PgBouncer
from program import Database
from servers import wait_until
from traps import TrapProxy

AUDIT = pathlib.Path(__file__).resolve().parent / "audit.sql"
TICK_S = 0.02
# Until everything is stored once the faults have ended. A partition that one worker after another
# died of is left out for minutes (ingest/kafka/crash_guard.h).
SETTLE_S = 400
DELIVERY_S = 120
# What a topic that was created again holds: repeats that nobody may read.
REPEATED = 100
# sysexits.h: EX_SOFTWARE.
EX_HALTED = 70
SHOWN_BYTES = 2000
# PgBouncer gives up on a server that is down for this long, else 15 s.
POOL = {"server_login_retry": 1, "default_pool_size": 50}


class Round:
    """Everything of a round that faults strike, and what was found. `servers` gives PostgreSQL and
    the brokers, which live on."""

    def __init__(self, number, plan, servers, kansen, mmdb, folder):
        self.number = number
        self.plan = plan
        self.kansen = kansen
        self.mmdb = mmdb
        self.folder = folder
        self.other = Mmdb(folder / "other.mmdb", OTHER_NETWORKS, "2024-02-06").path
        self.postgres = servers.postgres
        self.queues = servers.queues
        self.cluster = servers.brokers(plan.brokers)
        self.admin = AdminClient({"bootstrap.servers": self.cluster.brokers, "log_level": 0})
        self.feeds = make_feeds(plan, f"round-{number}")
        self.topics = set()  # that are there
        self.findings = checker.Findings()
        self.undefined = set()  # threats whose definition was interrupted
        self.seconds = 0.0
        self.counts = {}

    def run(self):
        began = time.monotonic()
        self._note(f"plan of {self.plan.seed}: {self.plan}")
        for feed in self.feeds:
            self._create_topic(feed, feed.plan.partitions)
        self.database = self._new_database("disturbed")
        self.database.sql(AUDIT.read_text(encoding="utf-8"))
        for threat in THREATS:
            self.define_threat(threat)
        self.pooler = PgBouncer(self.postgres, "session", **POOL) if self.plan.pooled else None
        self.proxy = TrapProxy(self.pooler or self.postgres)
        self.fleet = Fleet(self.kansen, self._worker_arguments, slots_of(self.plan.feeds), self.folder)
        try:
            if self._disturb():
                self._compare()
                if self.plan.loss is not None:
                    self._lose_topic(self.plan.loss)
        finally:
            self.fleet.save_logs()
            self.kansen.close()
            self.proxy.close()
            if self.pooler is not None:
                self.pooler.close()
        self.seconds = time.monotonic() - began

    def drop(self):
        """What the round leaves in the servers."""
        for feed in self.feeds:
            if feed.topic in self.topics:
                self._delete_topic(feed)
        for name in ("disturbed", "undisturbed"):
            self.postgres.drop_database(name)

    def start_relocation(self, other, country=None):
        """`kansen db relocate`, in the file that workers look up in or in the other one."""
        options = [] if country is None else ["--country", country]
        return self.kansen.start("db", "relocate", "--db", self.database.conninfo, "--from",
                                 checker.FROM, "--to", checker.TO, "--geoip",
                                 self.other if other else self.mmdb, *options)

    def define_threat(self, name, code=0):
        matches = [word for pattern in THREATS[name] for word in ("--match", pattern)]
        return self.database.command("threat", "set", name, *matches, code=code)

    # ---- preparing

    def _create_topic(self, feed, partitions):
        topics = [NewTopic(feed.topic, partitions, self.plan.brokers)]
        self.admin.create_topics(topics)[feed.topic].result(ADMIN_PATIENCE_S)
        self.topics.add(feed.topic)

    def _delete_topic(self, feed):
        self.admin.delete_topics([feed.topic])[feed.topic].result(ADMIN_PATIENCE_S)
        self.topics.remove(feed.topic)

    def _new_database(self, name):
        self.postgres.drop_database(name)
        self.postgres.create_database(name)
        database = Database(self.kansen, self.postgres, name)
        database.command("db", "init", "--timezone", self.plan.timezone)
        self.postgres.distribute(database)
        return database

    def _ingest_arguments(self, conninfo, feed):
        return ["ingest", "--db", conninfo, "-b", self.cluster.brokers, "-t", feed.topic, "-G", feed.group,
                *feed.options, "--geoip", self.mmdb, "--max-age", checker.days_since_first_month()]

    def _worker_arguments(self, slot):
        feed = self.feeds[slot // SLOTS]
        conninfo = self.proxy.conninfo(self.database.name)
        session_ms = self.plan.session_ms
        properties = [f"session.timeout.ms={session_ms}",
                      f"heartbeat.interval.ms={session_ms // 4}",
                      # New partitions are noticed by this.
                      "topic.metadata.refresh.interval.ms=2000"]
        if self.plan.static and slot % SLOTS != HELPER:
            properties.append(f"group.instance.id={feed.topic}-{slot}")
        return self._ingest_arguments(conninfo, feed) + [
            word for text in properties for word in ("-X", text)]

    # ---- the time of the faults

    def _disturb(self):
        """Whether everything was stored in the end."""
        self._begin()
        injector = Injector(self, self.queues, self._note)
        pending = list(self.plan.faults)
        while time.monotonic() - injector.began < self.plan.seconds and not self.fleet.findings:
            while pending and time.monotonic() - injector.began >= pending[0].at_s:
                injector.inject(pending.pop(0))
            self.fleet.tend()
            time.sleep(TICK_S)
        self._note("calm")
        injector.calm()
        # What is under way may wait for a worker that is stopped.
        while not injector.are_over():
            self.fleet.tend()
            time.sleep(TICK_S)
        self.fleet.settle()
        self.counts = injector.counts
        self.counts[POOLED] += self.plan.pooled
        for text in injector.failures:
            self.findings.add("driver", text)
        for threat in self.undefined:
            self.define_threat(threat)
        if self.plan.static and self.counts["partitions"] > 0:
            # When the static member that led a group was started again, nobody leads it, and nobody looks for
            # new partitions, before the next rebalance. A worker that is no static member brings it about.
            for feed in self.feeds:
                self.fleet.visit(feed.number * SLOTS + HELPER, SETTLE_S)
        return self._settle()

    def _begin(self):
        """Faults shall strike workers at work."""
        began = time.monotonic()
        for feed in self.feeds:
            feed.begin(self.cluster.brokers, self.plan.seconds)
        self.fleet.tend()
        for feed in self.feeds:
            wait_until(lambda of=feed: sum(self.stored_offsets(of).values()) > 0,
                       f"the first of {feed.topic} to be stored", patience_s=SETTLE_S)
        for feed in self.feeds:
            feed.producer.lengthen(time.monotonic() - began)

    def _settle(self):
        try:
            for feed in self.feeds:
                feed.finish(self.cluster.brokers, DELIVERY_S)
                checker.check_log(self.findings, feed)
            wait_until(self._is_stored, "everything to be stored", patience_s=SETTLE_S)
        except AssertionError as failure:
            self.findings.add("stuck", f"{failure}; " + "; ".join(map(self._progress, self.feeds)))
        self.fleet.finish()
        for text in self.fleet.findings:
            self.findings.add("worker", text)
        return self.findings.count("stuck", "driver") == 0

    def _is_stored(self):
        self.fleet.tend()
        if self.fleet.findings:
            raise AssertionError("a worker ended as it must not")
        return all(map(self._is_all_stored, self.feeds))

    def _is_all_stored(self, feed):
        stored = self.stored_offsets(feed)
        return all(stored.get(partition, 0) >= len(values) for partition, values in feed.log.items())

    def stored_offsets(self, feed):
        """{} while PostgreSQL is away."""
        try:
            return self.database.stored_offsets(feed.topic)
        except psycopg2.Error:
            return {}

    def _progress(self, feed):
        ends = {partition: len(values) for partition, values in feed.log.items()}
        return f"of {feed.topic} stored {self.stored_offsets(feed)} of {ends}"

    # ---- the comparison

    def _relocate_all(self):
        """To where an undisturbed run has it."""
        checker.check_verify(self.findings, "the relocated run", self.database)
        done = self.start_relocation(other=False).wait(code=None)
        if done.code != 0:
            self.findings.add("relocate", f"{done.code}: {done.stderr[-500:]}")

    def _compare(self):
        if self.counts["relocate"] > 0:
            self._relocate_all()
        checker.check_audit(self.findings, self.database)
        for feed in self.feeds:
            checker.check_offsets(self.findings, feed, self.stored_offsets(feed))
            checker.check_letters(self.findings, self.database, feed)
        detections, heartbeats = (feed.ledger for feed in self.feeds)
        checker.check_detections(self.findings, self.database, detections, self.plan.timezone)
        checker.check_figures(self.findings, self.database, detections, heartbeats, self.plan.timezone)
        checker.check_verify(self.findings, "the disturbed run", self.database)
        undisturbed = self._undisturbed_run()
        checker.check_verify(self.findings, "the undisturbed run", undisturbed)
        # Charts take long, and the figures of all threats have been looked at.
        reported = sorted(THREATS)[self.number % len(THREATS)]
        reports = []
        for database in (self.database, undisturbed):
            with tempfile.TemporaryDirectory() as folder:
                reports.append(checker.write_reports(database, reported, pathlib.Path(folder)))
        checker.check_reports(self.findings, *reports)

    def _undisturbed_run(self):
        """The same topics and groups, a worker each that nobody troubles, into another database."""
        disturbed = self.database
        try:
            self.database = self._new_database("undisturbed")
            for threat in THREATS:
                self.define_threat(threat)
            for feed in self.feeds:
                self.kansen.run(*self._ingest_arguments(self.database.conninfo, feed), "--until-end")
            return self.database
        finally:
            self.database = disturbed

    # ---- afterwards

    def _lose_topic(self, loss):
        """Workers halt or wait, end when they are told, and read nothing of another topic."""
        feed = self.feeds[loss.feed]
        before = self.stored_offsets(feed)
        workers = [self.kansen.start(*self._worker_arguments(feed.number * SLOTS + number))
                   for number in range(feed.plan.workers)]
        wait_until(lambda: sum(worker.said().count("msg=reading") for worker in workers)
                   >= len(feed.log), "all partitions to be read again", workers, SETTLE_S)
        self._note(f"the topic is lost: {loss}")
        self._delete_topic(feed)
        self.counts[TOPIC_LOSS] += 1
        time.sleep(loss.away_s)
        if loss.partitions > 0:
            self._create_topic(feed, loss.partitions)
            producer = Producer({"bootstrap.servers": self.cluster.brokers})
            for message in feed.ledger.messages[:REPEATED]:
                producer.produce(feed.topic, message.value)
            producer.flush(DELIVERY_S)
        time.sleep(loss.stop_after_s)
        self._stop(workers, (0, EX_HALTED) if loss.partitions > 0 else (0,))
        after = self.stored_offsets(feed)
        moved = {partition: after.get(partition) for partition, offset in before.items()
                 if offset > 0 and after.get(partition) != offset}
        if moved:
            self.findings.add("wrong", f"of the offsets {before} these moved: {moved}")
        checker.check_verify(self.findings, "the run whose topic was lost", self.database)

    def _stop(self, workers, codes):
        for worker in workers:
            if worker.alive():
                worker.process.send_signal(signal.SIGTERM)
        for worker in workers:
            try:
                code = worker.process.wait(STOP_PATIENCE_S)
            except subprocess.TimeoutExpired:
                code = "no end"
            if code not in codes:
                self.findings.add("hung" if code == "no end" else "worker",
                                  f"{code} behind a lost topic: {worker.said()[-SHOWN_BYTES:]}")

    # ---- what is kept of a round that found something

    def _note(self, text):
        with open(self.folder / "round.log", "a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%H:%M:%S')} {text}\n")

    def keep_evidence(self):
        """Logs of the servers and rows of the database, beside the logs of the workers."""
        for line in self.findings.lines():
            self._note(line)
        for number, server in enumerate(self.postgres.everyone()):
            (self.folder / f"postgresql{number or ''}.log").write_text(server.log(), encoding="utf-8")
        for number, node in enumerate(getattr(self.cluster, "nodes", [self.cluster])):
            (self.folder / f"kafka-{number}.log").write_text(node.log(), encoding="utf-8")
        rows = {}
        for table in ("kafka_offset", "setting", "threat", "infection_count", "count_change",
                      "count_fold"):
            try:
                rows[table] = self.database.sql(f"select to_jsonb(t) from kansen.{table} t")
            except psycopg2.Error as failure:
                rows[table] = str(failure)
        (self.folder / "rows.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")

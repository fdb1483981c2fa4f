"""Makes the faults of a plan happen, and counts those that did."""

import collections
import concurrent.futures
import contextlib
import itertools
import os
import signal
import subprocess
import threading
import time

import psycopg2
from confluent_kafka import KafkaException
from confluent_kafka.admin import NewPartitions

import ledger
import plan
import traps
from traps import Trap

END_CONNECTIONS = """
select pg_terminate_backend(pid) from pg_stat_activity
where application_name like 'kansen%%' and datname = current_database()
order by random() limit %s"""
ALL = 1000
ONE_BACKEND = """
select pid from pg_stat_activity
where application_name like 'kansen%' and datname = current_database()
order by random() limit 1"""

# What `db relocate` may end with when PostgreSQL is away, before its first statement and behind it.
EX_UNAVAILABLE, EX_TEMPFAIL = 69, 75

# For the brokers to answer a request while one of them is away.
ADMIN_PATIENCE_S = 20


class Queues:
    """Threads for what takes long: one PostgreSQL, one broker at a time. They live as long as the
    servers, because a server that a thread has started dies with that thread."""

    def __init__(self):
        self.threads = {name: concurrent.futures.ThreadPoolExecutor(1)
                        for name in ("postgres", "broker", "command", "relocate", "backend", "snapshot",
                                     "lock")}
        self.given = []

    def submit(self, name, deed, *arguments):
        self.given.append(self.threads[name].submit(deed, *arguments))

    def forget(self):
        """What has not begun never will."""
        for each in self.given:
            each.cancel()

    def are_idle(self):
        self.given = [each for each in self.given if not each.done()]
        return not self.given


class Injector:
    """`scene` has what faults strike: fleet, proxy, postgres, cluster, admin, feeds, database."""

    def __init__(self, scene, queues, log):
        self.scene = scene
        self.queues = queues
        self.log = log
        self.began = time.monotonic()
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.failures = []
        self.turns = itertools.cycle(scene.postgres.everyone())
        self.deeds = {
            "kill": self._kill,
            "kill-in-copy": lambda values: self._trap_kill("kill-in-copy", traps.COPY),
            "kill-at-commit": lambda values: self._trap_kill("kill-at-commit", values["moment"]),
            "stop": self._stop,
            "stop-in-batch": self._trap_stop,
            "cut-before-commit": lambda values: self._trap_cut("cut-before-commit", traps.COMMIT),
            "cut-behind-commit": lambda values: self._trap_cut("cut-behind-commit", traps.SENT),
            "cut-before-answer": lambda values: self._trap_cut("cut-before-answer",
                                                               traps.ANSWERED),
            "late-commit": self._trap_late,
            "refused-commit": self._trap_refusal,
            "connection-end": self._end_connections,
            "postgres-crash": lambda values: self._queue("postgres", self._crash, values),
            "broker-kill": lambda values: self._queue("broker", self._kill_broker, values),
            "broker-stop": lambda values: self._queue("broker", self._stop_broker, values),
            "broker-freeze": lambda values: self._queue("broker", self._freeze_broker, values),
            "backend-stop": lambda values: self._queue("backend", self._stop_backend, values),
            "snapshot": lambda values: self._queue("snapshot", self._hold_snapshot, values),
            "lock": lambda values: self._queue("lock", self._hold_lock, values),
            "rebalance": self._rebalance,
            "partitions": lambda values: self._queue("command", self._add_partitions, values),
            "threat": lambda values: self._queue("command", self._define_threat, values),
            "relocate": lambda values: self._queue("relocate", self._relocate, values),
        }

    def inject(self, fault):
        self.deeds[fault.kind](fault.values)

    def calm(self):
        """No more faults; those under way may take until are_over()."""
        self.scene.proxy.disarm()
        self.queues.forget()

    def are_over(self):
        """Whether the servers run again, and the commands beside the workers have ended."""
        return self.queues.are_idle()

    def _did(self, kind, what=""):
        with self.lock:
            self.counts[kind] += 1
            self.log(f"{time.monotonic() - self.began:6.2f} s {kind} {what}")

    def _queue(self, name, deed, values):
        def guarded():
            try:
                deed(values)
            except Exception as failure:
                self.failures.append(f"the driver failed: {deed.__name__}: {failure!r}")

        self.queues.submit(name, guarded)

    # ---- workers

    def _kill(self, values):
        if self.scene.fleet.kill(slot=values["slot"]):
            self._did("kill", values["slot"])

    def _stop(self, values):
        if self.scene.fleet.pause(values["seconds"], slot=values["slot"]):
            self._did("stop", values)

    def _rebalance(self, values):
        if values["visit"]:
            happened = self.scene.fleet.visit(plan.slot_beside(values["slot"], plan.VISITOR),
                                              values["seconds"])
        else:
            happened = self.scene.fleet.leave(values["slot"], values["seconds"])
        if happened:
            self._did("rebalance", values)

    # ---- at a moment of the protocol

    def _trap_kill(self, kind, moment):
        def deed(link):
            if self.scene.fleet.kill(pid=link.pid):
                self._did(kind, moment)
            return True

        self.scene.proxy.arm(Trap(moment, deed))

    def _trap_stop(self, values):
        def deed(link):
            if self.scene.fleet.pause(values["seconds"], pid=link.pid):
                self._did("stop-in-batch", values)
            return False

        self.scene.proxy.arm(Trap(values["moment"], deed))

    def _trap_cut(self, kind, moment):
        def deed(link):
            self._did(kind, f"of pid {link.pid}")
            return True

        self.scene.proxy.arm(Trap(moment, deed))

    def _trap_late(self, values):
        def deed(link):
            self._did("late-commit", f"{values} of pid {link.pid}")
            return True

        self.scene.proxy.arm(Trap(traps.COMMIT, deed, late_s=values["seconds"]))

    def _trap_refusal(self, values):
        def deed(link):
            self._did("refused-commit", f"of pid {link.pid}")
            return False

        self.scene.proxy.arm(Trap(traps.COMMIT, deed, refused=True))

    # ---- PostgreSQL

    def _end_connections(self, values):
        try:
            ended = self.scene.database.sql(END_CONNECTIONS, (ALL if values["all"] else 1,))
        except psycopg2.Error:  # it is away at the moment
            return
        if ended:
            self._did("connection-end", f"{len(ended)} ended")

    def _crash(self, values):
        """Of one server after the other, where there are several."""
        server = next(self.turns)
        server.kill()
        self._did("postgres-crash", values)
        time.sleep(values["seconds"])
        server.start()

    def _stop_backend(self, values):
        """One process of PostgreSQL freezes in the middle of whatever it does for a worker."""
        try:
            pid = self.scene.database.value(ONE_BACKEND)
        except (psycopg2.Error, IndexError):  # it is away at the moment, or has no worker
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            self._did("backend-stop", f"{values} of pid {pid}")
            time.sleep(values["seconds"])
            os.kill(pid, signal.SIGCONT)

    def _hold(self, kind, values, *statements):
        """A transaction that somebody else has open, until PostgreSQL crashes or time is over."""
        with contextlib.suppress(psycopg2.Error):
            connection = self.scene.postgres.connect(self.scene.database.name)
            try:
                connection.autocommit = False
                with connection.cursor() as cursor:
                    for statement in statements:
                        cursor.execute(statement)
                self._did(kind, values)
                time.sleep(values["seconds"])
            finally:
                connection.close()

    def _hold_snapshot(self, values):
        self._hold("snapshot", values, "set transaction isolation level repeatable read",
                   "select count(*) from kansen.kafka_offset")

    def _hold_lock(self, values):
        """Writers wait, readers don't."""
        self._hold("lock", values, "set local lock_timeout = '10s'",
                   f"lock table kansen.{values['table']} in share mode")

    # ---- Kafka

    def _freeze_broker(self, values):
        """It takes connections and never answers, until it goes on."""
        process = self.scene.cluster.nodes[values["node"]].process
        process.send_signal(signal.SIGSTOP)
        try:
            self._did("broker-freeze", values)
            time.sleep(values["seconds"])
        finally:
            process.send_signal(signal.SIGCONT)

    def _kill_broker(self, values):
        node = self.scene.cluster.nodes[values["node"]]
        node.kill()
        self._did("broker-kill", values)
        time.sleep(values["seconds"])
        node.start()

    def _stop_broker(self, values):
        """A broker that goes in order hands over what it leads."""
        node = self.scene.cluster.nodes[values["node"]]
        node.stop()
        self._did("broker-stop", values)
        time.sleep(values["seconds"])
        node.start()

    def _add_partitions(self, values):
        topic = self.scene.feeds[values["feed"]].topic
        try:
            listed = self.scene.admin.list_topics(topic, ADMIN_PATIENCE_S)
            now = len(listed.topics[topic].partitions)
            wish = NewPartitions(topic, now + values["more"])
            self.scene.admin.create_partitions([wish])[topic].result(ADMIN_PATIENCE_S)
        except (KafkaException, concurrent.futures.TimeoutError) as failure:
            self.log(f"no partitions added: {failure!r}")
            return
        self._did("partitions", f"{topic}: {now} + {values['more']}")

    # ---- commands beside the workers

    def _define_threat(self, values):
        """The same definition again: everything is counted anew while events arrive."""
        names = sorted(ledger.THREATS)
        name = names[int(values["pick"] * len(names))]
        done = self.scene.define_threat(name, code=None)
        self._did("threat", name)
        if done.code != 0:
            self.scene.undefined.add(name)
            self.log(f"threat {name} was interrupted: {done.stderr.strip()[-200:]}")

    def _relocate(self, values):
        """Everything is looked up again in another file, while workers look up in theirs."""
        running = self.scene.start_relocation(values["other"], values["country"])
        self._did("relocate", values)
        if values["kill_after_s"] is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.process.wait(values["kill_after_s"])
            running.kill()
        done = running.wait(code=None)
        if done.code not in (0, EX_UNAVAILABLE, EX_TEMPFAIL, -signal.SIGKILL):
            self.failures.append(f"db relocate ended with {done.code}: {done.stderr[-500:]}")
        self.log(f"relocate: {done.code} {done.stderr.strip()[-200:]}")

"""Servers, and for each measurement a new topic, a new database, a producer and workers."""

import contextlib
import itertools
import json
import pathlib
import subprocess

from confluent_kafka.admin import AdminClient, NewTopic
from meter import family_cpu, process_cpu
from program import Database, Kansen
from servers import Missing, wait_until
from tuned import TunedKafka, TunedPostgres

from visibility import events

STREAM = pathlib.Path(__file__).resolve().parent / "stream.py"
MARKER_EVERY_S = 0.05
PARTITIONS = len(events.MARKER_COUNTRIES)


class Producer:
    """visibility/stream.py. Its topic holds the backlog when this returns."""

    def __init__(self, brokers, topic, rate, backlog):
        settings = {"brokers": brokers, "topic": topic, "rate": rate, "fill": backlog,
                    "marker_every_s": MARKER_EVERY_S, "seed": 1}
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", "/usr/bin/python3", "-B", STREAM,
             json.dumps(settings)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._answer()

    def go(self):
        self._say("go")

    def stop(self):
        """What Stream.finish says."""
        self._say("stop")
        return self._answer()

    def _say(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def _answer(self):
        line = self.process.stdout.readline()
        assert line, "the producer has ended; see its words above"
        return json.loads(line)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Stage:
    def __init__(self, program, mmdb):
        self.mmdb = mmdb
        self.numbers = itertools.count(1)
        self.kansen = Kansen(program)
        self.postgres = TunedPostgres()
        try:
            self.kafka = TunedKafka()
        except Missing:
            self.postgres.close()
            raise

    def start(self):
        self.postgres.start()
        self.kafka.start()

    def close(self):
        self.kansen.close()
        self.postgres.close()
        self.kafka.close()

    def versions(self):
        return {"kansen": self.kansen.run("--version").stdout.split()[1],
                "PostgreSQL": self.postgres.version(), "Apache Kafka": self.kafka.version()}

    @contextlib.contextmanager
    def scene(self, rate, backlog):
        """(database, producer, topic), gone in the end. The backlog is in the topic."""
        topic = f"detections-{next(self.numbers)}"
        create_topic(self.kafka.brokers, topic)
        name = topic.replace("-", "")
        self._admin(f"create database {name}")
        producer = Producer(self.kafka.brokers, topic, rate, backlog)
        try:
            database = Database(self.kansen, self.postgres, name)
            database.command("db", "init", "--timezone", "UTC")
            database.set_threat(events.THREAT, *events.PATTERNS)
            database.set_threat(events.MARKER_THREAT, events.MARKER_NAME)
            yield database, producer, topic
        finally:
            producer.close()
            self.kansen.close()
            self._admin(f"drop database {name} with (force)")

    def _admin(self, statement):
        connection = self.postgres.connect("postgres")
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()

    def start_workers(self, database, topic, count):
        return [database.start_ingest(self.kafka, topic, "--geoip", self.mmdb)
                for _ in range(count)]

    def wait_until_shared(self, database, workers):
        """Until each worker has partitions, and every partition a worker."""
        def shared():
            return database.value("select count(*) = %s and count(distinct backend_pid) = %s"
                                  " from kansen.kafka_offset where epoch > 0",
                                  (PARTITIONS, len(workers)))
        wait_until(shared, "the workers to share the partitions", workers)

    def cpu(self, workers, producer):
        """CPU seconds so far."""
        return {"kansen": sum(process_cpu(worker.process.pid) for worker in workers),
                "PostgreSQL": family_cpu(self.postgres.process.pid),
                "Kafka": process_cpu(self.kafka.process.pid),
                "producer": process_cpu(producer.process.pid)}

    @staticmethod
    def stop_workers(workers):
        """SIGTERM: each stores what it has read and ends with 0."""
        for worker in workers:
            worker.terminate()


def create_topic(brokers, topic):
    """Without starting Java for it."""
    client = AdminClient({"bootstrap.servers": brokers})
    client.create_topics([NewTopic(topic, PARTITIONS, 1)])[topic].result()


def cpu_shares(before, after, seconds):
    """Of one core, in per cent."""
    return {name: round(100 * (after[name] - before[name]) / seconds, 1) for name in before}

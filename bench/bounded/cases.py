"""What could make a worker need more memory, each with a topic of its own."""

import contextlib
import json
import os
import signal
import time

from confluent_kafka import Producer
from ingesting.stage import PARTITIONS, Topic
from meter import children
from servers import wait_until

# Kafka's max.message.bytes, by default, less what a record costs.
LARGEST_BYTES = 1_000_000
# A device that is detected once a month: the fleet with most infections.
FLEET = "worst"
STALL_S = 10
# Messages that wait in the producer; less than librdkafka allows, also of the largest.
QUEUED = 500
STALLED_AFTER_ROWS = 50_000


def worst(stage, events):
    """every event a new infected machine"""
    return stage.fill("worst", events)


def names(stage, events):
    """every event a new malware name"""
    values = (event(number, name=f"TROJ_{number:x}.A") for number in range(events))
    return filled(stage, "names", events, values)


def letters(stage, events):
    """every message rejected: kept whole, with its reason and headers"""
    values = (b'{"device": %d, "note": "%s"}' % (number, b"x" * 300) for number in range(events))
    return filled(stage, "letters", events, values, headers=[("agent", b"11.0.4")])


def huge(stage, events):
    """messages of a million bytes, the most that brokers take by default"""
    count = max(1, events // 1000)
    values = (os.urandom(LARGEST_BYTES // 2).hex().encode("ascii") for _ in range(count))
    return filled(stage, "huge", count, values)


def wide(stage, events):
    """large events: 60 kB of members that are not ours"""
    count = max(1, events // 50)
    note = "x" * 60_000
    values = (event(number, note=note) for number in range(count))
    return filled(stage, "wide", count, values)


def stalled(stage, events):
    """PostgreSQL stops for ten seconds while a backlog waits"""
    return stage.fill("stalled", events)


CASES = (worst, names, letters, huge, wide, stalled)


def event(number, **members):
    return json.dumps({"time": 1714521600000 + number, "device": f"{number:032x}", "country": "JP",
                       "name": "TROJ_GENERIC.ADV", **members}).encode("ascii")


def filled(stage, name, count, values, headers=None):
    stage.kafka.create_topic(name, PARTITIONS, retention_ms=-1)
    failures = []
    producer = Producer({"bootstrap.servers": stage.kafka.brokers, "linger.ms": 5,
                         "message.max.bytes": 2 * LARGEST_BYTES})

    def note(error, _message):
        if error is not None:
            failures.append(error)

    for value in values:
        while len(producer) > QUEUED:
            producer.poll(0.1)
        producer.produce(name, value, headers=headers, on_delivery=note)
        producer.poll(0)
    producer.flush()
    assert not failures, failures[0]
    return Topic(name, count)


def stop_postgres(stage, worker):
    """Nothing of PostgreSQL runs for a while once some of the topic is stored. Not before: the
    worker has begun to read ahead then."""
    wait_until(lambda: not worker.alive() or
               stage.value("select count(*) from kansen.detection") > STALLED_AFTER_ROWS,
               "the first rows")
    processes = [int(pid) for pid in children(stage.postgres.process.pid)]
    send(processes, signal.SIGSTOP)
    time.sleep(STALL_S)
    send(processes, signal.SIGCONT)


def send(processes, number):
    """A process of PostgreSQL may have ended meanwhile."""
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

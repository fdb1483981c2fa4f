"""A batch of messages that unpacks to more memory than a worker has."""

import resource

import pytest
from confluent_kafka import Producer

from kafka_cases import QUICK, check, count, make_lines
from servers import ADMIN_PATIENCE_S, wait_until

# One message of nearly 1 GB, 1 MB on its way; as much as librdkafka's producer is able to send.
BOMB_BYTES = 999_000_000
MEMORY_MB = 512
# What is kept of a message that is too large.
KEPT_BYTES = 16 << 20


def produce_bomb(kafka, topic, partition):
    producer = Producer({"bootstrap.servers": kafka.brokers, "compression.codec": "gzip",
                         "compression.level": 9, "message.max.bytes": 1_000_000_000})
    producer.produce(topic, bytes(BOMB_BYTES), partition=partition)
    assert producer.flush(ADMIN_PATIENCE_S) == 0


def start_short_of_memory(database, kafka, topic):
    """A worker whose large allocations fail, as under a limit of memory. All bear one static id:
    the group gives the partitions of a dead one to the next at once."""
    arguments = database.ingest_options(kafka, topic, "-X", "group.instance.id=small", *QUICK)
    if b"__asan_init" in database.kansen.program.read_bytes():
        return database.kansen.start(*arguments, env={
            "ASAN_OPTIONS": f"max_allocation_size_mb={MEMORY_MB}:allocator_may_return_null=1"})
    worker = database.kansen.start(*arguments)
    limit = MEMORY_MB << 20
    resource.prlimit(worker.process.pid, resource.RLIMIT_DATA, (limit, limit))
    return worker


def test_a_bomb_of_gzip(kafka, topic, database):
    """Workers that are short of memory die of it, but not for ever: after a few deaths in a row its
    partition is left out, with a message that says which and where, and the other partitions go
    on. A worker that has the memory reads it: one rejected message, of which the start is kept."""
    name = topic(2)
    kafka.produce_lines(name, make_lines(100), partition=0)
    database.ingest(kafka, name, *QUICK)
    produce_bomb(kafka, name, 0)
    kafka.produce_lines(name, make_lines(100, 100), partition=0)
    kafka.produce_lines(name, make_lines(100, 200), partition=1)
    for deaths in range(20):
        worker = start_short_of_memory(database, kafka, name)
        wait_until(lambda: not worker.alive() or "again_in_s" in worker.said(), "an end of deaths")
        if worker.alive():
            break
        assert worker.process.returncode < 0, worker.said()
    assert 5 <= deaths <= 7
    said = worker.said()
    assert f"topic={name} partition=0 from=100 died=5 again_in_s=" in said, said
    wait_until(lambda: count(database) == 200, "the other partition", [worker])
    kafka.produce_lines(name, make_lines(100, 300), partition=1)
    wait_until(lambda: count(database) == 300, "the other partition to go on", [worker])
    worker.terminate()
    assert database.stored_offsets(name) == {0: 100, 1: 200}

    database.sql("update kansen.kafka_offset set tried_at = tried_at - interval '1 hour'")
    database.ingest(kafka, name, *QUICK)
    assert database.sql("select partition, \"offset\", reason, detail, length(value)"
                        " from kansen.dead_letter") == [
        (0, 100, "too_large", f"{BOMB_BYTES} bytes, more than 65536", KEPT_BYTES)]
    check(database, 400, rejected=1)

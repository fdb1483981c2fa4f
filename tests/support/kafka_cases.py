"""What the tests of Kafka's faults share: small events, ways to change a topic under its readers."""

import contextlib
import json
import struct
import time

from confluent_kafka import Consumer, Producer, TopicPartition

from servers import ADMIN_PATIENCE_S

# The events are of 2024.
OLD = ("--max-age", "9000")
# A group notices within seconds that a member is gone; without it, in 45.
QUICK = ("-X", "session.timeout.ms=3000", "-X", "heartbeat.interval.ms=500", *OLD)

# base offset, length of what follows: the start of a record batch in a segment.
BATCH_HEAD = struct.Struct(">qi")


def make_lines(count, start=0):
    """Events that differ in device and id, as bytes."""
    return [json.dumps({"id": f"event-{number}", "device": f"device-{number}", "name": "WORM.A",
                        "country": "JP",
                        "time": f"2024-05-{number % 28 + 1:02}T00:00:00Z"}).encode()
            for number in range(start, start + count)]


def count(database):
    return database.value("select count(*) from kansen.detection")


def letters(database):
    return database.value("select count(*) from kansen.dead_letter")


def check(database, expected, rejected=0):
    """So many events were stored and counted, each once, and so many messages rejected."""
    assert count(database) == expected
    assert letters(database) == rejected
    database.set_threat("worms", "WORM*")
    assert database.stats("worms", "2024-05", "2024-05")["total"] == expected
    database.verify()


def halts(result, *words):
    """It ended with an error whose last words are these, and named the way on."""
    assert result.code not in (0, None), result
    for word in words:
        assert word in result.stderr, f"{word!r} is missing in {result}"


def reread(database, topic):
    said = database.command("db", "reread", "-G", "tests", "-t", topic).stderr
    assert said.startswith(f"topic {topic} will be read from its beginning by the next worker of group tests"), said


def produce_pairs(kafka, topic, pairs, age_ms=0):
    """Sends (key, value) to the first partition, in order and of that age; the value None is a
    tombstone."""
    producer = Producer({"bootstrap.servers": kafka.brokers})
    timestamp = int(time.time() * 1000) - age_ms
    for key, value in pairs:
        producer.produce(topic, key=key, value=value, partition=0, timestamp=timestamp)
    assert producer.flush(ADMIN_PATIENCE_S) == 0


@contextlib.contextmanager
def transactions(kafka, name):
    """A producer of transactions: send(topic, lines, partition, commit) sends the lines in one and
    commits or aborts it; with commit=None it stays open; the function that is returned ends it."""
    producer = Producer({"bootstrap.servers": kafka.brokers, "transactional.id": name})
    producer.init_transactions(ADMIN_PATIENCE_S)

    def finish(commit):
        end = producer.commit_transaction if commit else producer.abort_transaction
        end(ADMIN_PATIENCE_S)

    def send(topic, lines, partition, commit):
        producer.begin_transaction()
        for line in lines:
            producer.produce(topic, line, partition=partition)
        assert producer.flush(ADMIN_PATIENCE_S) == 0
        if commit is None:
            return finish
        return finish(commit)

    yield send


def ends_of(kafka, topic):
    """{partition: the offset behind its last message}, open transactions included."""
    consumer = Consumer({"bootstrap.servers": kafka.brokers, "group.id": "ends",
                         "isolation.level": "read_uncommitted"})
    try:
        partitions = consumer.list_topics(topic, ADMIN_PATIENCE_S).topics[topic].partitions
        return {number: consumer.get_watermark_offsets(TopicPartition(topic, number),
                                                       ADMIN_PATIENCE_S)[1]
                for number in partitions}
    finally:
        consumer.close()


def offsets_of(kafka, topic):
    """Of the messages that a topic of one partition still has."""
    return [json.loads(line)["offset"] for line in kafka.consume(topic).splitlines()]


def segment(kafka, topic, partition=0):
    """The only segment of a partition that has never rolled one."""
    return kafka.folder / "data" / f"{topic}-{partition}" / f"{0:020}.log"


def cut(path, offset):
    """Takes everything from the first record batch that starts at or behind the offset away, from
    the segment of a broker that is down; its indexes are made anew at the start."""
    whole = path.read_bytes()
    place = 0
    while place < len(whole):
        base, length = BATCH_HEAD.unpack_from(whole, place)
        if base >= offset:
            break
        place += BATCH_HEAD.size + length
    assert 0 < place < len(whole), "nothing to cut"
    path.write_bytes(whole[:place])
    for name in ("index", "timeindex"):
        path.with_suffix(f".{name}").unlink()
    # Without these the broker looks at the whole log, as after a crash.
    data = path.parents[1]
    for name in (".kafka_cleanshutdown", "recovery-point-offset-checkpoint",
                 "replication-offset-checkpoint"):
        (data / name).unlink(missing_ok=True)

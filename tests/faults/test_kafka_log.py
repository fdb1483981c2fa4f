"""A topic that changes under its readers. What can't be read in order any more halts the worker,
with the place and the way on; `kansen db reread` is that way, and every event still counts once."""

import re
import signal
import time

import pytest

from kafka_cases import (OLD, QUICK, check, count, cut, halts, make_lines, offsets_of, produce_pairs, reread,
                         segment)
from servers import wait_until


def test_messages_deleted_before_they_were_read(kafka, topic, database):
    """Retention was faster than the worker: it halts with the offsets that are gone, and takes
    nothing of what is behind them. After `db reread` what is left counts once."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(100))
    database.ingest(kafka, name, *OLD)
    kafka.produce_lines(name, make_lines(100, 100))
    kafka.delete_records(name, 0, 150)
    result = database.ingest(kafka, name, *OLD, code=None)
    halts(result, f"{name} [0]", "offsets 100 to 149 were deleted", "kansen db reread")
    assert count(database) == 100
    reread(database, name)
    database.ingest(kafka, name, *OLD)
    check(database, 150)


def test_messages_deleted_while_a_worker_is_behind(kafka, topic, database):
    """The same under a worker that runs."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(100))
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: count(database) == 100, "first events", [worker])
    worker.process.send_signal(signal.SIGSTOP)
    for part in range(1, 5):
        kafka.produce_lines(name, make_lines(100, 100 * part))
    kafka.delete_records(name, 0, 450)
    worker.process.send_signal(signal.SIGCONT)
    result = worker.wait(code=None)
    halts(result, f"{name} [0]", " to 449 were deleted", "kansen db reread")
    stored = count(database)
    assert database.stored_offsets(name) == {0: stored} and stored < 450
    reread(database, name)
    database.ingest(kafka, name, *OLD)
    check(database, stored + 50)


def test_a_log_cut_short(kafka, topic, database):
    """Fewer messages than were stored: halts. Then others in their place: halts as well."""
    name = topic(1)
    for part in range(2):
        kafka.produce_lines(name, make_lines(50, 50 * part))
    database.ingest(kafka, name, *OLD)
    kafka.stop()
    cut(segment(kafka, name), 50)
    kafka.start()
    result = database.ingest(kafka, name, *OLD, code=None)
    halts(result, f"{name} [0] ends at offset 50, but is stored up to 100", "kansen db reread")
    kafka.produce_lines(name, make_lines(100, 1000))
    result = database.ingest(kafka, name, *OLD, code=None)
    halts(result, f"{name} [0]", "message at offset 99 is not the one that was stored",
          "kansen db reread")
    assert count(database) == 100
    reread(database, name)
    database.ingest(kafka, name, *OLD)
    check(database, 200)


def test_a_log_cut_short_under_a_worker(kafka, topic, database):
    name = topic(1)
    for part in range(2):
        kafka.produce_lines(name, make_lines(50, 50 * part))
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: count(database) == 100, "first events", [worker])
    kafka.stop()
    cut(segment(kafka, name), 50)
    kafka.start()
    result = worker.wait(code=None)
    halts(result, f"{name} [0] ends at offset 50, but is stored up to 100", "kansen db reread")
    reread(database, name)
    database.ingest(kafka, name, *OLD)
    check(database, 100)


def test_other_messages_under_a_worker(kafka, topic, database):
    name = topic(1)
    for part in range(2):
        kafka.produce_lines(name, make_lines(50, 50 * part))
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: count(database) == 100, "first events", [worker])
    worker.process.send_signal(signal.SIGSTOP)
    kafka.stop()
    cut(segment(kafka, name), 50)
    kafka.start()
    kafka.produce_lines(name, make_lines(100, 1000))
    worker.process.send_signal(signal.SIGCONT)
    result = worker.wait(code=None)
    halts(result, "message at offset 99 is not the one that was stored", "kansen db reread")
    reread(database, name)
    database.ingest(kafka, name, *OLD)
    check(database, 200)


def test_a_topic_created_again_under_a_worker(kafka, topic, database):
    """Within the blink of a worker: deleted, created, and more in it than had been read. All of
    that takes 60 ms when Kafka is quick; a tenth of a second is what a worker notices."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(100))
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: count(database) == 100, "first events", [worker])
    worker.process.send_signal(signal.SIGSTOP)
    kafka.delete_topic(name)
    kafka.create_topic(name, 1)
    kafka.produce_lines(name, make_lines(200, 1000))
    time.sleep(0.15)
    worker.process.send_signal(signal.SIGCONT)
    result = worker.wait(code=None)
    halts(result, f"{name} [0]", "message at offset 99 is not the one that was stored",
          "kansen db reread")
    assert count(database) == 100
    reread(database, name)
    database.ingest(kafka, name, *OLD)
    check(database, 300)


def test_a_topic_deleted_under_a_worker(kafka, topic, database):
    """Gone for a while, then there again."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(100))
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: count(database) == 100, "first events", [worker])
    kafka.delete_topic(name)
    wait_until(lambda: "nknown topic" in worker.said(), "the worker to say so", [worker])
    kafka.create_topic(name, 1)
    kafka.produce_lines(name, make_lines(200, 1000))
    result = worker.wait(code=None)
    halts(result, f"{name} [0]", "message at offset 99 is not the one that was stored",
          "kansen db reread")
    reread(database, name)
    database.ingest(kafka, name, *OLD)
    check(database, 300)


def test_messages_deleted_before_anybody_read_one(kafka, topic, database):
    """A partition that was empty when it was first taken starts there, not where its log starts
    by the time of the next worker. What was deleted before it was ever taken is nobody's loss."""
    name = topic(2)
    kafka.produce_lines(name, make_lines(50), partition=1)
    kafka.delete_records(name, 1, 20)
    database.ingest(kafka, name, *OLD)
    assert count(database) == 30
    kafka.produce_lines(name, make_lines(50, 100), partition=0)
    kafka.delete_records(name, 0, 20)
    halts(database.ingest(kafka, name, *OLD, code=None), f"{name} [0]",
          "offsets 0 to 19 were deleted", "kansen db reread")
    reread(database, name)
    database.ingest(kafka, name, *OLD)
    check(database, 60)


def test_a_compacted_topic(kafka, topic, database):
    """Offsets are missing, that of the last message stored among them. That is no reason to halt,
    and what is left counts once. A tombstone is no event: it is kept as a rejected message."""
    name = topic(1, cleanup_policy="compact", segment_ms=100, min_cleanable_dirty_ratio="0.001")

    def produce(keys, lines, age_ms):
        # Far enough apart in time for a segment each; the newest one is never compacted.
        produce_pairs(kafka, name, zip(keys, lines), age_ms)

    produce("aabbccd", make_lines(7), 30000)
    database.ingest(kafka, name, *OLD)
    assert count(database) == 7 and database.stored_offsets(name) == {0: 7}
    produce("ddeef", make_lines(5, 100), 20000)
    produce("f", [None], 10000)
    produce("g", make_lines(1, 200), 0)
    wait_until(lambda: offsets_of(kafka, name) == [1, 3, 5, 8, 10, 12, 13],
               "the topic to be compacted")
    database.ingest(kafka, name, *OLD)
    assert database.sql("select \"offset\", reason, value from kansen.dead_letter") == [
        (12, "empty", None)]
    assert database.stored_offsets(name) == {0: 14}
    check(database, 10, rejected=1)


def damage(kafka, topic, text):
    """Changes one byte in the topic's first partition, at rest. Returns how to mend it."""
    path = segment(kafka, topic)
    whole = path.read_bytes()
    place = whole.index(text)

    def write(content):
        kafka.stop()
        path.write_bytes(content)
        kafka.start()

    write(whole[:place] + b"!" + whole[place + 1:])
    return lambda: write(whole)


def test_damaged_messages_stop_their_partition_alone(kafka, topic, database):
    """What can't be read stops its partition, which says where; the other partitions of the same
    worker go on, and once the messages can be read again nothing is missing."""
    name = topic(2)
    # Few in front of the damage: see the next test.
    for start, end in ((0, 10), (10, 200), (200, 300)):
        kafka.produce_lines(name, make_lines(end - start, start), partition=0)
    mend = damage(kafka, name, b'"event-150"')
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: "damaged messages" in worker.said(), "the worker to notice", [worker])
    for part in range(5):
        kafka.produce_lines(name, make_lines(100, 1000 + 100 * part), partition=1)
        wait_until(lambda: database.stored_offsets(name)[1] == 100 * (part + 1),
                   "the other partition to go on", [worker])
    # The damaged batch holds event 150 and starts where the producer began it, after event 9.
    stored = database.stored_offsets(name)[0]
    assert 10 <= stored <= 150 and count(database) == stored + 500
    assert re.search(f"damaged messages.* topic={name} partition=0 from={stored} ", worker.said())
    mend()
    wait_until(lambda: count(database) == 800, "the rest of the events", [worker])
    worker.terminate()
    check(database, 800)


def test_damaged_messages_at_which_librdkafka_aborts(kafka, topic, database):
    """Behind a damaged batch librdkafka (2.0.2 to 2.15 at least) reads on at a wrong place of the
    broker's answer. When that is just the head of the damaged batch, because what comes before it
    in the answer is about as long as itself, it may abort. The partition then rests, as at all that
    workers die of; the way on is a worker to which Kafka sends one batch at a time."""
    name = topic(1)
    head, damaged = make_lines(2)
    # The topic's name is in the answer too.
    kafka.produce_lines(name, [head.ljust(362 - len(name))])
    kafka.produce_lines(name, [damaged.ljust(488)])
    mend = damage(kafka, name, b'"event-1"')
    static = ("-X", "group.instance.id=unlucky", *QUICK)
    for deaths in range(20):
        worker = database.start_ingest(kafka, name, *static)
        wait_until(lambda: not worker.alive() or "again_in_s" in worker.said()
                   or "damaged messages" in worker.said(), "an end of deaths")
        if worker.alive():
            break
        assert worker.process.returncode == -signal.SIGABRT, worker.said()
    # None with a librdkafka that knows better.
    assert deaths == 0 or "died=5" in worker.said()
    worker.terminate()

    database.sql("update kansen.kafka_offset set tried_at = tried_at - interval '1 hour'")
    worker = database.start_ingest(kafka, name, "-X", "fetch.message.max.bytes=1", *static)
    wait_until(lambda: "damaged messages" in worker.said(), "the worker to notice", [worker])
    wait_until(lambda: count(database) == 1, "the event in front", [worker])
    mend()
    wait_until(lambda: count(database) == 2, "the other event", [worker])
    worker.terminate()
    check(database, 2)

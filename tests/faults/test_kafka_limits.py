"""Small messages that unpack to more than a worker should keep or librdkafka takes."""

import datetime
import json

from confluent_kafka import Producer

from kafka_cases import OLD, check, count, make_lines
from servers import ADMIN_PATIENCE_S, wait_until

HEADER_BYTES = 48 << 20
# What is kept of a rejected message's headers, and of its value.
KEPT_BYTES = 16 << 20


def produce(kafka, name, value, codec="gzip", **options):
    producer = Producer({"bootstrap.servers": kafka.brokers, "compression.codec": codec,
                         "message.max.bytes": 1_000_000_000})
    producer.produce(name, value, **options)
    assert producer.flush(ADMIN_PATIENCE_S) == 0


def test_headers_count_into_what_is_kept_of_a_message(kafka, topic, database):
    name = topic(1)
    produce(kafka, name, b"nonsense", headers=[("agent", b"1"), ("huge", bytes(HEADER_BYTES)),
                                               ("last", b"2")])
    kafka.produce_lines(name, make_lines(10))
    database.ingest(kafka, name, *OLD)
    (headers, value), = database.sql("select headers, value from kansen.dead_letter")
    assert bytes(value) == b"nonsense"
    assert [bytes(each) for each in headers[:3]] == [b"agent", b"1", b"huge"] and len(headers) == 4
    # Each item has its length of four bytes in front.
    assert sum(len(each) + 4 for each in headers) == KEPT_BYTES
    check(database, 10, rejected=1)


def test_a_batch_beyond_librdkafkas_limit_is_named_with_the_way_on(kafka, topic, database):
    """Its checksum is right: it is not damaged."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(10))
    produce(kafka, name, bytes(3_000_000), codec="zstd")
    small = ("-X", "receive.message.max.bytes=2000000", "-X", "fetch.max.bytes=1000000")
    worker = database.start_ingest(kafka, name, *small, *OLD)
    wait_until(lambda: "receive.message.max.bytes" in worker.said(), "the way on", [worker])
    assert "damaged" not in worker.said()
    worker.terminate()
    assert count(database) == 10
    # As it says.
    database.ingest(kafka, name, *OLD)
    check(database, 10, rejected=1)


def test_age_is_measured_when_kafka_took_the_message(kafka, topic, database):
    """A backlog of weeks rejects nothing that would have been accepted then, and the other way
    round."""
    name = topic(1)
    now = datetime.datetime.now(datetime.timezone.utc)
    taken = now - datetime.timedelta(days=30)

    def event(number, age):
        return json.dumps({"id": f"{number}", "device": f"{number}", "name": "WORM.A",
                           "country": "JP", "time": (now - age).isoformat()}).encode()

    def send(value, at):
        produce(kafka, name, value, timestamp=int(at.timestamp() * 1000))

    day = datetime.timedelta(days=1)
    send(event(1, 35 * day), taken)   # five days old when it was taken
    send(event(2, 45 * day), taken)   # fifteen
    send(event(3, 5 * day), now)
    send(event(4, 15 * day), now)
    send(event(5, 5 * day), now + 400 * day)   # a producer whose clock is wrong
    database.ingest(kafka, name, "--max-age", "10")
    assert database.sql("select \"offset\", reason from kansen.dead_letter order by 1") == [
        (1, "time_out_of_range"), (3, "time_out_of_range")]
    assert count(database) == 3
    # A replay decides as it was decided then, also when it comes later still.
    database.sql("update kansen.dead_letter set rejected_at = rejected_at + interval '40 days'")
    database.command("dead-letters", "replay", "--max-age", "12")
    assert count(database) == 3
    database.command("dead-letters", "replay", "--max-age", "16")
    assert count(database) == 5
    # Whatever a producer writes there.
    for timestamp in (1, 2**62):
        produce(kafka, name, event(timestamp, 5 * day), timestamp=timestamp)
        produce(kafka, name, b"nonsense", timestamp=timestamp)
    database.ingest(kafka, name, "--max-age", "10")
    assert count(database) == 7
    assert database.value("select count(*) from kansen.dead_letter where reason = 'bad_json'"
                          " and arrived_at is null") == 2

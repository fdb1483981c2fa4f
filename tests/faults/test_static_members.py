"""Workers that are static members of their group (`-X group.instance.id=…`)."""

import json
import time

from confluent_kafka import Consumer, TopicPartition

from servers import wait_until

STATIC = ("--max-age", "9000", "-X", "group.instance.id=one")
EVENTS = [json.dumps({"id": f"event-{number}", "device": "device", "name": "WORM.A",
                      "country": "JP", "time": "2024-05-01T00:00:00Z"}).encode()
          for number in range(100)]


def told_offset(kafka, topic):
    """What Kafka knows of the group's progress in partition 0."""
    consumer = Consumer({"bootstrap.servers": kafka.brokers, "group.id": "tests"})
    try:
        return consumer.committed([TopicPartition(topic, 0)], timeout=60)[0].offset
    finally:
        consumer.close()


def test_a_static_member_tells_kafka_its_offsets_when_it_stops_and_not_before(kafka, topic,
                                                                              database):
    """A commit that is under way when its session ends is taken for one of a second member of its
    name, and is the end of the worker."""
    name = topic(1)
    kafka.produce_lines(name, EVENTS)
    worker = database.start_ingest(kafka, name, *STATIC)
    wait_until(lambda: database.stored_offsets(name) == {0: 100}, "the events to be stored",
               [worker])
    time.sleep(3)  # long enough to tell, if it did
    assert told_offset(kafka, name) < 0
    worker.terminate()
    assert told_offset(kafka, name) == 100

"""Workers that are static members of their group (`-X group.instance.id=…`)."""

import json
import subprocess

from confluent_kafka import Consumer, TopicPartition

from mock_broker import FENCED_INSTANCE_ID, JOIN_GROUP, MockBroker
from servers import wait_until

STATIC = ("--max-age", "9000", "-X", "group.instance.id=one")
EVENTS = [json.dumps({"id": f"event-{number}", "device": "device", "name": "WORM.A",
                      "country": "JP", "time": "2024-05-01T00:00:00Z"}).encode()
          for number in range(100)]


def told_offset(kafka, topic, group="tests"):
    """What Kafka knows of the group's progress in partition 0."""
    consumer = Consumer({"bootstrap.servers": kafka.brokers, "group.id": group})
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
    # A dynamic member that began later has told: by then the static one would have as well.
    dynamic = database.start_ingest(kafka, name, "--max-age", "9000", group="dynamic")
    wait_until(lambda: told_offset(kafka, name, "dynamic") == 100, "the dynamic member to tell",
               [worker, dynamic])
    assert told_offset(kafka, name) < 0
    worker.terminate()
    assert told_offset(kafka, name) == 100


def test_a_static_member_that_the_group_forgot_while_it_joined_joins_again(database):
    """A coordinator that died between giving it an id and writing that down: its successor takes
    it for a second member of its name."""
    broker = MockBroker(forgetful=1)
    try:
        subprocess.run(["kcat", "-P", "-q", "-b", broker.brokers, "-t", "forgetful"],
                       input=b"\n".join(EVENTS), check=True)
        broker.fail_next(JOIN_GROUP, FENCED_INSTANCE_ID, FENCED_INSTANCE_ID)
        done = database.ingest(broker, "forgetful", *STATIC)
        assert done.stderr.count("the group forgot us") == 2
        assert database.stored_offsets("forgetful") == {0: 100}
    finally:
        broker.close()
    database.verify()

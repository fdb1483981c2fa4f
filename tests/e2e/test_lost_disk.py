"""A broker that comes back without what it had, while workers wait for it."""

import shutil

import pytest

from kafka_cases import count, make_lines
from servers import Kafka, wait_until
from shared_fixtures import served

OLD = ("--max-age", "36500")


@pytest.fixture
def kafka():
    yield from served(Kafka)


def lose_disk(kafka):
    kafka.kill()
    shutil.rmtree(kafka.folder / "data")
    kafka.format()
    kafka.start()


def test_a_topic_that_comes_later_than_its_broker_is_read(kafka, topic, database):
    """The group has nothing to give while there is no topic. librdkafka takes the new one, which has as
    many partitions, for the one of before."""
    name = topic(2)
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: "reading" in worker.said(), "the worker to read", [worker])
    lose_disk(kafka)
    wait_until(lambda: "the topic is gone" in worker.said(), "the worker to miss the topic", [worker])
    kafka.create_topic(name, 2)
    kafka.produce_lines(name, make_lines(10))
    wait_until(lambda: count(database) == 10, "the events of the new topic", [worker])
    worker.terminate()


def test_a_topic_that_lost_what_is_stored_halts_the_worker(kafka, topic, database):
    name = topic(1)
    kafka.produce_lines(name, make_lines(100))
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: count(database) == 100, "the events", [worker])
    lose_disk(kafka)
    wait_until(lambda: "the topic is gone" in worker.said(), "the worker to miss the topic", [worker])
    kafka.create_topic(name, 1)
    assert "kansen db reread" in worker.wait(70).stderr

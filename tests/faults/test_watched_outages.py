"""What a worker says of Kafka when it goes and comes back: each once, in its log and on its pages."""

import json
import signal
import time

import pytest

from servers import Kafka, Missing, wait_until
from watched import Watched

AWAY = "Kafka is away, waiting"
BACK = "Kafka is back"
# Longer than a silence that is noticed; a worker that is thought dead keeps others waiting for so long.
SESSION = ("-X", "session.timeout.ms=20000")


@pytest.fixture
def own_kafka():
    """A broker of this test alone, which it may end."""
    try:
        broker = Kafka()
    except Missing as reason:
        pytest.skip(str(reason))
    try:
        broker.start()
        yield broker
    finally:
        broker.close()


def make_lines(count, start=0):
    return [json.dumps({"device": f"device-{number}", "name": "WORM.A", "country": "JP",
                        "time": "2024-05-06T00:00:00Z"}).encode() for number in range(start, start + count)]


def said(worker, message):
    lines = [json.loads(line) for line in worker.said().rpartition("\n")[0].splitlines()]
    return [line for line in lines if line["msg"] == message]


def wait_until_away(watched):
    # A line of its own: a group that took the worker for dead is joined again meanwhile, and another one says so.
    wait_until(lambda: "kafka: no answer from the Kafka brokers for " in watched.ask("/readyz")[2],
               "the worker to notice", [watched.worker], patience_s=60)
    assert not watched.is_ready()
    assert watched.value("kansen_waiting", **{"for": "kafka"}) == 1
    assert watched.ask("/livez")[0] == 200


def wait_until_back(watched):
    wait_until(watched.is_ready, "the worker to be ready again", [watched.worker], patience_s=120)


def test_kafka_that_freezes_dies_and_comes_back(own_kafka, database):
    own_kafka.create_topic("detections", 2)
    own_kafka.produce_lines("detections", make_lines(10), 0)
    watched = Watched(database.start_ingest(own_kafka, "detections", "--listen", "0", "--log-format", "json",
                                            "--max-age", "9000", *SESSION))
    worker = watched.worker
    wait_until(lambda: watched.value("kansen_events_accepted_total") == 10, "the first events", [worker])
    own_kafka.process.send_signal(signal.SIGSTOP)
    wait_until_away(watched)
    once, = said(worker, AWAY)
    assert (once["reason"], once["level"]) == ("they are silent", "warning")
    own_kafka.process.send_signal(signal.SIGCONT)
    wait_until_back(watched)
    assert len(said(worker, AWAY)) == len(said(worker, BACK)) == 1
    before = len(said(worker, "librdkafka"))
    own_kafka.kill()
    wait_until_away(watched)
    time.sleep(8)
    _, again = said(worker, AWAY)
    assert "Connection refused" in again["reason"]
    # librdkafka tries again all the time, and says so for each connection once.
    assert len(said(worker, "librdkafka")) <= before + 6 and len(said(worker, BACK)) == 1
    own_kafka.start()
    # Nothing new has come: that it is there again is seen all the same.
    wait_until_back(watched)
    own_kafka.produce_lines("detections", make_lines(5, 100), 1)
    wait_until(lambda: watched.value("kansen_events_accepted_total") == 15, "the others", [worker])
    assert len(said(worker, AWAY)) == len(said(worker, BACK)) == 2
    worker.terminate()

"""A worker never hangs: whatever it waits for, it says so, goes on when it is cured, and ends when it
is told to. Each of these hung for ever, or for a minute and a half without a word."""

import contextlib
import os
import signal
import socket
import subprocess
import time

import pytest

from kafka_cases import OLD, check, count, halts, make_lines, reread
from program import SANITIZERS
from servers import wait_until

# A stop is prompt when nothing is to be stored; librdkafka has ten seconds each for two steps.
STOP_S = 40
LOOK_OFTEN = ("-X", "topic.metadata.refresh.interval.ms=1000", *OLD)


def stops_in_time(worker, code=0):
    began = time.monotonic()
    result = worker.terminate(code=code)
    assert time.monotonic() - began < STOP_S, result
    return result


@pytest.fixture(params=[1, 12], ids=["one partition", "twelve partitions"])
def without_topic(request, kafka, topic, database):
    """A worker with 30 stored events whose topic is deleted, and away for good."""
    name = topic(request.param)
    kafka.produce_lines(name, make_lines(30))
    worker = database.start_ingest(kafka, name, *LOOK_OFTEN)
    wait_until(lambda: count(database) == 30, "the first events", [worker])
    kafka.delete_topic(name)
    wait_until(lambda: "the topic can't be read, waiting" in worker.said(),
               "the worker to say that its topic is away", [worker])
    return name, worker


def test_a_topic_away_and_created_again_with_other_partitions(without_topic, kafka, database):
    name, worker = without_topic
    kafka.create_topic(name, 12)
    kafka.produce_lines(name, make_lines(300, 1000))
    result = worker.wait(code=None)
    halts(result, name, "created again", "kansen db reread")
    assert count(database) == 30
    reread(database, name)
    database.ingest(kafka, name, *OLD)
    check(database, 330)


def test_a_worker_stopped_while_its_topic_is_away(without_topic):
    _, worker = without_topic
    result = stops_in_time(worker)
    assert "accepted=30" in result.stderr


# librdkafka's issue 4884: who is told of partitions while the group is left, and answers, never returns.
NO_ANSWER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <unistd.h>
static atomic_bool leaving;
void *rd_kafka_consumer_close_queue(void *kafka, void *queue)
{
    void *(*real)(void *, void *) = dlsym(RTLD_NEXT, "rd_kafka_consumer_close_queue");
    leaving = 1;
    return real(kafka, queue);
}
int rd_kafka_assign(void *kafka, const void *partitions)
{
    int (*real)(void *, const void *) = dlsym(RTLD_NEXT, "rd_kafka_assign");
    while (leaving)
        pause();
    return real(kafka, partitions);
}
"""


def test_a_worker_ends_although_librdkafka_never_answers_while_the_group_is_left(kafka, topic, database, tmp_path):
    name = topic(2)
    kafka.produce_lines(name, make_lines(30))
    shim = tmp_path / "no_answer.so"
    subprocess.run([os.environ.get("CC", "cc"), "-x", "c", "-shared", "-fPIC", "-o", shim, "-"],
                   input=NO_ANSWER.encode(), check=True)
    sanitizers = f"{SANITIZERS['ASAN_OPTIONS']}:verify_asan_link_order=0"
    worker = database.kansen.start(*database.ingest_options(kafka, name, *OLD),
                                   env={"LD_PRELOAD": str(shim), "ASAN_OPTIONS": sanitizers})
    wait_until(lambda: count(database) == 30, "the events", [worker])
    result = stops_in_time(worker)
    assert "librdkafka's client does not end and is left behind" in result.stderr


def backend_of_worker(database):
    """The connection that the worker stores on."""
    return wait_until(lambda: database.value(
        "select max(pid) from pg_stat_activity where application_name like 'kansen%%'"
        " and datname = current_database() and backend_type = 'client backend'"),
        "the worker's connection")


@pytest.fixture
def idle(kafka, topic, database):
    """A worker that has stored ten events and has nothing to do."""
    name = topic(2)
    kafka.produce_lines(name, make_lines(10))
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: sum(database.stored_offsets(name).values()) == 10, "the first events",
               [worker])
    # Behind its last batch come only questions about its partitions.
    time.sleep(1)
    return name, worker


@contextlib.contextmanager
def frozen(pid):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_an_idle_worker_whose_backend_is_frozen(idle, kafka, database):
    """Says within some seconds that it waits, goes on on another connection, stops when told."""
    name, worker = idle
    with frozen(backend_of_worker(database)):
        wait_until(lambda: "PostgreSQL does not answer" in worker.said(), "the worker to say so",
                   [worker], patience_s=40)
        # Its question about its partitions is cut off and asked again on another connection.
        wait_until(lambda: "PostgreSQL answers again" in worker.said(), "another connection",
                   [worker], patience_s=60)
        kafka.produce_lines(name, make_lines(10, 100))
        wait_until(lambda: count(database) == 20, "more events", [worker])
        stops_in_time(worker)


def test_an_idle_worker_is_stopped_while_its_backend_is_frozen(idle, database):
    _, worker = idle
    with frozen(backend_of_worker(database)):
        # Long enough that its next question about its partitions is under way.
        time.sleep(6)
        stops_in_time(worker)


def test_a_worker_is_stopped_while_its_backend_is_frozen_in_a_batch(idle, kafka, database):
    """Half a minute for the batch, then it is given up and read again by the next worker."""
    name, worker = idle
    with frozen(backend_of_worker(database)):
        kafka.produce_lines(name, make_lines(10, 100))
        wait_until(lambda: "PostgreSQL does not answer" in worker.said(), "the worker to say so",
                   [worker], patience_s=40)
        result = worker.terminate(code=75)
        assert "will be read again" in result.stderr
    database.ingest(kafka, name, *OLD)
    check(database, 20)


def test_reread_refuses_while_a_worker_reads(kafka, topic, database):
    name = topic(1)
    kafka.produce_lines(name, make_lines(10))
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: count(database) == 10, "the first events", [worker])
    refused = database.command("db", "reread", "-G", "tests", "-t", name, code=75)
    assert "1 of the group's workers" in refused.stderr and "stop them first" in refused.stderr
    assert database.value("select max(incarnation) from kansen.kafka_offset") == 1
    stops_in_time(worker)
    reread(database, name)
    database.ingest(kafka, name, *OLD)
    check(database, 10)


@pytest.fixture
def silent_listener():
    """Takes connections and never answers: a broker behind a wrong port, or one that has frozen."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_brokers_that_never_answer(silent_listener, database):
    worker = database.kansen.start("ingest", "--db", database.conninfo, "-b", silent_listener, "-t",
                                   "anything", "-G", "tests")
    wait_until(lambda: "no answer from the Kafka brokers" in worker.said(), "the worker to say so",
               [worker])
    stops_in_time(worker)


def test_a_worker_is_stopped_while_its_broker_is_frozen(idle, kafka, database):
    _, worker = idle
    with frozen(kafka.process.pid):
        time.sleep(3)
        stops_in_time(worker)
    assert count(database) == 10


def test_a_broker_that_freezes_for_a_while(idle, kafka, database):
    name, worker = idle
    with frozen(kafka.process.pid):
        time.sleep(20)
    kafka.produce_lines(name, make_lines(10, 100))
    wait_until(lambda: count(database) == 20, "more events", [worker])
    stops_in_time(worker)
    check(database, 20)

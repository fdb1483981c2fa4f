"""`kansen ingest` as a process among others: groups, signals, outages, odd topics."""

import json
import signal
import subprocess
import threading
import time

import pytest

from servers import wait_until

OLD = ("--max-age", "9000")


def make_lines(count, start=0):
    return [json.dumps({"id": f"event-{number}", "device": f"device-{number}", "name": "WORM.A",
                        "country": "JP",
                        "time": f"2024-05-{number % 28 + 1:02}T00:00:00Z"}).encode()
            for number in range(start, start + count)]


def count(database):
    return database.value("select count(*) from report.detections")


def check(database, expected):
    """Everything arrived once: detections, infections and the offsets agree."""
    assert count(database) == expected
    database.set_threat("worms", "WORM*")
    assert database.stats("worms", "2024-05", "2024-05")["total"] == expected
    database.verify()


def test_partitions_without_data(kafka, topic, database):
    name = topic(5)
    kafka.produce_lines(name, make_lines(10), partition=3)
    database.ingest(kafka, name, *OLD)
    check(database, 10)


def test_an_empty_topic_ends_at_once(kafka, topic, database):
    database.ingest(kafka, topic(3), *OLD)
    check(database, 0)


def test_more_workers_than_partitions(kafka, topic, database):
    name = topic(2)
    for partition in range(2):
        kafka.produce_lines(name, make_lines(500, 500 * partition), partition)
    workers = [database.start_ingest(kafka, name, "--until-end", *OLD) for _ in range(4)]
    for worker in workers:
        worker.wait()
    check(database, 1000)


def test_until_end_goes_on_where_the_last_run_stopped(kafka, topic, database):
    name = topic(2)
    for run in range(3):
        kafka.produce_lines(name, make_lines(100, 100 * run), partition=run % 2)
        database.ingest(kafka, name, *OLD)
        assert sum(database.stored_offsets(name).values()) == 100 * (run + 1)
    check(database, 300)


def test_another_group_reads_everything_and_adds_nothing(kafka, topic, database):
    name = topic(2)
    kafka.produce_lines(name, make_lines(100))
    database.ingest(kafka, name, *OLD)
    database.ingest(kafka, name, *OLD, group="others")
    check(database, 100)
    assert database.value("select count(distinct group_id) from report.offsets") == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains(kafka, topic, database, number):
    name = topic(2)
    worker = database.start_ingest(kafka, name, *OLD)
    for part in range(20):
        kafka.produce_lines(name, make_lines(100, 100 * part), partition=part % 2)
    wait_until(lambda: count(database) > 0, "first events", [worker])
    worker.process.send_signal(number)
    worker.wait()
    assert sum(database.stored_offsets(name).values()) == count(database)
    database.ingest(kafka, name, *OLD)
    check(database, 2000)


def test_compressed_batches(kafka, topic, database):
    name = topic(1)
    for number, codec in enumerate(("gzip", "lz4", "snappy", "zstd")):
        kafka.produce_lines(name, make_lines(100, 100 * number), codec=codec)
    database.ingest(kafka, name, *OLD)
    check(database, 400)


def test_postgresql_restarted_while_ingesting(kafka, topic, database, postgres):
    name = topic(2)
    worker = database.start_ingest(kafka, name, *OLD)
    kafka.produce_lines(name, make_lines(1000), partition=0)
    wait_until(lambda: count(database) > 0, "first events", [worker])
    for run, stop in enumerate((postgres.stop, postgres.kill)):
        stop()
        try:
            kafka.produce_lines(name, make_lines(1000, 1000 * (run + 1)), partition=1)
            wait_until(lambda: worker.said().count("PostgreSQL is away") > run,
                       "the worker to notice", [worker])
        finally:
            postgres.start()
        wait_until(lambda: count(database) == 1000 * (run + 2), "the rest of the events", [worker])
    worker.terminate()
    assert database.value("select count(*) from kansen.dead_letter") == 0
    check(database, 3000)


def test_kafka_restarted_while_ingesting(kafka, topic, database):
    name = topic(2)
    worker = database.start_ingest(kafka, name, *OLD)
    kafka.produce_lines(name, make_lines(1000), partition=0)
    wait_until(lambda: count(database) == 1000, "first events", [worker])
    kafka.stop()
    kafka.start()
    kafka.produce_lines(name, make_lines(1000, 1000), partition=1)
    wait_until(lambda: count(database) == 2000, "the rest of the events", [worker])
    worker.terminate()
    check(database, 2000)


def test_a_partition_taken_over_is_left_by_its_zombie(kafka, topic, database):
    """A stopped worker that wakes up after another took its partition stores nothing twice."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(500))
    quick = ("-X", "session.timeout.ms=6000", "-X", "heartbeat.interval.ms=500", *OLD)
    zombie = database.start_ingest(kafka, name, *quick)
    wait_until(lambda: count(database) == 500, "first events", [zombie])
    zombie.process.send_signal(signal.SIGSTOP)
    try:
        kafka.produce_lines(name, make_lines(500, 500))
        heir = database.start_ingest(kafka, name, *quick)
        wait_until(lambda: count(database) == 1000, "the heir to take over", [heir])
    finally:
        zombie.process.send_signal(signal.SIGCONT)
    kafka.produce_lines(name, make_lines(500, 1000))
    wait_until(lambda: count(database) == 1500, "the last events", [heir])
    for worker in (zombie, heir):
        worker.terminate()
    check(database, 1500)


def test_a_topic_that_was_created_again_is_refused(kafka, topic, database):
    """Offsets of another topic's past must not be guessed to be this one's."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(100))
    database.ingest(kafka, name, *OLD)
    kafka.delete_topic(name)
    kafka.create_topic(name, 1)
    kafka.produce_lines(name, make_lines(200, 1000))
    result = database.ingest(kafka, name, *OLD, code=70)
    assert name in result.stderr, result
    assert "kansen db reread" in result.stderr, result
    assert count(database) == 100
    database.command("db", "reread", "-G", "nobody", "-t", name, code=65)
    database.command("db", "reread", "-G", "tests", "-t", name)
    database.ingest(kafka, name, *OLD)
    check(database, 300)


def test_until_end_ends_although_more_arrives(kafka, topic, database):
    """The end is where the topic ended at the start."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(1000))
    stop = threading.Event()
    producer = subprocess.Popen(["kcat", "-P", "-q", "-b", kafka.brokers, "-t", name,
                                 "-X", "linger.ms=1"], stdin=subprocess.PIPE)

    def produce():
        number = 1000
        while not stop.is_set():
            producer.stdin.write(b"".join(line + b"\n" for line in make_lines(20, number)))
            producer.stdin.flush()
            number += 20
            time.sleep(0.01)

    thread = threading.Thread(target=produce)
    thread.start()
    try:
        worker = database.start_ingest(kafka, name, "--until-end", *OLD)
        worker.process.wait(60)
    finally:
        stop.set()
        thread.join()
        producer.stdin.close()
        producer.wait()
    worker.wait()
    assert count(database) >= 1000
    database.verify()

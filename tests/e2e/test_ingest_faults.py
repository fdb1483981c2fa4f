"""`kansen ingest` when PostgreSQL, Kafka or the group make trouble at a bad moment."""

import json
import signal
import subprocess
import threading
import time

from servers import spawn, end, wait_until

OLD = ("--max-age", "9000")


def make_lines(count, start=0):
    return [json.dumps({"id": f"event-{number}", "device": f"device-{number % 999}", "name": "WORM.A",
                        "country": "JP", "time": f"2024-05-{number % 28 + 1:02}T00:00:00Z"}).encode()
            for number in range(start, start + count)]


def count(database):
    return database.value("select count(*) from kansen.detection")


def check(database, expected):
    assert count(database) == expected
    database.set_threat("worms", "WORM*")
    database.verify()


def members(kafka, group):
    """How many members the group has, by Kafka's own word."""
    return len(kafka._java("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
                           "--bootstrap-server", kafka.brokers, "--describe", "--members", "--group",
                           group).strip().splitlines()) - 1


def test_partitions_paused_during_an_outage_are_read_after_a_rebalance(kafka, topic, database,
                                                                       postgres, tmp_path):
    """librdkafka keeps a partition paused over its loss and return."""
    name = topic(4)
    worker = database.start_ingest(kafka, name, "-X", "session.timeout.ms=6000", *OLD)
    for partition in range(4):
        kafka.produce_lines(name, make_lines(1000, 1000 * partition), partition)
    wait_until(lambda: count(database) == 4000, "first events")
    postgres.stop()
    try:
        for partition in range(4):
            kafka.produce_lines(name, make_lines(20000, 10000 + 20000 * partition), partition)
        wait_until(lambda: "away" in worker.said(), "the worker to notice")
        time.sleep(3)  # until it pauses
        with open(tmp_path / "guest", "wb") as log:
            guest = spawn(["kcat", "-q", "-b", kafka.brokers, "-X", "session.timeout.ms=6000",
                           "-G", "tests", name], log)
        try:
            wait_until(lambda: members(kafka, "tests") == 2, "another member of the group")
        finally:
            end(guest, signal.SIGTERM)
        wait_until(lambda: members(kafka, "tests") == 1, "the guest to leave")
    finally:
        postgres.start()
    wait_until(lambda: count(database) == 84000, "the rest of the events")
    worker.terminate()
    check(database, 84000)


def test_postgresql_crashes_while_a_backlog_is_read(kafka, topic, database, postgres):
    name = topic(2)
    for part in range(6):
        kafka.produce_lines(name, make_lines(30000, 30000 * part), partition=part % 2)
    worker = database.start_ingest(kafka, name, "--until-end", *OLD)
    for part in range(4):
        wait_until(lambda: count(database) >= 20000 * (part + 1) or not worker.alive(), "some events")
        postgres.kill()
        time.sleep(2 if part % 2 else 0)
        postgres.start()
    worker.wait()
    assert sum(database.stored_offsets(name).values()) == 180000
    check(database, 180000)


def test_connections_ended_while_workers_read(kafka, topic, database):
    name = topic(4)
    for part in range(4):
        kafka.produce_lines(name, make_lines(30000, 30000 * part), partition=part)
    workers = [database.start_ingest(kafka, name, "--until-end", *OLD) for _ in range(2)]
    for _ in range(12):
        time.sleep(0.7)
        database.sql("select pg_terminate_backend(pid) from pg_stat_activity"
                     " where application_name like 'kansen%' and datname = current_database()")
    for worker in workers:
        worker.wait()
    check(database, 120000)


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

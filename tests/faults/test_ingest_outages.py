"""`kansen ingest` when PostgreSQL, Kafka or the group make trouble at a bad moment."""

import json
import signal
import time

from servers import spawn, end, wait_until

OLD = ("--max-age", "9000")
AWAY = "PostgreSQL is away"
# What a transaction writes to, in its order.
WRITTEN = ("kansen.kafka_offset", "kansen.detection", "kansen.infection", "kansen.count_change")


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
    wait_until(lambda: count(database) == 4000, "first events", [worker])
    postgres.stop()
    try:
        for partition in range(4):
            kafka.produce_lines(name, make_lines(20000, 10000 + 20000 * partition), partition)
        wait_until(lambda: AWAY in worker.said(), "the worker to notice", [worker])
        # A reader pauses when the writer has been busy for a second, and says nothing of it.
        time.sleep(3)
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
    wait_until(lambda: count(database) == 84000, "the rest of the events", [worker])
    worker.terminate()
    check(database, 84000)


def test_postgresql_crashes_amid_transactions(kafka, topic, database, postgres):
    """In the middle of a COPY each time. PostgreSQL is back at once, or not before the worker has
    found it away."""
    name = topic(2)
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: len(database.stored_offsets(name)) == 2, "the worker to begin", [worker])
    for part in range(4):
        noticed = worker.said().count(AWAY)
        with database.locked("kansen.detection") as lock:
            kafka.produce_lines(name, make_lines(30000, 30000 * part), partition=part % 2)
            wait_until(lock.waiters, "a batch under way", [worker])
            postgres.kill()
        if part % 2:
            wait_until(lambda: worker.said().count(AWAY) > noticed, "the crash to be noticed", [worker])
        postgres.start()
        wait_until(lambda: worker.said().count(AWAY) > noticed, "the crash to be noticed", [worker])
        wait_until(lambda: sum(database.stored_offsets(name).values()) == 30000 * (part + 1),
                   "what was read to be stored", [worker])
    worker.terminate()
    check(database, 120000)


def test_connections_ended_wherever_a_transaction_is(kafka, topic, database):
    """Each is ended while it waits to write to one of the tables; whatever was written before is
    written again, once."""
    name = topic(4)
    database.set_threat("worms", "WORM*")
    workers = [database.start_ingest(kafka, name, *OLD) for _ in range(2)]
    wait_until(lambda: database.value("select count(distinct owner) from kansen.kafka_offset"
                                      " where owner is not null") == 2, "both to read", workers)
    for number, table in enumerate(WRITTEN):
        noticed = [worker.said().count(AWAY) for worker in workers]
        with database.locked(table) as lock:
            for partition in range(4):
                kafka.produce_lines(name, make_lines(1000, 4000 * number + 1000 * partition),
                                    partition)
            wait_until(lock.waiters, f"a transaction at {table}", workers)
            ended = lock.end_waiters()
            assert ended
            wait_until(lambda: sum(worker.said().count(AWAY) > before
                                   for worker, before in zip(workers, noticed)) >= len(ended),
                       f"{len(ended)} workers to notice", workers)
        wait_until(lambda: sum(database.stored_offsets(name).values()) == 4000 * (number + 1),
                   "what was read to be stored", workers)
    for worker in workers:
        worker.terminate()
    check(database, 4000 * len(WRITTEN))

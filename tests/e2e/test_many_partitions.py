"""What a worker asks of PostgreSQL does not grow with the number of its partitions."""

import json

from servers import wait_until

OLD = ("--max-age", "9000")

# Statements by what stands in them and in no other.
TAKING = {"insert into kafka_partition": 1, "set epoch = ": 1, "set tries = ": 1, "offset_wait": 0}


def statements(database, since):
    """The server's log from this place on."""
    return database.postgres.log()[since:]


def produce(kafka, name, count, start=0):
    kafka.produce_lines(name, [json.dumps({
        "id": f"event-{number}", "device": f"device-{number}", "name": "WORM.A", "country": "JP",
        "time": "2024-05-06T00:00:00Z"}).encode() for number in range(start, start + count)])


def stored(database):
    return database.value("select count(*) from report.detections")


def test_partitions_are_taken_together(kafka, topic, database):
    partitions = 120
    name = topic(partitions)
    database.sql(f"alter database {database.name} set log_statement = 'all'")
    for run in range(2):
        produce(kafka, name, 500, start=1000 * run)
        since = len(database.postgres.log())
        worker = database.start_ingest(kafka, name, *OLD)
        wait_until(lambda: worker.said().count("msg=reading ") == partitions, "all partitions to be read", [worker])
        wait_until(lambda: stored(database) == 1000 * run + 500, "the events", [worker])
        produce(kafka, name, 500, start=1000 * run + 500)
        wait_until(lambda: stored(database) == 1000 * run + 1000, "more events", [worker])
        worker.terminate()
        said = statements(database, since)
        for piece, times in TAKING.items():
            assert said.count(piece) == times, (run, piece)
        # Not one for each partition of a batch.
        assert 0 < said.count("set next_offset = n.next_offset") < partitions / 4
    assert len(database.stored_offsets(name)) == partitions
    assert sum(database.stored_offsets(name).values()) == 2000
    database.set_threat("worms", "WORM*")
    database.verify()

"""PostgreSQL runs out of disk: workers pause, say so, and go on when there is room."""

import json

import pytest

from disk import Disk
from program import Database
from servers import Missing, Postgres, wait_until

OLD = ("--max-age", "9000")
FIRST, ALL = 2000, 22000
# Enough for a transaction that tells the worker's client about its failure, not for the events.
CRUMBS = 128 * 1024


def make_lines(start, finish):
    return [json.dumps({"id": f"event-{number}", "device": f"device-{number}", "name": "WORM.A",
                        "country": ("JP", "US")[number % 2],
                        "time": f"2024-05-{number % 28 + 1:02}T00:00:00Z"}).encode()
            for number in range(start, finish)]


class Cramped:
    """A cluster that has a small disk for its data, and another for its log (WAL)."""

    def __init__(self):
        self.disks = []
        self.server = None
        try:
            self.server = Postgres(arrange=self._arrange, min_wal_size="2MB", max_wal_size="4MB")
            self.server.start()
        except BaseException:
            self.close()
            raise

    def _arrange(self, server):
        self.server = server
        for name, megabytes in (("data-disk", 160), ("wal-disk", 24)):
            folder = server.folder / name
            folder.mkdir()
            about = server.folder.stat()
            self.disks.append(Disk(folder, megabytes, about.st_uid, about.st_gid))
        server.data = server.folder / "data-disk" / "data"
        return "--waldir", server.folder / "wal-disk" / "wal", "--wal-segsize=1"

    def close(self):
        if self.server is not None:
            self.server.stop()
        for disk in self.disks:
            disk.close()
        if self.server is not None:
            self.server.close()


@pytest.fixture(scope="module")
def cramped():
    try:
        cramped = Cramped()
    except Missing as reason:
        pytest.skip(str(reason))
    try:
        yield cramped
    finally:
        cramped.close()


@pytest.fixture
def cramped_database(cramped, kansen, request):
    name = request.node.name
    connection = cramped.server.connect("postgres")
    with connection.cursor() as cursor:
        cursor.execute(f"create database {name}")
    connection.close()
    database = Database(kansen, cramped.server, name)
    database.command("db", "init")
    database.set_threat("worms", "WORM*")
    yield database
    kansen.close()


def begin(database, kafka, name):
    """A worker with some events stored."""
    kafka.produce_lines(name, make_lines(0, FIRST))
    worker = database.start_ingest(kafka, name, *OLD, group=name)
    wait_until(lambda: database.stored_offsets(name) == {0: FIRST}, "first events", [worker])
    return worker


def finish(database, worker, name):
    """What was pending is stored, once; returns what the worker said."""
    wait_until(lambda: database.stored_offsets(name) == {0: ALL}, "all events", [worker])
    said = worker.terminate().stderr
    assert database.value("select count(*) from kansen.detection") == ALL
    assert database.value("select count(*) from kansen.dead_letter") == 0
    assert database.stats("worms", "2024-05", "2024-05")["total"] == ALL
    database.verify()
    return said


def test_the_disk_of_the_data_is_full(kafka, topic, cramped, cramped_database):
    """An ERROR for each attempt: the worker keeps the batch, names the reason once, calls it no
    outage, and stores the batch when there is room."""
    name = topic(1)
    worker = begin(cramped_database, kafka, name)
    disk = cramped.disks[0]
    disk.fill(CRUMBS)
    try:
        kafka.produce_lines(name, make_lines(FIRST, ALL))
        wait_until(lambda: cramped.server.log().count("No space left on device") > 2,
                   "attempts on the full disk", [worker])
        wait_until(lambda: "No space left on device" in worker.said(), "the reason", [worker])
        assert cramped_database.stored_offsets(name)[0] < ALL
    finally:
        disk.make_room()
    said = finish(cramped_database, worker, name)
    assert said.count("can't store the batch now") == 1
    assert said.count("stores batches again") == 1
    assert "away" not in said


def test_the_disk_of_the_log_is_full(kafka, topic, cramped, cramped_database):
    """PostgreSQL panics and can't come up again until there is room and somebody starts it."""
    name = topic(1)
    worker = begin(cramped_database, kafka, name)
    disk = cramped.disks[1]
    disk.fill(CRUMBS)
    try:
        kafka.produce_lines(name, make_lines(FIRST, ALL))
        wait_until(lambda: "PANIC" in cramped.server.log(), "PostgreSQL to panic", [worker])
        wait_until(lambda: "away" in worker.said(), "the worker to notice", [worker])
    finally:
        disk.make_room()
    # Whether it has given up by now is a matter of moments.
    cramped.server.kill()
    cramped.server.start()
    finish(cramped_database, worker, name)

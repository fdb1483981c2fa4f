"""From PostgreSQL 15 to 18, in the two ways that docs/upgrades.md has. Workers wait meanwhile and go on with the new
server; no event is lost or counts twice."""

from kafka_cases import OLD, count
from kept import filled, programs, restored_dump, running
from program import Database
from servers import Postgres, wait_until

OLD_MAJOR, NEW_MAJOR = "15", "18"
VERSION = "select split_part(current_setting('server_version'), '.', 1)"


def unchecked(_server):
    """initdb of 18 makes checksums unless it is told not to, and pg_upgrade wants both clusters alike."""
    return ("--no-data-checksums",)


def goes_on(database, fleet, stored):
    """With the offsets that were stored: only what is new is read."""
    assert database.value(VERSION) == NEW_MAJOR
    assert count(database) == stored == sum(database.stored_offsets(fleet.topic).values())
    said = database.ingest(fleet.kafka, fleet.topic, *OLD).stderr
    assert f"accepted={fleet.sent - stored} repeated=0" in said
    database.command("db", "maintain")
    fleet.check(database)
    database.command("publish", "worms", "--from", "2024-05", "--to", "2024-05", "--provisional", "--format", "json",
                     "-o", fleet_folder(database))


def fleet_folder(database):
    return database.postgres.folder / "published"


def test_by_pg_upgrade(kansen, fleet):
    old = Postgres(programs=programs(OLD_MAJOR))
    new = Postgres(programs=programs(NEW_MAJOR), arrange=unchecked)
    try:
        old.start()
        database, worker = filled(kansen, old, fleet)
        assert database.value(VERSION) == OLD_MAJOR
        worker.terminate()
        stored = fleet.sent
        fleet.send(200)
        old.stop()
        said = new.run("pg_upgrade", "--old-bindir", old.bin, "--new-bindir", new.bin, "--old-datadir", old.data,
                       "--new-datadir", new.data, "--username", "postgres", "--socketdir", new.folder)
        assert "Upgrade Complete" in said
        new.start()
        new.run("vacuumdb", "--all", "--analyze-in-stages", "--quiet", "--host", new.folder, "--username", "postgres")
        goes_on(Database(kansen, new, "fleet"), fleet, stored)
    finally:
        old.close()
        new.close()


def test_by_a_dump(kansen, fleet, folder):
    """Made by the newer pg_dump."""
    with running(Postgres(programs=programs(OLD_MAJOR))) as old, running(Postgres(programs=programs(NEW_MAJOR))) as new:
        database, worker = filled(kansen, old, fleet)
        worker.terminate()
        stored = fleet.sent
        new.run("pg_dump", "--format=custom", "--file", folder / "dump", database.conninfo)
        fleet.send(200)
        goes_on(restored_dump(kansen, new, folder / "dump"), fleet, stored)


def test_a_worker_follows(kansen, fleet, folder):
    """One that was not stopped: it waits while the old server is down, and then finds the new one in its place."""
    old = Postgres(programs=programs(OLD_MAJOR))
    new = Postgres(programs=programs(NEW_MAJOR), arrange=unchecked)
    try:
        old.start()
        place = folder / "server"
        place.symlink_to(old.folder)
        database, worker = filled(kansen, old, fleet)
        worker.terminate()
        database.conninfo = f"host={place} user=postgres dbname=fleet"
        worker = fleet.start(database)
        fleet.send(100)
        fleet.is_stored(database, worker)
        old.stop()
        fleet.send(200)
        new.run("pg_upgrade", "--link", "--old-bindir", old.bin, "--new-bindir", new.bin, "--old-datadir", old.data,
                "--new-datadir", new.data, "--username", "postgres", "--socketdir", new.folder)
        place.unlink()
        place.symlink_to(new.folder)
        new.start()
        upgraded = Database(kansen, new, "fleet")
        wait_until(lambda: sum(upgraded.stored_offsets(fleet.topic).values()) == fleet.sent, "the rest", [worker])
        worker.terminate()
        fleet.check(upgraded)
    finally:
        old.close()
        new.close()

"""Backups: what PostgreSQL's own programs keep is whole, offsets included, so that ingestion behind a restore
goes on where the backup was made, and reads from Kafka again what came since. No event is lost or counts twice."""

import shutil

import pytest

from kafka_cases import OLD, count
from kept import filled, restored_dump, running
from program import Database
from servers import Postgres, wait_until


def test_a_dump_made_while_events_arrive(kansen, fleet, folder):
    """Of one snapshot: rows and offsets are of the same moment, whatever is stored meanwhile."""
    with running(Postgres()) as old:
        database, worker = filled(kansen, old, fleet)
        stop = fleet.sent
        fleet.send(200)
        old.run("pg_dump", "--format=custom", "--file", folder / "dump", database.conninfo)
        fleet.send(200)
        fleet.is_stored(database, worker)
        worker.terminate()
    with running(Postgres()) as new:
        database = restored_dump(kansen, new, folder / "dump")
        stored = count(database)
        assert stop <= stored < fleet.sent and stored == sum(database.stored_offsets(fleet.topic).values())
        said = database.ingest(fleet.kafka, fleet.topic, *OLD).stderr
        assert f"accepted={fleet.sent - stored} repeated=0" in said
        fleet.check(database)


@pytest.mark.parametrize("mistake", ["delete from kansen.detection where event_time < '2024-06-01'",
                                     "drop schema kansen cascade"], ids=["rows", "tables"])
def test_back_to_the_moment_before_a_mistake(kansen, fleet, folder, mistake):
    """From a base backup and the archive of the log; the worker of before goes on by itself."""
    archive = folder / "archive"
    archive.mkdir()
    archive.chmod(0o777)
    with running(Postgres(archive_mode="on", archive_command=f"cp %p {archive}/%f")) as old:
        database, worker = filled(kansen, old, fleet)
        old.run("pg_basebackup", "--pgdata", folder / "base", "--checkpoint=fast", "--no-sync", "--dbname",
                old.conninfo("postgres"))
        fleet.send(200)
        fleet.is_stored(database, worker)
        kept = fleet.sent
        database.sql("select pg_create_restore_point('before the mistake')")
        worker.terminate()
        fleet.send(200)
        database.ingest(fleet.kafka, fleet.topic, *OLD)
        database.sql(mistake)
        database.sql("select pg_switch_wal()")
    new = Postgres(backup=folder / "base", archive_mode="off", restore_command=f"cp {archive}/%f %p",
                   recovery_target_name="before the mistake", recovery_target_action="promote")
    (new.data / "recovery.signal").touch()
    if new.user:
        shutil.chown(new.data / "recovery.signal", new.user, new.user)
    with running(new):
        database = Database(kansen, new, "fleet")
        wait_until(lambda: not database.value("select pg_is_in_recovery()"), "the end of the recovery")
        assert count(database) == kept == sum(database.stored_offsets(fleet.topic).values())
        worker = fleet.start(database)
        fleet.send(100)
        fleet.is_stored(database, worker)
        worker.terminate()
        fleet.check(database)

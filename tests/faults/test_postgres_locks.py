"""Deadlocks and serialization errors: PostgreSQL asks to try again, and nothing else happens."""

import json

from servers import wait_until

OLD = ("--max-age", "9000")
LATE, EARLY = "2024-05-20T00:00:00Z", "2024-05-01T00:00:00Z"


def event(identity, device, country, time=LATE, name="WORM.A"):
    return {"id": identity, "device": device, "name": name, "country": country, "time": time}


def lines(*events):
    return [json.dumps(each).encode() for each in events]


def text(*events):
    return b"".join(line + b"\n" for line in lines(*events))


def waiting(database, count):
    """Are so many of kansen's connections waiting for a lock?"""
    return lambda: database.value(
        "select count(*) from pg_stat_activity where application_name like 'kansen%'"
        " and datname = current_database() and wait_event_type = 'Lock'") == count


class Session:
    """A transaction of somebody else, that never is the one to give way in a deadlock."""

    def __init__(self, database):
        self.connection = database.postgres.connect(database.name)
        self.connection.autocommit = False
        self.cursor = self.connection.cursor()
        self.cursor.execute("set deadlock_timeout = '10min'")

    def run(self, statement):
        self.cursor.execute(statement)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def commit(self):
        self.connection.commit()


def test_a_worker_that_loses_a_deadlock_stores_its_batch_once(kafka, topic, database):
    """The victim of a deadlock tries again, says what happened, and does not call it an outage."""
    name = topic(1)
    database.set_threat("worms", "WORM*")
    # Longer than the other session needs to close the circle, once the worker waits in it.
    database.sql(f"alter database {database.name} set deadlock_timeout = '3s'")
    kafka.produce_lines(name, lines(event("1", "a", "JP")))
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: database.stored_offsets(name) == {0: 1}, "the first event", [worker])
    with Session(database) as other:
        other.run("select from kansen.infection for update")
        kafka.produce_lines(name, lines(event("2", "b", "JP"), event("3", "a", "US", EARLY)))
        wait_until(waiting(database, 1), "the worker to wait for the infection", [worker])
        other.run("update kansen.kafka_offset set updated_at = now()")
        other.commit()
    wait_until(lambda: database.stored_offsets(name) == {0: 3}, "the other events", [worker])
    said = worker.terminate().stderr
    assert "deadlock detected" in said and "can't store the batch now" in said
    assert "away" not in said and "joining anew" not in said
    assert database.sql("select country, infections, detections from report.country_infections"
                        " order by 1") == [("JP", 1, 2), ("US", 1, 1)]
    database.verify()


def infection_of(first_seen):
    return f"select from kansen.infection where first_seen = '{first_seen}' for update"


def test_infections_are_locked_in_the_order_of_their_key(kafka, topic, database):
    """Those of which the worker knows that they are stored, and those that it takes for new: one
    order for all. Whoever keeps to it never finds the worker waiting for it and holding what is next."""
    name = topic(1)
    known, unknown = "00000000-0000-0000-0000-000000000001", "f0000000-0000-0000-0000-000000000001"
    database.set_threat("worms", "WORM*")
    kafka.produce_lines(name, lines(event("1", known, "JP")))
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: database.stored_offsets(name) == {0: 1}, "the first event", [worker])
    database.load("-", stdin=text(event("2", unknown, "US", "2024-05-21T00:00:00Z")))
    with Session(database) as other:
        other.run(infection_of(LATE))
        kafka.produce_lines(name, lines(event("3", known, "JP", EARLY),
                                        event("4", unknown, "US", EARLY)))
        wait_until(waiting(database, 1), "the worker to wait for the first infection", [worker])
        other.run(infection_of("2024-05-21T00:00:00Z"))
        other.commit()
    wait_until(lambda: database.stored_offsets(name) == {0: 3}, "the other events", [worker])
    assert "deadlock" not in worker.terminate().stderr
    database.verify()


def test_loads_of_different_countries_take_turns(database, tmp_path):
    """Files share one slot of infection_count. Two loads at the point where each has counted in the
    country that the other counts in next: one must have waited before it counted at all."""
    database.set_threat("worms", "WORM*")
    database.load("-", stdin=text(event("a", "a", "JP"), event("b", "b", "US"),
                                  event("c", "c", "JP"), event("d", "d", "US")))
    files = {
        "one": text(event("1", "new-1", "JP"), event("2", "a", "JP", EARLY), event("3", "d", "US")),
        "two": text(event("4", "new-2", "US"), event("5", "b", "US", EARLY), event("6", "c", "JP"))}
    with Session(database) as other:
        # Both loads stop where they move an infection to an earlier detection, amid their counts.
        other.run("select from kansen.infection for update")
        loads = []
        for number, (name, content) in enumerate(files.items()):
            (tmp_path / name).write_bytes(content)
            loads.append(database.kansen.start("load", tmp_path / name, "--db", database.conninfo))
            wait_until(waiting(database, number + 1), f"load {name} to wait")
        other.commit()
    for load in loads:
        said = load.wait().stderr
        assert "deadlock" not in said and "can't store" not in said, said
    assert database.sql("select country, infections, detections from report.country_infections"
                        " order by 1") == [("JP", 3, 5), ("US", 3, 5)]
    database.verify()


def test_rows_of_a_former_owner_are_read_as_his_transaction_leaves_them(kafka, topic, database):
    """Some of many rows are locked: those are waited for together, and the others are not given up meanwhile."""
    name = topic(5)
    database.set_threat("worms", "WORM*")
    database.ingest(kafka, name, "--until-end", *OLD)
    for partition in range(5):
        kafka.produce_lines(name, lines(*(event(f"{partition}-{number}", f"{partition}-{number}", "JP")
                                          for number in range(20))), partition)
    with Session(database) as other:
        other.run("update kansen.kafka_offset set next_offset = 15 where partition in (1, 3)")
        worker = database.start_ingest(kafka, name, *OLD)
        wait_until(waiting(database, 1), "the worker to wait for a row", [worker])
        assert "msg=reading" not in worker.said()
        other.commit()
    wait_until(lambda: set(database.stored_offsets(name).values()) == {20}, "the events", [worker])
    assert "its connection was ended" not in worker.terminate().stderr
    assert database.value("select count(*) from report.detections") == 3 * 20 + 2 * 5
    assert {epoch for epoch, in database.sql("select epoch from kansen.kafka_offset")} == {2}
    database.verify()


def test_serialization_errors_are_tried_again(kafka, topic, database):
    """With default_transaction_isolation = serializable, a statement fails with 40001 where it would have
    waited: adding a name that somebody else is adding. Who waits for a partition says of itself what it reads."""
    name = topic(1)
    database.set_threat("worms", "WORM*")
    database.sql(f"alter database {database.name} set default_transaction_isolation = serializable")
    kafka.produce_lines(name, lines(event("1", "a", "JP")))
    database.ingest(kafka, name, "--until-end", *OLD)

    with Session(database) as other:
        other.run("update kansen.kafka_offset set updated_at = now()")
        worker = database.start_ingest(kafka, name, *OLD)
        wait_until(waiting(database, 1), "the worker to wait for its partition", [worker])
        other.commit()
    wait_until(lambda: "msg=reading" in worker.said(), "the worker to take its partition", [worker])

    with Session(database) as other:
        other.run("insert into kansen.malware_name (name) values ('WORM.NEW')")
        kafka.produce_lines(name, lines(event("2", "b", "JP", name="WORM.NEW")))
        wait_until(waiting(database, 1), "the worker to wait for the name", [worker])
        other.commit()
    wait_until(lambda: database.stored_offsets(name) == {0: 2}, "the event", [worker])
    said = worker.terminate().stderr
    assert said.count("40001") == 1 and "can't store the batch now" in said
    assert "away" not in said and "joining anew" not in said
    assert database.sql("select country, infections, detections from report.country_infections"
                        ) == [("JP", 2, 2)]
    database.verify()


def test_figures_are_those_of_one_moment(database):
    """What is committed while a report is read belongs into the next one, all of it."""
    database.set_threat("worms", "WORM*")
    database.load("-", stdin=text(event("1", "a", "JP")))
    with Session(database) as other:
        other.run("lock table kansen.infection_count in access exclusive mode")
        stats = database.kansen.start("stats", "worms", "--from", "2024-05", "--to", "2024-05",
                                      "--format", "json", "--db", database.conninfo)
        wait_until(waiting(database, 1), "stats to read the counts", [stats])
        other.run("update kansen.infection_count set infections = infections + 7")
        other.commit()
    assert stats.wait().json()["total"] == 1
    assert database.stats("worms", "2024-05", "2024-05")["total"] == 8

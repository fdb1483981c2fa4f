"""Partitions ahead of time, and a filled default partition emptied, while others store and read."""

import json

import psycopg2
import pytest

from on_citus import skip_on_citus
from servers import wait_until

ROWS = 45000  # more than two steps
FILL = """
insert into kansen.detection (event_time, device_id, event_id, name_id, country, geoip_id)
select timestamptz '{month}-01T00:00Z' + interval '40 seconds' * n, gen_random_uuid(), gen_random_uuid(), 1, 'JP', 0
from generate_series(1, {rows}) n"""
BOUNDS = ("select pg_get_expr(relpartbound, oid) from pg_class where oid = to_regclass('kansen.detection_{}')")
NOW_AND_NEXT = """
select to_char(month, 'YYYY_MM'), to_char(month, 'YYYY-MM') from kansen.calendar_month
where ends_at > now() order by month limit 2"""


def fill(database, *months, rows=ROWS):
    database.sql("insert into kansen.malware_name (name) values ('WORM.A') on conflict do nothing")
    for month in months:
        database.sql(FILL.format(month=month, rows=rows))


def rows_in(database, table):
    return database.value(f"select count(*) from kansen.{table}")


def events(month, count, device="d"):
    return [{"id": f"{month}-{device}-{number}", "device": f"{device}{number}", "name": "WORM.A", "country": "JP",
             "time": f"{month}-10T00:00:00Z"} for number in range(count)]


def test_months_move_out_of_the_default_partition_in_steps(database):
    fill(database, "2010-01", "2010-02", "2011-07")
    said = database.command("db", "maintain")
    assert "partitions of 3 months made" in said.stderr
    assert rows_in(database, "detection_default") == 0 and rows_in(database, "growing_partition") == 0
    for suffix, end in (("2010_01", "2010-02-01"), ("2010_02", "2010-03-01"), ("2011_07", "2011-08-01")):
        assert rows_in(database, f"detection_{suffix}") == ROWS
        assert f"TO ('{end} 00:00:00+00')" in database.value(BOUNDS.format(suffix))
    assert "the default partition" in database.command("db", "status").stdout
    assert "made" in database.command("db", "maintain").stderr
    database.verify()


def test_one_month_alone_becomes_a_partition_without_moving_a_row(database):
    fill(database, "2010-01")
    before = database.value("select 'kansen.detection_default'::regclass::oid")
    database.command("db", "maintain")
    assert database.value("select 'kansen.detection_2010_01'::regclass::oid") == before
    assert (rows_in(database, "detection_2010_01"), rows_in(database, "detection_default")) == (ROWS, 0)
    # The new default partition takes what comes, with its key and the rights of its predecessor.
    database.load_events(events("2009-01", 2))
    database.load_events(events("2009-01", 2))
    assert rows_in(database, "detection_default") == 2
    assert database.value("select has_table_privilege('kansen_loader', 'kansen.detection_default', 'select')"
                          " and not has_table_privilege('kansen_loader', 'kansen.detection_2010_01', 'select')")


@pytest.fixture
def analyst(database):
    database.sql("create role reader_of_months login in role kansen_reader")
    yield "reader_of_months"
    database.sql("drop role reader_of_months")


def test_a_month_that_was_the_default_partition_is_not_named_any_more_and_can_go(database, analyst):
    def named():
        return database.sql("select month::text from report.months_in_default", user=analyst)

    fill(database, "2010-01")
    assert named() == [("2010-01-01",)]
    database.command("db", "maintain")
    assert named() == []
    database.load_events(events("2009-01", 2))
    assert named() == [("2009-01-01",)]
    database.command("db", "maintain", "--keep-months", "12", "--force")
    assert database.sql("select to_regclass('kansen.detection_2010_01')") == [(None,)]


def test_infections_move_with_their_months(database):
    database.set_threat("worms", "WORM*")
    database.load_events([*events("2010-01", 20), *events("2010-02", 30)])
    assert rows_in(database, "infection_default") == 50
    database.command("db", "maintain")
    assert [rows_in(database, f"infection_{each}") for each in ("default", "2010_01", "2010_02")] == [0, 20, 30]
    database.load_events([*events("2010-01", 25), *events("2010-02", 30)])
    assert database.stats("worms", "2010-01", "2010-02")["total"] == 55
    database.verify()


def test_a_filled_default_partition_of_infection_becomes_its_month(database):
    database.sql("insert into kansen.infection (month, threat_id, device_id, country, first_seen, first_event_id)"
                 " select '2010-01-01', 99, gen_random_uuid(), 'JP', '2010-01-05', gen_random_uuid()"
                 " from generate_series(1, 30000)")
    before = database.value("select 'kansen.infection_default'::regclass::oid")
    database.command("db", "maintain")
    assert database.value("select 'kansen.infection_2010_01'::regclass::oid") == before
    assert (rows_in(database, "infection_2010_01"), rows_in(database, "infection_default")) == (30000, 0)


def test_whoever_is_interrupted_goes_on(database):
    """Killed between two steps, each event is there once, repeats are known, and the next run ends it."""
    database.set_threat("worms", "WORM*")
    database.load_events([*events("2010-01", 60), *events("2010-02", 1)])
    fill(database, "2010-01", rows=60000)
    fill(database, "2010-02", rows=30000)
    running = database.kansen.start("db", "maintain", "--db", database.conninfo)
    wait_until(lambda: rows_in(database, "growing_partition") == 1, "a partition to grow", [running])
    running.kill()
    wait_until(lambda: database.value("select count(*) from pg_stat_activity where datname = current_database()"
                                      " and application_name like 'kansen%'") == 0, "its connection to end")
    assert rows_in(database, "growing_partition") == 1 and rows_in(database, "detection_default") > 0
    database.load_events([*events("2010-01", 60), *events("2010-02", 1)])
    assert rows_in(database, "detection") == 90061
    assert "2010-01 has left the default partition up to" in database.command("db", "status").stdout
    database.command("db", "maintain")
    assert [rows_in(database, f"detection_{each}") for each in ("default", "2010_01", "2010_02")] == [0, 60060, 30001]
    assert rows_in(database, "growing_partition") == 0


@pytest.mark.parametrize("months", [("2010-01",), ("2010-01", "2010-02")], ids=["one month", "two months"])
def test_every_snapshot_sees_each_row_once(database, months):
    fill(database, *months)
    reader = database.postgres.connect(database.name)
    reader.autocommit = False
    with reader.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read; select count(*) from kansen.setting")
        database.command("db", "maintain")
        cursor.execute("select count(*), count(distinct event_id) from kansen.detection")
        assert cursor.fetchone() == (ROWS * len(months),) * 2
    reader.close()
    assert rows_in(database, "detection_default") == 0


def test_who_stores_a_month_that_has_a_partition_waits_for_nobody(database):
    """`db maintain` waits for a reader of the default partition all the while."""
    skip_on_citus("who stores something locks all months of the table here, and waits for a try's time")
    (suffix, month), _ = database.sql(NOW_AND_NEXT)
    reader = database.postgres.connect(database.name)
    reader.autocommit = False
    with reader.cursor() as cursor:
        cursor.execute("select count(*) from kansen.detection_default")
        running = database.kansen.start("db", "maintain", "--from", "2030-01", "--to", "2030-01", "--db",
                                        database.conninfo)
        wait_until(lambda: database.value(
            "select count(*) from pg_locks where relation = 'kansen.detection_default'::regclass and not granted") > 0,
            "maintain to wait for the default partition", [running])
        writer = database.postgres.connect(database.name)
        with writer.cursor() as other:
            # As the store does: COPY into the table, which finds the partition of each row.
            other.execute("set lock_timeout = '20ms'")
            other.execute("insert into kansen.detection (event_time, device_id, event_id, name_id, country)"
                          f" values ('{month}-01', gen_random_uuid(), gen_random_uuid(), 1, 'JP')")
        writer.close()
        said = running.wait(code=75)
        assert f"connection {reader.info.backend_pid}" in said.stderr and "run this again" in said.stderr
    reader.close()
    assert rows_in(database, f"detection_{suffix}") == 1
    database.command("db", "maintain", "--from", "2030-01", "--to", "2030-01")
    assert database.value("select to_regclass('kansen.detection_2030_01') is not null")


def test_two_at_the_same_time_make_each_partition_once(database):
    fill(database, "2010-01", "2010-02")
    running = [database.kansen.start("db", "maintain", "--from", "2012-01", "--to", "2013-12", "--db",
                                     database.conninfo) for _ in range(2)]
    for each in running:
        each.wait(code=0)
    assert rows_in(database, "detection_default") == 0 and rows_in(database, "detection") == 2 * ROWS


def test_a_worker_warns_of_a_month_without_partitions(database, kafka, topic):
    name = topic(1)
    _, (suffix, month) = database.sql(NOW_AND_NEXT)
    (event,) = events(month, 1)
    kafka.produce_lines(name, [json.dumps(event).encode()])
    assert "has no partition" not in database.ingest(kafka, name).stderr
    for table in ("detection", "infection"):
        database.sql(f"drop table kansen.{table}_{suffix}")
        said = database.ingest(kafka, name).stderr
        assert "the next month has no partition yet: run `kansen db maintain`" in said and f"month={month}" in said
    database.command("db", "maintain")
    assert "has no partition" not in database.ingest(kafka, name).stderr


def test_the_owner_alone_makes_partitions(database):
    database.sql("drop role if exists some_loader")
    database.sql("create role some_loader login in role kansen_loader")
    try:
        for call in ("add_partitions('detection', '{2030-01-01}')", "grow_partition('detection', '2010-01-01', 1)",
                     "turn_default_into_month('detection', '2010-01-01')"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                database.sql(f"select kansen.{call}", user="some_loader")
    finally:
        database.sql("drop role some_loader")

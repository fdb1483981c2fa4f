"""Creating and checking a database."""

import re

import psycopg2
import pytest

from old_schema import put_back


def test_init_can_be_repeated(database):
    database.command("db", "init")
    database.verify()


def test_a_copy_of_the_fixtures_is_what_init_makes(kansen, postgres, new_database):
    """Most tests are given a copy: their database must be one of users."""
    def dumped(database):
        said = postgres.run("pg_dump", "--create", "--dbname", database.conninfo)
        # What is of the moment and of chance: when it was made, the salt of forgotten machines, the dump's word.
        said = re.sub(r"^\\(un)?restrict .*$", "", said, flags=re.MULTILINE)
        said = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\+\d\d", "MOMENT", said)
        said = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", said)
        return said.replace(database.name, "NAME")

    fresh = new_database(init=False)
    fresh.command("db", "init")
    copy = dumped(new_database())
    assert "ALTER DATABASE NAME SET search_path" in copy
    assert copy == dumped(fresh)


def test_init_keeps_its_time_zone(new_database):
    database = new_database("Asia/Tokyo")
    result = database.command("db", "init", "--timezone", "UTC", code=65)
    assert "Asia/Tokyo" in result.stderr
    assert database.sql("select value from report.settings where name = 'timezone'") == [
        ("Asia/Tokyo",)]


def test_init_refuses_an_unknown_time_zone(kansen, postgres, new_database):
    database = new_database()
    result = database.command("db", "init", "--timezone", "Mars/Olympus", code=65)
    assert "Mars/Olympus" in result.stderr


def test_status_names_version_and_time_zone(new_database):
    said = new_database("Asia/Tokyo").command("db", "status").stdout
    assert "Asia/Tokyo" in said


def test_migrate_wants_a_database_that_was_initialised(new_database):
    database = new_database()
    database.sql("drop schema kansen cascade")
    result = database.command("db", "migrate", code=78)
    assert "kansen db init" in result.stderr


def test_migrate_has_nothing_to_do_after_init(database):
    before = database.sql("select * from kansen.migration order by 1")
    database.command("db", "migrate")
    assert database.sql("select * from kansen.migration order by 1") == before


def test_migrate_keeps_the_names_of_threats(database, kansen):
    put_back(database, 6)
    database.sql("insert into kansen.threat (name, name_en, name_ja, state) values"
                 " ('worms', 'Worms', 'ワーム', 'ready'), ('worms', 'New worms', 'w', 'counting'),"
                 " ('plain', 'plain', 'plain', 'ready')")
    database.sql("insert into kansen.threat_rule select threat_id, 'W*' from kansen.threat")
    views = ("select * from report.threats order by threat",
             "select * from report.threats_in_progress")
    before = [database.sql(view) for view in views]
    refused = database.command("stats", "worms", code=78)
    assert "kansen db migrate" in refused.stderr

    database.command("db", "migrate")
    # A recount that an older program did not finish is not gone on with.
    assert [database.sql(view) for view in views] == [before[0], []]
    assert database.sql("select * from report.threat_names order by 1, 2") == [
        ("plain", "en", "plain"), ("plain", "ja", "plain"),
        ("worms", "en", "Worms"), ("worms", "ja", "ワーム")]
    assert database.stats("worms", "2024-01", "2024-01")["names"] == {"en": "Worms", "ja": "ワーム"}
    database.set_threat("worms", "W*", de="Würmer")
    assert database.stats("worms", "2024-01", "2024-01")["names"] == {"de": "Würmer"}
    database.sql("drop role if exists test_reader")
    database.sql("create role test_reader login in role kansen_reader")
    try:
        assert database.sql("select count(*) from report.threat_names", user="test_reader") == [
            (3,)]
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            database.sql("select * from kansen.threat_name", user="test_reader")
    finally:
        database.sql("drop role test_reader")
    database.verify()


def test_migrate_knows_of_which_months_nothing_was_noted(database, mmdb):
    """Events of a version that did not note in which MaxMind DB it looked their addresses up: a report says
    so, and `db relocate` takes those without a country."""
    put_back(database, 13)
    database.sql("insert into kansen.threat (name, state) values ('worms', 'ready')")
    database.sql("insert into kansen.threat_rule select threat_id, 'W*' from kansen.threat")
    database.sql("insert into kansen.malware_name (name) values ('WORM.A')")
    database.sql("insert into kansen.geoip_database (built_at) values ('2024-01-01T00:00:00Z')")
    for number, (month, country) in enumerate((("01", "ZZ"), ("01", "FR"), ("03", "JP"))):
        values = (f"2024-{month}-05T00:00:00Z", f"00000000-0000-0000-0000-00000000000{number}", country)
        database.sql("insert into kansen.detection (event_time, device_id, event_id, name_id, country, address)"
                     " values (%s, %s, gen_random_uuid(), 1, %s, '203.0.113.7')", values)
        database.sql("insert into kansen.infection select date_trunc('month', event_time), threat_id, device_id,"
                     " country, event_time, event_id from kansen.detection, kansen.threat where device_id = %s",
                     values[1:2])
        database.sql("insert into kansen.infection_count select date_trunc('month', %s::timestamptz), threat_id,"
                     " %s, 0, 1, 1 from kansen.threat", (values[0], country))
    database.command("db", "migrate")
    database.verify()
    assert database.sql("select to_char(month, 'YYYY-MM'), state, built_at from report.geoip_builds order by 1") == [
        ("2024-01", "not-noted", None), ("2024-03", "not-noted", None)]
    said = database.stats("worms", "2024-01", "2024-03")
    assert (said["geoip_build"], said["geoip_builds"], said["geoip_unnoted"]) == (None, [], True)
    assert not database.stats("worms", "2024-02", "2024-02")["geoip_unnoted"]
    said = database.command("db", "relocate", "--from", "2024-01", "--to", "2024-03", "--geoip", mmdb).stderr
    assert "ZZ -> JP: 1 detection, 1 infection" in said and "2 detections left alone" in said
    assert sorted(database.sql("select country from report.infections")) == [("FR",), ("JP",), ("JP",)]
    database.verify()


def test_months_ahead_have_partitions(database):
    database.command("db", "maintain", "--from", "2030-01", "--to", "2030-03")
    made = {name for (name,) in database.sql(
        "select inhrelid::regclass::text from pg_inherits"
        " where inhparent = 'kansen.detection'::regclass")}
    assert len([name for name in made if "2030" in name]) == 3
    database.command("db", "maintain", "--from", "2030-01", "--to", "2030-03")


def test_a_server_that_is_away_is_named(kansen, postgres):
    result = kansen.run("db", "status", "--db", f"host={postgres.folder}/nowhere", code=69)
    assert result.stdout == "" and "nowhere" in result.stderr


@pytest.mark.parametrize("table", ["detection", "infection", "infection_count", "kafka_offset",
                                   "dead_letter", "threat", "threat_name"])
def test_the_loader_deletes_nothing(database, table):
    database.sql("drop role if exists test_loader")
    database.sql("create role test_loader login in role kansen_loader")
    try:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            database.sql(f"delete from kansen.{table}", user="test_loader")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            database.sql("create table kansen.another (one integer)", user="test_loader")
    finally:
        database.sql("drop role test_loader")


def test_the_loader_can_load_and_count(database, kansen):
    """A worker needs no more than the role kansen_loader."""
    database.set_threat("bitcoin-miner", "TROJ_COINMINE*")
    database.sql("drop role if exists test_loader")
    database.sql("create role test_loader login in role kansen_loader")
    try:
        conninfo = database.conninfo.replace("user=postgres", "user=test_loader")
        assert conninfo != database.conninfo
        event = ('{"id":"a","time":"2013-09-01T00:00:00Z","device":"d","name":"TROJ_COINMINE.A",'
                 '"country":"JP"}')
        kansen.run("load", "-", "--db", conninfo, stdin=f"{event}\n{event}\nbad\n".encode(),
                   code=65)
        figures = kansen.run("stats", "bitcoin-miner", "--from", "2013-09", "--to", "2013-09",
                             "--format", "json", "--db", conninfo).json()
        assert figures["total"] == 1
        assert database.value("select count(*) from kansen.dead_letter") == 1
        refused = kansen.run("threat", "set", "other", "--match", "A*", "--db", conninfo, code=77)
        assert "permission denied" in refused.stderr
    finally:
        database.sql("drop role test_loader")

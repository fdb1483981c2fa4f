"""`kansen db verify` names every difference between the events and what was counted from them."""

import pathlib

import pytest

import oracle
from servers import wait_until

TAMPERINGS = {
    "a count too high": (
        "update kansen.infection_count set infections = infections + 1 where value = 'JP'", "JP"),
    "detections of a count too low": (
        "update kansen.infection_count set detections = detections - 1 where value = 'US'", "US"),
    "a count that is gone": ("delete from kansen.infection_count where value = 'FR'", "FR"),
    "a count of nothing": (
        "insert into kansen.infection_count (month, threat_id, dimension, value, slot, infections, detections)"
        " select month, threat_id, 0, 'NO', slot, 1, 1"
        " from kansen.infection_count limit 1", "NO"),
    "an infection that is gone": ("delete from kansen.infection where country = 'FR'", "infection"),
    "an infection of another country": (
        "update kansen.infection set country = 'SE' where country = 'FR'", "SE"),
    "an infection that began later": (
        "update kansen.infection set first_seen = '2024-03-10T00:00:01Z' where country = 'FR'", "infection"),
    "an infection without a detection": (
        "insert into kansen.infection select month, threat_id, gen_random_uuid(), 'JP', first_seen,"
        " first_event_id from kansen.infection limit 1", "infection"),
    "an infection of another product": (
        "update kansen.infection set product_id = 77 where country = 'FR'", "with labels"),
    "an infection of another system": ("update kansen.infection set os_id = 1 where country = 'FR'", "labels"),
    "an infection without a name": (
        "update kansen.infection set name_id = null where country = 'FR'", "with labels"),
    "a name's count too high": (
        "update kansen.infection_count set infections = infections + 1 where dimension = 1", "name "),
    "a product's count too high": (
        "update kansen.infection_count set infections = infections + 1 where dimension = 2", "product "),
    "a system's detections too low": (
        "update kansen.infection_count set detections = detections - 1 where dimension = 4", "os "),
    "a segment's count that is gone": ("delete from kansen.infection_count where dimension = 5", "(none)"),
    "a version counted as beyond the bound": (
        "update kansen.infection_count set value = ' ' where dimension = 3", "version (beyond)"),
    "a value that nobody decided about": ("delete from kansen.counted_value where dimension = 1", "(beyond)"),
    "a detection of another system": (
        "update kansen.detection set os_id = 1 where country = 'FR'", "labels"),
    "a detection that is gone": (
        "delete from kansen.detection where country = 'FR'", "FR"),
    "a detection of another name": (
        "update kansen.detection set name_id = (select name_id from kansen.malware_name"
        " where name = 'HARMLESS') where country = 'FR'", "FR"),
    "a detection of another country": (
        "update kansen.detection set country = 'SE' where country = 'FR'", "SE"),
    "a detection moved to another month": (
        "update kansen.detection set event_time = '2024-04-10T00:00:00Z' where country = 'FR'", "2024-04"),
}


@pytest.fixture
def counted(database):
    events = [
        {"id": f"{country}-{device}-{number}", "device": f"{country}-{device}", "name": "BAD.A",
         "country": country, "time": f"2024-03-{10 + number:02}T00:00:00Z"}
        for country, devices in (("JP", 3), ("US", 2), ("FR", 1))
        for device in range(devices) for number in range(2)]
    events.append({**events[0], "id": "other", "name": "HARMLESS"})
    database.set_threat("bad", "BAD*")
    database.load_events(events)
    oracle.assert_says(database.stats("bad", "2024-03", "2024-03"),
                       oracle.Oracle(_with_uuids(events)).figures(["BAD*"], "2024-03", "2024-03"))
    database.verify()
    return database


def _with_uuids(events):
    """The oracle orders by id as a UUID; here no tie depends on it."""
    return [{**event, "id": f"00000000-0000-0000-0000-{number:012}"}
            for number, event in enumerate(events)]


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found(counted, name):
    statement, named = TAMPERINGS[name]
    counted.sql(statement)
    result = counted.verify(code=65)
    said = result.stdout + result.stderr
    for word in (named, "bad", "2024-03"):
        assert word in said, f"{name} must name {word!r}: {result}"


def test_an_untouched_database_is_clean(counted):
    assert counted.verify().code == 0


QUERIES = pathlib.Path(__file__).resolve().parents[2] / "sql/queries"


PARAMETERS = {"$1": "date '2024-03-01'", "$2": "'2024-03-01'", "$3": "'2024-04-01'", "$4": "false"}


def scans_for_each_row(plan, table, inside=False):
    """Scans of the table that a plan does again for each row of something else."""
    inside = inside or plan.get("Parent Relationship") == "SubPlan"
    return (inside and plan.get("Relation Name") == table) + sum(
        scans_for_each_row(part, table, inside) for part in plan.get("Plans", ()))


@pytest.mark.parametrize("query", ["verify_counts", "verify_active"])
def test_values_are_looked_up_all_at_once(counted, query):
    """10,000 values compared with 10,000 values, one by one, take minutes."""
    statement = (QUERIES / f"{query}.sql").read_text(encoding="utf-8")
    for parameter, value in PARAMETERS.items():
        statement = statement.replace(parameter, value)
    connection = counted.postgres.connect(counted.name)
    with connection.cursor() as cursor:
        cursor.execute("set search_path = kansen")
        cursor.execute("explain (format json) " + statement)
        plan = cursor.fetchone()[0][0]["Plan"]
    connection.close()
    assert scans_for_each_row({"Plans": [plan]}, "counted_value") == 0
    assert scans_for_each_row(
        {"Plans": [{"Parent Relationship": "SubPlan", "Relation Name": "counted_value"}]}, "counted_value") == 1


def test_an_empty_database_is_clean(database):
    database.verify()


def test_the_months_that_were_verified_are_named(database):
    database.set_threat("bad", "BAD*")
    database.load_events([{"id": month, "device": "d", "name": "BAD.A", "country": "JP",
                           "time": f"{month}-10T00:00:00Z"}
                          for month in ("2023-11", "2023-12", "2024-01", "2024-03")])
    assert database.verify().stderr.splitlines() == [
        "verified 2023-11 to 2024-01, each month in a snapshot of its own",
        "verified 2024-03",
        "verified: infections and counts are what detection says"]


def test_no_snapshot_is_held_for_longer_than_a_month(database, postgres):
    """While one month is waited for, what was committed behind the start is in the next one."""
    database.set_threat("bad", "BAD*")
    event = {"device": "d", "name": "BAD.A", "country": "JP"}
    database.load_events([{**event, "id": "1", "time": "2024-01-10T00:00:00Z"},
                          {**event, "id": "2", "time": "2024-02-10T00:00:00Z"}])
    database.command("db", "maintain", "--from", "2024-01", "--to", "2024-02")
    other = postgres.connect(database.name)
    other.autocommit = False
    with other.cursor() as cursor:
        cursor.execute("lock table kansen.detection_2024_01 in access exclusive mode")
        verify = database.kansen.start("db", "verify", "--db", database.conninfo)
        wait_until(lambda: database.value(
            "select count(*) from pg_stat_activity where application_name like 'kansen%'"
            " and datname = current_database() and wait_event_type = 'Lock'") == 1,
            "verify to wait for January", [verify])
        # A difference of which only a snapshot behind it knows.
        database.sql("update kansen.infection set country = 'SE' where month = '2024-02-01'")
    other.close()
    said = verify.wait(code=None)
    assert said.code == 65 and "2024-02" in said.stdout and "2024-01" not in said.stdout, said

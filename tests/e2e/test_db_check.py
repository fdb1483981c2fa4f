"""`kansen db check`: what of the database and its server hurts, why, and the statement that mends it."""

import contextlib
import pathlib
import re

import pytest

from program import Database
from servers import Postgres
from shared_fixtures import served

WELL, HURTS = 0, 65
QUERIES = pathlib.Path(__file__).resolve().parents[2] / "sql/queries"

# Setting: what hurts it, and what it is called then.
BAD = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off",
       "max_wal_size": "64MB", "checkpoint_timeout": "60s", "jit": "on",
       "max_locks_per_transaction": "10", "max_connections": "10", "max_prepared_transactions": "2",
       "wal_level": "logical"}
GOOD = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "autovacuum": "on",
        "max_wal_size": "4GB", "checkpoint_timeout": "15min", "checkpoint_completion_target": "0.9",
        "wal_compression": "lz4", "jit": "off", "idle_in_transaction_session_timeout": "15min"}


@pytest.fixture(scope="module")
def bad_server():
    yield from served(lambda: Postgres(**BAD))


@pytest.fixture(scope="module")
def good_server():
    yield from served(lambda: Postgres(**GOOD))


def made(kansen, server, name):
    connection = server.connect("postgres")
    connection.cursor().execute(f"create database {name}")
    connection.close()
    database = Database(kansen, server, name)
    database.command("db", "init")
    return database


def check(database, code=WELL):
    found = database.command("db", "check", "--format", "json", code=code).json()
    for each in found:
        assert set(each) == {"hurts", "name", "value", "why", "way_on"}
        assert each["value"] and each["why"].endswith(".")
    assert found == sorted(found, key=lambda each: not each["hurts"])
    return found


def named(found):
    return {(each["name"], each["hurts"]) for each in found}


def of(found, name):
    (each,) = [each for each in found if each["name"] == name]
    return each


def test_a_server_that_is_set_up_well_has_nothing_that_hurts(kansen, good_server):
    database = made(kansen, good_server, "good")
    assert named(check(database)) <= {("data_checksums", False)}
    said = database.command("db", "check")
    assert re.fullmatch(r"checked: nothing hurts, [01] notes?\n", said.stderr)


def test_settings_that_hurt_are_named_with_their_cure(kansen, bad_server):
    database = made(kansen, bad_server, "bad")
    found = check(database, HURTS)
    assert named(found) >= {
        ("fsync", True), ("full_page_writes", True), ("synchronous_commit", True), ("autovacuum", True),
        ("max_wal_size", True), ("max_locks_per_transaction", True), ("checkpoint_timeout", False),
        ("wal_compression", False), ("jit", False), ("idle_in_transaction_session_timeout", False)}
    assert (of(found, "max_wal_size")["value"], of(found, "jit")["value"]) == ("64 MB", "on")
    assert of(found, "fsync")["way_on"] == "alter system set fsync = 'on'; select pg_reload_conf();"
    said = database.command("db", "check", code=HURTS)
    lines = said.stdout.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert "hurts  fsync: off" in lines and "       > alter system set fsync = 'on'; select pg_reload_conf();" in lines
    assert re.search(r"^checked: [0-9]+ things hurt, [0-9]+ notes$", said.stderr, re.MULTILINE)


def test_each_statement_is_one_and_mends_it(kansen, bad_server):
    """Those that need no restart: they are run as they stand, and the next check has fewer."""
    database = made(kansen, bad_server, "mended")
    found = check(database, HURTS)
    mended = {each["name"] for each in found if each["way_on"] and each["way_on"].endswith("select pg_reload_conf();")}
    assert mended >= {"fsync", "autovacuum", "max_wal_size", "jit"}
    try:
        for each in found:
            if each["name"] in mended:
                for statement in each["way_on"].split(";")[:-1]:
                    database.sql(statement)
        left = {each["name"] for each in check(database, HURTS)}
        assert not left & mended and "max_locks_per_transaction" in left
    finally:
        database.sql("alter system reset all")
        with open(bad_server.data / "postgresql.auto.conf", "a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in BAD.items())
        database.sql("select pg_reload_conf()")


@pytest.mark.parametrize("place", ["database {}", "role postgres", "role postgres in database {}"])
def test_what_a_database_or_a_role_sets_is_mended_there(kansen, good_server, place):
    """It stands in front of what `alter system` would say."""
    database = made(kansen, good_server, f"own_{place.count(' ')}_{len(place)}")
    where = place.format(database.name)
    database.sql(f"alter {where} set synchronous_commit = off")
    try:
        found = of(check(database, HURTS), "synchronous_commit")
        assert found["way_on"] == f"alter {where} reset synchronous_commit; then restart the workers"
        database.sql(found["way_on"].partition(";")[0])
        assert "synchronous_commit" not in {each["name"] for each in check(database)}
    finally:
        database.sql(f"alter {where} reset synchronous_commit")


@contextlib.contextmanager
def reader_of(database):
    database.sql("drop role if exists test_reader")
    database.sql("create role test_reader login in role kansen_reader")
    try:
        yield database.conninfo.replace("user=postgres", "user=test_reader")
    finally:
        database.sql("drop role test_reader")


def test_a_reader_may_check(kansen, good_server):
    database = made(kansen, good_server, "read")
    connection = good_server.connect("read")  # of another role
    try:
        with reader_of(database) as conninfo:
            found = kansen.run("db", "check", "--format", "json", "--db", conninfo).json()
    finally:
        connection.close()
    assert ("sessions", False) in named(found)
    assert of(found, "sessions")["way_on"] == "grant pg_read_all_stats to test_reader;"


def test_who_keeps_dead_rows_is_named(kansen, bad_server):
    database = made(kansen, bad_server, "held")
    database.sql("select pg_create_physical_replication_slot('gone', true)")
    connection = bad_server.connect("held")
    connection.autocommit = False
    cursor = connection.cursor()
    try:
        cursor.execute("set application_name = 'psql'; select 1")
        found = check(database, HURTS)
        assert "open transaction" not in {each["name"] for each in found}  # a moment ago
        slot = of(found, "replication slot")
        assert slot["value"] == "gone, not read" and "pg_drop_replication_slot('gone')" in slot["way_on"]
        # Five minutes are what makes it old: the clock of the check is moved instead.
        query = (database_query("check_holders").replace("now() - case", "now() + interval '1 hour' - case"))
        rows = [row for row in database.sql(query) if row[1] == "open transaction"]
        assert len(rows) == 1 and rows[0][2].startswith("psql of postgres, connection ")
        assert rows[0][4] == f"select pg_terminate_backend({connection.info.backend_pid});"
        cursor.execute("commit; begin; create table kansen.t (); prepare transaction 'forgotten'")
        query = database_query("check_holders").replace("prepared < now() - interval", "prepared < now() + interval")
        rows = [row for row in database.sql(query) if row[1] == "prepared transaction"]
        assert rows[0][4] == "rollback prepared 'forgotten'; or commit prepared 'forgotten';"
    finally:
        connection.close()
        database.sql("rollback prepared 'forgotten'")
        database.sql("select pg_drop_replication_slot('gone')")


def database_query(name):
    """A check as it stands in sql/queries, for psycopg2."""
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def test_tables_and_rights_and_months(kansen, good_server):
    database = made(kansen, good_server, "rights")
    database.sql("alter table kansen.infection_count set (autovacuum_enabled = off)")
    database.sql("grant delete on kansen.dead_letter to kansen_loader; grant create on schema kansen to kansen_loader")
    database.sql("grant select on kansen.threat to kansen_reader; alter role kansen_reader login")
    try:
        found = check(database, HURTS)
        ways = {each["value"]: each["way_on"] for each in found if each["name"] in ("role", "right", "autovacuum")}
        assert ways == {
            "off for kansen.infection_count": "alter table kansen.infection_count reset (autovacuum_enabled);",
            "kansen_loader may delete kansen.dead_letter": "revoke delete on kansen.dead_letter from kansen_loader;",
            "kansen_reader may select kansen.threat": "revoke select on kansen.threat from kansen_reader;",
            "kansen_loader may create in kansen": "revoke create on schema kansen from kansen_loader;",
            "kansen_reader may log in": "alter role kansen_reader nosuperuser nologin;"}
        for statement in ways.values():
            database.sql(statement)
        assert named(check(database)) <= {("data_checksums", False)}
    finally:
        database.sql("alter role kansen_reader nologin")


def test_months_without_partitions(kansen, good_server):
    database = made(kansen, good_server, "months")
    following = database.value("select to_char(now() + interval '1 month', 'YYYY_MM')")
    database.sql(f"drop table kansen.detection_{following}; drop table kansen.infection_{following}")
    database.load_events([{"id": "a", "device": "d", "name": "WORM", "country": "JP", "time": "2013-09-01T00:00:00Z"}])
    found = check(database, HURTS)
    assert of(found, "partitions")["value"] == f"none of {following.replace('_', '-')}"
    assert of(found, "default partition")["value"] == "rows of 1 month, from 2013-09"
    database.command("db", "maintain")
    assert named(check(database)) <= {("data_checksums", False)}


def test_mistakes_are_refused(kansen, good_server):
    database = made(kansen, good_server, "mistakes")
    assert database.command("db", "check", "all", code=64).stdout == ""
    assert database.command("db", "check", "--format", "csv", code=64).stdout == ""


def test_another_order_of_texts_is_mended_by_what_it_says(kansen, good_server):
    """As behind an upgrade of the operating system."""
    database = made(kansen, good_server, "moved")
    assert "collation" not in {each["name"] for each in check(database)}
    if not database.value("select exists (select from pg_collation where collprovider = 'i')"):
        pytest.skip("PostgreSQL was built without ICU, whose locales are on every machine")
    locale = "datlocale" if database.value("show server_version_num") >= "170000" else "daticulocale"
    database.sql(f"update pg_database set datlocprovider = 'i', {locale} = 'en', datcollversion = '2.31'"
                 " where datname = current_database()")
    found = of(check(database, HURTS), "collation")
    assert "made with version 2.31, now " in found["value"]
    for statement in found["way_on"].split(";")[:-1]:
        database.sql(statement)
    assert "collation" not in {each["name"] for each in check(database)}


# Columns of keys by the order of the database, which changes with the operating system: words of kansen's own.
OWN_WORDS = {("setting", "name"), ("threat", "state"), ("edition_cause", "cause"), ("edition_cause", "dimension")}
KEYS_BY_LOCALE = """
select distinct c.relname::text, a.attname::text
from pg_index i
cross join unnest(i.indkey::int2[], i.indcollation::oid[]) as k (attnum, collation_id)
join pg_class c on c.oid = i.indrelid
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
where c.relnamespace = 'kansen'::regnamespace and k.collation_id not in (0, 'pg_catalog."C"'::regcollation)
"""


def test_no_key_of_outside_texts_depends_on_the_operating_system(database):
    assert set(database.sql(KEYS_BY_LOCALE)) == OWN_WORDS

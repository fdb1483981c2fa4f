"""People with SQL: README's questions answer as the read-only role, which can't change anything."""

import pathlib
import re

import psycopg2
import pytest

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
READER = "test_reader"
# No right to it, or a view that nobody can change in that way.
REFUSED = (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.WrongObjectType,
           psycopg2.errors.ObjectNotInPrerequisiteState, psycopg2.errors.FeatureNotSupported)
EVENTS = [
    {"id": f"{name}-{number}", "device": f"device-{number % 5}", "name": f"{name}.A",
     "vendor": "Example",
     "product": "Endpoint", "version": "1", "action": "quarantined",
     "country": ["JP", "US"][number % 2],
     "time": f"2013-{9 + number % 3:02}-{number % 28 + 1:02}T00:00:00Z"}
    for number in range(30) for name in ("TROJ_COINMINE", "WORM_DOWNAD")]


def questions():
    """The ```sql blocks of the README."""
    if not README.is_file():
        return []
    return re.findall(r"^```sql\n(.*?)^```", README.read_text(encoding="utf-8"),
                      re.DOTALL | re.MULTILINE)


@pytest.fixture
def reader(database):
    """A database with events, and a login role that is nothing but a member of kansen_reader."""
    database.set_threat("bitcoin-miner", "TROJ_COINMINE*")
    database.load_events(EVENTS)
    database.sql(f"drop role if exists {READER}")
    database.sql(f"create role {READER} login in role kansen_reader")
    yield database
    database.sql(f"drop role {READER}")


def test_readme_asks_five_questions():
    assert len(questions()) >= 5


@pytest.mark.parametrize("number", range(len(questions())))
def test_question_of_the_readme_has_an_answer(reader, number):
    for statement in filter(str.strip, questions()[number].split(";")):
        rows = reader.sql(statement, user=READER)
        assert rows, f"no rows for the README's: {statement}"


def objects(database, schema, kinds):
    return [name for (name,) in database.sql(
        "select format('%%I.%%I', n.nspname, c.relname) from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = %s and c.relkind = any(%s) order by 1", (schema, kinds))]


def test_reader_reads_every_view(reader):
    views = objects(reader, "report", ["v"])
    assert len(views) >= 8
    for view in views:
        reader.sql(f"select * from {view} limit 1", user=READER)


def test_every_view_has_a_comment(reader):
    assert reader.sql("select relname from pg_class where relnamespace = 'report'::regnamespace"
                      " and relkind = 'v' and obj_description(oid, 'pg_class') is null") == []


def test_every_column_of_a_view_has_a_comment(reader):
    """What \\d+ report.VIEW says."""
    assert reader.sql("select c.oid::regclass::text, a.attname from pg_class c join pg_attribute a on attrelid = c.oid"
                      " where relnamespace = 'report'::regnamespace and relkind = 'v' and attnum > 0"
                      " and coalesce(col_description(c.oid, attnum), '') = ''") == []


def test_reader_reaches_no_table(reader):
    tables = objects(reader, "kansen", ["r", "p", "S"])
    assert len(tables) >= 15
    for table in tables:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            reader.sql(f"select * from {table} limit 1", user=READER)


@pytest.mark.parametrize("statement", [
    "delete from {0}", "truncate {0}", "drop {1} {0}", "alter {1} {0} rename to other",
    "insert into {0} select * from {0}", "begin; lock table {0} in exclusive mode",
])
def test_reader_writes_nothing(reader, statement):
    found = [(name, "table") for name in objects(reader, "kansen", ["r", "p"])]
    found += [(name, "view") for name in objects(reader, "report", ["v"])]
    for name, kind in found:
        with pytest.raises(REFUSED):
            reader.sql(statement.format(name, kind), user=READER)
    reader.verify()


def test_reader_grants_nothing(reader):
    before = reader.sql("select oid, relacl::text from pg_class order by oid")
    for view in objects(reader, "report", ["v"]):
        reader.sql(f"grant select on {view} to public", user=READER)  # a warning, and no effect
    assert reader.sql("select oid, relacl::text from pg_class order by oid") == before


def test_reader_updates_nothing(reader):
    for schema, kinds in (("kansen", ["r", "p"]), ("report", ["v"])):
        for name in objects(reader, schema, kinds):
            column = reader.value("select attname from pg_attribute where attrelid = %s::regclass"
                                  " and attnum = 1", (name,))
            with pytest.raises(REFUSED):
                reader.sql(f'update {name} set "{column}" = "{column}"', user=READER)


@pytest.mark.parametrize("statement", [
    "create table kansen.mine (one integer)", "create table report.mine (one integer)",
    "create view report.mine as select 1", "create table public.mine (one integer)",
    "create function report.mine() returns integer language sql as 'select 1'",
    "create schema mine", "create role mine", "set role kansen_owner", "set role kansen_loader",
    "copy (select 1) to program 'true'",
])
def test_reader_creates_nothing(reader, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        reader.sql(statement, user=READER)


def test_reader_can_ask_for_the_figures(reader, kansen):
    """`kansen stats` needs no more than the views."""
    conninfo = reader.postgres.conninfo(reader.name, READER)
    options = ["bitcoin-miner", "--from", "2013-09", "--to", "2013-11", "--format", "json"]
    asked = kansen.run("stats", *options, "--db", conninfo).json()
    assert asked == reader.command("stats", *options).json()
    assert asked["total"] == 15

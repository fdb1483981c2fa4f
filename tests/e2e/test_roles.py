"""What PostgreSQL refuses to each of kansen's roles, tried with plain SQL: no program of ours stands between. Which
command wants which role is in test_rights.py."""

import pathlib

import psycopg2
import pytest

OWNER, LOADER, READER, PUBLISHER, STRANGER = (
    "kansen_owner", "kansen_loader", "kansen_reader", "kansen_publisher", "stranger")

# Everything of kansen.* that a role may write to, and how; a table that is not named here is closed to it. All else
# that there is in schemas kansen and report it may read, or not even that.
WRITES = {
    OWNER: None,  # they are its own
    LOADER: {
        "insert": {"action", "count_change", "count_fold", "dead_letter", "detection", "geoip_database", "geoip_use",
                   "infection", "kafka_offset", "kafka_partition", "malware_name", "os", "product", "relay",
                   "relayed_letter", "segment"},
        "update": {"dead_letter", "geoip_use", "infection", "kafka_offset", "relayed_letter"},
    },
    READER: {},
    PUBLISHER: {"insert": {"edition", "edition_cause", "edition_file", "edition_template", "edition_withdrawal"}},
    STRANGER: {},
}

# What a member of no role of kansen's may do, the owner included: it would be out of the database, or above it.
ABOVE = [
    "create role another", "create database another", "create schema another", "create extension dblink",
    "alter role current_user createdb", "alter role current_user superuser", "grant postgres to current_user",
    "set session authorization postgres", "set role postgres", "drop database postgres",
    "create table public.another (i int)", "select * from pg_authid", "select * from pg_shadow",
    "select pg_read_file('PG_VERSION')", "select pg_ls_dir('.')", "select lo_import('/etc/passwd')",
    "copy (select 1) to '/tmp/another'", "copy (select 1) to program 'true'",
    "create temp table stolen (t text); copy stolen from '/etc/passwd'",
    "alter system set fsync = off", "select pg_reload_conf()", "select pg_switch_wal()", "checkpoint",
    "select pg_create_physical_replication_slot('another')", "create event trigger another on ddl_command_start"
    " execute function pg_catalog.suppress_redundant_updates_trigger()",
    "create publication another for all tables", "set session_replication_role = replica", "set lc_messages = 'C'",
    "select pg_terminate_backend({superuser})", "select pg_cancel_backend({superuser})",
]
# What only the owner may do.
OWNERS = [
    "create table kansen.another (i int)", "create view report.another as select 1",
    "create function kansen.another() returns int language sql return 1", "create type kansen.another as (i int)",
    "alter table kansen.detection add column another int", "alter table kansen.infection disable trigger all",
    "alter table kansen.kafka_offset set (fillfactor = 10)", "alter table kansen.threat enable row level security",
    "alter function kansen.fold_counts(integer[]) security invoker", "alter view report.detections rename to another",
    "create index on kansen.detection (product_id)", "comment on table kansen.setting is 'another'",
    "create trigger another before insert on kansen.detection execute function"
    " pg_catalog.suppress_redundant_updates_trigger()",
    "create rule another as on insert to kansen.threat do instead nothing",
    "drop table kansen.threat cascade", "drop view report.detections cascade", "drop schema report cascade",
    "drop function kansen.fold_counts(integer[]) cascade",
    "grant select on kansen.dead_letter to public", "grant usage on schema kansen to public",
    "set role kansen_owner",
    "select kansen.add_partitions('detection', '{2030-01-01}')",
    "alter table kansen.detection detach partition kansen.detection_default",
]
# Functions of kansen.* by who may call them besides the owner: most run as their owner, so that whoever calls them
# needs no right on a table to do harm. Some write nothing, and are anybody's who may use the schema, or who reads the
# view in which they stand; AS_CALLER ask for tables as who calls them.
HARMLESS = {"like_pattern", "pattern_anchor", "refuse_older_program", "find_months_in_default", "find_stored_months",
            "find_calendar", "find_malware_names", "find_storage", "is_distributed"}
AS_CALLER = {"matching_names", "default_months", "find_months_in_default_on_nodes", "find_stored_months_on_nodes"}
CALLS = {LOADER: {"fold_counts", "admit_values", "open_month", "machine_digest"} | HARMLESS | AS_CALLER, PUBLISHER: HARMLESS,
         READER: set(), STRANGER: set()}

# insufficient_privilege; what no right would help (a view that can't be written, a generated column).
DENIED = "42501"
IMPOSSIBLE = {"55000", "428C9", "0A000", "42809"}
# What GRANT of a right that one has, but may not pass on, is answered with instead of an error.
NOT_GRANTED = "no privileges were granted"
# These run outside transactions only.
ALONE = ("create database", "drop database", "alter system")


class Member:
    """A login role that is a member of one role of kansen's, and one connection of it."""

    def __init__(self, database, role):
        self.role = role
        self.name = f"member_of_{role}_{database.name}"
        database.sql(f"create role {self.name} login" + ("" if role == STRANGER else f" in role {role}"))
        self.connection = database.postgres.connect(database.name, self.name)

    def refusal(self, statement):
        """The SQLSTATE with which the statement is refused, None when it is not; what it did is undone."""
        self.connection.notices.clear()
        self.connection.autocommit = statement.startswith(ALONE)
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(statement)
            if any(NOT_GRANTED in notice for notice in self.connection.notices):
                return DENIED
        except psycopg2.Error as error:
            return error.pgcode
        finally:
            self.connection.rollback()
        return None


@pytest.fixture(scope="module")
def members(shared_database):
    shared_database.load_events([{"id": "e1", "device": "d1", "name": "WORM.A", "country": "JP",
                                  "time": "2024-05-06T00:00:00Z"}])
    made = {role: Member(shared_database, role) for role in WRITES}
    yield made
    for member in made.values():
        member.connection.close()
        shared_database.sql(f"drop role {member.name}")


@pytest.fixture(scope="module")
def columns(shared_database):
    """{(schema, relation): [(column, type)]} of all tables and views, partitions as well."""
    found = {}
    for schema, name, column, kind in shared_database.sql(
            "select relnamespace::regnamespace::text, relname, attname, format_type(atttypid, atttypmod)"
            " from pg_class join pg_attribute on attrelid = pg_class.oid where attnum > 0 and not attisdropped"
            " and relnamespace in ('kansen'::regnamespace, 'report'::regnamespace) and relkind in ('r', 'p', 'v', 'm')"
            " order by 1, 2, attnum"):
        found.setdefault((schema, name), []).append((column, kind))
    assert ("report", "detections") in found and ("kansen", "detection_default") in found
    return found


def attempts(relation, verb, described):
    """Statements of which one passes if the role has the right on any column. None changes a row."""
    if verb == "insert":
        return [f'insert into {relation} ("{column}") overriding system value select null::{kind} where false'
                for column, kind in described]
    if verb == "update":
        return [f'update {relation} set "{column}" = null where false' for column, _ in described]
    return {"select": [f"select from {relation} where false"], "delete": [f"delete from {relation} where false"],
            "truncate": [f"truncate {relation} cascade"]}[verb]


def allowed(member, verb, columns):
    """The relations on which it is not refused."""
    found = set()
    for (schema, name), described in columns.items():
        for statement in attempts(f'{schema}."{name}"', verb, described):
            code = member.refusal(statement)
            assert code in (None, DENIED, *IMPOSSIBLE), f"{code}: {statement}"
            if code is None:
                found.add((schema, name))
                break
    return found


@pytest.mark.parametrize("role", [LOADER, PUBLISHER, READER, STRANGER])
@pytest.mark.parametrize("verb", ["insert", "update", "delete", "truncate"])
def test_a_role_writes_to_its_tables_and_to_no_other(members, columns, role, verb):
    assert allowed(members[role], verb, columns) == {("kansen", name) for name in WRITES[role].get(verb, ())}


@pytest.mark.parametrize("role", [PUBLISHER, READER, STRANGER])
def test_who_reads_reports_sees_no_table_behind_them(members, columns, role):
    """Dead letters hold whatever was sent; devices' addresses are nobody's who needs figures."""
    seen = allowed(members[role], "select", columns)
    views = {each for each in columns if each[0] == "report"}
    own = {("kansen", name) for name in WRITES[role].get("insert", ())}
    assert seen == (set() if role == STRANGER else views | own)


def test_a_loader_sees_no_edition_and_reads_no_partition_by_its_name(members, columns, shared_database):
    """What a partition would show is what its table shows; a right on it would outlive one that is taken away."""
    seen = {name for schema, name in allowed(members[LOADER], "select", columns) if schema == "kansen"}
    partitions = {name for name, in shared_database.sql(
        "select relname from pg_class where relispartition and relnamespace = 'kansen'::regnamespace")}
    assert len(partitions) > 20
    assert not seen & partitions - {"detection_default", "infection_default"}
    assert not {name for name in seen if name.startswith("edition")}


@pytest.mark.parametrize("role", WRITES)
def test_no_role_gets_out_of_the_database_or_above_it(members, postgres, role):
    """Not even the owner: whoever has its password has this database, and not the server."""
    with postgres.connect("postgres") as superuser:
        pid = superuser.info.backend_pid
        passed = [statement for statement in (each.format(superuser=pid) for each in ABOVE)
                  if members[role].refusal(statement) != DENIED]
        assert passed == []
        assert superuser.closed == 0
    superuser.close()
    assert not pathlib.Path("/tmp/another").exists()


@pytest.mark.parametrize("role", [LOADER, PUBLISHER, READER, STRANGER])
def test_only_the_owner_changes_what_there_is(members, role):
    assert [statement for statement in OWNERS if members[role].refusal(statement) != DENIED] == []


@pytest.mark.parametrize("role", CALLS)
def test_a_role_calls_its_functions_and_no_other(members, shared_database, role):
    """With nulls, which do nothing: the right is asked first."""
    functions = shared_database.sql(
        "select proname, array(select format_type(unnest(proargtypes), null)) from pg_proc"
        " where pronamespace = 'kansen'::regnamespace and prorettype <> 'trigger'::regtype")
    assert len(functions) > 5
    may = {name for name, types in functions if members[role].refusal(
        f"select kansen.{name}({', '.join(f'null::{each}' for each in types)})") != DENIED}
    assert may == CALLS[role]


def test_what_is_tried_is_possible(members):
    """The owner may do all of that: it is refused to others for the lack of a right and for nothing else."""
    assert [statement for statement in OWNERS if members[OWNER].refusal(statement) is not None] == []


def test_functions_that_run_as_the_owner_see_no_table_of_the_caller(members, shared_database):
    """A temporary table of the name of one of kansen's stands in front of it for the caller alone."""
    functions = shared_database.sql(
        "select proname, proconfig from pg_proc where prosecdef and pronamespace in"
        " ('kansen'::regnamespace, 'report'::regnamespace)")
    assert {name for name, _ in functions} >= {"fold_counts", "admit_values"}
    for name, settings in functions:
        assert "search_path=kansen, pg_temp" in (settings or []), name

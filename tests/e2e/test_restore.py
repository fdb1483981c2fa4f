"""A dump that is restored into a cluster without kansen's roles: `db init` mends it."""

import json
import pathlib
import re
import subprocess

import pytest

from program import Database
from servers import Postgres
from shared_fixtures import served

SQL = pathlib.Path(__file__).resolve().parents[2] / "sql/queries"
EVENT = {"id": "e1", "device": "d1", "name": "WORM.A", "country": "JP",
         "time": "2024-05-06T00:00:00Z"}

# Who owns what, and who has which right on it, of everything in kansen's schemas.
RIGHTS = """
with objects (kind, name, owner, acl) as (
  select 'schema', nspname::text, nspowner, coalesce(nspacl, acldefault('n', nspowner))
  from pg_namespace where nspname in ('kansen', 'report')
  union all
  select 'relation', oid::regclass::text, relowner,
    coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner))
  from pg_class where relnamespace in ('kansen'::regnamespace, 'report'::regnamespace)
    and relkind in ('r', 'p', 'v', 'm', 'S')
  union all
  select 'column', attrelid::regclass || '.' || attname, relowner, attacl
  from pg_attribute join pg_class on pg_class.oid = attrelid
  where relnamespace in ('kansen'::regnamespace, 'report'::regnamespace) and attacl is not null
  union all
  select 'function', oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
  from pg_proc where pronamespace in ('kansen'::regnamespace, 'report'::regnamespace)
)
select kind, name, owner::regrole::text, case grantee when 0 then 'public' else grantee::regrole::text end,
  privilege_type, is_grantable
from objects, aclexplode(acl)
order by 1, 2, 3, 4, 5
"""


ROLES = ("worker", "analyst", "editor", "kansen_publisher", "kansen_loader", "kansen_reader", "kansen_owner",
         "hosted")
WINDOW = ("worms", "--from", "2024-05", "--to", "2024-05")
RENDER = ("editions", "render", "worms")


@pytest.fixture(scope="module")
def other_cluster():
    """Without kansen's roles."""
    yield from served(Postgres)


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


def statement(postgres, text):
    connection = postgres.connect("postgres")
    connection.cursor().execute(text)
    connection.close()


@pytest.mark.parametrize("options", [(), ("--no-owner", "--no-acl")], ids=["whole", "no-owner"])
@pytest.mark.parametrize("restorer", ["postgres", "hosted"])
def test_init_mends_a_restored_database(new_database, kansen, postgres, other_cluster, tmp_path,
                                        options, restorer):
    """By a superuser, and by an owner with CREATEROLE, who is all that hosted PostgreSQL gives."""
    database = new_database("Asia/Tokyo")
    database.set_threat("worms", "WORM*")
    database.load_events([EVENT])
    database.command("db", "maintain")
    database.command("publish", *WINDOW, "--format", "json", "-o", tmp_path / "published")
    dump = tmp_path / "dump"
    dumped = run(postgres.bin / "pg_dump", "--format=custom", "--file", dump, database.conninfo)
    assert dumped.returncode == 0, dumped.stderr

    name = f"restored_{restorer}_{len(options)}"
    for role in ROLES:
        if other_cluster_has(other_cluster, role):
            pytest.fail(f"{role} is there already")
    if restorer == "hosted":
        statement(other_cluster, "create role hosted login createrole")
    statement(other_cluster, f"create database {name} owner {restorer}")
    restored = Database(kansen, other_cluster, name)
    restored.conninfo = other_cluster.conninfo(name, restorer)
    try:
        run(other_cluster.bin / "pg_restore", *options, "--dbname", restored.conninfo, dump)
        restored.command("db", "init")
        restored.command("db", "init")
        check(database, restored, restorer)
        check_editions(restored, restorer, tmp_path)
    finally:
        statement(other_cluster, f"drop database {name} with (force)")
        for role in ROLES:
            statement(other_cluster, f"drop role if exists {role}")


# What pg_dump is told, which entries of the dump's list pg_restore leaves out, and what `db init` says is missing.
PARTS = {
    "one schema": (("--schema=kansen",), None, "report.active_completeness and"),
    "no rows": (("--schema-only",), None, "it notes no migration"),
    "killed in front of the keys": ((), " CONSTRAINT | INDEX ", "kansen.action_action_key and"),
    "killed before all partitions had theirs": ((), " INDEX ATTACH ", "kansen.detection_pkey and"),
    "without a partition": (("--exclude-table=kansen.detection_default",), None,
                            "kansen.detection_default is missing"),
}


def restore_part(server, dump, left_out, conninfo):
    restore = [server.bin / "pg_restore", "--no-owner", "--no-acl", "--exit-on-error"]
    listed = run(*restore, "--list", dump).stdout.splitlines()
    chosen = dump.with_suffix(".list")
    chosen.write_text("".join(line + "\n" for line in listed if not (left_out and re.search(left_out, line))),
                      encoding="utf-8")
    done = run(*restore, "--use-list", chosen, "--dbname", conninfo, dump)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_database_is_not_taken_for_one(new_database, kansen, postgres, other_cluster, tmp_path, part):
    """Nobody gets a right on it, so no worker comes in; and `db check` says so, too."""
    database = new_database()
    database.load_events([EVENT])
    dumped, left_out, missing = PARTS[part]
    done = run(postgres.bin / "pg_dump", "--format=custom", *dumped, "--file", tmp_path / "dump", database.conninfo)
    assert done.returncode == 0, done.stderr
    name = f"part{list(PARTS).index(part)}"
    statement(other_cluster, f"create database {name}")
    try:
        target = Database(kansen, other_cluster, name)
        restore_part(other_cluster, tmp_path / "dump", left_out, target.conninfo)
        for _ in range(2):
            said = target.command("db", "init", code=65).stderr
            assert f"the database is not whole: {missing}" in said and "pg_restore --exit-on-error" in said
        assert target.value("select has_table_privilege('kansen_loader', 'kansen.detection', 'insert')") is False
        if part == "no rows":
            for words in (("db", "migrate"), ("status",), ("stats", "worms")):
                assert f"the database is not whole: {missing}" in target.command(*words, code=78).stderr
        elif part != "one schema":
            found = {each["name"]: each for each in target.command("db", "check", "--format", "json", code=65).json()}
            assert found["schema"]["value"].startswith(missing) and found["schema"]["hurts"]
    finally:
        statement(other_cluster, f"drop database {name} with (force)")


EVERYTHING = """
select relname::text from pg_class where relnamespace in ('kansen'::regnamespace, 'report'::regnamespace)
  and not relispartition and relkind in ('r', 'p', 'v', 'S', 'i', 'I')
union
select conname from pg_constraint c join pg_class t on t.oid = conrelid
where connamespace = 'kansen'::regnamespace and contype in ('c', 'f') and not relispartition
union
select proname from pg_proc where pronamespace in ('kansen'::regnamespace, 'report'::regnamespace)
"""


def test_whatever_is_missing_is_missed(database):
    text = (SQL / "check_schema.sql").read_text(encoding="utf-8")
    assert {name for name, in database.sql(EVERYTHING)} - set(re.findall(r"\w+", text)) == set()
    assert database.sql(text) == []
    for kind, name in (("index", "kansen.infection_count_month_idx"), ("view", "report.rates"),
                       ("function", "kansen.machine_digest")):
        database.sql(f"drop {kind} {name}")
        ((_, _, value, *_),) = database.sql(text)
        assert name in value or value.endswith(" more are missing")
    assert value.endswith(" and 2 more are missing")


def other_cluster_has(postgres, role):
    connection = postgres.connect("postgres")
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1 from pg_roles where rolname = %s", (role,))
            return cursor.fetchone() is not None
    finally:
        connection.close()


def check(database, restored, restorer):
    assert restored.sql(RIGHTS) == database.sql(RIGHTS)
    assert restored.value("select value from report.settings where name = 'timezone'") == "Asia/Tokyo"
    restored.command("db", "status")
    restored.command("db", "migrate")
    restored.command("db", "maintain", "--from", "2030-01", "--to", "2030-02")
    restored.set_threat("others", "OTHER*")
    restored.sql("create role worker login in role kansen_loader", user=restorer)
    restored.sql("create role analyst login in role kansen_reader", user=restorer)
    kansen, postgres = restored.kansen, restored.postgres
    kansen.run("load", "-", "--db", postgres.conninfo(restored.name, "worker"),
               stdin=json.dumps({**EVENT, "id": "e2", "device": "d2"}).encode() + b"\n")
    figures = kansen.run("stats", "worms", "--from", "2024-05", "--to", "2024-05", "--format", "json",
                         "--db", postgres.conninfo(restored.name, "analyst")).json()
    assert figures["total"] == 2
    restored.verify()


def check_editions(restored, restorer, folder):
    """What was published is had again, and the next one is made by who may publish."""
    restored.sql("create role editor login in role kansen_publisher", user=restorer)
    editor = ("--db", restored.postgres.conninfo(restored.name, "editor"))
    restored.kansen.run(*RENDER, *editor, "-o", folder / "restored")
    published, again = ([path.read_bytes() for path in (folder / name).iterdir()]
                        for name in ("published", "restored"))
    assert published == again
    restored.kansen.run("publish", *WINDOW, "--restate", *editor, "-o", folder / "restored")
    assert restored.value("select count(*) from report.editions") == 2

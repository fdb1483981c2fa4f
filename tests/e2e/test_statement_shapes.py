"""Every statement that touches detection or infection is one that Citus takes, and takes right: by its query tree, on a
plain PostgreSQL (tests/support/shapes.py)."""

import collections
import pathlib
import re

import pytest

import query_trees
from shapes import DISTRIBUTED, REFERENCE, Shapes

QUERIES = pathlib.Path(__file__).resolve().parents[2] / "sql/queries"
REFERENCES = ("calendar_month", "malware_name", "product", "action", "os", "segment")

# Statements about Citus, which are only sent where it is.
ABOUT_CITUS = re.compile(r"\bpg_dist_|\bcitus_|run_command_on_|create_(?:distributed|reference)_table|_after_distributing_table")
# Not rewritten yet.
NOT_YET = {"demo_figures", "labelling_label", "labelling_read", "stats_covered", "stats_unique"}

TABLES = """
select c.oid::text, c.relname, n.nspname = 'kansen' and split_part(c.relname, '_', 1) in ('detection', 'infection')
    and (c.relispartition or c.relkind = 'p') or c.relname = 'recount_stage', a.attnum
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_attribute a on a.attrelid = c.oid and a.attname = 'device_id'
where (n.nspname = 'kansen' or n.oid = pg_my_temp_schema()) and c.relkind in ('r', 'p')
"""


def text_of(path):
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def connection(shared_database):
    connection = shared_database.postgres.connect(shared_database.name)
    connection.notices = collections.deque()
    with connection.cursor() as cursor:
        cursor.execute("set search_path = kansen, pg_catalog")
        for path in QUERIES.glob("*.sql"):
            if "create temporary table" in text_of(path):
                cursor.execute(text_of(path))
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def shapes(connection):
    kinds, names, keys = {}, {}, {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for oid, name, is_distributed, key in cursor.fetchall():
            names[oid], keys[oid] = name, key
            if is_distributed or name in REFERENCES:
                kinds[oid] = DISTRIBUTED if is_distributed else REFERENCE
    assert sorted(kinds.values()).count(REFERENCE) == len(REFERENCES)
    return Shapes(kinds, names, keys)


def found_in(connection, shapes, sql):
    return [fault for tree in query_trees.trees(connection, sql) for fault in shapes.faults(tree)]


def statements():
    """Those of sql/queries that PostgreSQL can prepare."""
    return sorted(path for path in QUERIES.glob("*.sql")
                  if query_trees.is_prepared(text_of(path)) and not ABOUT_CITUS.search(text_of(path)))


@pytest.mark.parametrize("path", statements(), ids=lambda path: path.stem)
def test_every_statement_is_one_that_citus_takes(connection, shapes, path):
    found = found_in(connection, shapes, text_of(path))
    if path.stem in NOT_YET and found:
        pytest.xfail("not yet")
    assert found == []


@pytest.mark.parametrize("fault, sql", [
    ("joins detection with threat, which is local",
     "select from detection d join threat t on t.threat_id = d.name_id"),
    ("joins infection with threat, which is local",
     "select from report.infections where month = $1"),
    ("joins detection with stage_detection, which is local",
     "with s as (select * from pg_temp.stage_detection) select from s join detection using (event_time, device_id)"),
    ("an outer join keeps what is not distributed and looks for it in a distributed table",
     "with s as materialized (select * from pg_temp.stage_detection) select from s left join detection using (device_id)"),
    ("a lateral subquery with a limit, an offset or a group looks into a distributed table",
     "select from unnest($1::uuid[]) as u (device) cross join lateral"
     " (select from detection where device_id = u.device limit 1) d"),
    ("locks rows of a distributed table (for update, for share)",
     "select from infection where month = $1 for update"),
    ("a subquery for each row of what is not distributed looks into a distributed table",
     "select from calendar_month c where exists (select from infection i where i.month = c.month)"),
    ("a subquery for each row of a distributed table looks into a local one",
     "select (select t.name from threat t where t.threat_id = i.threat_id) from infection i"),
    ("two distributed tables are joined without their key",
     "select from infection i join detection d on d.event_id = i.first_event_id"),
    ("joins detection with threat, which is local",
     "update detection d set country = t.name from threat t where t.threat_id = d.name_id"),
])
def test_what_citus_refuses_is_found(connection, shapes, fault, sql):
    assert fault in found_in(connection, shapes, sql)


@pytest.mark.parametrize("sql", [
    "with s as materialized (select * from pg_temp.stage_detection) select from s join detection using (device_id)",
    "select from infection i join detection d on d.device_id = i.device_id and d.event_id = i.first_event_id",
    "select from detection left join product using (product_id)",
    "insert into threat_rule (threat_id, pattern) select name_id, country from detection",
    "insert into infection (month, threat_id, device_id, country, first_seen, first_event_id) select date '2024-01-01', 1,"
    " device_id, country, event_time, event_id from detection on conflict (month, threat_id, device_id) do update"
    " set country = excluded.country where infection.first_seen > excluded.first_seen",
    "select from threat, (select count(*) as number from detection) d where threat_id = d.number",
    "delete from infection where month = $1 and threat_id = any (array(select threat_id from threat))",
])
def test_what_citus_takes_is_not(connection, shapes, sql):
    assert found_in(connection, shapes, sql) == []

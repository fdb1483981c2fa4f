"""`kansen db distribute`: a database moves onto Citus in place, and everything about it is what it was."""

import contextlib
import json
import pathlib
import random

import psycopg2
import pytest

from servers import wait_until

WINDOW = ("2026-01", "2026-04")
REFERENCE = {"action", "calendar_month", "malware_name", "os", "product", "segment"}
CLOSED = ("dead_letter", "threat", "kafka_offset", "infection_count")
# The time at which something was done, and room on the disk.
OF_THE_MOMENT = {"defined_at", "detection_bytes", "infection_bytes", "about_detections"}


def events(count=1500, months=(1, 2, 3, 4), seed=1):
    chance = random.Random(seed)
    for number in range(count):
        event = {"id": f"e{seed}-{number}", "device": f"d{chance.randrange(count // 3)}",
                 "time": f"2026-{chance.choice(months):02}-{chance.randint(1, 28):02}T{chance.randrange(24):02}:00:00Z",
                 "name": chance.choice(["WORM.A", "WORM.B", "TROJ.X"]),
                 "country": chance.choice(["JP", "US", "DE", "FR"])}
        for key, values in {"product": ["One", "Two"], "version": ["1", "2"], "os": ["A", "B"],
                            "segment": ["x", "y"], "action": ["cleaned"]}.items():
            if chance.random() < 0.8:
                event[key] = chance.choice(values)
        yield event


def fill(database):
    database.set_threat("worms", "WORM*", en="Worms")
    database.load_events(events())
    lines = "".join(json.dumps({"id": f"h{n}", "device": f"d{n}", "country": "JP", "time": "2026-02-03T00:00:00Z"}) + "\n"
                    for n in range(50))
    database.command("load", "-", "--heartbeats", stdin=lines.encode())
    database.load_bad(b'{"name": "no device"}\n')
    database.command("db", "maintain", "--from", "2026-01", "--to", "2026-05")


@pytest.fixture
def stored(new_citus_database):
    """A database with something of everything, whose nodes know of it, and that is not distributed."""
    database = new_citus_database()
    fill(database)
    return database


@pytest.fixture
def moved(stored):
    stored.command("db", "distribute", "--shards", "4", "--yes")
    return stored


@pytest.fixture
def analyst(citus, kansen, moved):
    """The same database, as a member of kansen_reader that was there before."""
    name = f"analyst_of_{moved.name}"
    moved.sql(f"create role {name} login in role kansen_reader")
    yield name
    for server in (citus.coordinator, *citus.nodes):
        connection = server.connect(moved.name)
        with connection.cursor() as cursor:
            cursor.execute("set citus.enable_ddl_propagation = off")
            cursor.execute(f"drop role if exists {name}")
        connection.close()


def ask(server, database, user, statement):
    connection = server.connect(database, user)
    try:
        with connection.cursor() as cursor:
            cursor.execute("set search_path = report; set timezone = 'UTC'")
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def view_columns(database):
    found = {}
    for view, column in database.sql(
            "select relname, attname from pg_class join pg_attribute on attrelid = pg_class.oid"
            " where relnamespace = 'report'::regnamespace and relkind = 'v' and attnum > 0 order by 1, attnum"):
        if column not in OF_THE_MOMENT:
            found.setdefault(view, []).append(column)
    return found


def all_views(server, database, user):
    """{view: its rows in order}, and each column of infections alone."""
    found = {}
    for view, columns in view_columns(database).items():
        lists = [columns] + ([[each] for each in columns] if view in ("infections", "detections") else [])
        for names in lists:
            row = ", ".join(f'"{name}"::text' for name in names)
            found[view, tuple(names)] = sorted(
                ask(server, database.name, user, f"select {row} from report.{view}"), key=repr)
    return found


def layout(database):
    return {name: (kind, column, shards) for name, kind, column, shards in database.sql(
        "select table_name::text, citus_table_type, distribution_column, shard_count from citus_tables"
        " where table_name::text !~ '_(default|[0-9]{4}_[0-9]{2})$'")}


def answers(database):
    """What commands print about all of it."""
    window = ("--from", WINDOW[0], "--to", WINDOW[1])
    said = [database.command("stats", "worms", *window, "--format", "json",
                             "--by", "name,product,version,os,segment").stdout]
    for dimension in ("country", "name", "product", "version", "os", "segment"):
        said.append(database.command("stats", "worms", *window, "--unique", "--by", dimension, "--format", "csv").stdout)
    said.append(database.command("db", "status").stdout)
    return said


# ---- moving

def test_every_figure_is_what_it_was_also_for_readers(citus, stored):
    before = all_views(citus.coordinator, stored, "postgres"), answers(stored)
    said = stored.command("db", "distribute", "--shards", "4", "--yes").stderr
    assert "into 4 shards on 2 nodes" in said and "distributed; " in said
    assert layout(stored) == {
        **{f"{name}": ("reference", "<none>", 1) for name in REFERENCE},
        "detection": ("distributed", "device_id", 4), "infection": ("distributed", "device_id", 4),
        "recount_stage": ("distributed", "device_id", 4)}
    stored.sql("create role stored_reader login in role kansen_reader")
    try:
        assert before == (all_views(citus.coordinator, stored, "stored_reader"), answers(stored))
    finally:
        stored.sql("drop role stored_reader")
    assert stored.value("select sum(pg_relation_size(relid)) from pg_partition_tree('kansen.detection')") == 0


def test_it_asks_says_what_it_would_do_and_does_it_once(stored):
    before = layout(stored)
    said = stored.command("db", "distribute", code=64).stderr
    assert "--yes if that is meant" in said and "ingestion would wait" in said
    assert "into 8 shards on 2 nodes" in said and "copied to every node" in said
    assert layout(stored) == before == {}
    stored.command("db", "distribute", "--yes")
    assert stored.command("db", "distribute").stderr == "the database is distributed already\n"


def test_whoever_is_killed_while_it_waits_has_changed_nothing(stored):
    with stored.locked("kansen.detection") as lock:
        moving = stored.kansen.start("db", "distribute", "--yes", "--db", stored.conninfo)
        wait_until(lock.waiters, "it to wait for detection", [moving])
        moving.kill()
    wait_until(lambda: not stored.sql("select pid from pg_stat_activity where application_name = 'kansen db distribute'"
                                      " and datname = current_database()"), "its connection to end")
    assert layout(stored) == {}
    stored.command("db", "distribute", "--yes")
    assert layout(stored)["infection"] == ("distributed", "device_id", 8)


def test_what_was_left_behind_here_goes_the_next_time(stored):
    """It gives a reader up who holds a table that is to be emptied; the move itself is done."""
    reader = stored.postgres.connect(stored.name)
    reader.autocommit = False
    with reader.cursor() as cursor:
        cursor.execute("select count(*) from kansen.malware_name")
    moving = stored.kansen.start("db", "distribute", "--yes", "--db", stored.conninfo)
    moving.wait(code=75)
    reader.rollback()
    reader.close()
    assert "what it has left behind here goes now" in stored.command("db", "distribute").stderr
    assert stored.value("select pg_relation_size('kansen.malware_name')") == 0


def test_a_database_is_made_where_citus_is_already(citus, new_citus_database):
    database = new_citus_database(init=False)
    database.command("db", "init")
    fill(database)
    assert "Citus: nothing is distributed" in database.command("db", "check", code=None).stdout
    database.command("db", "distribute", "--yes")
    assert layout(database)["detection"] == ("distributed", "device_id", 8)


# ---- what it refuses

def refused(database, words, code=78):
    said = database.command("db", "distribute", "--yes", code=code).stderr
    assert words in said, said
    assert "kansen.detection" not in {name for name in layout_or_none(database)}


def layout_or_none(database):
    return layout(database) if database.value("select to_regclass('citus_tables') is not null") else {}


def test_it_refuses_a_database_without_citus_and_a_citus_without_nodes(citus, new_citus_database):
    database = new_citus_database(join=False)
    refused(database, "no extension citus")
    database.sql("create extension citus")
    refused(database, "not in its own list of nodes")
    database.sql("select citus_set_coordinator_host(%s, 5432)", (str(citus.coordinator.folder),))
    refused(database, "no node that takes shards")


def test_it_refuses_a_node_that_is_not_active_and_a_table_that_is_distributed_otherwise(citus, new_citus_database):
    database = new_citus_database()
    host = str(citus.nodes[0].folder)
    database.sql("select citus_disable_node(%s, 5432, synchronous := true)", (host,))
    refused(database, f"not active: {host}:5432")
    database.sql("select citus_activate_node(%s, 5432)", (host,))
    database.sql("select create_distributed_table('kansen.infection', 'device_id')")
    database.sql("select create_distributed_table('kansen.detection', 'device_id', colocate_with => 'none')")
    said = database.command("db", "distribute", "--yes", code=78).stderr
    assert "kansen.infection: it does not lie beside detection" in said


def test_only_an_owner_may(new_citus_database):
    database = new_citus_database()
    database.sql("create role moving_loader login in role kansen_loader")
    try:
        said = database.kansen.run("db", "distribute", "--yes", "--db",
                                   database.postgres.conninfo(database.name, "moving_loader"), code=77).stderr
        assert "kansen_owner" in said
    finally:
        database.sql("drop role moving_loader")


def test_the_owner_of_the_database_on_every_node_may_without_creating_roles(citus, kansen, new_citus_database):
    """As docker/compose.citus.yaml has it: the roles are there on every node."""
    database = new_citus_database()
    fill(database)
    for server in citus.servers:
        connection = server.connect(database.name)
        with connection.cursor() as cursor:
            cursor.execute("set citus.enable_ddl_propagation = off")
            for role in ("kansen_owner", "kansen_loader", "kansen_reader", "kansen_publisher"):
                cursor.execute("select to_regrole(%s)", (role,))
                if cursor.fetchone() == (None,):
                    cursor.execute(f"create role {role} nologin")
            cursor.execute("grant kansen_reader to kansen_publisher")
            cursor.execute("create role plain_owner login in role kansen_owner")
            cursor.execute(f"alter database {database.name} owner to plain_owner")
        connection.close()
    try:
        kansen.run("db", "distribute", "--yes", "--db", citus.coordinator.conninfo(database.name, "plain_owner"))
        assert layout(database)["detection"] == ("distributed", "device_id", 8)
    finally:
        for server in citus.servers:
            citus.sql(server, "postgres", f"alter database {database.name} owner to postgres")
            for statement in ("set citus.enable_ddl_propagation = off", "reassign owned by plain_owner to postgres",
                              "drop owned by plain_owner", "drop role plain_owner"):
                citus.sql(server, database.name, statement)


# ---- a node is not the coordinator

@pytest.mark.parametrize("words", [("db", "init"), ("db", "status"), ("load", "-"), ("db", "distribute", "--yes"),
                                   ("db", "maintain"), ("stats", "worms"), ("threat", "set", "x", "--match", "X*")])
def test_on_a_node_each_command_names_the_coordinator(citus, moved, words):
    tables = "select count(*) from pg_class where relnamespace in ('kansen'::regnamespace)"
    node = citus.nodes[0]
    before = citus.sql(node, moved.name, tables)
    said = moved.kansen.run(*words, "--db", node.conninfo(moved.name), code=None, stdin=b"")
    assert said.code in (70, 78), said
    assert f"connect to the coordinator, {citus.coordinator.folder}:5432" in said.stderr
    assert citus.sql(node, moved.name, tables) == before


# ---- living there

def rows_in(database, table):
    return database.value(f"select count(*) from kansen.{table}")


def is_distributed(database, table):
    return database.value("select count(*) from pg_dist_partition where logicalrelid = %s::regclass"
                          " and partmethod = 'h'", (f"kansen.{table}",)) == 1


def fill_default(database, month, rows):
    database.sql(
        "insert into kansen.detection (event_time, device_id, event_id, name_id, country, geoip_id)"
        f" select timestamptz '{month}-01T00:00Z' + interval '40 seconds' * n, gen_random_uuid(), gen_random_uuid(),"
        f" 1, 'JP', 0 from generate_series(1, {rows}) n")


def test_new_partitions_are_distributed_and_rows_leave_the_default_one(moved):
    moved.command("db", "maintain", "--from", "2024-01", "--to", "2024-02")
    assert is_distributed(moved, "detection_2024_01") and is_distributed(moved, "infection_2024_02")
    for month in ("2010-01", "2010-02"):
        fill_default(moved, month, 25000)
    assert moved.sql("select month::text from report.months_in_default") == [("2010-01-01",), ("2010-02-01",)]
    moved.sql("insert into kansen.infection (month, threat_id, device_id, country, first_seen, first_event_id, name_id)"
              " select '2010-01-01', 1, gen_random_uuid(), 'JP', '2010-01-02', gen_random_uuid(), 1"
              " from generate_series(1, 30)")
    moved.command("db", "maintain")
    assert rows_in(moved, "detection_default") == rows_in(moved, "infection_default") == 0
    assert (rows_in(moved, "detection_2010_01"), rows_in(moved, "detection_2010_02")) == (25000, 25000)
    assert rows_in(moved, "infection_2010_01") == 30
    owners = moved.sql("select distinct relowner::regrole::text from pg_class where relnamespace = 'kansen'::regnamespace")
    assert owners == [("kansen_owner",)]
    assert moved.value("select has_table_privilege('kansen_reader', 'kansen.detection_default', 'select')"
                       " and not has_table_privilege('kansen_reader', 'kansen.detection_2010_02', 'select')")


def test_a_machine_is_forgotten_and_a_month_exported(moved, tmp_path):
    total = rows_in(moved, "detection")
    before = answers(moved)[0]
    device = moved.value("select device_id::text from kansen.detection where event_time < '2026-02-01' limit 1")
    of_it = moved.value("select count(*) from kansen.detection where device_id = %s", (device,))
    moved.command("db", "forget", "--device", device, "--yes")
    assert rows_in(moved, "detection") == total - of_it
    assert moved.value("select sum(detections) from report.erasures") == of_it
    assert json.loads(answers(moved)[0])["months"] == json.loads(before)["months"]
    exported = pathlib.Path(moved.command("db", "export", "--month", "2026-02", "-o", tmp_path).stdout.strip())
    in_february = moved.value("select count(*) from kansen.detection"
                              " where event_time >= '2026-02-01' and event_time < '2026-03-01'")
    said = moved.load(exported).stderr
    assert f"accepted=0 repeated={in_february}" in said


def test_old_months_go(moved):
    moved.command("db", "maintain", "--keep-months", "1", "--keep-infections", "2", "--force")
    gone = dict(moved.sql("select to_char(month, 'YYYY-MM'), detections from report.dropped_months"))
    assert set(gone) >= {"2026-01", "2026-02"}
    assert rows_in(moved, "detection") == rows_in(moved, "infection") == 0
    counted = moved.command("stats", "worms", "--from", WINDOW[0], "--to", WINDOW[1], "--format", "json").stdout
    assert sum(month["infections"] for month in json.loads(counted)["months"]) > 100


def test_a_loader_adds_new_names_repeats_and_heartbeats(citus, kansen, moved, new_citus_database):
    """As a role that may no more than load, and beside a database that is not distributed."""
    plain = new_citus_database(join=False)
    fill(plain)
    moved.sql("create role moving_loader login in role kansen_loader")
    try:
        more = [*events(seed=1), *({**event, "name": "WORM.NEW", "product": "Third"} for event in events(300, seed=2))]
        lines = "".join(json.dumps(event) + "\n" for event in more).encode()
        said = kansen.run("load", "-", "--db", citus.coordinator.conninfo(moved.name, "moving_loader"), stdin=lines).stderr
        assert "accepted=300 repeated=1500" in said
        plain.command("load", "-", stdin=lines)
        assert answers(moved)[:-1] == answers(plain)[:-1]
    finally:
        moved.sql("drop role moving_loader")


def test_a_worker_that_reads_meanwhile_stores_each_event_once(kafka, topic, stored):
    name = topic(2)
    before = rows_in(stored, "detection")
    messages = [json.dumps(event).encode() for event in events(6000, seed=3)]
    kafka.produce_lines(name, messages[:2000])
    worker = stored.start_ingest(kafka, name, "--max-age", "900")
    wait_until(lambda: rows_in(stored, "detection") > before, "the first batch", [worker])
    moving = stored.kansen.start("db", "distribute", "--yes", "--db", stored.conninfo)
    kafka.produce_lines(name, messages[2000:])
    moving.wait()
    wait_until(lambda: rows_in(stored, "detection") == before + 6000, "all of it", [worker])
    worker.process.terminate()
    worker.wait()
    assert stored.value("select count(*) from (select distinct event_id from kansen.detection) d") == before + 6000
    counted = stored.value("select sum(infections) from report.monthly_infections where threat = 'worms'")
    assert counted == stored.value("select count(*) from report.infections where threat = 'worms'")


def test_a_worker_that_was_there_before_citus_goes_on(kafka, topic, citus, new_citus_database):
    """docs/scaling.md: its session began when there was no extension yet, and meets repeats behind the move."""
    database = new_citus_database(join=False)
    name = topic(1)
    messages = [json.dumps(event).encode() for event in events(2000, seed=4)]
    kafka.produce_lines(name, messages)
    worker = database.start_ingest(kafka, name, "--max-age", "900")
    wait_until(lambda: sum(database.stored_offsets(name).values()) == 2000, "the first batch", [worker])
    citus.join(database.name)
    database.command("db", "distribute", "--yes")
    kafka.produce_lines(name, [json.dumps(event).encode() for event in events(100, seed=5)] + messages)
    wait_until(lambda: sum(database.stored_offsets(name).values()) == 4100, "all of it", [worker])
    worker.terminate()
    assert rows_in(database, "detection") == 2100
    database.verify()


# ---- without a snapshot of all nodes

@contextlib.contextmanager
def held(server, database, statement):
    connection = server.connect(database.name)
    connection.autocommit = False
    try:
        connection.cursor().execute(statement)
        yield
    finally:
        connection.close()


def test_a_node_that_crashes_within_a_recount_loses_no_infection(citus, moved):
    """What is staged has no log: of the node that crashed it is gone, and no statement fails by it."""
    with held(citus.coordinator, moved, "lock table kansen.counted_value in access exclusive mode"):
        setting = moved.kansen.start("threat", "set", "trojans", "--match", "TROJ*", "--db", moved.conninfo)
        wait_until(lambda: moved.value("select count(*) from pg_locks where not granted"
                                       " and relation = 'kansen.counted_value'::regclass"), "it to decide labels", [setting])
        assert rows_in(moved, "recount_stage") > 0
        citus.nodes[0].kill()
        citus.nodes[0].start()
    setting.wait()
    of_it = moved.value("select count(distinct (date_trunc('month', event_time at time zone 'UTC'), device_id))"
                        " from kansen.detection join kansen.malware_name using (name_id) where name like 'TROJ%%'")
    assert moved.value("select sum(infections) from report.monthly_infections where threat = 'trojans'") == of_it > 100
    moved.verify()


def test_a_moment_waits_for_no_commit_that_is_in_doubt(citus, moved, tmp_path):
    """What a node has prepared is counted here, and can't be read there."""
    node = citus.nodes[0]
    connection = node.connect(moved.name)
    with connection.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute("select pg_advisory_xact_lock(1)")
        cursor.execute("prepare transaction 'citus_by_a_test'")
    try:
        for words in (("db", "verify"), ("stats", "worms", "--unique"), ("stats", "worms"),
                      ("publish", "worms", "--from", WINDOW[0], "--to", WINDOW[1], "--provisional", "-o", tmp_path),
                      ("db", "export", "--month", "2026-02", "-o", tmp_path)):
            said = moved.command(*words, code=75).stderr
            assert f"in doubt on {node.folder}:5432" in said and "try again" in said
    finally:
        with connection.cursor() as cursor:
            cursor.execute("rollback prepared 'citus_by_a_test'")
        connection.close()
    moved.verify()


def test_a_moment_names_a_node_that_does_not_answer(citus, moved):
    citus.nodes[1].stop()
    try:
        said = moved.command("stats", "worms", "--unique", code=75).stderr
        assert f"a node can't be asked: {citus.nodes[1].folder}:5432: " in said
    finally:
        citus.nodes[1].start()


def test_a_moment_waits_for_a_relocation(citus, moved):
    """Which changes rows on the nodes and counts here."""
    with held(citus.coordinator, moved, "select pg_advisory_xact_lock_shared(hashtext('kansen threats'))"):
        verifying = moved.kansen.start("db", "verify", "--db", moved.conninfo)
        wait_until(lambda: moved.value("select count(*) from pg_locks where locktype = 'advisory' and not granted"),
                   "it to wait", [verifying])
    verifying.wait()


@pytest.mark.parametrize("role, words", [
    ("kansen_reader", ("stats", "worms", "--unique", "--by", "name")),
    ("kansen_publisher", ("publish", "worms", "--from", WINDOW[0], "--to", WINDOW[1], "--provisional", "-o", None))])
def test_roles_that_may_only_report_do(citus, kansen, moved, tmp_path, role, words):
    name = f"reporting_{role}"
    moved.sql(f"create role {name} login in role {role}")
    try:
        kansen.run(*(tmp_path if word is None else word for word in words), "--db",
                   citus.coordinator.conninfo(moved.name, name))
    finally:
        moved.sql(f"drop role {name}")


# ---- rights

def test_readers_see_what_the_views_show_and_nothing_else(citus, moved, analyst):
    assert ask(citus.coordinator, moved.name, analyst, "select count(*) from report.detections")[0][0] > 1000
    for table in CLOSED:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(citus.coordinator, moved.name, analyst, f"select * from kansen.{table}")
    shard = moved.value("select shard_name from citus_shards where table_name = 'kansen.detection_2026_02'::regclass"
                        " and nodename = %s limit 1", (str(citus.nodes[0].folder),))
    for server in (citus.coordinator, citus.nodes[0]):
        for statement in ("delete from kansen.detection", "update kansen.infection set country = 'JP'",
                          "insert into kansen.malware_name (name) values ('X') returning 1",
                          *([f"delete from {shard}"] if server != citus.coordinator else [])):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                ask(server, moved.name, analyst, statement)
    assert citus.sql(citus.nodes[0], moved.name, "select count(*) from pg_class where relname = any(%s)"
                     " and relnamespace = 'kansen'::regnamespace", (list(CLOSED),)) == [(0,)]


def test_views_of_both_kinds_are_joined(citus, moved, analyst):
    """Of what each node has, of what lies on the coordinator alone, and of what is spread over the nodes."""
    for statement, least in {
            "select count(*) from malware_names n join threats t on n.name like 'WORM%'": 2,
            "select count(*) from calendar c join settings s on s.name = 'timezone' join completeness using (month)": 200,
            "select count(*) from calendar c join detections d on d.event_time >= c.starts_at and d.event_time < c.ends_at"
            " where c.month = '2026-02-01'": 200,
            "select count(*) from threats t join detections d on d.malware_name like 'WORM%'"
            " join malware_names n on n.name = d.malware_name": 500}.items():
        assert ask(citus.coordinator, moved.name, analyst, statement)[0][0] >= least


def test_nobody_logs_in_as_a_role_of_kansen(citus, moved):
    for server in (citus.coordinator, *citus.nodes):
        assert citus.sql(server, moved.name, "select rolname from pg_roles where rolname like 'kansen\\_%%'"
                         " and (rolcanlogin or rolsuper)") == []


def test_an_owner_that_is_no_superuser_maintains_it(citus, kansen, moved):
    moved.sql("create role moving_admin login createrole in role kansen_owner")
    try:
        admin = citus.coordinator.conninfo(moved.name, "moving_admin")
        kansen.run("db", "maintain", "--from", "2023-01", "--to", "2023-01", "--db", admin)
        assert is_distributed(moved, "detection_2023_01")
        assert moved.value("select relowner::regrole::text from pg_class"
                           " where relname = 'detection_2023_01'") == "kansen_owner"
    finally:
        moved.sql("drop role moving_admin")


# ---- db check

def findings(database):
    return {(each["name"], each["value"]) for each in
            json.loads(database.command("db", "check", "--format", "json", code=None).stdout)}


def test_check_names_members_that_a_node_does_not_know_and_distribute_makes_them(citus, moved):
    connection = citus.coordinator.connect(moved.name)
    with connection.cursor() as cursor:
        cursor.execute("set citus.enable_ddl_propagation = off; create role late_ingest login in role kansen_loader")
    missing = {("role", f"late_ingest is no member of kansen_loader on {node.folder}:5432") for node in citus.nodes}
    try:
        assert missing <= findings(moved)
        moved.command("db", "distribute")
        assert not missing & findings(moved)
    finally:
        for server in citus.servers:
            each = server.connect(moved.name)
            with each.cursor() as cursor:
                cursor.execute("set citus.enable_ddl_propagation = off; drop role if exists late_ingest")
            each.close()
        connection.close()


def test_who_ends_commits_in_doubt_is_seen_by_its_name(moved):
    """As `db check` looks for it."""
    wait_until(lambda: moved.value("select count(*) from pg_stat_activity where datname = current_database()"
                                   " and application_name = 'Citus Maintenance Daemon'") == 1, "it to start")


def test_it_refuses_months_that_are_not_counted_by_all_dimensions(stored):
    stored.sql("insert into kansen.dimension_recount (threat_id, month) select threat_id, '2026-01-01' from kansen.threat")
    refused(stored, "kansen db migrate")


def test_check_names_settings_of_nodes_and_a_node_that_is_away(citus, moved):
    assert ("fsync", f"off on {citus.nodes[0].folder}:5432") in findings(moved)
    citus.nodes[1].stop()
    try:
        assert any(name == "Citus" and value.startswith(f"{citus.nodes[1].folder}:5432 does not answer")
                   for name, value in findings(moved))
    finally:
        citus.nodes[1].start()


def test_check_names_a_reader_without_rights_and_shards_that_lie_together(citus, moved):
    moved.sql("revoke select on kansen.detection from kansen_reader")
    assert ("right", "kansen_reader may not read what is distributed") in findings(moved)
    moved.command("db", "distribute")
    assert ("right", "kansen_reader may not read what is distributed") not in findings(moved)

"""Threats defined, redefined and removed, also while events arrive."""

import contextlib
import json
import threading

import pytest

import oracle
from on_citus import skip_on_citus
from servers import wait_until

FIRST, LAST = "2024-01", "2024-03"
COUNTRIES = ["JP", "US", "FR", "DE"]


def make_events(count, start=0):
    return [{"id": f"00000000-0000-0000-0000-{number:012}",
             "device": f"device-{number % (count // 3)}",
             "name": f"{'WORM' if number % 2 else 'TROJ'}_A.{number % 7}",
             "country": COUNTRIES[number % 4],
             "time": f"2024-{number % 3 + 1:02}-{number % 27 + 1:02}T12:{number % 60:02}:00Z"}
            for number in range(start, start + count)]


def check(database, truth, threat, patterns):
    oracle.assert_says(database.stats(threat, FIRST, LAST), truth.figures(patterns, FIRST, LAST),
                       threat)


def test_before_and_after_the_events(database):
    events = make_events(300)
    truth = oracle.Oracle(events)
    database.set_threat("before", "WORM*")
    database.load_events(events)
    database.set_threat("after", "worm*")
    check(database, truth, "before", ["WORM*"])
    check(database, truth, "after", ["WORM*"])
    database.verify()


def test_redefinition_replaces_patterns_and_names(database):
    events = make_events(300)
    truth = oracle.Oracle(events)
    database.set_threat("worms", "WORM*")
    database.load_events(events)
    database.set_threat("worms", "TROJ_A.?", "*.3", en="Others", ja="その他の脅威")
    check(database, truth, "worms", ["TROJ_A.?", "*.3"])
    assert database.sql("select name_en, name_ja, patterns from report.threats") == [
        ("Others", "その他の脅威", ["*.3", "TROJ_A.?"])]
    more = make_events(100, start=1000)
    database.load_events(more)
    check(database, oracle.Oracle(events + more), "worms", ["TROJ_A.?", "*.3"])
    database.verify()


def test_list_and_remove(database):
    database.set_threat("one", "A*", ja="一")
    database.set_threat("two", "B*", "C?")
    said = database.command("threat", "list").stdout
    assert "one" in said and "一" in said and "A*" in said and "C?" in said
    database.command("threat", "remove", "one")
    said = database.command("threat", "list").stdout
    assert "one" not in said and "two" in said
    database.command("threat", "remove", "one", code=65)
    assert database.value("select count(*) from kansen.threat") == 1
    result = database.command("stats", "one", "--from", FIRST, "--to", LAST, code=65)
    assert "one" in result.stderr
    database.verify()


NAMES = {"ja": "ワーム", "de": "Würmer", "en": "Worms", "pt-BR": "Vermes"}


def report_title(database, language):
    text = database.command("report", "worms", "--from", FIRST, "--to", LAST, "--format", "text",
                            "--lang", language).stdout
    return text.splitlines()[0]


def test_names_of_any_language(database):
    database.set_threat("worms", "WORM*", **NAMES)
    figures = database.stats("worms", FIRST, LAST)
    assert list(figures["names"].items()) == sorted(NAMES.items())
    said = [line.split() for line in database.command("threat", "list").stdout.splitlines()]
    assert said == [["worms"], *([language, name] for language, name in sorted(NAMES.items())),
                    ["match", "WORM*"]]
    for language in ("en", "ja", "de"):
        assert report_title(database, language).startswith(NAMES[language])
    assert database.sql("select * from report.threat_names order by language") == [
        ("worms", language, name) for language, name in sorted(NAMES.items())]


def test_a_report_falls_back_to_english_then_to_the_threats_own_name(database):
    database.set_threat("worms", "WORM*", en="Worms in English")
    assert report_title(database, "ja").startswith("Worms in English")
    database.set_threat("worms", "WORM*", pt="Vermes")
    assert report_title(database, "ja").startswith("wormsの")
    assert report_title(database, "en").startswith("worms:")
    assert database.sql("select name_en, name_ja from report.threats") == [("worms", "worms")]
    database.set_threat("worms", "WORM*", JA="ワーム")
    assert report_title(database, "ja").startswith("ワームの")
    database.set_threat("worms", "WORM*")
    assert database.stats("worms", FIRST, LAST)["names"] == {}
    assert database.command("threat", "list").stdout == "worms\n  match  WORM*\n"


@pytest.mark.parametrize(("names", "said"), [
    (("Worms",), "Worms"), (("=Worms",), "=Worms"), (("en=",), "empty"), (("e_n=Worms",), "e_n"),
    (("日本=Worms",), "日本"), (("x" * 36 + "=Worms",), "35"), (("en=" + "x" * 257,), "256"),
    (("en=a\x1bb",), "control"), (("en=  ",), "empty"), (("en=a\udcff",), "UTF-8"),
    (("en=Worms", "ja=W", "en=Worm"), "en is there twice"),
    (("en=Worms", "EN=Worm"), "EN is there twice"), (("en Worms",), "en Worms"),
])
def test_a_name_needs_a_language_of_its_own(database, names, said):
    words = [word for name in names for word in ("--name", name)]
    result = database.command("threat", "set", "worms", *words, "--match", "W*", code=64)
    assert said in result.stderr and database.sql("select * from kansen.threat") == []


def test_what_a_language_and_a_name_may_be_at_most(database):
    database.set_threat("worms", "WORM*", **{"a-" * 17 + "a": "=" * 256})
    assert database.stats("worms", FIRST, LAST)["names"] == {"a-" * 17 + "a": "=" * 256}


def test_one_event_may_be_of_many_threats(database):
    events = make_events(60)
    for number in range(6):
        database.set_threat(f"same-{number}", "*_A.*")
    database.load_events(events)
    truth = oracle.Oracle(events)
    for number in range(6):
        check(database, truth, f"same-{number}", ["*"])
    database.verify()


def test_there_is_a_bound_to_threats_and_to_patterns(database):
    """Whoever meets it is told, and everything is as before."""
    database.set_threat("one", "A*")
    database.sql("insert into kansen.threat_rule select threat_id, 'X' || n"
                 " from kansen.threat, generate_series(1, 9998) n")
    database.set_threat("two", "B*")
    result = database.command("threat", "set", "three", "--match", "C*", code=None)
    assert result.code != 0 and "10000 patterns" in result.stderr
    database.set_threat("two", "C*")  # in place of its own
    database.set_threat("one", "A*")
    database.sql("insert into kansen.threat (name, state)"
                 " select 'many ' || n, 'ready' from generate_series(1, 998) n")
    result = database.command("threat", "set", "three", "--match", "C*", code=None)
    assert result.code != 0 and "1000 threats" in result.stderr
    database.set_threat("two", "B*")
    assert database.value("select count(*) from report.threats") == 1000


def test_defined_while_workers_are_ingesting(kafka, topic, database):
    """Stored events and coming ones are counted alike, wherever the definition falls."""
    name = topic(4)
    events = make_events(6000)
    lines = [json.dumps(event).encode() for event in events]
    database.set_threat("worms", "WORM*")
    workers = [database.start_ingest(kafka, name, "--max-age", 6000) for _ in range(2)]

    def produce():
        for start in range(0, len(lines), 100):
            kafka.produce_lines(name, lines[start:start + 100], partition=start // 100 % 4)

    producer = threading.Thread(target=produce)
    producer.start()
    wait_until(lambda: database.value("select count(*) from report.detections") > 500,
               "first events", workers)
    database.set_threat("all", "*")
    database.set_threat("worms", "*.1", "*.2")
    database.set_threat("gone", "*")
    database.command("threat", "remove", "gone")
    producer.join()
    wait_until(lambda: sum(database.stored_offsets(name).values()) == len(lines),
               "all events stored", workers)
    for worker in workers:
        worker.terminate()

    truth = oracle.Oracle(events)
    check(database, truth, "all", ["*"])
    check(database, truth, "worms", ["*.1", "*.2"])
    database.verify()


def in_march(count, name="WORM.A", start=0, devices=None):
    return [{"id": f"00000000-0000-0000-0000-{number:012}",
             "device": devices[number % len(devices)] if devices else f"device-{number % 50}", "name": name,
             "country": COUNTRIES[number % 4], "time": f"2024-03-{number % 27 + 1:02}T12:00:00Z"}
            for number in range(start, start + count)]


@contextlib.contextmanager
def held(database, table):
    """Whoever reads the table meanwhile waits."""
    connection = database.postgres.connect(database.name)
    connection.autocommit = False
    try:
        connection.cursor().execute(f"lock table {table} in access exclusive mode")
        yield
    finally:
        connection.close()


def test_what_is_stored_between_the_moment_and_the_count_of_it_counts_once(kafka, topic, database):
    """`threat set` stands still behind the moment whose state it counts, a worker stores meanwhile: also earlier
    detections of machines whose name no worker has ever counted."""
    name = topic(1)
    before, meanwhile = in_march(200, "WORM.OLD"), in_march(300, start=200)
    meanwhile += [{**event, "time": "2024-03-01T00:00:00Z"} for event in in_march(10, start=1000)]
    database.command("db", "maintain", "--from", "2024-03", "--to", "2024-03")
    worker = database.start_ingest(kafka, name, "--max-age", 6000)
    kafka.produce_lines(name, [json.dumps(event).encode() for event in before])
    wait_until(lambda: sum(database.stored_offsets(name).values()) == 200, "the first to be stored", [worker])
    with database.locked("kansen.infection_2024_03") as infections:
        setting = database.kansen.start("threat", "set", "worms", "--match", "WORM*", "--db", database.conninfo)
        wait_until(infections.waiters, "infections to wait", [setting])
        # The worker meets the new definition now, and needs no rule behind that. Shards of Citus know no such lock.
        kafka.produce_lines(name, [json.dumps(event).encode() for event in meanwhile[:100]])
        wait_until(lambda: len(infections.waiters()) > 1 or sum(database.stored_offsets(name).values()) == 300,
                   "the worker to count by the new definition", [setting, worker])
        names = held(database, "kansen.threat_rule")
        names.__enter__()
    try:
        wait_until(lambda: database.value(
            "select count(*) from pg_locks l join pg_stat_activity a using (pid) where not l.granted"
            " and l.relation = 'kansen.threat_rule'::regclass") == 1, "the moment to be there", [setting])
        assert database.value("select count(*) from pg_stat_activity where state = 'idle in transaction'"
                              " and backend_xmin is not null and datname = current_database()") == 1
        kafka.produce_lines(name, [json.dumps(event).encode() for event in meanwhile[100:]])
        wait_until(lambda: sum(database.stored_offsets(name).values()) == 510, "all to be stored", [worker])
    finally:
        names.__exit__(None, None, None)
    assert "stored detections counted" in setting.wait().stderr
    worker.terminate()
    check(database, oracle.Oracle(before + meanwhile), "worms", ["WORM*"])
    database.verify()


@pytest.fixture
def edged(database):
    """Devices at which a part of a month's infections ends, with others between them, in order; and events of March
    of each, those of the first threat's name last."""
    edges = [str(device) for device, in database.sql(
        "select device from (select md5(n::text)::uuid as device from generate_series(1, 300000) n) d"
        " where uuid_hash(device) % 50000 = 0 order by device")]
    assert len(edges) >= 4
    between = [f"{edge[:-1]}{'0' if edge[-1] != '0' else '1'}" for edge in edges]
    devices = sorted(edges + between)
    database.edges = edges
    database.events = in_march(len(devices), "TROJ.A", devices=devices) + in_march(
        2 * len(devices), start=1000, devices=devices)
    database.command("db", "maintain", "--from", "2024-03", "--to", "2024-03")
    database.load_events(database.events)
    return database


def pause_at(database, table, event, part):
    """The transaction that is the part'th to touch the table waits for the turn "part"."""
    skip_on_citus("Citus has no triggers on distributed tables")
    database.sql("create sequence public.parts")
    database.sql(f"""create function public.pause() returns trigger language plpgsql as $$
      begin
        if nextval('public.parts') = {part} then
          perform pg_advisory_lock(hashtext('part'));
        end if;
        return null;
      end $$""")
    database.sql(f"create trigger pause after {event} on {table} for each statement execute function public.pause()")


def wait_for_part(database, process):
    wait_until(lambda: database.value("select count(*) from pg_locks where locktype = 'advisory' and not granted"
                                      " and objid = hashtext('part')::oid::bigint"), "the part to wait", [process])


def test_killed_between_parts_of_a_month(edged):
    """What was added stays, what arrives meanwhile is added beside it, and the next try counts all once."""
    pause_at(edged, "kansen.infection", "insert", 3)
    with edged.turn("part"):
        setting = edged.kansen.start("threat", "set", "worms", "--match", "WORM*", "--db", edged.conninfo)
        wait_for_part(edged, setting)
        setting.kill()
    wait_until(lambda: edged.value("select count(*) from pg_stat_activity where application_name like 'kansen%%'"
                                   " and datname = current_database()") == 0, "its connections to end")
    edged.sql("drop trigger pause on kansen.infection")
    there = edged.value("select count(*) from kansen.infection")
    assert 0 < there < len({event["device"] for event in edged.events})
    # Earlier and later than what is stored, of machines that were added and of others.
    more = [{**event, "id": f"00000000-0000-0000-0001-{number:012}", "time": f"2024-03-{day:02}T00:00:00Z"}
            for number, event in enumerate(edged.events[-20:]) for day in (1 + 26 * (number % 2),)]
    edged.load_events(more)
    edged.set_threat("worms", "WORM*")
    check(edged, oracle.Oracle(edged.events + more), "worms", ["WORM*"])
    edged.verify()


def test_a_batch_beside_a_part_moves_and_adds_infections(edged):
    """A month in which workers have added some: the earliest detection wins, whoever brings it."""
    pause_at(edged, "kansen.infection", "insert", 1)
    # Of a machine of the last part, in front of all that is stored; of another one behind it.
    arriving = [{**edged.events[-1], "id": "00000000-0000-0000-0002-000000000001", "time": "2024-03-01T00:00:00Z"},
                {**edged.events[-2], "id": "00000000-0000-0000-0002-000000000002", "time": "2024-03-30T00:00:00Z",
                 "country": "SE"}]
    with edged.turn("part"):
        setting = edged.kansen.start("threat", "set", "worms", "--match", "WORM*", "--db", edged.conninfo)
        wait_for_part(edged, setting)
        edged.load_events(arriving)
    assert "stored detections counted" in setting.wait().stderr
    edged.sql("drop trigger pause on kansen.infection")
    check(edged, oracle.Oracle(edged.events + arriving), "worms", ["WORM*"])
    edged.verify()


def test_a_batch_is_stored_while_an_old_definition_is_deleted(edged):
    """Some machines at a time: the first are gone while the next are being deleted, and nobody waits."""
    edged.set_threat("worms", "WORM*")
    old = edged.value("select threat_id from kansen.threat")
    there = edged.value("select count(*) from kansen.infection")
    pause_at(edged, "kansen.infection", "delete", 3)
    arriving = in_march(40, start=5000)
    with edged.turn("part"):
        removing = edged.kansen.start("threat", "set", "worms", "--match", "TROJ*", "--db", edged.conninfo)
        wait_for_part(edged, removing)
        left = edged.value(f"select count(*) from kansen.infection where threat_id = {old}")
        assert 0 < left < there
        edged.load_events(arriving)
        check(edged, oracle.Oracle(edged.events + arriving), "worms", ["TROJ*"])
    removing.wait()
    for table in ("threat", "infection", "current_count"):
        assert edged.value(f"select count(distinct threat_id) from kansen.{table}") == 1, table
    edged.verify()


def test_a_chunk_that_deadlocks_counts_once(database):
    """PostgreSQL ends a transaction of the recount when all but its commit is done: it is made again."""
    events = make_events(300)
    truth = oracle.Oracle(events)
    database.load_events(events)
    database.sql("create sequence public.attempts")
    database.sql("""create function public.end_the_first() returns trigger language plpgsql as $$
      begin
        if nextval('public.attempts') = 1 then -- what was drawn of a sequence is not rolled back
          raise exception 'chosen to be ended' using errcode = 'deadlock_detected';
        end if;
        return null;
      end $$""")
    database.sql("create trigger ends after insert on kansen.count_change for each row when (new.infections > 0)"
                 " execute function public.end_the_first()")
    database.set_threat("worms", "WORM*")
    assert database.sql("select last_value from public.attempts")[0][0] > 1
    check(database, truth, "worms", ["WORM*"])
    database.verify()

"""`kansen status`: how kansen stands, on one screen, for programs, and as an exit code."""

import json
import pathlib

import pytest

from program import Database
from servers import Postgres, wait_until
from shared_fixtures import served

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs/status.schema.json"
WELL, ATTENTION, BEHIND = 0, 65, 75


def events(month, count, name="WORM.A"):
    return [{"id": f"{month}-{number}", "device": f"device-{number}", "name": name, "country": "JP",
             "time": f"{month}-01T00:00:00Z"} for number in range(count)]


def present(database):
    return database.value("select to_char(month, 'YYYY-MM') from report.calendar"
                          " where starts_at <= now() and now() < ends_at")


def produce(kafka, topic, partition, count, month):
    kafka.produce_lines(topic, [json.dumps(event).encode() for event in events(month, count)], partition)


@pytest.fixture(scope="session")
def postgres():
    """One of which nothing hurts."""
    yield from served(lambda: Postgres(fsync="on"))


def status(database, *options, code=WELL):
    """What it says as JSON, held against the schema that docs have of it."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    said = database.command("status", "--format", "json", *options, code=code).json()
    jsonschema.Draft202012Validator(closed(schema)).validate(said)
    assert said["exit_code"] == code
    return said


def closed(schema):
    """The same schema, in which every member has to be described."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    known = {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {}
    return {**known, **{key: closed(value) for key, value in schema.items()}}


def concerns(said):
    return {each["name"]: each for each in said["concerns"]}


def screen(database, *options, code=WELL):
    lines = database.command("status", *options, code=code).stdout.splitlines()
    assert [line for line in lines if len(line) > 80 or line.endswith(" ")] == []
    return lines


def test_a_new_database_is_well(database):
    said = status(database)
    assert (said["state"], said["concerns"], said["topics"], said["at_work"]) == ("well", [], [], [])
    assert said["database"]["timezone"] == "UTC" and not said["database"]["standby"]
    assert (said["months"], said["rejected"], said["editions"], said["geoip_build"]) == ([], [], [], None)
    lines = screen(database)
    assert lines[0].startswith("kansen      well, at ") and len(lines) <= 24
    assert "editions    nothing has been published" in lines


def test_a_reader_may_look(database):
    database.sql("drop role if exists test_reader")
    database.sql("create role test_reader login in role kansen_reader")
    try:
        conninfo = database.conninfo.replace("user=postgres", "user=test_reader")
        database.kansen.run("status", "--db", conninfo)
        database.kansen.run("status", "--format", "json", "--db", conninfo)
    finally:
        database.sql("drop role test_reader")


@pytest.mark.parametrize(("words", "code"), [
    (["--max-lag", "0"], 64), (["--max-lag", "soon"], 64), (["--max-rejected", "-1"], 64), (["all"], 64),
    (["--format", "csv"], 64)])
def test_mistakes_are_refused(database, words, code):
    assert database.command("status", *words, code=code).stdout == ""


def test_a_server_that_is_away_and_an_old_schema_have_codes_of_their_own(database, postgres, kansen):
    assert kansen.run("status", "--db", f"host={postgres.folder}/nowhere", code=69).stdout == ""
    database.sql("delete from kansen.migration where version = (select max(version) from kansen.migration)")
    assert "kansen db migrate" in database.command("status", code=78).stderr


def test_workers_topics_and_lag(database, kafka, topic):
    name = topic(3)
    month = present(database)
    produce(kafka, name, 1, 20, month)
    worker = database.start_ingest(kafka, name)
    wait_until(lambda: database.stored_offsets(name).get(1) == 20
               and None not in {partition["read_until"] for partition in status(database)["topics"][0]["partitions"]},
               "the topic to be read", [worker])
    said = status(database)
    (read,) = said["topics"]
    assert (read["topic"], read["group"], read["heartbeats"], read["retired"]) == (name, "tests", False, False)
    assert [each["partition"] for each in read["partitions"]] == [0, 1, 2]
    (owner,) = {each["worker"] for each in read["partitions"]}
    assert owner.endswith(f":{worker.process.pid}")
    assert [(each["next_offset"], each["end_offset"], each["unread"]) for each in read["partitions"]] == [
        (0, 0, 0), (20, 20, 0), (0, 0, 0)]
    assert said["at_work"] == [{"command": "ingest", "connections": 1}]
    assert said["months"][-1] == {"month": month, "state": "provisional"}
    lines = screen(database)
    assert any(line.startswith(f"at work     ingest (1); read by {owner}") for line in lines)
    assert any(line.startswith(f"{name} (tests)") and "3 of 3" in line for line in lines)

    worker.terminate()
    wait_until(lambda: status(database, "--max-lag", "1000")["at_work"] == [], "the connection to be gone")
    wait_until(lambda: min(each["lag_seconds"] for each in status(
        database, "--max-lag", "1000")["topics"][0]["partitions"]) > 1, "a second to pass")
    said = status(database, "--max-lag", "1", code=BEHIND)
    assert {each["worker"] for each in said["topics"][0]["partitions"]} == {None}
    assert (said["state"], list(concerns(said))) == ("behind", ["unread"])
    assert f"kansen ingest -t {name} -G tests" in concerns(said)["unread"]["way_on"]
    assert any("nobody reads it" in line for line in screen(database, "--max-lag", "1", code=BEHIND))
    database.command("db", "retire", "-t", name)
    said = status(database, "--max-lag", "1")
    assert said["topics"][0]["retired"] and said["concerns"] == []


def test_what_is_unread_is_known_without_kafka(database, kafka, topic):
    """A worker that stopped behind its first batch of 32,768: how much there was then, at least."""
    name = topic(1)
    count = 40000
    line = b'{"id":"%d","device":"d%d","name":"WORM.A","country":"JP","time":"2026-11-01T00:00:00Z"}'
    kafka.produce_lines(name, [line % (number, number % 100) for number in range(count)], 0)
    database.sql("create function kansen.once() returns trigger language plpgsql as $$ begin"
                 " if old.next_offset > 0 then raise exception 'not again' using errcode = '57014'; end if;"
                 " return new; end $$;"
                 " create trigger once before update of next_offset on kansen.kafka_offset"
                 " for each row when (new.next_offset > old.next_offset) execute function kansen.once()")
    worker = database.start_ingest(kafka, name, "--max-age", "9000")
    wait_until(lambda: database.stored_offsets(name).get(0, 0) > 0, "the first batch to be stored", [worker])
    worker.kill()
    wait_until(lambda: status(database, "--max-lag", "9000")["at_work"] == [], "the connection to be gone")
    (partition,) = status(database, "--max-lag", "9000")["topics"][0]["partitions"]
    assert (partition["end_offset"], partition["unread"]) == (count, count - partition["next_offset"])
    assert 0 < partition["unread"] < count and partition["end_known"]
    assert any(f"{partition['unread']:,}+" in line for line in screen(database, "--max-lag", "9000"))


def test_what_is_rejected_is_trouble_while_it_comes(database):
    database.load_bad(b"nonsense\n{}\n" * 3)
    assert [(each["reason"], each["waiting"], each["last_hour"]) for each in status(database)["rejected"]] == [
        ("bad_json", 3, 3), ("missing_field", 3, 3)]
    said = status(database, "--max-rejected", "5", code=ATTENTION)
    assert "rejected" in concerns(said)
    database.sql("update kansen.dead_letter set rejected_at = rejected_at - interval '61 minutes'")
    assert status(database, "--max-rejected", "5")["rejected"][0]["last_day"] == 3
    database.sql("update kansen.dead_letter set replayed_at = now()")
    assert status(database)["rejected"] == []


def test_months_and_their_room(database):
    month = present(database)
    database.load_events(events("2013-09", 3) + events(month, 5))
    said = status(database)
    assert said["in_default_partition"] == ["2013-09"]
    assert concerns(said)["default-partition"]["way_on"].startswith("kansen db maintain")
    before = {room["month"]: room for room in said["storage"]}
    assert before[month]["detection_bytes"] > 0 and before[None]["detection_bytes"] > 0 and "2013-09" not in before
    database.command("db", "maintain")
    database.sql("analyze kansen.detection")
    said = status(database)
    assert (said["in_default_partition"], said["concerns"]) == ([], [])
    after = {room["month"]: room for room in said["storage"]}
    assert after["2013-09"]["about_detections"] == 3 and after[month]["about_detections"] == 5
    ahead = sorted(each for each in after if each and each > month)
    assert said["partitions_until"] == ahead[-1] and len(ahead) == 3
    assert f"partitions  2013-09 to {ahead[-1]}, 3 months ahead" in screen(database)


def test_a_month_without_a_partition_waits_for_a_person(database):
    month = present(database)
    following = database.value("select to_char(to_date(%s, 'YYYY-MM') + interval '1 month', 'YYYY_MM')", (month,))
    database.sql(f"drop table kansen.detection_{following}; drop table kansen.infection_{following}")
    said = status(database, code=ATTENTION)
    assert said["partitions_until"] == month
    assert following.replace("_", "-") in concerns(said)["no-partition"]["text"]
    database.command("db", "maintain")
    assert status(database)["concerns"] == []


def test_counts_that_nobody_works_on_wait_for_a_person(database):
    database.set_threat("worms", "WORM*")
    database.load_events(events("2024-05", 3))
    database.command("db", "maintain")
    database.sql("insert into kansen.threat (name, state) values ('worms', 'counting')")
    said = status(database, code=ATTENTION)
    assert [(each["threat"], each["by"]) for each in said["recounts"]] == [("worms", "threat set")]
    assert "kansen threat set" in concerns(said)["recount"]["way_on"]
    connection = database.postgres.connect(database.name)
    connection.cursor().execute("set application_name = 'kansen threat set'")
    said = status(database, code=BEHIND)
    connection.close()
    assert (concerns(said)["recount"]["state"], said["at_work"]) == (
        "behind", [{"command": "threat set", "connections": 1}])
    database.set_threat("worms", "WORM*")
    assert status(database)["recounts"] == []


def test_editions_and_what_is_not_published(database, tmp_path):
    database.set_threat("worms", "WORM*")
    database.load_events(events("2024-05", 3))
    database.command("db", "maintain")
    database.command("publish", "worms", "--from", "2024-05", "--to", "2024-05", "--format", "text", "-o", tmp_path)
    said = status(database)
    assert [(each["threat"], each["from"], each["to"], each["edition"]) for each in said["editions"]] == [
        ("worms", "2024-05", "2024-05", 1)]
    assert said["concerns"] == []
    database.load_events(events("2024-06", 2))
    database.command("db", "maintain")
    said = status(database)
    assert concerns(said)["unpublished"]["text"].startswith("worms: 2024-06 is complete")
    assert any(line.startswith("editions    worms 2024-05 to 2024-05, edition 1 of ") for line in screen(database))


def test_what_hurts_is_said_in_a_line(database):
    database.sql("alter table kansen.kafka_offset set (autovacuum_enabled = off)")
    assert concerns(status(database))["settings"]["text"] == "1 thing of the server or the database hurts"
    assert "            > kansen db check names it" in screen(database)


def test_a_standby_misses_nobody(database, kansen):
    """Who works is connected to the primary; lags are known there too."""
    database.sql("insert into kansen.kafka_partition values ('c', 'kansen', 'detections', 1, 0)")
    database.sql("insert into kansen.kafka_offset (cluster, group_id, topic, partition, read_until)"
                 " select cluster, group_id, topic, partition, now() - interval '3 days' from kansen.kafka_partition")
    server = Postgres(standby_of=database.postgres, fsync="on")
    server.start()
    try:
        standby = Database(kansen, server, database.name)
        said = status(standby, code=BEHIND)
        assert said["database"]["standby"] and list(concerns(said)) == ["lag"]
        assert concerns(said)["lag"]["way_on"] is None and "? of 1" in "\n".join(screen(standby, code=BEHIND))
        assert standby.command("db", "check").stdout
    finally:
        server.close()


def test_names_from_outside_are_harmless(database):
    """A group can be called anything."""
    database.sql("insert into kansen.kafka_partition values ('c', E'\\033[31mred\\u202e', 'a-very-long-topic-name', 1, 0)")
    database.sql("insert into kansen.kafka_offset (cluster, group_id, topic, partition, read_until, updated_at)"
                 " select cluster, group_id, topic, partition, now() - interval '3 days', now() - interval '3 days'"
                 " from kansen.kafka_partition")
    text = "\n".join(screen(database, code=BEHIND))
    assert "\033" not in text and "\u202e" not in text and "3 d 0 h" in text


def test_whoever_locks_a_partition_is_not_waited_for_long(database):
    month = present(database).replace("-", "_")
    connection = database.postgres.connect(database.name)
    connection.autocommit = False
    try:
        connection.cursor().execute(f"lock table kansen.detection_{month} in access exclusive mode")
        assert "lock timeout" in database.command("status", code=BEHIND).stderr
    finally:
        connection.close()

"""`kansen dead-letters`: rejected events listed, shown byte by byte, stored after all, relayed."""

import csv
import datetime
import io
import json
import re
import subprocess

import psycopg2
import pytest

import bad_events
from pgproxy import Fate
from servers import wait_until

EX_USAGE, EX_DATAERR, EX_TEMPFAIL, EX_NOPERM, EX_CONFIG = 64, 65, 75, 77, 78
OLD = ("--max-age", "9000")  # reaches back to the events below
WAITING = "select count(*) from kansen.dead_letter where replayed_at is null"

HOSTILE = [
    b"\x00", b"\x1b[31mred\x1b[0m", b"\xe2\x80\xaeright to left", b"\xff\xfe\x80", b"\r\nHTTP/1.1",
    "ビットコイン".encode(), b"\\x41", b"'; drop table dead_letter; --", bytes(range(256)) * 300,
]


def event(number, **changes):
    return {"id": f"event-{number}", "device": f"device-{number % 97}", "name": "WORM.A",
            "country": ("JP", "US", "DE")[number % 3],
            "time": f"2024-0{number % 3 + 4}-{number % 28 + 1:02}T00:00:00Z", **changes}


def lines(*events):
    return b"".join(json.dumps(each).encode() + b"\n" for each in events)


def replay(database, *options, code=0):
    """{accepted: …, repeated: …, rejected: …} as the command says it."""
    said = database.command("dead-letters", "replay", *options, "--log-format", "json", code=code)
    return counts(said, "replayed")


def counts(result, message):
    for fields in map(json.loads, re.findall(r"^{.*}$", result.stderr, re.MULTILINE)):
        if fields["msg"] == message:
            return {name: int(value) for name, value in fields.items()
                    if str(value).isdigit() and not name.startswith(("rejected_", "geoip_"))}
    raise AssertionError(f"no \"{message}\" in {result}")


def listed(database, *options):
    return database.command("dead-letters", "list", "--format", "json", *options).json()


def tables(database):
    """What is stored and counted, by meaning; slots and numbers of names may differ."""
    return [database.sql(f"select * from report.{view} order by {order}") for view, order in (
        ("detections", "event_time, device_id, event_id"),
        ("infections", "threat, month, device_id"),
        ("country_infections", "threat, month, country"))]


# ---- list

@pytest.fixture
def letters(database, tmp_path):
    """Three reasons in two files; the second holds the same bad line twice."""
    for name, text in (("a", b"{}\n{\nnonsense\n"), ("b", b"nonsense\nnonsense\n")):
        (tmp_path / name).write_bytes(text + lines({"time": "now"}, event(0)))
        database.load(tmp_path / name, code=65)
    return database, str(tmp_path / "a"), str(tmp_path / "b")


def test_list_counts_by_reason_and_place(letters):
    database, first, second = letters
    found = {(row["reason"], row["topic"]): row["letters"] for row in listed(database)}
    assert found == {("missing_field", first): 1, ("bad_json", first): 2, ("bad_json", second): 2,
                     ("bad_time", first): 1, ("bad_time", second): 1}
    assert {row["source"] for row in listed(database)} == {"file"}
    now = datetime.datetime.now(datetime.timezone.utc)
    for row in listed(database):
        for name in ("first", "last"):
            then = datetime.datetime.fromisoformat(row[name].replace("Z", "+00:00"))
            assert abs(now - then) < datetime.timedelta(hours=1)


def test_list_fits_a_terminal_and_a_spreadsheet(letters):
    database, first, _ = letters
    for options in ((), ("--each",)):
        table = database.command("dead-letters", "list", *options).stdout.splitlines()
        place = max(len(line) - len(first) for line in table if first in line)
        assert place <= 80 - len("topic 12 345")
        rows = list(csv.DictReader(io.StringIO(
            database.command("dead-letters", "list", *options, "--format", "csv").bytes.decode())))
        found = listed(database, *options)
        assert [{name: "" if value is None else str(value) for name, value in row.items()}
                for row in found] == rows


def test_list_shows_the_newest_of_each_reason_with_its_detail(letters):
    database, first, second = letters
    row, = listed(database, second, "--reason", "bad_json")
    each = listed(database, second, "--reason", "bad_json", "--each")
    assert (row["first_offset"], row["last_offset"]) == (1, 2)
    assert (row["letter"], row["offset"], row["detail"]) == (
        each[0]["letter"], each[0]["offset"], each[0]["detail"])
    for options in ((), ("--each",)):
        table = database.command("dead-letters", "list", *options).stdout
        words = " ".join(table.split())
        for found in listed(database, *options):
            assert found["detail"] in words
            assert f'letter {found["letter"]} (line {found["offset"]}): ' in words or options
        assert options or "lines 1 to 2; letter" in words
        assert not any(f"lines {number} to {number};" in words for number in range(9))
        assert all(len(line) <= 80 for line in table.splitlines()
                   if first not in line and second not in line)


def test_a_long_detail_is_broken_and_does_nothing_on_a_terminal(database):
    database.load("-", stdin=b"nonsense\n" + lines(event(1)), code=None)
    detail = "\x1b[31m" + "word " * 60 + "x" * 100 + " end\u202e"
    database.sql("update kansen.dead_letter set detail = %s", (detail,))
    for options in ((), ("--each",)):
        table = database.command("dead-letters", "list", *options).stdout
        assert "\x1b" not in table and "\u202e" not in table and "\\u{001B}[31mword" in table
        assert max(len(line) for line in table.splitlines()) == 11 + 100


def test_list_filters(letters):
    database, first, second = letters
    assert {row["topic"] for row in listed(database, second)} == {second}
    assert {row["reason"] for row in listed(database, "--reason", "bad_json")} == {"bad_json"}
    assert listed(database, "--until", "2020-01-01") == []
    assert listed(database, "--since", "2020-01-01") == listed(database)
    database.sql("update kansen.dead_letter set rejected_at = '2020-02-03T04:05:06Z'"
                 " where topic = %s", (first,))
    assert {row["topic"] for row in listed(database, "--until", "2020-02-04")} == {first}
    assert listed(database, "--until", "2020-02-03T04:05:06Z") == []
    assert {row["topic"] for row in listed(database, "--since", "2020-02-03T04:05:07Z")} == {second}


def test_list_names_the_newest_first(letters):
    database, first, second = letters
    every = listed(database, "--each")
    numbers = [row["letter"] for row in every]
    assert numbers == sorted(numbers, reverse=True)
    assert len(every) == 7 and every[0]["topic"] == second and every[-1]["topic"] == first
    assert listed(database, "--limit", 2) == every[:2]


def test_mistakes_are_refused(database):
    for words in (("list", "--reason", "nonsense"), ("list", "--since", "yesterday"),
                  ("list", "one", "two"), ("list", "--limit", "0"), ("list", "--format", "xml"),
                  ("show",), ("show", "first"), ("show", "-1"), ("show", "topic", "one", "2"),
                  ("show", "topic", "1", "2", "3"), ("replay", "--until", "2024-13-01"),
                  ("relay",), ("relay", "-t", "topic"), ("relay", "topic")):
        result = database.command("dead-letters", *words, code=EX_USAGE)
        assert result.stdout == "" and result.stderr.count("\n") == 1, result


# ---- show

def test_every_byte_is_shown_and_written_as_it_came(kafka, topic, database):
    name = topic(1)
    kafka.produce(name, HOSTILE + [None, b""])
    database.ingest(kafka, name)
    for offset, value in enumerate([*HOSTILE, b"", b""]):
        raw = database.command("dead-letters", "show", name, 0, offset, "--raw")
        assert raw.bytes == value
        shown = database.command("dead-letters", "show", name, 0, offset).bytes
        assert not set(shown) & (set(range(32)) - {10}) and 0x7f not in shown
        shown.decode()
        assert "\u202e".encode() not in shown
        assert b"offset     %d\n" % offset in shown
    shown = [database.command("dead-letters", "show", name, 0, offset).stdout.splitlines()[-1]
             for offset in (0, 1, 2, 3, 5)]
    assert shown == ["  \\u{0000}", "  \\u{001B}[31mred\\u{001B}[0m", "  \\u{202E}right to left",
                     "  \\x{FF}\\x{FE}\\x{80}", "  ビットコイン"]
    for offset, said in ((len(HOSTILE), "none"), (len(HOSTILE) + 1, "0 bytes")):
        assert f"value      {said}" in database.command("dead-letters", "show", name, 0,
                                                        offset).stdout


def test_show_takes_a_number_or_a_place(letters):
    database, first, second = letters
    number = listed(database, second, "--each")[-1]["letter"]
    shown = database.command("dead-letters", "show", number).stdout
    assert shown == database.command("dead-letters", "show", second, 1).stdout
    assert f"letter     {number}\nreason     bad_json: " in shown
    assert f"file       {second}\nline       1\n" in shown and shown.endswith("\n  nonsense\n")
    result = database.command("dead-letters", "show", first, 99, code=EX_DATAERR)
    assert "no such dead letter" in result.stderr and result.stdout == ""


def test_raw_wants_one_letter(database, tmp_path):
    """A file that was changed and loaded again."""
    path = tmp_path / "events"
    for text in (b"one\n", b"two\n"):
        path.write_bytes(text + lines(event(0)))
        database.load(path, code=65)
    result = database.command("dead-letters", "show", path, 1, "--raw", code=EX_USAGE)
    numbers = sorted(row["letter"] for row in listed(database, "--each"))
    assert ", ".join(map(str, numbers)) in result.stderr and result.stdout == ""
    shown = database.command("dead-letters", "show", path, 1).stdout
    assert shown.index("  one\n") < shown.index("\n\nletter") < shown.index("  two\n")


def test_headers_are_kept_and_shown(kafka, topic, database):
    name = topic(1)
    send(kafka, name, "nonsense", "the key", "trace=a=b", "empty=", "null", "trace=\x1b")
    kafka.produce(name, [b"without"])
    database.ingest(kafka, name)
    shown = database.command("dead-letters", "show", name, 0, 0).stdout
    assert ("\nheaders    4\n  trace: a=b\n  empty: \n  null\n  trace: \\u{001B}\n"
            "key        7 bytes\n  the key\nvalue      8 bytes\n  nonsense\n") in shown
    assert "headers" not in database.command("dead-letters", "show", name, 0, 1).stdout
    assert [None if each is None else [None if item is None else bytes(item) for item in each]
            for each, in database.sql("select headers from kansen.dead_letter order by \"offset\"")
            ] == [[b"trace", b"a=b", b"empty", b"", b"null", None, b"trace", b"\x1b"], None]


def send(kafka, topic, value, key, *headers):
    """One message with a key and headers (`name=value`, or `name` for a null one)."""
    options = [word for header in headers for word in ("-H", header)]
    subprocess.run(["kcat", "-P", "-q", "-b", kafka.brokers, "-t", topic, "-k", key, *options],
                   input=value.encode(), check=True)


# ---- replay

def test_a_replay_under_a_wider_policy_is_as_if_it_had_been_so_from_the_start(
        kafka, topic, new_database, mmdb):
    name = topic(3)
    events = [event(number, **({} if number % 5 else {"country": None, "ip": "203.0.113.7"}))
              for number in range(3000)]
    now = datetime.datetime.now(datetime.timezone.utc)
    good = [{**bad_events.Table(now).good, "id": f"good-{number}"} for number in range(500)]
    messages = [json.dumps(each).encode() for each in events + good + events[:700]]
    bad = [b"nonsense", b"{}", b'{"time":"now"}', b"\xff"]
    for partition in range(3):
        kafka.produce_lines(name, messages[partition::3] + bad, partition)
    whole, late = new_database(), new_database()
    for database, options in ((whole, OLD), (late, ())):
        database.set_threat("worms", "WORM*")
        database.ingest(kafka, name, "--geoip", mmdb, *options)
    assert whole.value(WAITING) == 3 * len(bad) and late.value(WAITING) == 3700 + 3 * len(bad)

    done = replay(late, "--geoip", mmdb, *OLD)
    assert done == {"accepted": 3000, "repeated": 700, "conflicting": 0, "rejected": 12}
    late.verify()
    assert tables(late) == tables(whole)
    reports = [database.command("report", "worms", "--from", "2024-03", "--to", "2024-07",
                                "--format", "md", "--lang", "en").bytes
               for database in (whole, late)]
    assert reports[0] == reports[1] and b"2024" in reports[0]
    assert listed(late, "--replayed")[0]["letters"] == 3700
    assert {(row["reason"], row["letters"]) for row in listed(late)} == {
        (row["reason"], row["letters"]) for row in listed(whole)}
    # Once more changes nothing.
    before = late.sql("select * from kansen.dead_letter order by letter_id")
    assert replay(late, "--geoip", mmdb, *OLD) == {"accepted": 0, "repeated": 0, "conflicting": 0,
                                                   "rejected": 12}
    assert late.sql("select * from kansen.dead_letter order by letter_id") == before
    assert tables(late) == tables(whole)


def test_age_is_measured_by_the_time_of_the_rejection(database, tmp_path):
    """Waiting turns no clock that ran ahead into one that was right."""
    path = tmp_path / "events"
    path.write_bytes(lines(event(1, time="2024-05-10T00:00:00Z")))
    database.load(path, "--max-age", 1, code=65)
    database.sql("update kansen.dead_letter set rejected_at = '2024-05-06T00:00:00Z'")
    assert replay(database)["rejected"] == 1  # four days ahead of its time
    assert replay(database, "--max-ahead", 3)["rejected"] == 1
    assert replay(database, "--max-ahead", 4, "--max-age", 0)["accepted"] == 1


def test_envelopes_in_files_are_unpacked(database, tmp_path):
    path = tmp_path / "events"
    path.write_bytes(lines({"topic": "t", "partition": 0, "offset": 7, "key": None,
                            "payload": json.dumps(event(1))}))
    database.load(path, "--max-age", 1, code=65)
    assert replay(database, *OLD)["accepted"] == 1
    assert database.value("select malware_name from report.detections") == "WORM.A"


def test_replay_takes_filters(database, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(lines(event(name == "a"), {"bad": 1}))
        database.load(tmp_path / name, "--max-age", 1, code=65)
    assert replay(database, tmp_path / "a", "--reason", "missing_field")["rejected"] == 1
    assert replay(database, "--until", "2020-01-01")["rejected"] == 0
    assert replay(database, tmp_path / "a", *OLD) == {"accepted": 1, "repeated": 0,
                                                      "conflicting": 0, "rejected": 1}
    assert {row["topic"] for row in listed(database, "--reason", "time_out_of_range")} == {
        str(tmp_path / "b")}


def test_what_postgresql_refuses_stays_with_the_reason_of_today(database):
    """Of four letters with one event (a German one) some may be left for the next replay."""
    events = [event(number) for number in range(50)]
    database.load("-", "--max-age", 1, stdin=lines(*events, *[events[8]] * 3), code=65)
    database.set_threat("worms", "WORM*")
    database.sql("alter table kansen.detection add constraint no_de check (country <> 'DE')")
    refused = sum(each["country"] == "DE" for each in events)
    assert replay(database, *OLD)["accepted"] == 50 - refused
    assert database.value("select count(*) from report.detections") == 50 - refused
    reasons = dict(database.sql("select reason, count(*) from kansen.dead_letter"
                                " where replayed_at is null group by reason"))
    assert reasons == {"store": refused, "time_out_of_range": 3}
    assert "no_de" in database.value("select detail from kansen.dead_letter where reason = 'store'"
                                     " limit 1")
    database.verify()
    database.sql("alter table kansen.detection drop constraint no_de")
    replay(database, *OLD)
    assert database.value("select count(*) from report.detections") == 50
    assert database.value(WAITING) == 0
    database.verify()


def test_a_replay_that_is_killed_and_repeated_stores_each_event_once(database, proxy):
    events = [event(number) for number in range(50000)]  # three batches at least
    database.load("-", "--max-age", 1, stdin=lines(*events, *events[:3000]), code=65)
    database.set_threat("worms", "WORM*")
    for commits in (0, 1, 1):
        before = database.value(WAITING)
        proxy.kill_at_commit(commits, lambda: database.kansen.start(
            "dead-letters", "replay", "--db", proxy.conninfo(database.name), *OLD))
        wait_until(lambda: database.value(
            "select count(*) from pg_stat_activity where application_name like 'kansen%'"
            " and datname = current_database()") == 0, "its connections to end")
        waiting = database.value(WAITING)
        assert 0 < waiting < before if commits else waiting == before
        # A letter is marked if and only if its event is stored.
        assert database.value(
            "select count(distinct (convert_from(value, 'UTF8')::json ->> 'id'))"
            " from kansen.dead_letter where replayed_at is not null") == database.value(
                "select count(*) from report.detections")
    replay(database, *OLD)
    assert database.value("select count(*) from report.detections") == 50000
    assert database.value(WAITING) == 0
    database.verify()


def test_commits_that_end_badly_are_replayed_once(database, proxy):
    events = [event(number) for number in range(3000)]
    database.load("-", "--max-age", 1, stdin=lines(*events), code=65)
    database.set_threat("worms", "WORM*")
    proxy.plan(Fate.CUT_AFTER, Fate.FAIL, Fate.CUT_BEFORE)
    database.kansen.run("dead-letters", "replay", *OLD,
                        "--db", proxy.conninfo(database.name))
    assert not proxy.planned
    assert database.value("select count(*) from report.detections") == 3000
    assert database.value(WAITING) == 0
    database.verify()


def test_replays_at_once_beside_a_load(database, tmp_path):
    events = [event(number) for number in range(20000)]
    path = tmp_path / "events"
    path.write_bytes(lines(*events))
    database.load(path, "--max-age", 1, code=65)
    database.set_threat("worms", "WORM*")
    runs = [database.kansen.start(*words, "--db", database.conninfo) for words in (
        ("dead-letters", "replay", *OLD), ("dead-letters", "replay", *OLD), ("load", str(path)))]
    for run in runs:
        said = run.wait().stderr
        assert "deadlock" not in said, said
    assert database.value("select count(*) from report.detections") == 20000
    assert database.value(WAITING) == 0
    database.verify()


def test_a_replay_goes_on_after_an_outage(database, postgres):
    database.load("-", "--max-age", 1, stdin=lines(*(event(number) for number in range(20000))), code=65)
    run = database.kansen.start("dead-letters", "replay", "--db", database.conninfo, *OLD)
    wait_until(lambda: database.value(WAITING) < 20000, "the first letters", [run])
    postgres.kill()
    postgres.start()
    run.wait()
    assert database.value("select count(*) from report.detections") == 20000
    assert database.value(WAITING) == 0


# ---- relay

def relay_options(database, kafka, target, *options):
    return ["dead-letters", "relay", "--db", database.conninfo, "-b", kafka.brokers, "-t", target,
            "--log-format", "json", *options]


def relay(database, kafka, target, *options, code=0):
    return database.kansen.run(*relay_options(database, kafka, target, *options), code=code)


def relayed(database, kafka, target, *options):
    done = counts(relay(database, kafka, target, *options), "relayed")
    return done["relayed"], done["refused"]


def received(kafka, target):
    """[(key, value, [(header, value), …])]: NULL is None."""
    done = subprocess.run(
        ["kcat", "-C", "-q", "-e", "-b", kafka.brokers, "-t", target, "-o", "beginning", "-J"],
        stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def context(message):
    """The headers of Kafka Connect's prefix, without it; none is there twice."""
    names, values = message["headers"][::2], message["headers"][1::2]
    found = [(name[len("__connect.errors."):], value) for name, value in zip(names, values)
             if name.startswith("__connect.errors.")]
    assert len(dict(found)) == len(found), found
    return dict(found)


def test_relayed_letters_are_as_kafka_connect_writes_them(kafka, topic, database):
    source, target = topic(1), topic(1)
    send(kafka, source, "nonsense", "the key", "trace=abc", "__connect.errors.topic=elsewhere",
         "trace=def", "__connect.errors.exception.stacktrace=java")
    kafka.produce(source, [json.dumps(event(1)).encode(), None, b""])
    database.ingest(kafka, source)
    assert relayed(database, kafka, target) == (4, 0)
    messages = received(kafka, target)
    assert [(message.get("key"), message["payload"]) for message in messages] == [
        ("the key", "nonsense"), (None, json.dumps(event(1))), ("key", None), ("key", "")]
    assert messages[0]["headers"][:4] == ["trace", "abc", "trace", "def"]
    assert context(messages[0]) == {
        "topic": source, "partition": "0", "offset": "0", "connector.name": "kansen",
        "task.id": "0", "stage": "VALUE_CONVERTER", "class.name": "kansen.decode",
        "exception.class.name": "kansen.bad_json",
        "exception.message": database.value(
            "select detail from kansen.dead_letter where \"offset\" = 0")}
    assert [(context(message)["offset"], context(message)["exception.class.name"])
            for message in messages[1:]] == [
                ("1", "kansen.time_out_of_range"), ("2", "kansen.empty"), ("3", "kansen.empty")]
    # Every byte.
    kafka.produce(source, HOSTILE)
    database.ingest(kafka, source)
    assert relayed(database, kafka, target) == (len(HOSTILE), 0)
    for offset, value in enumerate(HOSTILE, 4):
        got = subprocess.run(["kcat", "-C", "-q", "-e", "-b", kafka.brokers, "-t", target, "-o",
                              str(offset), "-c", "1", "-D", ""], stdin=subprocess.DEVNULL,
                             capture_output=True, check=True).stdout
        assert got == value


def test_a_relay_that_is_resumed_sends_only_what_is_new(kafka, topic, database):
    target, other = topic(2), topic(1)
    database.load_bad(b"one\ntwo\n")
    assert relayed(database, kafka, target) == (2, 0)
    assert relayed(database, kafka, target) == (0, 0)
    database.load_bad(b"one\ntwo\nthree\n")
    assert relayed(database, kafka, target) == (1, 0)
    assert relayed(database, kafka, other) == (3, 0)
    assert sorted(each["payload"] for each in received(kafka, target)) == ["one", "three", "two"]
    assert dict(database.sql("select topic, relayed from report.dead_letter_relays")) == {
        target: 3, other: 3}


def test_a_letter_that_is_committed_late_is_not_passed_over(kafka, topic, database):
    """Its number is smaller than that of letters which were relayed before."""
    target = topic(1)
    slow = database.postgres.connect(database.name)
    slow.autocommit = False
    with slow.cursor() as cursor:
        cursor.execute(
            "insert into kansen.dead_letter (source, topic, partition, \"offset\", value_hash,"
            " reason, detail, value) values ('file', 'slow', 0, 1, gen_random_uuid(), 'bad_json',"
            " '', 'slow') returning letter_id")
        number = cursor.fetchone()[0]
        database.load_bad(b"fast\n")
        assert number < database.value("select letter_id from kansen.dead_letter")
        assert relayed(database, kafka, target) == (1, 0)
        slow.commit()
    slow.close()
    assert relayed(database, kafka, target) == (1, 0)
    assert [each["payload"] for each in received(kafka, target)] == ["fast", "slow"]


def test_a_letter_too_large_for_the_topic_stays_and_the_relay_goes_on(kafka, topic, database):
    small, large = topic(1, max_message_bytes=2000), topic(1, max_message_bytes=4000000)
    values = [b"x" * size for size in (10, 3000, 20, 2000000, 30)]
    database.load_bad(b"".join(value + b"\n" for value in values))
    result = relay(database, kafka, small)
    assert counts(result, "relayed")["relayed"] == 3 and counts(result, "relayed")["refused"] == 2
    assert "too large" in result.stderr
    assert [len(each["payload"]) for each in received(kafka, small)] == [10, 20, 30]
    assert database.value(WAITING) == 5
    assert database.sql("select relayed, refused from report.dead_letter_relays") == [(3, 2)]
    assert relayed(database, kafka, small) == (0, 2)
    assert relayed(database, kafka, large) == (5, 0)
    # The topic takes more now.
    kafka.set_topic(small, max_message_bytes=4000000)
    assert relayed(database, kafka, small) == (2, 0)
    assert relayed(database, kafka, small) == (0, 0)
    assert database.sql("select refused from report.dead_letter_relays") == [(0,), (0,)]


def test_a_relay_that_is_killed_loses_nothing(kafka, topic, database):
    target = topic(3)
    values = [b"nonsense-%d" % number for number in range(20000)]  # forty portions
    # The event comes first: a file whose first thousand lines are none is left alone.
    database.load("-", stdin=lines(event(0)) + b"\n".join(values), code=65)
    marked = "select coalesce(sum(relayed), 0) from report.dead_letter_relays"
    for _ in range(2):
        before = database.value(marked)
        run = database.kansen.start(*relay_options(database, kafka, target))
        wait_until(lambda: database.value(marked) > before, "some letters", [run], pause_s=0.01)
        run.kill()
        assert database.value(marked) < len(values)
        # All that is marked is there.
        assert len(received(kafka, target)) >= database.value(marked)
    relay(database, kafka, target)
    got = [each["payload"].encode() for each in received(kafka, target)]
    assert set(got) == set(values)
    assert database.value(marked) == len(values)


def test_a_relay_follows_until_it_is_told_to_stop(kafka, topic, database, postgres):
    target = topic(1)
    run = database.kansen.start(*relay_options(database, kafka, target, "--follow"))
    sent = "select coalesce(sum(relayed), 0) from report.dead_letter_relays"
    database.load_bad(b"one\n")
    wait_until(lambda: database.value(sent) == 1, "the first letter", [run])
    postgres.kill()
    wait_until(lambda: "can't relay now" in run.said(), "the relay to notice", [run])
    postgres.start()
    database.load_bad(b"one\ntwo\n")
    wait_until(lambda: database.value(sent) == 2, "the second letter", [run])
    assert counts(run.terminate(), "stopped") == {"relayed": 2, "refused": 0}
    assert [each["payload"] for each in received(kafka, target)] == ["one", "two"]


def test_what_kafka_did_not_take_in_time_is_sent_later(kafka, topic, database):
    target = topic(1)
    sent = "select coalesce(sum(relayed), 0) from report.dead_letter_relays"
    run = database.kansen.start(*relay_options(database, kafka, target, "--follow",
                                               "-X", "message.timeout.ms=1500"))
    database.load_bad(b"one\n")
    wait_until(lambda: database.value(sent) == 1, "the first letter", [run])
    kafka.stop()
    try:
        database.load_bad(b"one\ntwo\n")
        wait_until(lambda: "can't relay now" in run.said(), "the relay to notice", [run])
        assert database.value(sent) == 1
    finally:
        kafka.start()
    wait_until(lambda: database.value(sent) == 2, "the second letter", [run])
    run.terminate()
    assert {each["payload"] for each in received(kafka, target)} == {"one", "two"}


def test_one_relay_at_a_time_to_a_topic(kafka, topic, database):
    target = topic(1)
    run = database.kansen.start(*relay_options(database, kafka, target, "--follow"))
    database.load_bad(b"one\n")
    wait_until(lambda: received(kafka, target), "the first letter", [run])
    assert "another relay" in relay(database, kafka, target, code=EX_TEMPFAIL).stderr
    run.terminate()
    relay(database, kafka, target)


def test_a_topic_that_is_read_is_no_target(kafka, topic, database):
    source, target = topic(1), topic(1)
    kafka.produce(source, [b"nonsense"])
    database.ingest(kafka, source)
    result = relay(database, kafka, source, code=EX_CONFIG)
    assert source in result.stderr and "another topic" in result.stderr
    assert len(received(kafka, source)) == 1
    # A worker that begins to read the target closes the circle.
    relay(database, kafka, target)
    database.ingest(kafka, target)
    relay(database, kafka, target, code=EX_CONFIG)


def test_replayed_letters_are_not_relayed(kafka, topic, database):
    database.load("-", "--max-age", 1, stdin=lines(event(1), {"bad": 1}), code=65)
    replay(database, *OLD)
    target = topic(1)
    assert relayed(database, kafka, target) == (1, 0)
    assert [json.loads(each["payload"]) for each in received(kafka, target)] == [{"bad": 1}]


def test_properties_that_would_break_the_promise_are_refused(database):
    for name in ("enable.idempotence=false", "batch.num.messages=2",
                 "plugin.library.paths=/tmp/x.so", "no.such.property=1"):
        result = database.command("dead-letters", "relay", "-b", "127.0.0.1:1", "-t", "letters",
                                  "-X", name, code=EX_CONFIG)
        assert name.split("=")[0] in result.stderr


# ---- rights

def test_the_loader_replays_and_relays_and_changes_no_letter(kafka, topic, database):
    database.load("-", "--max-age", 1, stdin=lines(event(1), {"bad": 1}), code=65)
    database.sql("drop role if exists test_loader")
    database.sql("create role test_loader login in role kansen_loader")
    try:
        conninfo = database.postgres.conninfo(database.name, "test_loader")
        for words in (("list",), ("show", "1"), ("replay", *OLD),
                      ("relay", "-b", kafka.brokers, "-t", topic(1))):
            database.kansen.run("dead-letters", *words, "--db", conninfo)
        for column in ("key", "value", "headers", "topic", "\"offset\"", "rejected_at"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                database.sql(f"update kansen.dead_letter set {column} = null", user="test_loader")
    finally:
        database.sql("drop role test_loader")


def test_a_reader_lists_letters_and_sees_no_contents(letters):
    database, _, _ = letters
    database.sql("drop role if exists test_reader")
    database.sql("create role test_reader login in role kansen_reader")
    try:
        conninfo = database.postgres.conninfo(database.name, "test_reader")
        seen = database.kansen.run("dead-letters", "list", "--each", "--db", conninfo).stdout
        assert seen == database.command("dead-letters", "list", "--each").stdout
        result = database.kansen.run("dead-letters", "show", "1", "--db", conninfo,
                                     code=EX_NOPERM)
        assert "permission denied" in result.stderr and result.stdout == ""
    finally:
        database.sql("drop role test_reader")


def test_a_file_is_named_as_it_was_given_to_load(database, tmp_path):
    bad = tmp_path / "bad.ndjson"
    bad.write_bytes(lines(event(1), event(2, time="never"), event(3, country="xx")))
    (tmp_path / "link").symlink_to(bad)
    database.load(bad, *OLD, code=EX_DATAERR)
    for name in ("bad.ndjson", "./bad.ndjson", "link", f"../{tmp_path.name}/bad.ndjson", str(bad)):
        rows = database.command("dead-letters", "list", name, "--format", "json", cwd=tmp_path).json()
        assert {row["topic"] for row in rows} == {str(bad)} and len(rows) == 2, name
        shown = database.command("dead-letters", "show", name, "2", cwd=tmp_path).stdout
        assert "bad_time" in shown
        for place in (f"{name}:2", f"{name}:2[1]"):
            assert database.command("dead-letters", "show", place, cwd=tmp_path).stdout == shown
    for wrong in ("bad.ndjson:", ":2", "bad.ndjson:2x"):
        assert "LETTER is a whole number" in database.command("dead-letters", "show", wrong, code=EX_USAGE).stderr
    assert "rejected=2" in database.command("dead-letters", "replay", "bad.ndjson", cwd=tmp_path).stderr
    bad.unlink()
    removed = database.command("dead-letters", "remove", "bad.ndjson", "--yes", cwd=tmp_path)
    assert "removed=2" in removed.stderr


@pytest.mark.parametrize("words", [("list",), ("list", "--each"), ("replay",), ("remove", "--yes")], ids=" ".join)
def test_a_topic_that_is_none_is_said_with_the_nearest(database, tmp_path, words):
    bad = tmp_path / "detections.ndjson"
    bad.write_bytes(lines(event(1), event(2, time="never")))
    database.load(bad, *OLD, code=EX_DATAERR)
    result = database.command("dead-letters", *words, "detectoins.ndjson")
    assert "there is no dead letter of detectoins.ndjson" in result.stderr
    assert f"did you mean {bad}?" in result.stderr
    result = database.command("dead-letters", *words, "--reason", "nul")
    assert "there is no such dead letter" in result.stderr
    assert database.sql(WAITING) == [(1,)]

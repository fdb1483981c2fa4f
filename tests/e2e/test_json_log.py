"""With --log-format json all that a program says on stderr is JSON, a line at a time."""

import json
import os
import pathlib
import shutil
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

EVENT = json.dumps({"id": "e1", "device": "d1", "name": "WORM.A", "country": "JP",
                    "time": "2024-05-06T00:00:00Z"})
JSON = ("--log-format", "json")
NOBODY = ("-b", "127.0.0.1:1", "-t", "topic", "--wait", "1")
NUMBERS = {"accepted", "repeated", "conflicting", "rejected", "relayed", "refused", "partition",
           "from", "died", "again_in_s", "letter", "held_by_pid", "after_s", "seconds", "batches",
           "partitions", "lag", "largest_lag", "largest_lag_partition", "geoip_lookups",
           "geoip_misses", "ignored_addresses", "removed", "element", "of", "offset", "line", "unknown"}


def lines_of(text):
    """Each line parsed; numbers are numbers, all else is text."""
    parsed = []
    for line in text.splitlines():
        fields = json.loads(line)
        assert list(fields)[:3] == ["time", "level", "msg"], line
        assert fields["level"] in ("info", "warning", "error"), line
        for name, value in fields.items():
            is_number = name in NUMBERS or name.startswith("rejected_")
            assert isinstance(value, int if is_number else str), line
        parsed.append(fields)
    return parsed


@pytest.fixture
def filled(database):
    database.set_threat("worms", "WORM*")
    database.load("-", stdin=f"{EVENT}\nbad\n".encode(), code=65)
    return database


# What is run on a database, and how it ends.
ON_DATABASE = [
    (("db", "init"), 0), (("db", "migrate"), 0), (("db", "status"), 0), (("db", "maintain"), 0),
    (("db", "verify"), 0), (("db", "maintain", "--from", "2024-01"), 64),
    (("db", "init", "--timezone", "Mars/Olympus"), 65),
    (("db", "init", "--timezone", "Asia/Tokyo"), 65),
    (("db", "reread", "-G", "nobody", "-t", "nothing"), 65), (("db", "reread"), 64),
    (("threat", "list"), 0), (("threat", "set", "others", "--match", "OTHER*"), 0),
    (("threat", "set", "others"), 64), (("threat", "remove", "nobody"), 65),
    (("threat", "remove", "worms"), 0),
    (("stats", "worms", "--from", "2024-05", "--to", "2024-05"), 0), (("stats", "nobody"), 65),
    (("stats", "worms", "--top", "ten"), 64), (("report", "worms", "--format", "docx"), 64),
    (("report", "worms", "--from", "2024-05", "--to", "2024-05", "--format", "text"), 0),
    (("load", "-"), 65), (("load", "/nowhere"), 66), (("load",), 64),
    (("load", "-", "--geoip", "/nowhere"), 78),
    (("dead-letters", "list"), 0), (("dead-letters", "show", "77"), 65),
    (("dead-letters", "show", "x"), 64),
    (("dead-letters", "replay"), 0), (("dead-letters", "relay", *NOBODY), 69),
    (("ingest", *NOBODY, "--until-end"), 69), (("ingest",), 64),
    (("ingest", *NOBODY, "--until-end", "-X", "no.such.property=1"), 78)]


@pytest.mark.parametrize(("words", "code"), ON_DATABASE, ids=lambda value: (
    " ".join(value[:3]) if isinstance(value, tuple) else ""))
def test_every_line_of_a_command_is_json(filled, tmp_path, words, code):
    result = filled.command(*words, *JSON, stdin=f"{EVENT}\nbad\n".encode(), code=code, cwd=tmp_path)
    said = lines_of(result.stderr)
    if code != 0:
        assert said[-1]["level"] == "error" and said[-1]["command"] == " ".join(
            words[:1 if words[0] in ("load", "ingest", "stats", "report") else 2])


@pytest.mark.parametrize("words", [
    ("db", "status", *JSON, "--db", "host=/nowhere"), ("db", "status", *JSON, "--db", "nonsense"),
    ("db", "status", *JSON, "--no-such-option"), ("db", "status", *JSON, "surplus"),
    ("db", "status", "--no-such-option", "--log-format=json"),
    ("stats", *JSON, "--from"), ("db", "status", *JSON, "--db", "host=x password=secret"),
    ("db", *JSON), ("nothing", *JSON), ("db", "frobnicate", *JSON),
    ("db", "status", *JSON, "--config", "/nowhere")], ids=" ".join)
def test_mistakes_are_json_too(kansen, words):
    said = lines_of(kansen.run(*words, code=None).stderr)
    assert said and all(line["level"] == "error" for line in said)


def test_the_format_by_file_and_environment(filled, kansen, tmp_path):
    config = tmp_path / "kansen.conf"
    config.write_text("log-format = json\n", encoding="utf-8")
    assert lines_of(filled.command("db", "verify", "--config", config).stderr)
    environment = {"KANSEN_LOG_FORMAT": "json"}
    assert lines_of(filled.command("db", "verify", env=environment).stderr)
    assert lines_of(kansen.run("db", "status", "--nothing", env=environment, code=64).stderr)


def test_without_it_people_read_words(filled):
    assert filled.command("db", "verify").stderr == (
        "verified 2024-05\n"
        "verified: infections and counts are what detection says\n")
    assert filled.command("db", "reread", code=64).stderr.startswith("kansen db reread: which topic?")


def test_numbers_of_a_worker_are_numbers(filled, kafka, topic):
    name = topic(2)
    kafka.produce_lines(name, [EVENT.encode()] * 3)
    said = lines_of(filled.ingest(kafka, name, "--max-age", "9000", *JSON).stderr)
    read = [line for line in said if line["msg"] == "reading"]
    assert sorted(line["partition"] for line in read) == [0, 1]
    assert all(line["from"] == 0 for line in read)
    assert (said[-1]["accepted"], said[-1]["repeated"]) == (0, 3)


def test_warnings_of_postgresql_are_json(filled):
    filled.sql("create function warn() returns trigger language plpgsql as $$ begin"
               " raise warning 'strange: \"%\"', new.name; return new; end $$")
    filled.sql("create trigger warn before insert on kansen.malware_name"
               " for each row execute function warn()")
    event = EVENT.replace("WORM.A", "WORM.B").replace("e1", "e2")
    said = lines_of(filled.load("-", *JSON, stdin=event.encode()).stderr)
    assert any('strange: "WORM.B"' in line.get("text", "") for line in said)


def test_the_simulator_and_the_demo(kansen, tmp_path, mmdb):
    """The demo runs the other commands, which say what they say in the same way."""
    scenario = ROOT / "simulate/scenarios/small.scenario"
    assert "events" in lines_of(kansen.run("simulate", scenario, *JSON).stderr)[-1]["msg"]
    scratch = tempfile.mkdtemp(prefix="demo")
    try:
        os.chmod(scratch, 0o711)
        result = kansen.run("demo", "--scenario", scenario, "-o", tmp_path, *JSON, env={"TMPDIR": scratch})
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    said = [line["msg"] for line in lines_of(result.stderr)]
    assert any(line.startswith("$ kansen ingest ") for line in said)
    assert "verified: infections and counts are what detection says" in said

"""Conventions of the command line: exit codes, what goes where, precedence, secrets."""

import json
import subprocess

import pytest

EX_USAGE = 64
EX_CONFIG = 78
COMMANDS = [("ingest",), ("load",), ("stats",), ("report",), ("threat", "list"), ("threat", "set"),
            ("threat", "remove"), ("dead-letters", "list"), ("dead-letters", "show"),
            ("dead-letters", "replay"), ("dead-letters", "relay"), ("db", "init"), ("db", "migrate"), ("db", "status"),
            ("db", "maintain"), ("db", "verify"), ("geoip", "check"), ("simulate",), ("demo",)]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_of_each_command(kansen, words, flag):
    result = kansen.run(*words, flag)
    assert " ".join(words) in result.stdout and "Usage" in result.stdout.title()
    assert result.stderr == ""
    assert max(len(line) for line in result.stdout.splitlines()) <= 100


def test_help_lists_every_command(kansen):
    result = kansen.run("--help")
    for words in COMMANDS:
        assert words[0] in result.stdout
    assert kansen.run("--version").stdout.startswith("kansen ")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_unknown_option_is_named(kansen, words):
    result = kansen.run(*words, "--no-such-option", code=EX_USAGE)
    assert "no-such-option" in result.stderr and result.stdout == ""


@pytest.mark.parametrize(("words", "named"), [
    (["frobnicate"], "frobnicate"),
    (["db", "frobnicate"], "frobnicate"),
    (["threat"], "threat"),
    ([], ""),
    (["threat", "set"], "NAME"),
    (["load"], "FILE"),
    (["stats", "one", "two"], "two"),
    (["stats", "--from"], "from"),
    (["stats", "--from", "2013-13"], "2013-13"),
    (["stats", "--from", "2013-9"], "2013-9"),
    (["stats", "--from", "2013-11", "--to", "2013-09"], "2013-11"),
    (["stats", "--top", "ten"], "ten"),
    (["stats", "--top", "-1"], "-1"),
    (["stats", "--top", "99999999999999999999"], "99999999999999999999"),
    (["stats", "--format", "xml"], "xml"),
    (["report", "--lang", "xx"], "xx"),
    (["report", "--format", "docx"], "docx"),
    (["ingest", "-t", "t"], "--brokers"),
    (["ingest", "-b", "", "-t", "t"], "--brokers"),
    (["ingest", "-b", "localhost:9092", "-t", ""], "--topic"),
])
def test_mistakes_are_named(kansen, database, words, named):
    needs_database = words[:1] in (["stats"], ["report"], ["ingest"])
    result = kansen.run(*words, *(["--db", database.conninfo] if needs_database else []),
                        code=EX_USAGE)
    assert named in result.stderr and result.stdout == ""


def test_an_unknown_threat_is_named(database):
    database.set_threat("somebody", "A*")
    result = database.command("stats", "nobody", "--from", "2013-09", "--to", "2013-11", code=65)
    assert "nobody" in result.stderr and result.stdout == ""


@pytest.mark.parametrize("arguments", [
    ("ingest", "-X", "sasl.password=canary-secret"),
    ("ingest", "-X", "ssl.key.password=canary-secret"),
    ("ingest", "--property", "ssl.keystore.password=canary-secret"),
    ("db", "status", "--db", "host=/nowhere password=canary-secret"),
    ("db", "status", "--db", "postgresql://me:canary-secret@localhost/kansen"),
    ("stats", "--db=host=/nowhere password = canary-secret"),
])
def test_secrets_on_the_command_line_are_refused_and_not_repeated(kansen, arguments):
    result = kansen.run(*arguments, code=EX_USAGE)
    assert "password" in result.stderr and "canary-secret" not in result.stderr + result.stdout


@pytest.mark.parametrize("name", ["no-equals-sign", "no.such.property=1", "fetch.min.bytes=few",
                                  "plugin.library.paths=/tmp/x.so",
                                  "sasl.kerberos.kinit.cmd=touch /tmp/x"])
def test_wrong_properties_and_those_that_run_code_are_refused(kansen, database, name):
    result = kansen.run("ingest", "--db", database.conninfo, "-b", "127.0.0.1:1", "-t", "t", "-G",
                        "g", "--until-end", "-X", name, code=None)
    assert result.code in (EX_USAGE, EX_CONFIG) and name.split("=")[0] in result.stderr


def test_file_then_environment_then_flags(database, kansen, tmp_path):
    """The same option three times: the flag stands, then the environment, then the file."""
    database.set_threat("one", "A*")
    database.load_events([
        {"id": f"e{country}{device}", "device": f"{country}{device}", "name": "A",
         "country": country, "time": "2024-01-02T00:00:00Z"}
        for number, country in enumerate(("JP", "US", "FR", "DE")) for device in range(9 - number)])
    config = tmp_path / "kansen.conf"
    config.write_text(f"# settings\ndb = {database.conninfo}\nfrom = 2024-01\nto = 2024-01\n"
                      "format = json\ntop = 1\n", encoding="utf-8")

    def ranked(*options, env=None):
        figures = kansen.run("stats", "one", "--config", config, *options, env=env).json()
        return len(figures["countries"])

    assert ranked() == 1
    assert ranked(env={"KANSEN_TOP": "2"}) == 2
    assert ranked("--top", "3", env={"KANSEN_TOP": "2"}) == 3
    assert ranked("--top", "3") == 3


@pytest.mark.parametrize(("text", "named"), [
    ("frobnicate = 1\n", "frobnicate"), ("top\n", ":1"), ("\n\ntop = x\n", "x"),
    ("[elsewhere]\na = 1\n", "elsewhere"),
])
def test_mistakes_in_the_file_are_named(kansen, database, tmp_path, text, named):
    config = tmp_path / "kansen.conf"
    config.write_text(text, encoding="utf-8")
    result = kansen.run("stats", "--config", config, "--db", database.conninfo, code=EX_USAGE)
    assert named in result.stderr, result
    missing = kansen.run("stats", "--config", tmp_path / "nowhere", code=66)
    assert "nowhere" in missing.stderr


def test_the_database_by_libpqs_own_variables(kansen, database):
    result = kansen.run("db", "status", env={
        "PGHOST": str(database.postgres.folder), "PGUSER": "postgres", "PGDATABASE": database.name})
    assert "UTC" in result.stdout


def test_messages_go_to_stderr_and_data_to_stdout(database):
    database.set_threat("one", "A*")
    result = database.load_events([{"device": "d", "name": "A", "country": "JP",
                                    "time": "2024-01-02T00:00:00Z"}])
    assert result.stdout == ""
    # No progress bar without a terminal.
    assert "\r" not in result.stderr and "\x1b" not in result.stderr
    assert json.loads(database.command("stats", "one", "--from", "2024-01", "--to", "2024-01",
                                       "--format", "json").stdout)["total"] == 1


def test_output_that_cannot_be_written_is_an_error(database):
    database.set_threat("one", "A*")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [database.kansen.program, "stats", "one", "--from", "2024-01", "--to", "2024-01",
             "--format", "json", "--db", database.conninfo], stdout=full, stderr=subprocess.PIPE,
            env=database.kansen.environment(), stdin=subprocess.DEVNULL, check=False)
    assert done.returncode != 0 and b"stdout" in done.stderr.lower().replace(b"standard output",
                                                                             b"stdout")


# Escape sequence, C1 control, right-to-left override, line separator.
HOSTILE = "a\x1b[31m\u009b31m\u202egpj\u2028b"


def acts(text):
    """Characters that a terminal acts on, line ends apart."""
    return [character for character in text
            if character in "\x1b\u009b\u202e\u2028" or ord(character) < 0x20 and character != "\n"]


def test_names_can_not_steer_the_terminal(database):
    """What users name reaches lists, states and messages as characters to be read."""
    database.sql("with t as (insert into kansen.threat (name, state) values (%s, 'ready')"
                 " returning threat_id)"
                 " insert into kansen.threat_name select threat_id, 'en', %s from t",
                 (HOSTILE, HOSTILE))
    for words in (("threat", "list"), ("db", "status")):
        said = database.command(*words).stdout
        assert "gpj" in said and not acts(said), words
    shown = database.command("stats", HOSTILE, "--from", "2013-09", "--to", "2013-09").stdout
    assert "gpj" in shown and not acts(shown)


@pytest.mark.parametrize("form", ["logfmt", "json"])
def test_names_can_not_steer_the_log(database, form):
    """A log line with a malware name in it: PostgreSQL warns of the row."""
    database.sql("create function warn() returns trigger language plpgsql as $$ begin"
                 " raise warning 'strange: %', new.name; return new; end $$")
    database.sql("create trigger warn before insert on kansen.malware_name"
                 " for each row execute function warn()")
    event = {"id": "e", "device": "d", "name": HOSTILE, "country": "JP",
             "time": "2024-05-01T00:00:00Z"}
    said = database.load_events([event], "--log-format", form).stderr
    assert "gpj" in said and not acts(said)

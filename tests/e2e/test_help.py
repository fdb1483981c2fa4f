"""Help, and what is said to whoever mistypes: the nearest command, option, value, month, threat."""

import os
import re
import subprocess

import pytest

from servers import wait_until
from watched import Watched

EX_OK = 0
EX_USAGE = 64
EX_DATAERR = 65
EX_CONFIG = 78
EX_IOERR = 74
GROUPS = ["db", "dead-letters", "threat"]


def listed(text):
    """Names of the commands in a list of help."""
    names = re.findall(r"^  ([a-z-]+(?: [a-z-]+)?)  +\S", text.split("commands:\n")[1].split("\n\n")[0],
                       re.MULTILINE)
    assert len(names) > 1, text
    return names


@pytest.fixture(scope="module")
def command_names(program):
    done = subprocess.run([program, "help"], capture_output=True, text=True, check=True)
    return listed(done.stdout)


# ---- help

def test_help_of_the_program_is_the_same_by_each_way(kansen):
    shown = kansen.run("help")
    assert shown.stderr == ""
    for words in (["--help"], ["-h"]):
        assert kansen.run(*words).stdout == shown.stdout
    missing = kansen.run(code=EX_USAGE)
    assert missing.stderr == shown.stdout and missing.stdout == ""
    for part in ("environment:", "KANSEN_KAFKA_", "exit codes:", "74", "78"):
        assert part in shown.stdout, part


def test_help_of_each_command_is_the_same_by_each_way(kansen, command_names):
    assert len(command_names) > 20 and len(command_names) == len(set(command_names))
    for name in command_names:
        words = name.split()
        shown = kansen.run(*words, "--help").stdout
        assert shown.startswith(f"usage: kansen {name}"), name
        assert kansen.run("help", *words).stdout == shown
        if len(words) == 2:
            assert kansen.run(words[0], "help", words[1]).stdout == shown


def test_help_fits_a_terminal_and_shows_an_example(kansen, command_names):
    for words in [[], *([group] for group in GROUPS), *(name.split() for name in command_names)]:
        lines = kansen.run("help", *words).stdout.splitlines()
        assert [line for line in lines if len(line) > 80] == []
        if " ".join(words) in command_names:
            examples = lines[lines.index("examples:") + 1:]
            assert "kansen " + " ".join(words) in examples[0]


def test_options_are_aligned_and_say_what_counts_unless_given(kansen):
    shown = kansen.run("ingest", "--help").stdout
    starts = {match.start(1) for match in re.finditer(r"^  [ -][\w ][, ] --\S+(?: \S+)?  +(\S)", shown,
                                                       re.MULTILINE)}
    columns = {start - shown.rfind("\n", 0, start) for start in starts}
    assert len(columns) == 1 and len(starts) > 10
    assert "(default: 400)" in shown and "(needed)" in shown
    assert "(default: 36525)" in kansen.run("load", "--help").stdout
    assert "form of the events (kansen, ocsf, ecs, cloudevents; default: kansen)" in " ".join(
        kansen.run("simulate", "--help").stdout.split())
    assert "or the file of a format of your own (default: kansen)" in " ".join(shown.split())
    assert "(table, json, csv; default: table)" in kansen.run("stats", "--help").stdout
    assert shown.index("--geoip") < shown.index("Kafka:") < shown.index("general:")


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_lists_its_commands(kansen, command_names, group):
    shown = kansen.run(group, "--help")
    assert shown.stderr == "" and shown.stdout == kansen.run("help", group).stdout
    assert shown.stdout == kansen.run(group, "help").stdout == kansen.run(group, "-h").stdout
    assert listed(shown.stdout) == [name for name in command_names if name.startswith(group + " ")]
    missing = kansen.run(group, code=EX_USAGE)
    assert missing.stdout == "" and f"{group} what?" in missing.stderr
    for name in listed(shown.stdout):
        assert f"kansen {name} " in missing.stderr


def test_the_version_by_each_way(kansen):
    shown = kansen.run("version").stdout
    assert re.fullmatch(r"kansen \d+\.\d+\.\d+\n\n(?:\w+ +\d+\.\d+(?:\.\d+)*\n){12,}", shown), shown
    assert kansen.run("--version").stdout == kansen.run("-V").stdout == shown


@pytest.mark.parametrize("words", [["help"], ["--help"], ["db", "--help"], ["help", "stats"], ["version"],
                                   ["ingest", "--help"]], ids=" ".join)
@pytest.mark.parametrize("closed", [False, True], ids=["full", "closed"])
def test_help_that_cannot_be_written_is_an_error(program, words, closed):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([program, *words], stdout=full, stderr=subprocess.PIPE, check=False,
                              preexec_fn=(lambda: os.close(1)) if closed else None)
    assert done.returncode == EX_IOERR and b"standard output: " in done.stderr


def test_help_needs_no_settings(kansen, tmp_path):
    """Whoever asks for help may have a broken set-up."""
    broken = {"KANSEN_CONFIG": str(tmp_path / "missing"), "KANSEN_UNTIL_END": "perhaps"}
    assert "usage" in kansen.run("ingest", "--help", env=broken).stdout
    assert "commands:" in kansen.run("help", env=broken).stdout


# ---- what was meant

@pytest.mark.parametrize(("words", "said"), [
    (["reprot"], "kansen: no command reprot; did you mean report?"),
    (["STATS"], "no command STATS; did you mean stats?"),
    (["stat"], "; did you mean stats or status?"),
    (["dead_letters", "list"], "; did you mean dead-letters list?"),
    (["dead-letter", "lst"], "; did you mean dead-letters list?"),
    (["dead-letter"], "; did you mean dead-letters?"),
    (["dbs", "migrate"], "; did you mean db migrate?"),
    (["reprot", "bitcoin-miner"], "no command reprot; did you mean report?"),
    (["verfy"], "; did you mean db verify?"),
    (["list"], "; did you mean editions list, threat list or dead-letters list?"),
    (["frobnicate"], "kansen: no command frobnicate; there are\n"),
    (["db", "migrat"], "kansen: db has no command migrat; did you mean migrate?"),
    (["dead-letters", "rep"], "dead-letters has no command rep; did you mean replay?"),
    (["db", "frobnicate"], "db has no command frobnicate; it has\n"),
    (["db", "--db", "x", "init"], "Options stand behind both words"),
    (["help", "statz"], "; did you mean stats?"),
    (["help", "db", "inti"], "; did you mean init?"),
    (["help", "stats", "more"], "more"),
    (["db", "help", "inti"], "; did you mean init?"),
    (["--hlep"], "; did you mean --help?"),
    (["--versoin"], "; did you mean --version?"),
    (["--db=x", "stats"], "no option --db without a command"),
    (["stats", "--fromat", "json"], "unknown option --fromat; did you mean --format?"),
    (["stats", "--form", "json"], "; did you mean --format or --from?"),
    (["stats", "--t", "3"], "unknown option --t; stats has --bom, --by, --config, "),
    (["ingest", "--until_end"], "; did you mean --until-end?"),
    (["stats", "-from", "2013-09"], "; did you mean --from?"),
    (["load", "--nonsense"], "unknown option --nonsense; load has --"),
    (["load", "--lang", "en", "x"], "load has no --lang; "),
    (["threat", "list", "--partitions", "3"], "threat list has no --partitions; simulate has"),
    (["stats", "-b", "x"], "stats has no -b (--brokers); ingest, "),
    (["stats", "--format", "jsn"], "--format jsn: not one of table, json, csv; did you mean json?"),
    (["stats", "--format", "docbook"], "--format docbook: not one of table, json, csv\n"),
    (["report", "--lang", "jp"], "--lang jp: not one of en, de, ja; did you mean ja?"),
    (["stats", "--log-format", "jsno"], "; did you mean json?"),
    (["dead-letters", "list", "--reason", "bad_tiem"], "; did you mean bad_time?"),
    (["stats", "--from", "2013-9"], "--from 2013-9: a month is YYYY-MM; did you mean 2013-09?"),
    (["report", "--to", "Sept 2013"], "--to Sept 2013: a month is YYYY-MM; did you mean 2013-09?"),
    (["db", "maintain", "--from", "201309", "--to", "2013-11"], "; did you mean 2013-09?"),
    (["stats", "--from", "2013-13"], "--from 2013-13: a month is YYYY-MM, and MM is 01 to 12"),
    (["stats", "--from", "soon"], "--from soon: a month is YYYY-MM, as 2013-09 is"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_the_nearest_is_suggested(kansen, words, said):
    result = kansen.run(*words, code=EX_USAGE)
    assert said in result.stderr and result.stdout == ""


def test_options_that_others_have_are_not_near_ones(kansen):
    """An option that exists is never answered by another one that looks like it."""
    said = kansen.run("stats", "--topic", "x", code=EX_USAGE).stderr
    assert "stats has no --topic; ingest, " in said and "did you mean" not in said


def test_what_was_typed_can_not_steer_the_terminal(kansen):
    for words in (["\x1b[31m"], ["db", "\x1b[31m"], ["stats", "--\x1b[31m"], ["stats", "--from", "\x1b[31m"]):
        said = kansen.run(*words, code=EX_USAGE).stderr
        assert "\x1b" not in said and "31m" in said


def test_the_nearest_threat_is_suggested(database):
    for name in ("bitcoin-miner", "worms", "ランサムウェア"):
        database.set_threat(name, "A*")
    window = ["--from", "2013-09", "--to", "2013-11"]
    for command in (["stats"], ["report"], ["threat", "remove"]):
        ours = window if command != ["threat", "remove"] else []
        for typed, meant in (("bitcoin-minr", "bitcoin-miner"), ("Worms", "worms"),
                             ("ランサムウエア", "ランサムウェア")):
            said = database.command(*command, typed, *ours, code=EX_DATAERR).stderr
            assert f"; did you mean {meant}?" in said
    far = database.command("stats", "nobody", *window, code=EX_DATAERR).stderr
    assert "defined are: bitcoin-miner, worms, ランサムウェア" in far
    assert "kansen threat list" in database.command("threat", "remove", "nobody", code=EX_DATAERR).stderr
    assert len(database.command("threat", "list").stdout.split("match")) == 4


# ---- examples

def test_first_examples_work_as_they_stand(database, kafka, kansen, command_names, tmp_path):
    """In a shell, with the servers named by the environment and the files in the folder."""
    kafka.create_topic("detections", 1)
    kafka.create_topic("detections.dead", 1)
    kafka.create_topic("watched", 1)
    (tmp_path / "events.ndjson").write_text(
        '{"id":"e","device":"d","name":"TROJ_COINMINE.A","country":"JP","time":"2013-09-02T00:00:00Z"}\n',
        encoding="utf-8")
    watched = Watched(database.start_ingest(kafka, "watched", "--listen", "0", "--log-format", "json"))
    wait_until(watched.is_ready, "a worker that can be asked", [watched.worker])
    database.load("-", stdin=b"neither JSON nor an event\n" + (tmp_path / "events.ndjson").read_bytes(), code=None)
    data = kansen.program.parent / "share/kansen"
    (tmp_path / "fleet.scenario").write_bytes((data / "small.scenario").read_bytes())
    (tmp_path / "country.mmdb").write_bytes((data / "demo.mmdb").read_bytes())
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/kansen").symlink_to(kansen.program)
    environment = kansen.environment({
        "PGHOST": str(database.postgres.folder), "PGUSER": "postgres", "PGDATABASE": database.name,
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "KANSEN_DATA_DIR": str(data)})
    # What others need comes first, what takes it away last; the demo has tests of its own.
    order = {"threat set": 0, "load": 0, "ingest": 0, "publish": 1, "threat remove": 3}
    for name in sorted(set(command_names) - {"demo"}, key=lambda name: (order.get(name, 2), name)):
        shown = kansen.run("help", *name.split()).stdout
        example = shown[shown.index("examples:\n"):].splitlines()[1].strip()
        example = example.replace("kafka:9092", kafka.brokers).replace("9464", str(watched.port))
        done = subprocess.run(["sh", "-c", example], cwd=tmp_path,
                              env=environment, capture_output=True, text=True, timeout=240,
                              stdin=subprocess.DEVNULL, check=False)
        # The tests' server saves itself fsync, which hurts; it has no Citus.
        codes = {"db check": {EX_OK, EX_DATAERR}, "db distribute": {EX_CONFIG}}.get(name, {EX_OK})
        assert done.returncode in codes, (example, done.stdout, done.stderr)

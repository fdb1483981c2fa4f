"""How `kansen load` ends: exit codes, the table of reasons, several files, files that are not there or
can't be read."""

import json
import os
import re
import shlex
import subprocess
import threading

from load_cases import count, event, lines

BAD = b"no JSON\n" + json.dumps({"device": "d"}).encode() + b"\n"


def letters(database):
    return database.value("select count(*) from kansen.dead_letter")


def table(result):
    """{reason: (lines, first place, detail)} of what is said for people."""
    rows, reason = {}, None
    for line in result.stderr.splitlines():
        row = re.match(r"^ {6,}(\d+)  ([a-z0-9_]+) +(\S+)(?:  (.+))?$", line)
        if row:
            reason = row[2]
            rows[reason] = (int(row[1]), row[3], row[4] or "")
        elif reason and line.startswith(" " * 13):  # the detail goes on
            number, first, detail = rows[reason]
            rows[reason] = (number, first, f"{detail} {line.strip()}".strip())
        else:
            reason = None
    return rows


def test_rejected_lines_end_with_65_and_a_table_of_reasons(database, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(lines(event(1)) + b"no JSON\n" + lines(event(2), event(3, country="Japan")))
    second.write_bytes(BAD + lines(event(4)))
    for _ in range(2):  # what is rejected is not stored the second time either
        result = database.load(first, second, code=65)
        found = table(result)
        assert set(found) == {"bad_json", "bad_country", "missing_field"}, result
        assert found["bad_json"][:2] == (2, f"{first}:2")
        assert found["bad_country"][:2] == (1, f"{first}:4")
        assert found["missing_field"][:2] == (1, f"{second}:2")
        assert "country" in found["bad_country"][2]
        assert result.stderr.splitlines()[-1] == "kansen load: 4 of 7 lines were rejected"
        assert letters(database) == 4
    assert count(database) == 3


def test_the_commands_that_are_named_show_what_was_rejected(database, tmp_path):
    folder = tmp_path / "it's a \"folder\""
    folder.mkdir()
    path = folder / "events"
    path.write_bytes(BAD + lines(event(4)))
    said = database.load(path, code=65).stderr.splitlines()
    command, = [line.strip() for line in said if "dead-letters list" in line]
    words = shlex.split(command)
    assert words[0] == "kansen"
    listed = database.kansen.run(*words[1:], "--format", "json").json()
    assert {(each["topic"], each["offset"]) for each in listed} == {(str(path), 1), (str(path), 2)}


def test_a_load_that_expects_some_rejected_lines(database):
    text = BAD + lines(*(event(number) for number in range(8)))
    for allowed, code in (("0", 65), ("1", 65), ("2", 0), ("100", 0), ("19%", 65), ("20%", 0)):
        result = database.load("-", "--allow-rejected", allowed, stdin=text, code=code)
        assert "2 of 10 lines were rejected" in result.stderr
    assert letters(database) == 2
    for wrong in ("", "-1", "x", "1.5", "101%", "%", "1%%", "99999999999999999999"):
        database.load("-", "--allow-rejected", wrong, stdin=text, code=64)


def test_what_postgresql_refuses_is_in_the_table(database):
    database.sql("alter table kansen.detection add constraint no_fr check (country <> 'FR')")
    result = database.load("-", code=65,
                           stdin=lines(event(1), event(2, country="FR"), event(3), event(4, country="FR")))
    number, first, detail = table(result)["store"]
    assert (number, first) == (2, "-:2")
    assert "no_fr" in detail


def test_no_bad_file_stops_the_next_and_the_worst_code_counts(database, tmp_path):
    good, more, bad, cut = (tmp_path / name for name in ("good", "more", "bad", "cut.gz"))
    good.write_bytes(lines(event(1)))
    more.write_bytes(lines(event(2)))
    bad.write_bytes(BAD)
    cut.write_bytes(b"\x1f\x8b\x08\x00")
    result = database.load(tmp_path / "missing", cut, good, tmp_path, bad, more, code=66)
    for named in ("missing", "cut.gz", "bad"):
        assert re.search(rf"^kansen load: {tmp_path}/{named}: ", result.stderr, re.MULTILINE), named
    assert f"{tmp_path}: is a directory" in result.stderr
    last = result.stderr.splitlines()[-1]
    assert "4 files were not loaded whole" in last and str(bad) in last and str(cut) in last
    assert result.stderr.index("missing") < result.stderr.index("cut.gz"), "said before all is read"
    assert count(database) == 2
    assert letters(database) == 0
    database.load(good, cut, code=65)
    database.load(good, more)


def test_a_file_that_can_not_be_read_on_is_an_error_of_reading(database, tmp_path):
    """/proc/self/mem can be opened, and its first page can't be read."""
    good = tmp_path / "good"
    good.write_bytes(lines(event(1)))
    result = database.load("/proc/self/mem", good, code=74)
    assert "/proc/self/mem" in result.stderr and "error" in result.stderr
    assert count(database) == 1


def test_standard_input_can_be_read_once(database, tmp_path):
    for paths in (("-", "-"), ("-", "/dev/stdin")):
        assert "twice" in database.load(*paths, stdin=lines(event(1)), code=64).stderr
    database.load("/dev/stdin", stdin=b"no JSON\n" + lines(event(1)), code=65)
    assert database.sql("select topic from kansen.dead_letter") == [("-",)]


def test_a_file_keeps_its_rejected_lines_once_however_its_path_is_spelled(database, tmp_path):
    path = tmp_path / "events"
    path.write_bytes(BAD + lines(event(1)))
    (tmp_path / "link").symlink_to(path)
    for spelled in (path, f"{tmp_path}/./events", f"{tmp_path}/../{tmp_path.name}/events",
                    tmp_path / "link"):
        database.load(spelled, spelled, code=65)
    database.kansen.run("load", "events", "--db", database.conninfo, cwd=tmp_path, code=65)
    assert letters(database) == 2
    assert database.sql("select distinct topic from kansen.dead_letter") == [(str(path),)]


def test_names_of_files_may_hold_anything(database, tmp_path):
    names = (b"new\nline", b"caf\xe9", "é\u202e".encode(), b"two  blanks", b"-n", b"$(id)`id`")
    for number, name in enumerate(names):
        path = os.fsencode(tmp_path) + b"/" + name
        with open(path, "wb") as file:
            file.write(BAD + lines(event(number)))
        result = database.load(os.fsdecode(path), code=65)
        assert all(line.isprintable() for line in result.stderr.splitlines()), result
        command, = [line for line in result.stderr.splitlines() if "dead-letters list" in line]
        ran = subprocess.run(
            ["bash", "-c", command.replace("kansen", str(database.kansen.program), 1)],
            env=database.kansen.environment(), capture_output=True, check=True)
        assert b"bad_json" in ran.stdout, (name, ran)
    assert letters(database) == 2 * len(names)


def test_a_pipe_that_stays_open_is_loaded_as_it_comes(database):
    """The first event is not waited with for a thousandth line."""
    reader, writer = os.pipe()
    load = subprocess.Popen([database.kansen.program, "load", "-", "--db", database.conninfo],
                            stdin=reader, stderr=subprocess.PIPE, env=database.kansen.environment())
    os.close(reader)
    ended = threading.Timer(120, lambda: os.close(writer))
    ended.start()
    os.write(writer, lines(event(1)) + b"[\n" + lines(event(2)).strip() + b"\n,")
    os.write(writer, lines(*(event(number) for number in range(3, 40000))).replace(b"}\n{", b"},\n{"))
    while count(database) == 0:
        assert ended.is_alive(), "nothing was stored while the pipe was open"
    ended.cancel()
    os.write(writer, b"]\n")
    os.close(writer)
    said = load.communicate()[1]
    assert load.returncode == 0, said
    assert count(database) == 39999


def test_a_line_too_long_for_anything_is_one_rejected_line(database, tmp_path):
    for number, place in enumerate((0, 1)):
        long = b"{" + b"x" * (9 << 20) + b"\n"
        parts = [lines(event(10 * number)), lines(event(10 * number + 1))]
        parts.insert(place, long)
        path = tmp_path / f"events-{number}"
        path.write_bytes(b"".join(parts))
        result = database.load(path, code=65)
        number, first, detail = table(result)["too_large"]
        assert (number, first) == (1, f"{path}:{place + 1}")
        assert detail == f"{len(long) - 1} bytes, more than 65536; the first 8388608 are kept"
    assert count(database) == 4
    assert database.sql("select distinct octet_length(value) from kansen.dead_letter") == [(8 << 20,)]


def test_a_file_that_is_written_while_it_is_read_is_named(database, tmp_path):
    path = tmp_path / "events"
    path.write_bytes(lines(*(event(number) for number in range(60000))))
    with database.locked("kansen.detection"):
        load = database.kansen.start("load", path, "--db", database.conninfo)
        while "waits" not in load.said() and not database.value(
                "select count(*) from pg_locks where not granted"):
            assert load.alive()
        with open(path, "ab") as file:
            file.write(lines(event(60000)))
    assert "was changed while it was read" in load.wait().stderr
    assert count(database) == 60001


def test_a_file_that_is_cut_while_it_is_read_is_damaged(database, tmp_path):
    path = tmp_path / "events"
    path.write_bytes(lines(*(event(number) for number in range(90000))))
    with database.locked("kansen.detection"):
        load = database.kansen.start("load", path, "--db", database.conninfo)
        while not database.value("select count(*) from pg_locks where not granted"):
            assert load.alive()
        os.truncate(path, 100)
    assert "became shorter while it was read" in load.wait(code=65).stderr


def test_a_full_device_behind_stderr_or_stdout_is_no_success(database):
    with open("/dev/full", "wb") as full:
        for code, text in ((74, lines(event(1))), (65, BAD + lines(event(1)))):
            ran = subprocess.run([database.kansen.program, "load", "-", "--db", database.conninfo],
                                 input=text, stderr=full, env=database.kansen.environment(),
                                 check=False)
            assert ran.returncode == code
        for words in (["load", "--help"], ["--help"], ["--version"], ["help"], ["help", "load"]):
            ran = subprocess.run([database.kansen.program, *words], stdout=full,
                                 stderr=subprocess.PIPE, env=database.kansen.environment(), check=False)
            assert ran.returncode == 74, (words, ran)
            assert b"standard output" in ran.stderr
    assert count(database) == 1

"""`kansen report` without options: the last complete month of each threat, with bars drawn in text."""

import os
import pty
import subprocess
import unicodedata

import pytest

from test_completeness import events, months

UTF8 = {"LC_ALL": "C.UTF-8"}


@pytest.fixture
def fleet(database):
    before, last, present, _ = months(database)
    database.set_threat("worms", "WORM*", en="Worms", ja="ワーム")
    database.set_threat("miner", "MINER*", en="Miners")
    database.load_events(events(before, 4) + events(last, 60) + events(last, 20, country="US", start=60)
                         + events(last, 1, country="FR", start=80) + events(last, 3, name="MINER.A")
                         + events(present, 9))
    return database


def bars(text):
    """Of each line with a bar: its first word, and how many columns the bar takes."""
    found = [line.split() for line in text.splitlines() if line and line[-1] in "#█▏▎▍▌▋▊▉"]
    return {words[0]: len(words[-1]) for words in found}


def width(line):
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def test_each_threat_is_shown_in_its_last_complete_month(fleet, tmp_path):
    shown = fleet.command("report", cwd=tmp_path, env=UTF8).stdout
    assert not list(tmp_path.iterdir()), "nothing is written to files"
    miners, worms = shown.split("\n\n\n")
    assert miners.startswith("Miners: infection report\n") and worms.startswith("Worms: infection report\n")
    assert "Infections rose to 81" in worms, "4 before are too few for a percentage"
    assert fleet.command("report", "worms", env=UTF8).stdout == worms
    assert all(width(line) <= 80 for line in shown.splitlines())
    assert bars(worms)["Japan"] == 40 and 13 <= bars(worms)["United"] <= 14 and bars(worms)["France"] == 1


def test_bars_are_of_characters_that_the_locale_has(fleet):
    blocks = fleet.command("report", "worms", env=UTF8).stdout
    plain = fleet.command("report", "worms", env={"LC_ALL": "C"}).stdout
    assert "█" in blocks and "#" not in blocks
    assert bars(plain)["Japan"] == 40 and not set("█▏▎▍▌▋▊▉") & set(plain)
    assert "\x1b" not in blocks + plain


def on_a_terminal(database, *words, **environment):
    reading, writing = pty.openpty()
    process = subprocess.Popen([database.kansen.program, *words, "--db", database.conninfo],
                               env=database.kansen.environment(environment), stdin=subprocess.DEVNULL,
                               stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    shown = b""
    while True:
        try:
            shown += os.read(reading, 65536)
        except OSError:  # all of it was read, and nobody writes any more
            break
    os.close(reading)
    assert process.wait() == 0, process.stderr.read()
    process.stderr.close()
    return shown.decode().replace("\r\n", "\n")


def test_a_terminal_sees_colours_unless_it_wants_none(fleet):
    piped = fleet.command("report", "worms", env=UTF8).stdout
    coloured = on_a_terminal(fleet, "report", "worms", TERM="xterm", **UTF8)
    assert "\x1b[36m█" in coloured
    assert coloured.replace("\x1b[36m", "").replace("\x1b[2m", "").replace("\x1b[0m", "") == piped
    for environment in ({"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb"}):
        assert on_a_terminal(fleet, "report", "worms", **environment, **UTF8) == piped


def test_languages_follow_each_other(fleet):
    shown = fleet.command("report", "worms", "--lang", "en,ja", env=UTF8).stdout
    assert "Worms: infection report" in shown and "ワームの感染状況" in shown
    assert all(width(line) <= 80 for line in shown.splitlines())


def test_a_threat_without_a_complete_month_has_one_line(database):
    *_, present, _ = months(database)
    database.set_threat("worms", "WORM*")
    nothing = database.command("report").stdout
    assert nothing == "worms: no month is complete yet; --from and --to show months that are not\n"
    database.load_events(events(present, 2))
    assert database.command("report").stdout == nothing


def test_what_is_not_there_is_said_as_ever(database):
    assert "no threat is defined" in database.command("report", code=65).stderr
    database.set_threat("worms", "WORM*")
    assert "did you mean worms?" in database.command("report", "worm", code=65).stderr


def test_scripts_get_their_files_as_before(fleet, tmp_path):
    before, last, *_ = months(fleet)
    fleet.command("report", "worms", "--from", before, "--to", last, "--format", "text,json", cwd=tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".txt", ".json"}
    assert fleet.command("report", "worms", "--format", "text").stdout.startswith("Worms: infection report\n")

"""What whoever waits at a terminal sees: a line that comes up after a second, and is gone at the end."""

import contextlib
import os
import pty
import re
import subprocess
import threading
import time

import pytest

from servers import wait_until
from test_editions import EVENTS, WINDOW

PATIENCE_S = 120
WIPE = "\r\x1b[K"


class Terminal:
    """kansen with all of its three files on a terminal."""

    def __init__(self, database, *words, env=None, stderr=None):
        master, slave = pty.openpty()
        self.master = master
        self.said = b""
        self.begun = time.monotonic()
        self.first_at = None  # of its first byte
        self.process = subprocess.Popen(
            [database.kansen.program, *map(str, words), "--db", database.conninfo], stdin=slave, stdout=slave,
            stderr=slave if stderr is None else stderr, env=database.kansen.environment(env))
        os.close(slave)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        while True:
            try:
                more = os.read(self.master, 65536)
            except OSError:  # nobody has the other end any more
                return
            if not more:
                return
            if self.first_at is None:
                self.first_at = time.monotonic()
            self.said += more

    def text(self):
        return self.said.decode("utf-8", "replace")

    def wait_for(self, words):
        wait_until(lambda: words in self.text() or self.process.poll() is not None, f"'{words}' on the terminal")
        assert words in self.text(), self.text()

    def end(self, code=0):
        """What is left on the screen, line by line."""
        assert self.process.wait(PATIENCE_S) == code, self.text()
        self.reader.join(PATIENCE_S)
        os.close(self.master)
        return screen(self.text())


def screen(text):
    """A terminal of one behaviour: a wiped line is begun anew."""
    lines = [line.rsplit(WIPE, 1)[-1].rstrip("\r") for line in text.split("\n")]
    return [line for line in lines if line]


class Blocked:
    """A program that ends only when it is let go."""

    def __init__(self, folder, name):
        self.bin = folder / "bin"
        self.bin.mkdir(exist_ok=True)
        self.gate = folder / f"{name}.gate"
        self.begun = folder / f"{name}.begun"
        path = self.bin / name
        path.write_text(f'#!/bin/sh\ntouch {self.begun}\nuntil [ -e {self.gate} ]; do sleep 0.05; done\n'
                        f'PATH=${{PATH#*:}} exec {name} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
        self.env = {"PATH": f"{self.bin}:{os.environ['PATH']}"}

    def let_go(self):
        self.gate.touch()


@contextlib.contextmanager
def held(database, table):
    """Nobody reads the table meanwhile."""
    connection = database.postgres.connect(database.name)
    connection.autocommit = False
    try:
        connection.cursor().execute("set local idle_in_transaction_session_timeout = 0;"
                                    f" lock table {table} in access exclusive mode")
        yield
    finally:
        connection.close()


@pytest.fixture
def fleet(database):
    database.set_threat("worms", "WORM*", en="Worms")
    database.load_events(EVENTS)
    return database


@pytest.fixture
def charts(tmp_path):
    """Charts take as long as the test wants."""
    blocked = Blocked(tmp_path, "rsvg-convert")
    yield blocked
    blocked.let_go()


def test_a_report_says_which_chart_it_is_at(fleet, charts, tmp_path):
    terminal = Terminal(fleet, "report", *WINDOW, "--format", "html,text", "-o", tmp_path / "out", env=charts.env)
    terminal.wait_for("en: chart 1 of ")
    assert re.search(r"\[\.{24}\]   0 % en: chart 1 of \d", terminal.text())
    assert terminal.first_at - terminal.begun >= 1, "nobody minds a second"
    terminal.wait_for(" s)")  # it stands still, and says for how long
    charts.let_go()
    left = terminal.end()
    assert left == sorted(left, key=left.index) and len(left) == len(list((tmp_path / "out").iterdir()))
    assert set(left) == {str(path) for path in (tmp_path / "out").iterdir()}, "the paths alone are left"


@pytest.mark.parametrize("words", [
    ("stats", *WINDOW, "--unique"),
    ("report", "--unique"),
    ("report", *WINDOW, "--unique", "--format", "text"),
    ("publish", *WINDOW, "--unique", "--format", "text"),
])
def test_a_unique_count_is_said(fleet, tmp_path, words):
    """The infections can't be read for a while."""
    words = (*words, "-o", tmp_path / "out") if words[0] == "publish" else words
    with held(fleet, "kansen.infection"):
        terminal = Terminal(fleet, *words)
        terminal.wait_for("counting each machine once")
    left = terminal.end()
    assert left and not any("counting" in line or "\x1b[K" in line for line in left)


def test_an_edition_and_its_files_are_said(fleet, charts, tmp_path):
    words = ("--format", "html,text", "--lang", "ja,en", "-o", tmp_path / "out")
    terminal = Terminal(fleet, "publish", *WINDOW, *words, env=charts.env)
    terminal.wait_for("ja: chart 1 of ")
    with fleet.locked("kansen.edition_file") as lock:
        charts.let_go()
        wait_until(lock.waiters, "files to be stored")
        terminal.wait_for("storing the files")
    left = terminal.end()
    assert {str(path) for path in (tmp_path / "out").iterdir()} == set(left[:-1]) and "edition 1" in left[-1]

    charts.gate.unlink()
    terminal = Terminal(fleet, "editions", "render", "worms", "--lang", "de", "--format", "html", "-o",
                        tmp_path / "de", env=charts.env)
    terminal.wait_for("de: chart 1 of ")
    charts.let_go()
    left = terminal.end()
    assert {str(path) for path in (tmp_path / "de").iterdir()} == set(left[:-1])


def test_paper_is_said(fleet, tmp_path):
    paper = Blocked(tmp_path, "weasyprint")
    (paper.bin / "weasyprint").write_text(
        f'#!/bin/sh\nuntil [ -e {paper.gate} ]; do sleep 0.05; done\nfor last; do :; done\n'
        "printf '%%PDF-1.7\\n%%%%EOF\\n' > \"$last\"\n", encoding="utf-8")
    terminal = Terminal(fleet, "report", *WINDOW, "--format", "pdf,text", "-o", tmp_path / "out", env=paper.env)
    terminal.wait_for("% en: pdf")
    paper.let_go()
    assert len(terminal.end()) == len(list((tmp_path / "out").iterdir()))


def test_pages_of_the_site_are_said(fleet, tmp_path):
    """The edition's template can't be read for a while."""
    template = tmp_path / "template"
    template.mkdir()
    (template / "style.css").write_text("h1 { color: #123456 }\n", encoding="utf-8")
    fleet.command("publish", *WINDOW, "--format", "text", "--template", template, "-o", tmp_path / "out")
    with held(fleet, "kansen.edition_template"):
        terminal = Terminal(fleet, "site", "-o", tmp_path / "site")
        terminal.wait_for("edition 1 of 1: figures")
    left, = terminal.end()
    assert "1 edition; " in left


def test_a_line_is_gone_when_a_signal_ends_it(fleet, charts, tmp_path):
    terminal = Terminal(fleet, "report", *WINDOW, "--format", "html", "-o", tmp_path / "out", env=charts.env)
    terminal.wait_for("chart 1 of")
    terminal.process.terminate()
    assert terminal.end(code=-15) == []


def test_an_error_stands_alone(fleet, charts, tmp_path):
    (charts.bin / "rsvg-convert").write_text(
        f"#!/bin/sh\nuntil [ -e {charts.gate} ]; do sleep 0.05; done\necho broken >&2\nexit 1\n", encoding="utf-8")
    terminal = Terminal(fleet, "report", *WINDOW, "--format", "html", "-o", tmp_path / "out", env=charts.env)
    terminal.wait_for("chart 1 of")
    charts.let_go()
    left, = terminal.end(code=73)
    assert left.startswith("kansen report: ") and "broken" in left


@pytest.mark.parametrize("extra", [(), ("--log-format", "json")])
def test_a_pipe_and_a_file_see_nothing(fleet, charts, tmp_path, extra):
    """The same on a terminal whose lines are for programs."""
    words = ("report", *WINDOW, "--format", "html", "-o", tmp_path / "out", *extra)
    with open(tmp_path / "said", "wb") as said:
        terminal = Terminal(fleet, *words, env=charts.env, stderr=None if extra else said)
        wait_until(charts.begun.exists, "charts to be drawn")
        time.sleep(1.5)  # by now it would have come up
        charts.let_go()
        left = terminal.end()
    assert "chart" not in "".join(left).replace(str(tmp_path), "") or all(line.startswith("/") for line in left)
    assert (tmp_path / "said").read_bytes() == b"" and "\x1b" not in terminal.text()


def test_who_waits_for_less_than_a_second_sees_nothing(fleet):
    """Lower bound: on a busy machine it may take longer, and then a line may come up and go."""
    terminal = Terminal(fleet, "stats", *WINDOW)
    left = terminal.end()
    took = time.monotonic() - terminal.begun
    assert left and (took >= 1 or "\x1b[K" not in terminal.text())

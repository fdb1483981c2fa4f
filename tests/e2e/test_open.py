"""`--open`: what was written, in the viewer of the machine; a viewer that is missing, fails or never ends."""

import os
import pathlib
import shlex
import signal

import pytest

from servers import wait_until
from test_editions import EVENTS, WINDOW, publish

EX_USAGE, EX_UNAVAILABLE, EX_CANTCREAT = 64, 69, 73
# Pictures of charts are none of this test's business.
TOOLS = ("rsvg-convert",)


@pytest.fixture(scope="module")
def fleet(shared_database):
    shared_database.set_threat("worms", "WORM*", en="Worms")
    shared_database.load_events(EVENTS)
    return shared_database


class Viewers:
    """A PATH on which viewers are what a test makes them, and what they were given."""

    def __init__(self, folder):
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.given = folder / "given"
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        for tool in TOOLS:
            found = next(pathlib.Path(each) / tool for each in os.environ["PATH"].split(":")
                         if (pathlib.Path(each) / tool).exists())
            (self.bin / tool).symlink_to(found)
        self.env = {"PATH": str(self.bin), "TMPDIR": str(self.scratch), "DISPLAY": ":7"}

    def install(self, name, then="exit 0"):
        """One that notes its arguments and where its words go, and does that."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\necho noise; echo noise >&2\n"
                        f"printf '%s\\0' {name} \"$#\" \"$@\" >> {shlex.quote(str(self.given))}\n{then}\n",
                        encoding="utf-8")
        path.chmod(0o755)

    def shown(self):
        """The one file that was given to a viewer, which is named."""
        name, count, path, rest = self.given.read_bytes().split(b"\0")
        assert (count, rest) == (b"1", b"")
        return name.decode(), pathlib.Path(os.fsdecode(path))


@pytest.fixture
def viewers(tmp_path):
    return Viewers(tmp_path)


def run(fleet, viewers, *words, code=0, **options):
    return fleet.command(*words, code=code, env={**viewers.env, **options.pop("env", {})}, **options)


def report(fleet, viewers, *words, **options):
    return run(fleet, viewers, "report", *WINDOW, "--open", *words, **options)


# ---- which file

def test_a_report_for_the_eye_lies_in_a_folder_that_stays(fleet, viewers, tmp_path):
    viewers.install("xdg-open")
    here = tmp_path / "here"
    here.mkdir()
    result = report(fleet, viewers, cwd=here)
    viewer, path = viewers.shown()
    assert viewer == "xdg-open" and path.suffix == ".html" and path.read_text().startswith("<!DOCTYPE html>")
    folder, = viewers.scratch.iterdir()
    assert path.parent == folder and folder.stat().st_mode & 0o777 == 0o700
    assert {str(each) for each in folder.iterdir()} == set(result.stdout.splitlines())
    assert str(path) in result.stdout.splitlines() and f"xdg-open shows {path}" in result.stderr
    assert "noise" not in result.stdout + result.stderr
    assert {each.suffix for each in folder.iterdir()} == {".html", ".svg", ".png", ".pdf"}
    assert list(here.iterdir()) == []


def test_two_reports_for_the_eye_are_two_folders(fleet, viewers):
    viewers.install("xdg-open")
    report(fleet, viewers), report(fleet, viewers)
    assert len(list(viewers.scratch.iterdir())) == 2


@pytest.mark.parametrize(("formats", "shown"), [
    ("text,json,html,csv", ".html"), ("csv,json,xlsx", ".xlsx"), ("json,text,csv", ".txt"), ("json", ".json"),
    ("csv", ".csv"), ("json,md", ".md")])
def test_the_page_is_shown_before_all_else(fleet, viewers, tmp_path, formats, shown):
    viewers.install("xdg-open")
    report(fleet, viewers, "--format", formats, "-o", tmp_path / "out")
    path = viewers.shown()[1]
    assert path.suffix == shown and path.parent == tmp_path / "out" and path.is_file()
    assert list(viewers.scratch.iterdir()) == []


def test_of_several_languages_the_first_is_shown(fleet, viewers, tmp_path):
    viewers.install("xdg-open")
    report(fleet, viewers, "--lang", "ja,en", "--format", "text", "-o", tmp_path / "out")
    assert viewers.shown()[1].name.endswith(".ja.txt")


def test_a_paper_is_shown_and_none_of_its_charts(fleet, viewers, tmp_path):
    """Stands for WeasyPrint: whatever makes the paper, charts are PDFs too."""
    viewers.install("xdg-open")
    viewers.install("weasyprint", "for last; do :; done; printf '%%PDF-1.7\\n%%%%EOF\\n' > \"$last\"")
    report(fleet, viewers, "--format", "pdf", "-o", tmp_path / "out")
    name = viewers.given.read_bytes().split(b"\0")[-2].decode()
    assert name.endswith("/worms-2024-01-2024-03.en.pdf")


def test_an_edition_and_the_site_are_shown(fleet, viewers, tmp_path):
    viewers.install("xdg-open")
    publish(fleet, tmp_path / "first", "--lang", "en", "--format", "text,html")
    run(fleet, viewers, "editions", "render", "worms", "--open", "-o", tmp_path / "again")
    assert viewers.shown()[1] == tmp_path / "again" / "worms-2024-01-2024-03-edition-1.en.html"
    viewers.given.unlink()
    run(fleet, viewers, "site", "-o", "site", "--open", cwd=tmp_path)
    assert viewers.shown()[1] == tmp_path / "site" / "index.html"


def test_a_site_without_an_edition_shows_nothing(database, viewers, tmp_path):
    viewers.install("xdg-open")
    result = run(database, viewers, "site", "-o", tmp_path / "site", "--open")
    assert "nothing is published yet" in result.stderr and not viewers.given.exists()


@pytest.mark.parametrize("folder", ["two words", "-x", "a\nb", "$(touch x)", "%41#?", "ü \\ '\""])
def test_a_path_reaches_the_viewer_as_it_is(fleet, viewers, tmp_path, folder):
    viewers.install("xdg-open")
    here = tmp_path / "here"
    here.mkdir()
    result = report(fleet, viewers, "--format", "html", f"--output={folder}", cwd=here)
    path = viewers.shown()[1]
    assert path.parent == here / folder and path.is_file()
    assert [each.name for each in here.iterdir()] == [folder]
    assert "\n" not in result.stderr.strip("\n"), "a line stays a line"


# ---- which viewer

def test_the_first_viewer_that_is_installed_is_taken(fleet, viewers):
    for name in ("wslview", "open", "xdg-open"):
        viewers.given.unlink(missing_ok=True)
        viewers.install(name)
        report(fleet, viewers)
        assert viewers.shown()[0] == name
    viewers.given.unlink()
    (viewers.bin / "xdg-open").chmod(0o644)
    report(fleet, viewers)
    assert viewers.shown()[0] == "open", "one that can't be run is none"


def test_without_a_viewer_the_file_is_there_all_the_same(fleet, viewers):
    result = report(fleet, viewers, code=EX_UNAVAILABLE)
    folder, = viewers.scratch.iterdir()
    page, = folder.glob("*.html")
    assert str(page) in result.stdout.splitlines()
    assert f"{page} is written, but not shown: none of xdg-open, open, wslview is installed" in result.stderr
    assert "open it yourself" in result.stderr


@pytest.mark.parametrize(("then", "said"), [
    ("exit 3", "xdg-open ended with 3 (it finds no program that shows such a file)"),
    ("exit 4", "xdg-open ended with 4 (the program that it chose failed)"),
    ("exit 9", "xdg-open ended with 9;"),
    ("kill -9 $$", "xdg-open was ended by signal 9")])
def test_a_viewer_that_fails_is_said(fleet, viewers, tmp_path, then, said):
    viewers.install("xdg-open", then)
    result = report(fleet, viewers, "--format", "text", "-o", tmp_path / "out", code=EX_UNAVAILABLE)
    path, = (tmp_path / "out").iterdir()
    assert f"{path} is written, but not shown: {said}" in result.stderr


def test_a_viewer_that_stays_is_left_to_itself(fleet, viewers, tmp_path):
    """A browser that ends with its window; it has no terminal of ours, and lives on."""
    viewers.env["PATH"] += ":/usr/bin:/bin"
    viewers.install("xdg-open", f"echo $$ > {tmp_path}/pid; exec sleep 1000")
    result = report(fleet, viewers, "--format", "text", "-o", tmp_path / "out")
    assert "xdg-open shows" in result.stderr and "goes on" in result.stderr
    number = int((tmp_path / "pid").read_text())
    try:
        assert os.getsid(number) == number, "the terminal's end doesn't end it"
        for file in range(3):
            assert os.readlink(f"/proc/{number}/fd/{file}") == "/dev/null"
    finally:
        os.kill(number, signal.SIGKILL)
    wait_until(lambda: not pathlib.Path(f"/proc/{number}/fd/0").exists(), "the viewer to end")


def test_a_machine_without_a_screen_is_said(fleet, viewers, tmp_path):
    viewers.install("xdg-open")
    words = ("--format", "text", "-o", tmp_path / "out")
    assert "screen" not in report(fleet, viewers, *words).stderr
    del viewers.env["DISPLAY"]
    assert "no screen here" in report(fleet, viewers, *words).stderr
    for name in ("WAYLAND_DISPLAY", "BROWSER"):
        assert "screen" not in report(fleet, viewers, *words, env={name: "x"}).stderr


# ---- with other things that go wrong

def test_what_could_be_written_is_shown(fleet, viewers, tmp_path):
    """Paper can't be had here; the page can."""
    viewers.install("xdg-open")
    result = report(fleet, viewers, "--format", "pdf,html", "-o", tmp_path / "out", code=EX_UNAVAILABLE)
    assert "WeasyPrint" in result.stderr.splitlines()[-1] and viewers.shown()[1].suffix == ".html"


def test_nothing_is_shown_of_a_report_that_failed(fleet, viewers, tmp_path):
    viewers.install("xdg-open")
    report(fleet, viewers, "-o", tmp_path / "no" / "such", code=EX_CANTCREAT)
    report(fleet, viewers, "--from", "2999-01", "--to", "2999-02", code=EX_USAGE)
    (viewers.bin / "rsvg-convert").unlink()
    report(fleet, viewers, code=EX_CANTCREAT)
    assert not viewers.given.exists() and list(viewers.scratch.iterdir()) == []


def test_statements_are_not_shown_by_a_viewer(fleet, viewers):
    viewers.install("xdg-open")
    result = report(fleet, viewers, "--show-sql", code=EX_USAGE)
    assert "leave --open out" in result.stderr and not viewers.given.exists()


def test_no_program_has_our_secrets(fleet, viewers, tmp_path):
    """What draws and what shows may leave a core, and the viewer outlives us."""
    seen = tmp_path / "seen"
    note = f"echo ran >> {shlex.quote(str(seen))}; /usr/bin/env >> {shlex.quote(str(seen))}"
    tool = viewers.bin / "rsvg-convert"
    real = tool.readlink()
    tool.unlink()
    tool.write_text(f'#!/bin/sh\n{note}\nexec {real} "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    viewers.install("xdg-open", note)
    secret = "canary-3e61"
    env = {"PGPASSWORD": secret, "KANSEN_KAFKA_SASL_PASSWORD": secret, "KANSEN_DB": f"host=x password={secret}"}
    report(fleet, viewers, env=env)
    told = seen.read_text(encoding="utf-8")
    assert told.count("ran\n") > 2 and "DISPLAY=:7" in told and secret not in told

"""Completion in real shells, and manual pages that real readers read."""

import os
import pathlib
import re
import subprocess

import pytest

import shells

ROOT = pathlib.Path(__file__).resolve().parents[2]
EX_USAGE = 64
EX_CANTCREAT = 73
SHELLS = ["bash", "zsh", "fish"]


def output(program, *words):
    return subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def command_names(program):
    lines = output(program, "help").split("commands:\n")[1].split("\n\n")[0]
    return re.findall(r"^  ([a-z-]+(?: [a-z-]+)?)  +\S", lines, re.MULTILINE)


@pytest.fixture(scope="module")
def options(program, command_names):
    """The options of each command."""
    return {name: set(re.findall(r"^  (?:-\w,|   ) (--[\w-]+)", output(program, "help", *name.split()),
                                 re.MULTILINE)) for name in command_names}


@pytest.fixture
def offered(program, tmp_path):
    """What a shell offers when the last of these words is being typed."""
    for name in ("events.ndjson", "events.csv"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "everything").mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}

    def offer(shell, *words):
        script = tmp_path / f"script.{shell}"
        script.write_text(output(program, "completion", shell), encoding="utf-8")
        return getattr(shells, shell)(script, ["kansen", *words], tmp_path, environment)

    return offer


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(("words", "expected"), [
    (["st"], ["stats"]),
    (["dead"], ["dead-letters"]),
    (["dead-letters", "re"], {"relay", "replay"}),
    (["db", "mi"], ["migrate"]),
    (["stats", "--for"], ["--format"]),
    (["db", "init", "--time"], ["--timezone"]),
    (["stats", "--format", "j"], ["json"]),
    (["report", "--lang", ""], {"de", "en", "ja"}),
    (["ingest", "--log-format", "l"], ["logfmt"]),
    (["dead-letters", "list", "--reason", "bad_t"], ["bad_time"]),
    (["completion", "f"], ["fish"]),
    (["load", "events.n"], ["events.ndjson"]),
    (["ingest", "--geoip", "events.c"], ["events.csv"]),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_what_a_shell_completes(offered, shell, words, expected):
    found = {word.rstrip("=") for word in offered(shell, *words)}
    assert set(expected) <= found and all(word.startswith(words[-1]) for word in found), found


@pytest.mark.parametrize("shell", SHELLS)
def test_options_of_other_commands_are_not_offered(offered, shell):
    assert offered(shell, "threat", "list", "--parti") == []
    assert not {"--partitions", "--format"} & {word.rstrip("=") for word in offered(shell, "load", "--")}


@pytest.mark.parametrize("shell", SHELLS)
def test_folders_are_offered_where_files_are_no_use(offered, shell):
    assert [word.rstrip("/") for word in offered(shell, "report", "--output", "e")] == ["everything"]


def test_bash_completes_behind_an_equals_sign_and_a_comma(offered):
    """Readline takes = for a word of its own."""
    assert offered("bash", "stats", "--format", "=") == ["csv", "json", "table"]
    assert offered("bash", "stats", "--format", "=", "j") == ["json"]
    assert offered("bash", "report", "--lang", "en,j") == ["en,ja"]


def test_bash_completes_the_two_words_of_a_command_that_help_is_for(offered):
    for command in ("help", "config", "manual"):
        assert offered("bash", command, "d") == ["db", "dead-letters", "demo"]
        assert offered("bash", command, "dead-letters", "") == ["list", "relay", "remove", "replay", "show"]
        assert offered("bash", command, "dead-letters", "list", "") == []


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_and_option_is_in_the_script(program, command_names, options, shell):
    script = output(program, "completion", shell)
    assert len(command_names) > 20
    for name in command_names:
        for word in name.split():
            assert re.search(rf"\b{word}\b", script), word
        for option in options[name]:
            spelt = f"-l {option[2:]} " if shell == "fish" else option
            assert spelt in script, (name, option)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_reads_the_script(program, tmp_path, shell):
    path = tmp_path / "script"
    path.write_text(output(program, "completion", shell), encoding="utf-8")
    done = subprocess.run([shell, "-n", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stderr


def test_a_shell_that_is_not_known_is_refused(kansen):
    assert "did you mean zsh?" in kansen.run("completion", "zhs", code=EX_USAGE).stderr
    assert "SHELL: bash, zsh or fish is missing" in kansen.run("completion", code=EX_USAGE).stderr


# ---- manual pages

@pytest.fixture(scope="module")
def pages(program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("man1")
    subprocess.run([program, "manual", "-o", folder], check=True)
    return folder


def test_each_command_has_a_page_with_all_its_options(pages, command_names, options):
    names = {f"kansen-{name.replace(' ', '-')}.1" for name in command_names} | {"kansen.1"}
    assert {path.name for path in pages.iterdir()} == names
    for name in command_names:
        page = (pages / f"kansen-{name.replace(' ', '-')}.1").read_text(encoding="utf-8")
        for option in options[name]:
            assert option.replace("-", r"\-") in page, (name, option)
        assert ".SH EXAMPLES\n.nf\nkansen " in page
    whole = (pages / "kansen.1").read_text(encoding="utf-8").replace("\\-", "-")
    for name in command_names:
        assert f"\n.B {name}\n" in whole
    for part in ("EXIT STATUS", "ENVIRONMENT", "KANSEN_DATA_DIR", ".B 78"):
        assert part in whole


def test_readers_of_manual_pages_have_nothing_to_say(pages):
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "MANWIDTH": "80"}
    for path in sorted(pages.iterdir()):
        lint = subprocess.run(["mandoc", "-Tlint", path], capture_output=True, text=True, check=False)
        assert lint.stdout + lint.stderr == "", path.name
        shown = subprocess.run(["man", "--warnings=w", "-l", path], capture_output=True, text=True,
                               env=environment, check=False)
        assert shown.returncode == 0 and shown.stderr == "", (path.name, shown.stderr)
        assert "NAME" in shown.stdout and "`" not in shown.stdout


def test_a_page_goes_to_standard_output(kansen, pages):
    assert kansen.run("manual").stdout == (pages / "kansen.1").read_text(encoding="utf-8")
    assert kansen.run("manual", "db", "init").stdout == (pages / "kansen-db-init.1").read_text(encoding="utf-8")
    assert "did you mean stats?" in kansen.run("manual", "statz", code=EX_USAGE).stderr
    assert "more" in kansen.run("manual", "stats", "more", code=EX_USAGE).stderr
    said = kansen.run("manual", "-o", "/nonexistent", code=EX_CANTCREAT).stderr
    assert "/nonexistent/kansen.1: " in said


# ---- what is written elsewhere

def test_the_references_name_every_command_and_option(command_names, options):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    for name in command_names:
        words = name.split()
        assert f"`kansen {words[0]}" in readme and f"{words[-1]}" in readme, name
        for option in options[name]:
            assert re.search(rf"`(?:-\w`, `)?{option}\b", page), (name, option)


def test_installing_brings_pages_and_completions(program, tmp_path):
    build = pathlib.Path(program).parent
    if not (build / "cmake_install.cmake").is_file():
        pytest.skip("this program does not stand where it was built")
    subprocess.run(["cmake", "--install", build, "--prefix", tmp_path], check=True, capture_output=True)
    for path in ("share/man/man1/kansen.1", "share/man/man1/kansen-db-init.1",
                 "share/bash-completion/completions/kansen", "share/zsh/site-functions/_kansen",
                 "share/fish/vendor_completions.d/kansen.fish"):
        assert (tmp_path / path).stat().st_size > 500, path

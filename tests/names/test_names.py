"""What documents and .ci/run say of files and tests is there: a claim whose test was renamed or never
written reads like one that holds."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md")),
             *sorted(ROOT.glob("tests/**/README.md")), *sorted(ROOT.glob("bench/**/README.md"))]
# A file or folder of the tree: what stands before the first slash is one of its folders.
TOP = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"build"}
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?")
# What docker/prepare makes beside docker/compose.yaml.
MADE = re.compile(r"docker/(\.env|secrets|certificates|reports|archive|geoip)\b")
# What a reader makes of the name of a file: NAME, TARGET, YYYY.
PLACEHOLDER = re.compile(r"[A-Z]{4,}")


def quoted(text):
    """What stands between backticks or in blocks of commands."""
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)) + blocks


def missing_paths(text, root):
    for words in quoted(text):
        for path in PATH.findall(words):
            # A path that goes on from another word (build/asan/…, ../, PROGRAM/…) is none of these.
            if path.split("/")[0] in TOP and f"/{path}" not in words and not (
                    PLACEHOLDER.search(path) or MADE.match(path)):
                if not (root / path).exists():
                    yield path


def missing_tests(text, root):
    """Names like `test_kafka_log`, `unit/test_geo` or `e2e/test_load`, which docs/reliability.md
    gives as proof; those without a folder are of tests/faults."""
    for words in quoted(text):
        for folder, name in re.findall(r"^(?:tests/)?(\w+/)?(test_\w+)(?:\.py|\.c)?$", words):
            if not list((root / "tests" / (folder or "faults")).glob(f"{name}.*")):
                yield folder + name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_document_names_are_there(document):
    assert list(missing_paths(document.read_text(encoding="utf-8"), ROOT)) == []


def test_tests_that_reliability_is_shown_by_are_there():
    text = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    assert text.count("`test_") > 20
    assert list(missing_tests(text, ROOT)) == []


def test_tests_that_ci_runs_under_threadsanitizer_are_there():
    """.ci/run fails as well; this says so in a minute instead of ten."""
    names = re.search(r"^raced=\((.*?)\)", (ROOT / ".ci/run").read_text(encoding="utf-8"),
                      re.DOTALL | re.MULTILINE)[1].split()
    assert "unit_writer" in names
    for name in names:
        folder, _, rest = name.partition("_")
        assert list((ROOT / "tests" / folder).glob(f"test_{rest}.*")), name


def test_unit_tests_and_folders_of_tests_are_run():
    """Every folder with tests has its place in tests/CMakeLists.txt, and in the map."""
    listed = (ROOT / "tests/CMakeLists.txt").read_text(encoding="utf-8")
    page = (ROOT / "tests/README.md").read_text(encoding="utf-8")
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/test_*")}
    assert {"unit", "e2e", "faults", "failing_calls"} <= folders
    for folder in folders:
        assert f"{folder}/test_*" in listed, folder
    for path in (ROOT / "tests").iterdir():
        if path.is_dir() and path.name != "__pycache__":
            assert f"`{path.name}/`" in page, f"tests/README.md does not say what {path.name} is for"


def test_the_debian_package_is_built_with_what_packages_txt_says():
    """Two lists for two tools; a library that only one of them has fails on somebody else's machine."""
    lines = (ROOT / "packages.txt").read_text(encoding="utf-8").splitlines()
    listed = {name for line in lines if line.startswith("build ") for name in line.split()[1:]}
    control = (ROOT / "debian/control").read_text(encoding="utf-8")
    needed = re.search(r"^Build-Depends:\n((?: .*\n)+)", control, re.MULTILINE)[1]
    built_with = {line.strip(" ,").split(" ")[0] for line in needed.splitlines()}
    # Compilers are build-essential's.
    assert listed - {"gcc", "g++"} == built_with - {"debhelper-compat", "dh-sequence-installsysusers"}


# The checks themselves: each must be able to fail.

@pytest.mark.parametrize(("text", "found"), [
    ("see `stats/shares.c`", []),
    ("see `stats/gone.c`", ["stats/gone.c"]),
    ("```\ntests/gone/run --seconds 3\n```", ["tests/gone/run"]),
    ("`build/asan/stats/gone.c` and `stats/NAME.c`", []),
])
def test_a_path_that_is_gone_shows(text, found):
    assert list(missing_paths(text, ROOT)) == found


@pytest.mark.parametrize(("text", "found"), [
    ("`test_kafka_log`, `unit/test_geo`", []),
    ("`test_gone`, `unit/test_gone`", ["test_gone", "unit/test_gone"]),
])
def test_a_test_that_is_gone_shows(text, found):
    assert list(missing_tests(text, ROOT)) == found

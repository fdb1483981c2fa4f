"""Includes point one way, and every header compiles alone."""

import os
import pathlib
import subprocess

import pytest

from includes import ALLOWED, circles, sources, upward_includes

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = [path for _, path in sources(ROOT) if path.suffix == ".h"]
# Headers that C++ includes as well (the ones with extern "C").
SHARED_HEADERS = [path for path in HEADERS if 'extern "C"' in path.read_text(encoding="utf-8")]
WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror", "-fsyntax-only"]


def flags():
    """Include paths as CMakeLists.txt sets them, and those of the libraries in use."""
    found = subprocess.run(
        ["pkg-config", "--cflags", "rdkafka", "libpq", "libmaxminddb", "icu-uc", "libarchive"],
        check=True, capture_output=True, text=True).stdout.split()
    generated = os.environ.get("KANSEN_GENERATED", str(ROOT / "build/asan/generated"))
    return ["-D_POSIX_C_SOURCE=200809L", f"-I{ROOT}", f"-I{ROOT}/include", f"-I{generated}", *found]


def compile_alone(header, compiler, language, standard):
    """A unit of nothing but this #include, twice: it needs nothing before it and guards itself."""
    unit = f'#include "{header}"\n#include "{header}"\n'
    return subprocess.run(
        [compiler, f"-std={standard}", *WARNINGS, *flags(), "-x", language, "-"],
        input=unit, capture_output=True, text=True, check=False)


def test_every_include_points_downwards():
    assert upward_includes(ROOT) == []


def test_no_modules_include_each_other():
    assert circles(ROOT) == []


def test_there_is_something_to_check():
    assert len(HEADERS) >= 9
    assert SHARED_HEADERS


@pytest.mark.parametrize("header", HEADERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_header_compiles_alone(header):
    result = compile_alone(header, os.environ.get("CC", "cc"), "c", "c17")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("header", SHARED_HEADERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_header_for_both_languages_compiles_alone_as_cpp(header):
    result = compile_alone(header, os.environ.get("CXX", "c++"), "c++", "c++17")
    assert result.returncode == 0, result.stderr


# The checks themselves: each must be able to fail.

@pytest.mark.parametrize(("folder", "name", "allowed"), [
    ("stats", "sql/db.h", True),
    ("stats", "kansen/month.h", True),
    ("stats", "stdio.h", True),
    ("stats", "ingest/event/decode.h", False),
    ("ingest/store", "stats/shares.h", False),
    ("ingest/store", "ingest/pipeline.h", False),
    ("ingest/event", "sql/db.h", False),
    ("ingest", "ingest/kafka/reader.h", False),
    ("ingest/kafka", "ingest/pipeline.h", True),
    ("sql", "stats/shares.h", False),
    ("reports", "sql/db.h", False),
    ("reports", "../cli/command.h", False),
    ("include", "sql/db.h", False),
    ("simulate", "ingest/event/decode.h", False),
    ("cli", "reports/sections/table.h", True),
])
def test_direction_check_tells_down_from_up(tmp_path, folder, name, allowed):
    for each in ALLOWED:
        (tmp_path / each).mkdir(parents=True, exist_ok=True)
    for path in ("cli/command.h", "stats/shares.h"):
        (tmp_path / path).write_text("", encoding="utf-8")
    (tmp_path / folder / "sample.c").write_text(f'\n#  include "{name}"\n', encoding="utf-8")
    found = upward_includes(tmp_path)
    expected = [] if allowed else [f"{folder}/sample.c:2: {folder} must not include {name}"]
    assert found == expected


@pytest.mark.parametrize(("files", "expected"), [
    ({"a.c": "a.h b.h", "a.h": "", "b.c": "b.h", "b.h": "a.h"}, ["sql/a -> sql/b -> sql/a"]),
    ({"a.h": "b.h", "b.h": "c.h", "c.c": "a.h"}, ["sql/a -> sql/b -> sql/c -> sql/a"]),
    ({"a.c": "a.h a_internal.h", "a.h": "", "a_internal.h": "a.h", "b.c": "a_internal.h"}, []),
    ({"a.c": "b.h c.h", "b.h": "c.h", "c.h": ""}, []),
])
def test_circle_check_finds_modules_that_include_each_other(tmp_path, files, expected):
    (tmp_path / "sql").mkdir()
    for name, names in files.items():
        text = "".join(f'#include "sql/{each}"\n' for each in names.split())
        (tmp_path / "sql" / name).write_text(text, encoding="utf-8")
    assert circles(tmp_path) == expected


@pytest.mark.parametrize(("text", "compiles"), [
    ("#ifndef A\n#define A\n#include <stdint.h>\nint64_t f(void);\n#endif\n", True),
    ("#ifndef A\n#define A\nint64_t f(void);\n#endif\n", False),
    ("struct unguarded { int member; };\n", False),
])
def test_header_check_tells_whole_from_incomplete(tmp_path, text, compiles):
    header = tmp_path / "sample.h"
    header.write_text(text, encoding="utf-8")
    result = compile_alone(header, os.environ.get("CC", "cc"), "c", "c17")
    assert (result.returncode == 0) == compiles, result.stderr

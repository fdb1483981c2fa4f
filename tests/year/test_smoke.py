"""A quarter of the simulated year; and that its clock goes, and its bounds can be passed."""

import collections
import dataclasses
import datetime
import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE))

import sizes  # noqa: E402
from books import Books  # noqa: E402
from calendar_clock import Clock  # noqa: E402
from events import DETECTIONS, Message  # noqa: E402

SKIPPED = 69
UTC = datetime.timezone.utc


def test_three_months(program, mmdb, capsys):
    """Without an upgrade, whose older program takes minutes to build."""
    seed = os.environ.get("KANSEN_SEED", "smoke")
    done = subprocess.run([HERE / "run", "--months", "3", "--events", "300", "--older", "none", "--seed", seed],
                          env={**os.environ, "KANSEN": program, "KANSEN_MMDB": str(mmdb)}, capture_output=True,
                          text=True, check=False)
    if done.returncode == SKIPPED:
        pytest.skip(done.stderr.strip())
    with capsys.disabled():
        print("\n" + done.stdout)
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}{done.stderr[-5000:]}"
    # Of three months the last one alone keeps its events.
    assert re.search(r"^2025-03 .* 2 +\d+$", done.stdout, re.MULTILINE), done.stdout


def test_calendar_moves_and_goes_on(tmp_path):
    clock = Clock(tmp_path)
    for year in (2025, 1999, 2031):
        clock.move(datetime.datetime(year, 5, 6, tzinfo=UTC))
        said = subprocess.run(["date", "-u", "+%Y-%m-%d %H:%M"], env={**os.environ, **clock.environment()}, check=True,
                              capture_output=True, text=True).stdout
        assert said == f"{year}-05-06 00:00\n"
        assert clock.now().year == year


def test_dead_letters_are_counted():
    """Exactly what was rejected; a late event once at least."""
    books = Books("UTC")
    books.dropped["2025-01"] = 9
    late = Message(DETECTIONS, 0, b"", b"late", {"time": "2025-01-05T00:00:00Z"})
    for message in (Message(DETECTIONS, 0, b"", b"bad"), late, late):
        books.note(message)
    for bad, count, right in ((1, 1, True), (1, 2, True), (0, 1, False), (2, 1, False), (1, 0, False), (1, 3, False)):
        assert (books.wrong_letters(collections.Counter({b"bad": bad, b"late": count})) == []) == right
    assert books.wrong_letters(collections.Counter({b"bad": 1, b"late": 1, b"other": 1})) == ["1 of b'other'"]


SMALL = sizes.Sizes(database=12 * sizes.MB, wal=32 * sizes.MB, log=5 * sizes.KB, partitions=20, default_rows=0)


@pytest.mark.parametrize("change", [
    {"database": 25 * sizes.MB}, {"wal": 2000 * sizes.MB}, {"log": 90 * sizes.KB}, {"partitions": 40},
    {"default_rows": 1}])
def test_what_grows_is_noticed(change):
    assert SMALL.beyond(2, 800, 6, 2) == []
    (finding,) = dataclasses.replace(SMALL, **change).beyond(2, 800, 6, 2)
    assert str(*change.values()) in finding

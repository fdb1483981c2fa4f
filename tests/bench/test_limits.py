"""bench/limits works: a few transactions and names. No time is judged."""

import json
import os
import pathlib
import subprocess

import pytest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
EX_UNAVAILABLE = 69
# A ratio above its goal, which means nothing of so few.
EX_ABOVE = 1


def test_the_statements_are_those_of_a_worker(tmp_path, program):
    done = subprocess.run([BENCH / "limits", "--transactions", "250", "--names", "50", "--output", tmp_path],
                          env={**os.environ, "KANSEN": program}, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    if done.returncode == EX_UNAVAILABLE:
        pytest.skip(done.stderr.strip())
    assert done.returncode in (0, EX_ABOVE), done.stdout + done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 100
    found = json.loads((tmp_path / "limits.json").read_text())["measurements"]
    assert [each for each in found if not 0 < each["before_ms"] or not 0 < each["after_ms"]] == []
    assert len(found) == 4
    above = [each["what"] for each in found if each["ratio"] > each["goal"]]
    assert [line for line in done.stderr.splitlines() if line] == [f"above its goal: {each}" for each in above]

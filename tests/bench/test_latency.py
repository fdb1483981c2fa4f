"""bench/latency works: seconds at a small rate, every marker is seen. No time is judged."""

import json
import os
import pathlib
import subprocess

import pytest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
EX_UNAVAILABLE = 69
RATE = 2000
BACKLOG = 6000


def test_markers_are_seen_and_a_backlog_drains(tmp_path, program, mmdb):
    done = subprocess.run([BENCH / "latency", "--rate", str(RATE), "--seconds", "3", "--warm-up",
                           "1", "--workers", "1", "--backlog-minutes", str(BACKLOG / RATE / 60),
                           "--output", tmp_path],
                          env={**os.environ, "KANSEN": program, "KANSEN_MMDB": str(mmdb)},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode == EX_UNAVAILABLE:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 100
    results = json.loads((tmp_path / "latency.json").read_text())
    seen, = results["seen"]
    assert 0 < seen["p50_s"] <= seen["p99_s"] <= seen["max_s"]
    assert seen["markers"] > 20
    assert seen["sent"] > 3 * RATE
    drained, = results["drained"]
    assert drained["caught_up"] and drained["backlog"] == BACKLOG
    assert drained["sent"] > BACKLOG

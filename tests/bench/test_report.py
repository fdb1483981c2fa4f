"""bench/report works: a small size, all that asks gives the same figures. No time is judged."""

import json
import os
import pathlib
import subprocess

import pytest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
EX_UNAVAILABLE = 69
ROWS = 50000


@pytest.fixture(scope="module")
def results(tmp_path_factory, program):
    folder = tmp_path_factory.mktemp("results")
    done = subprocess.run([BENCH / "report", "--rows", str(ROWS / 1e6), "1e6", "--runs", "1",
                           "--no-fetch", "--output", folder],
                          env={**os.environ, "KANSEN": program}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode == EX_UNAVAILABLE:
        pytest.skip(done.stderr.strip() or done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 100
    return folder


def test_each_size_is_measured_or_left_out_with_the_reason(results):
    measured, left_out = json.loads((results / "report.json").read_text())["sizes"]
    assert measured["rows"] == ROWS
    assert all(seconds > 0 for seconds in measured["medians"].values())
    assert {"kansen_stats", "server", "postgres_count_distinct"} <= set(measured["medians"])
    assert sum(detections for _, detections in measured["figures"]["months"].values()) > ROWS / 3
    assert "GiB of disk" in left_out["left_out"]
    assert "GiB of disk" in (results / "report.md").read_text()


def test_the_plans_show_what_was_read(results):
    measured = json.loads((results / "report.json").read_text())["sizes"][0]
    read = {question["question"]: question["partitions"] for question in measured["questions"]}
    assert len(read) >= 5
    november = [partitions for question, partitions in read.items()
                if "in Japan in November" in question]
    assert november == [["detection_2013_11"]]
    assert "Execution Time" in (results / "report-plans.md").read_text()

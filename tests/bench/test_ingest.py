"""bench/ingest works: a few thousand events, once, by everybody who can be had without a download
and without a JVM of his own. No time is judged."""

import json
import os
import pathlib
import subprocess

import pytest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
EX_UNAVAILABLE = 69
OURS = {"copy", "kansen1", "kansen2", "again", "kcat"}
PEERS = {"by-hand", "rsyslog"}
EVENTS = 5000


@pytest.fixture(scope="module")
def results(tmp_path_factory, program, mmdb):
    folder = tmp_path_factory.mktemp("results")
    only = [word for key in sorted(OURS | PEERS) for word in ("--only", key)]
    done = subprocess.run([BENCH / "ingest", "--events", str(EVENTS), "--peer-events", str(EVENTS),
                           "--rounds", "1", "--fleet", "quiet", "--no-fetch", "--output", folder,
                           *only],
                          env={**os.environ, "KANSEN": program, "KANSEN_MMDB": str(mmdb)},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode == EX_UNAVAILABLE:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 100
    return folder


def test_everybody_stores_every_event(results):
    measured = json.loads((results / "ingest-quiet.json").read_text())
    lines = measured["contestants"]
    assert OURS | {"by-hand"} <= set(lines) <= OURS | PEERS
    assert len(lines) + len(measured["left_out"]) == len(OURS | PEERS)
    for line in lines.values():
        assert abs(line["events"] - EVENTS) < EVENTS / 10
        assert line["events_per_s"] > 0 and line["ratio_to_limit"] > 0
        assert line["cpu_s_per_million"]["worker"] > 0
    assert lines["copy"]["ratio_to_limit"] == 1
    assert all(lines[key]["peak_mib"] > 1 for key in set(lines) - {"copy"})
    assert all(lines[key]["start_s"] > 0 for key in ("kansen1", "kansen2"))
    ratios = set(measured["kansen1_ratios"])
    assert ratios > {"COPY BINARY, same rows", "kcat, CPU of the worker"}
    assert len(ratios) == 2 + len(set(lines) & PEERS)


def test_the_page_has_the_same_rows(results):
    page = (results / "ingest-quiet.md").read_text()
    measured = json.loads((results / "ingest-quiet.json").read_text())
    for line in measured["contestants"].values():
        assert f"| {line['title']} | {line['events']:,} |" in page

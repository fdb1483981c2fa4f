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


MACHINES = 3000


@pytest.fixture(scope="module")
def results(tmp_path_factory, program, mmdb):
    return measure(tmp_path_factory, program, mmdb, OURS | PEERS, "--fleet", "quiet")


@pytest.fixture(scope="module")
def grown(tmp_path_factory, program, mmdb):
    folder = measure(tmp_path_factory, program, mmdb, {"copy", "kansen1", "again", "empty"},
                     "--fleet", "grown", "--grown-machines", str(MACHINES))
    return json.loads((folder / "ingest-grown.json").read_text())


def measure(tmp_path_factory, program, mmdb, who, *options):
    folder = tmp_path_factory.mktemp("results")
    only = [word for key in sorted(who) for word in ("--only", key)]
    done = subprocess.run([BENCH / "ingest", "--events", str(EVENTS), "--peer-events", str(EVENTS),
                           "--rounds", "1", "--no-fetch", "--output", folder, *options, *only],
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
    for key, line in lines.items():
        assert abs(line["events"] - EVENTS) < EVENTS / 10
        assert line["events_per_s"] > 0 and line["ratio_to_limit"] > 0
        # kcat may need less than a tick of the clock.
        assert line["cpu_s_per_million"]["worker"] > 0 or key == "kcat"
    assert lines["copy"]["ratio_to_limit"] == 1
    assert all(lines[key]["peak_mib"] > 1 for key in set(lines) - {"copy"})
    assert all(lines[key]["start_s"] > 0 for key in ("kansen1", "kansen2"))
    ratios = set(measured["kansen1_ratios"])
    assert ratios > {"COPY BINARY, same rows", "kcat, CPU of the worker"}
    assert len(ratios) == 2 + len(set(lines) & PEERS)


def test_what_an_event_takes_on_disk_and_in_the_log(results):
    lines = json.loads((results / "ingest-quiet.json").read_text())["contestants"]
    limit, ours, by_hand = (lines[key]["per_event"] for key in ("copy", "kansen1", "by-hand"))
    # The same rows, each with an entry of 56 bytes in the key; infections are one event in two.
    for part in ("detection heap", "detection key"):
        assert 50 < limit[part] < 250 and abs(ours[part] / limit[part] - 1) < 0.1
    assert limit["infection heap"] == limit["infection key"] == 0
    assert ours["infection heap"] > 30 and ours["infection key"] > 15
    assert by_hand["plain heap"] > 100 and by_hand["plain_keyed heap"] == 0
    for line in lines.values():
        sizes = [size for name, size in line["per_event"].items() if name.endswith((" heap", " key"))]
        assert line["disk_bytes_per_event"] == (pytest.approx(sum(sizes)) if sizes else None)
    # What is stored was written to the log first; what is stored already, hardly.
    assert lines["kansen1"]["per_event"]["wal"] > lines["copy"]["per_event"]["wal"] > limit["detection heap"]
    assert lines["again"]["per_event"]["wal"] < lines["kansen1"]["per_event"]["wal"] / 3


def test_a_grown_month_is_compared_with_an_empty_one(grown):
    lines = grown["contestants"]
    # That all machines are there, and each event is a new one's, the bench looks at itself.
    assert set(lines) == {"copy", "kansen1", "again", "empty"}
    assert grown["kansen1_ratios"]["empty month, events/s"] == pytest.approx(
        lines["kansen1"]["events_per_s"] / lines["empty"]["events_per_s"])
    assert grown["kansen1_ratios"]["empty month, WAL an event"] == pytest.approx(
        lines["kansen1"]["per_event"]["wal"] / lines["empty"]["per_event"]["wal"])
    # Only what the run itself stored: a row of an infection is no larger than in the empty month.
    assert lines["kansen1"]["per_event"]["infection heap"] == pytest.approx(
        lines["empty"]["per_event"]["infection heap"], rel=0.1)


def test_the_page_has_the_same_rows(results):
    page = (results / "ingest-quiet.md").read_text()
    measured = json.loads((results / "ingest-quiet.json").read_text())
    for line in measured["contestants"].values():
        assert f"| {line['title']} | {line['events']:,} |" in page

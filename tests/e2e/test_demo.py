"""`kansen demo`: everything on one machine with nothing set up, and nothing left behind."""

import json
import pathlib
import signal

import pytest

import oracle
from kept_demo import processes_of, scratch_folder
from servers import wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
PUBLISHED = json.loads(
    (ROOT / "tests/published/bitcoin-miner-2013.json").read_text(encoding="utf-8"))


@pytest.fixture
def scratch():
    """A folder for the demo's own temporary files."""
    with scratch_folder() as folder:
        yield folder


def test_the_published_report_from_nothing(kansen, scratch, tmp_path, mmdb):
    report = tmp_path / "report"
    result = kansen.run("demo", "-o", report, env={"TMPDIR": str(scratch)}, cwd=tmp_path)
    assert f"{PUBLISHED['total']:,}" in result.stdout
    for name in ("kansen", "ocsf", "ecs", "cloudevents"):
        assert f"--event-format {name} --part" in result.stderr
    written = {path.name: path.read_bytes() for path in report.iterdir()}
    for language in ("en", "ja"):
        for suffix in ("txt", "md", "html", "csv", "json"):
            assert any(name.endswith(f".{language}.{suffix}") for name in written), sorted(written)
    for name, content in written.items():
        if name.endswith(".json"):
            oracle.assert_says(json.loads(content), {
                "total": PUBLISHED["total"], "countries": PUBLISHED["countries"],
                "other": PUBLISHED["other"]}, name)
    assert processes_of(scratch) == []
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_demo_leaves_nothing(kansen, scratch, tmp_path, mmdb, number):
    running = kansen.start("demo", "-o", tmp_path / "report", env={"TMPDIR": str(scratch)})
    wait_until(lambda: processes_of(scratch), "the demo's PostgreSQL", [running])
    running.process.send_signal(number)
    running.wait(code=-number)
    wait_until(lambda: processes_of(scratch) == [], "the demo's processes to end")
    assert list(scratch.iterdir()) == []

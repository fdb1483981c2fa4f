"""`kansen demo --keep`: its PostgreSQL goes on running for psql, and `kansen demo --stop` ends it. The fleet of the
published report is kept and asked in test_cookbook.py."""

import os
import pathlib
import signal

import pytest

from kept_demo import KeptDemo, processes_of, scratch_folder
from servers import wait_until

SCENARIO = pathlib.Path(__file__).resolve().parents[2] / "simulate/scenarios/small.scenario"
# Of a socket's name, its end included.
SOCKET_NAME_MAX = 108


@pytest.fixture
def scratch():
    with scratch_folder() as folder:
        yield folder


def test_a_kept_demo_is_asked_found_and_stopped(kansen, scratch, mmdb):
    demo = KeptDemo(kansen, scratch, "--scenario", SCENARIO)
    asked = demo.psql("select sum(infections) from report.monthly_infections", demo.reader, "-At")
    assert int(asked) > 0
    refused = kansen.run("threat", "remove", "bitcoin-miner", "--db", demo.conninfo(demo.reader), code=77)
    assert "withholds" in refused.stderr or "right" in refused.stderr
    demo.psql("create table public.mine (one integer)", demo.owner)
    assert len(f"{demo.folder}/.s.PGSQL.5432") < SOCKET_NAME_MAX
    # It listens at its socket alone, and is nobody's child.
    assert demo.psql("show listen_addresses", demo.owner, "-At") == "\n"
    # Another demo says that this one is there, and goes on.
    other = KeptDemo(kansen, scratch, "--scenario", SCENARIO)
    assert f"An earlier demo is still running: psql 'host={demo.folder} " in other.said
    assert other.folder != demo.folder
    said = demo.stop()
    assert f"{demo.folder}: stopped and removed" in said
    assert f"{other.folder}: stopped and removed" in said
    assert processes_of(scratch) == []
    assert [path.name for path in scratch.iterdir()] == ["report"]
    assert "No demo of yours was left running." in demo.stop()


def test_what_is_left_of_a_server_that_ended_is_removed(kansen, scratch, mmdb):
    demo = KeptDemo(kansen, scratch, "--scenario", SCENARIO)
    postmaster = int(pathlib.Path(demo.folder, "data/postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGQUIT)
    wait_until(lambda: processes_of(scratch) == [], "the kept PostgreSQL to end")
    assert f"{demo.folder}: was not running, and removed" in demo.stop()
    assert not pathlib.Path(demo.folder).exists()


def test_interrupted_before_its_end_nothing_is_kept(kansen, scratch, mmdb):
    running = kansen.start("demo", "--keep", "-o", scratch / "report", "--scenario", SCENARIO,
                           env={"TMPDIR": str(scratch)})
    wait_until(lambda: "kansen db verify" in running.said(), "the demo's last steps", [running])
    running.process.send_signal(signal.SIGINT)
    running.wait(code=-signal.SIGINT)
    wait_until(lambda: processes_of(scratch) == [], "the demo's processes to end")
    assert not list(scratch.glob("kansen-demo.*"))


def test_a_running_demo_is_not_stopped(kansen, scratch, mmdb):
    running = kansen.start("demo", "-o", scratch / "report", "--scenario", SCENARIO, env={"TMPDIR": str(scratch)})
    wait_until(lambda: "kansen db init" in running.said(), "the demo's PostgreSQL", [running])
    said = kansen.run("demo", "--stop", env={"TMPDIR": str(scratch)}).stderr
    assert "No demo of yours was left running." in said
    running.wait()


@pytest.mark.parametrize("option", [["--keep"], ["-o", "report"], ["--scenario", "small.scenario"]])
def test_stop_goes_with_nothing_else(kansen, option):
    refused = kansen.run("demo", "--stop", *option, code=64)
    assert "--stop ends what --keep left" in refused.stderr

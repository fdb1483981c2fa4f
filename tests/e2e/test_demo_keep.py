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


def say_left(kansen, scratch):
    """What a demo says of earlier ones; it goes no further, for want of its scenario."""
    return kansen.run("demo", "--scenario", "nowhere", env={"TMPDIR": str(scratch)}, code=None).stderr


def test_a_kept_demo_is_asked_found_and_ended(kansen, scratch, mmdb):
    demo = KeptDemo(kansen, scratch, "--scenario", SCENARIO)
    assert int(demo.psql("select sum(infections) from report.monthly_infections", demo.reader, "-At")) > 0
    kansen.run("threat", "remove", "bitcoin-miner", "--db", demo.conninfo(demo.reader), code=77)
    demo.psql("create table public.mine (one integer)", demo.owner)
    assert len(f"{demo.folder}/.s.PGSQL.5432") < SOCKET_NAME_MAX
    assert demo.psql("show listen_addresses", demo.owner, "-At") == "\n"
    assert f"An earlier demo is still running: psql 'host={demo.folder} " in say_left(kansen, scratch)

    postmaster = int(pathlib.Path(demo.folder, "data/postmaster.pid").read_text(encoding="ascii").split()[0])
    os.kill(postmaster, signal.SIGQUIT)
    wait_until(lambda: processes_of(scratch) == [], "the kept PostgreSQL to end")
    assert f"Of an earlier demo (host={demo.folder} " in say_left(kansen, scratch)

    # Another one at its work is not meant by --stop, and interrupted it leaves nothing, --keep or not.
    running = kansen.start("demo", "--keep", "-o", scratch / "report", "--scenario", SCENARIO,
                           env={"TMPDIR": str(scratch)})
    wait_until(lambda: "kansen db init" in running.said(), "the demo's PostgreSQL", [running])
    said = demo.stop()
    assert f"{demo.folder}: was not running, and removed" in said and said.count("kansen-demo.") == 1
    assert "No demo of yours was left running." in demo.stop()
    assert running.alive() and len(list(scratch.glob("kansen-demo.*"))) == 1
    running.process.send_signal(signal.SIGINT)
    running.wait(code=-signal.SIGINT)
    wait_until(lambda: processes_of(scratch) == [], "the demo's processes to end")
    assert [path.name for path in scratch.iterdir()] == ["report"]


@pytest.mark.parametrize("option", [["--keep"], ["-o", "report"], ["--scenario", "small.scenario"]])
def test_stop_goes_with_nothing_else(kansen, option):
    refused = kansen.run("demo", "--stop", *option, code=64)
    assert "--stop ends what --keep left" in refused.stderr

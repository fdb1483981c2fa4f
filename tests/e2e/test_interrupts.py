"""Ctrl-C, kill and a closed terminal in the middle: nothing stays behind, and the caller can see it."""

import contextlib
import os
import pathlib
import random
import signal
import stat
import subprocess
import time

import pytest

from program import Running
from servers import wait_until

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
FIRST, LAST = "2013-09", "2013-11"
EVENTS = [{"id": f"e{number}", "device": f"d{number}", "name": "MINER.A", "country": "JP",
           "time": f"2013-{9 + number % 3:02}-02T00:00:00Z"} for number in range(60)]
EX_TEMPFAIL = 75

# Says that it runs, leaves something half-written, and never ends.
STANDS_STILL = """#!/bin/sh
echo half > {file}
echo $$ > "{sign}.new"
mv "{sign}.new" "{sign}"
exec sleep 600
"""


@pytest.fixture
def fleet(database):
    database.set_threat("miner", "MINER*")
    database.load_events(EVENTS)
    return database


@pytest.fixture
def room(tmp_path):
    """Folders of a run's own: for temporary files, for programs, for reports."""
    for name in ("tmp", "bin", "out"):
        (tmp_path / name).mkdir()
    return tmp_path


def everything_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


def start_report(fleet, room, *options, path=None):
    """With the usual way of taking signals, whatever the tests were started by."""
    environment = {"TMPDIR": str(room / "tmp")}
    if path is not None:
        environment["PATH"] = path
    command = ["report", "miner", "--db", fleet.conninfo, "--from", FIRST, "--to", LAST, "-o",
               str(room / "out"), *options]
    return Running(["/usr/bin/env", "--default-signal=INT,TERM,HUP", str(fleet.kansen.program), *command],
                   command, fleet.kansen.environment(environment))


def stand_still(room, program, file):
    """Puts such a program into the room; returns the file that says that it runs, and a PATH."""
    script = room / "bin" / program
    script.write_text(STANDS_STILL.format(sign=room / "sign", file=file), encoding="ascii")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return room / "sign", f"{room / 'bin'}:{os.environ['PATH']}"


@pytest.mark.parametrize("other, file, number", [
    *(("rsvg-convert", "image", number) for number in SIGNALS), ("weasyprint", "report.pdf", signal.SIGTERM)])
def test_a_report_that_is_interrupted_while_another_program_draws(fleet, room, other, file, number):
    """The signal comes to kansen alone: the other has to be ended by it."""
    sign, path = stand_still(room, other, file)
    running = start_report(fleet, room, "--format", "html,pdf", path=path)
    wait_until(sign.exists, f"{other} to run", [running])
    assert len(everything_in(room / "tmp")) >= 3, "it draws in a folder of its own"
    pid = int(sign.read_text(encoding="ascii"))
    assert is_running(pid)
    running.process.send_signal(number)
    assert running.process.wait(60) == -number
    assert not is_running(pid)
    assert everything_in(room / "tmp") == everything_in(room / "out") == []


def test_a_report_whose_kansen_is_killed_leaves_no_converter(fleet, room):
    sign, path = stand_still(room, "rsvg-convert", "image")
    running = start_report(fleet, room, path=path)
    wait_until(sign.exists, "rsvg-convert to run", [running])
    pid = int(sign.read_text(encoding="ascii"))
    running.process.kill()
    running.process.wait(60)
    wait_until(lambda: not is_running(pid), "the converter to end")


def test_reports_that_are_interrupted_anywhere(fleet, room):
    """At 24 moments between the start and the end: what has a name is whole, and there is nothing else."""
    seed = int(os.environ.get("KANSEN_SEED", random.SystemRandom().randrange(1 << 30)))
    print(f"KANSEN_SEED={seed}")
    choose = random.Random(seed)
    options = ("--lang", "en,ja", "--format", "text,md,html,csv,json,xlsx")
    started = time.monotonic()
    running = start_report(fleet, room, *options)
    assert running.process.wait(120) == 0
    whole = {path.name: path.read_bytes() for path in (room / "out").iterdir()}
    seconds = time.monotonic() - started
    codes = set()
    for _ in range(24):
        for path in (room / "out").iterdir():
            path.unlink()
        number = choose.choice(SIGNALS)
        running = start_report(fleet, room, *options)
        time.sleep(choose.uniform(0, seconds))
        running.process.send_signal(number)
        codes.add(running.process.wait(120))
        assert everything_in(room / "tmp") == []
        for path in (room / "out").iterdir():
            assert path.read_bytes() == whole[path.name], path.name
    assert codes <= {0, EX_TEMPFAIL, *(-number for number in SIGNALS)} and len(codes) > 1


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_simulation_that_is_interrupted_leaves_no_truth(kansen, room, number):
    """Its reader takes nothing, so that it is in the middle for as long as one likes."""
    scenario = kansen.program.parent / "share/kansen/bitcoin-miner-2013.scenario"
    with subprocess.Popen(["/usr/bin/env", "--default-signal=INT,TERM,HUP", kansen.program, "simulate", scenario,
                           "--truth", room / "out/truth.json"], stdout=subprocess.PIPE,
                          env=kansen.environment({"TMPDIR": str(room / "tmp")})) as process:
        assert process.stdout.read(1000)
        process.send_signal(number)
        assert process.wait(60) == -number
    assert everything_in(room / "tmp") == everything_in(room / "out") == []


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_load_that_is_interrupted_keeps_what_it_has_stored(fleet, room, number):
    command = ["load", "-", "--db", fleet.conninfo]
    line = b'{"id":"%d","device":"x","name":"MINER.B","country":"JP","time":"2013-09-02T00:00:00Z"}\n'
    with subprocess.Popen(["/usr/bin/env", "--default-signal=INT,TERM,HUP", fleet.kansen.program, *command],
                          stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=fleet.kansen.environment({"TMPDIR": str(room / "tmp")})) as process:
        process.stdin.write(b"".join(line % each for each in range(1000)))
        process.stdin.flush()
        wait_until(lambda: fleet.sql("select count(*) from pg_stat_activity where application_name = 'kansen load'"
                                     " and datname = current_database()")[0][0] > 0, "it to be connected")
        process.send_signal(number)
        process.stdin.close()
        assert process.wait(60) in (EX_TEMPFAIL, -number)
    assert everything_in(room / "tmp") == []
    fleet.verify()


def test_a_load_of_a_line_without_end_can_be_stopped(database):
    with subprocess.Popen([database.kansen.program, "load", "-", "--db", database.conninfo], stdin=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=database.kansen.environment()) as load:
        for _ in range(32):
            load.stdin.write(b"x" * (1 << 20))
        load.send_signal(signal.SIGTERM)
        with contextlib.suppress(BrokenPipeError):
            for _ in range(32):
                load.stdin.write(b"x" * (1 << 20))
        assert load.wait(60) == EX_TEMPFAIL
        assert b"stopped early" in load.stderr.read()
    assert database.value("select count(*) from kansen.dead_letter") == 0


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_demo_that_is_interrupted_leaves_nothing(kansen, room, number):
    running = Running(["/usr/bin/env", "--default-signal=INT,TERM,HUP", str(kansen.program), "demo", "-o",
                       str(room / "out/report")], ["demo"], kansen.environment({"TMPDIR": str(room / "tmp")}))
    wait_until(lambda: "kansen simulate" in running.said(), "the servers to run", [running])
    running.process.send_signal(number)
    assert running.process.wait(120) == -number
    assert everything_in(room / "tmp") == everything_in(room / "out") == []

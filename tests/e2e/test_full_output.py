"""Whatever is printed: a full disk behind standard output is 74 and a word, never a part and silence."""

import os
import subprocess

import pytest

EX_IOERR = 74
EVENT = {"id": "e", "device": "d", "name": "MINER.A", "country": "JP", "time": "2013-09-02T00:00:00Z"}

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")

# {db}: --db and its conninfo; {mmdb}, {scenario}: files.
COMMANDS = [
    "stats {db}", "stats --format json {db}", "stats --format csv --bom {db}",
    "report --format text {db}", "report --format md {db}", "report --format html {db}",
    "report --format csv {db}", "report --format json {db}", "report -o {folder} {db}",
    "threat list {db}", "dead-letters list {db}", "dead-letters list --each {db}",
    "dead-letters list --format json {db}", "dead-letters list --format csv {db}",
    "dead-letters show 1 {db}", "dead-letters show --raw 1 {db}",
    "db status {db}", "geoip check {mmdb}", "geoip check --format json {mmdb} 203.0.113.7",
    "geoip check --format csv {mmdb} 203.0.113.7", "simulate {scenario}",
    "--help", "help", "help stats", "stats --help", "version", "--version",
]


@pytest.fixture(scope="module")
def world(shared_database):
    shared_database.set_threat("miner", "MINER*")
    shared_database.load_events([EVENT])
    shared_database.load_bad(b"no event\n" * 3)
    return shared_database


@pytest.mark.parametrize("words", COMMANDS)
def test_a_full_disk_behind_standard_output(world, mmdb, tmp_path, words):
    data = world.kansen.program.parent / "share/kansen"
    filled = [word.format(db="--db", mmdb=mmdb, folder=tmp_path, scenario=data / "small.scenario")
              for word in words.split()]
    if filled[-1] == "--db":
        filled.append(world.conninfo)
    run = [world.kansen.program, *filled]
    # It does print something, else there would be nothing to lose.
    plain = subprocess.run(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=world.kansen.environment(),
                           timeout=120, check=False)
    assert plain.returncode == 0 and plain.stdout, plain.stderr
    with open("/dev/full", "wb") as full:
        done = subprocess.run(run, stdout=full, stderr=subprocess.PIPE, env=world.kansen.environment(), timeout=120,
                              check=False)
    assert done.returncode == EX_IOERR, done.stderr
    assert b"standard output: No space left on device" in done.stderr

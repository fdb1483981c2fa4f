"""A few minutes of tests/faults/run with a fresh seed, or KANSEN_SEED's."""

import os
import pathlib
import subprocess

from servers import KafkaCluster, Missing

import pytest

RUN = pathlib.Path(__file__).resolve().parent / "run"
# Rounds begin for this long: two or three, one of them with three brokers most of the time.
SECONDS = 120
SKIPPED = 69


def test_nothing_is_lost_or_twice_whatever_dies(program, mmdb, capsys):
    seed = ["--seed", os.environ["KANSEN_SEED"]] if "KANSEN_SEED" in os.environ else []
    done = subprocess.run([RUN, "--seconds", str(SECONDS), *seed], capture_output=True, text=True,
                          env={**os.environ, "KANSEN": program, "KANSEN_MMDB": str(mmdb)},
                          check=False)
    if done.returncode == SKIPPED:
        pytest.skip(done.stderr.strip())
    with capsys.disabled():
        print("\n" + done.stdout)
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}{done.stderr[-5000:]}"

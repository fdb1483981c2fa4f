"""An older kansen, built of what the repository held then, for the upgrade in the middle of the year."""

import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILDS = ROOT / "build/year"


class NoOlderProgram(Exception):
    """It can't be had; the message says why."""


def _git(*words):
    done = subprocess.run(["git", "-C", ROOT, *words], capture_output=True, check=False)
    if done.returncode != 0:
        raise NoOlderProgram(f"git {' '.join(words)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def before_newest_migration():
    """The newest commit whose program has another schema than the tree's."""
    newest = max((ROOT / "sql/migrations").glob("*.sql")).relative_to(ROOT)
    added = _git("log", "--diff-filter=A", "--format=%H", "--", str(newest)).decode().split()
    if not added:
        return "HEAD"  # it is not committed yet
    return f"{added[0]}^"


def build(revision):
    """The path of its program, built once."""
    commit = _git("rev-parse", "--verify", f"{revision}^{{commit}}").decode().strip()
    folder = BUILDS / commit[:12]
    program = folder / "build/kansen"
    if program.exists():
        return program
    shutil.rmtree(folder, ignore_errors=True)
    source = folder / "source"
    source.mkdir(parents=True)
    subprocess.run(["tar", "-x", "-C", source], input=_git("archive", commit), check=True)
    # As the tests of that time built it; made whole by its own rules, and found by nobody before it is.
    making = folder / "making"
    log = folder / "log"
    with open(log, "wb") as output:
        for command in (["cmake", "-S", source, "-B", making, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                         "-DKANSEN_SANITIZE=address,undefined", "-DBUILD_TESTING=OFF"],
                        ["cmake", "--build", making, "-j", str(os.cpu_count()), "--target", "kansen"]):
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
            if done.returncode != 0:
                raise NoOlderProgram(f"{commit[:12]} can't be built: {log}")
    making.rename(folder / "build")
    return program

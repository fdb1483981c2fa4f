"""What every bench stands on: installed packages, the program built as users run it, and a scratch
folder that vanishes. Imports nothing that isn't in Python, because it installs the rest."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What the benches build or fetch for themselves.
CACHE = ROOT / "build/bench"
# Results, unless --output says where: tables are kept with the sources, raw figures beside the builds.
TABLES = ROOT / "bench/results"
RAW = CACHE / "results"

EX_UNAVAILABLE = 69
EX_INTERRUPTED = 130


def kansen():
    """The program to measure: the one that KANSEN names, as it is; else a release build of this
    tree, with the packages that it and the benches need."""
    named = os.environ.get("KANSEN")
    if named is None:
        _run(ROOT / ".ci/install-packages", "build", "run", "test", "bench")
        _run("cmake", "--preset", "release")
        _run("cmake", "--build", "--preset", "release", "--target", "kansen",
             "-j", str(os.cpu_count()))
    program = pathlib.Path(named or ROOT / "build/release/kansen")
    if not os.access(program, os.X_OK):
        sys.exit(f"{program} is not built; KANSEN names the program to measure")
    return program


def mmdb(program):
    """The MaxMind DB that the build makes of the simulator's networks."""
    return pathlib.Path(os.environ.get("KANSEN_MMDB", program.parent / "share/kansen/demo.mmdb"))


def _run(*command):
    # Standard output is for the figures.
    subprocess.run([str(each) for each in command], cwd=ROOT, stdin=subprocess.DEVNULL,
                   stdout=sys.stderr, check=True)


@contextlib.contextmanager
def scratch():
    """A folder below TMPDIR for everything temporary. PostgreSQL runs as another user when we are
    root, so it can be walked through; SIGTERM unwinds like Ctrl-C, so that it always goes away."""
    def interrupt(_number, _frame):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, interrupt)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kb"))
    folder.chmod(0o711)
    former = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = former
        shutil.rmtree(folder, ignore_errors=True)

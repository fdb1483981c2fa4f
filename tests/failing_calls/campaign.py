"""Runs the program once for every call of a kind that it makes, with that call failing, and says
what came of it.

Every run must end by itself, within RUN_PATIENCE_S, with 0 or an exit code of sysexits.h; an error
has one line that says why; a sanitizer finds nothing. What else must hold is for each path to say.
"""

import collections
import os
import pathlib
import random
import re
import subprocess

from program import Result

# Outages are waited for with backoff, and a load told to end gives PostgreSQL 10 seconds.
RUN_PATIENCE_S = 100
SYSEXITS = range(64, 79)
# Words of an error that is none: nobody can act on them.
VAGUE = re.compile(r"Success|\(null\)|no message|unknown error|:\s*$")

WAYS = {"memory": ("once", "on"), "system": ("once", "on"),
        "child": ("once",), "postgres": ("cut", "answer", "short", "result"),
        "kafka": ("once",)}

Failure = collections.namedtuple("Failure", "call place")


class Run:
    """One run: its Result, the call that was made to fail (or None), calls of each kind."""

    def __init__(self, result, log):
        self.result = result
        self.failure = None
        self.calls = {}
        for line in log.splitlines():
            words = line.split()
            if words[0] == "failed":
                self.failure = Failure(" ".join(words[3:-1]), words[-1])
            else:
                self.calls[words[1]] = int(words[2])

    @property
    def code(self):
        return self.result.code


class Failing:
    """The program whose calls can be made to fail. `kansen` is the runner of the usual one."""

    def __init__(self, kansen, folder):
        self.kansen = kansen
        self.program = pathlib.Path(kansen.program).parent / "tests/failing_calls/kansen_failing"
        self.log = pathlib.Path(folder) / "calls"

    def run(self, arguments, wish=None, env=None):
        """wish: KIND:N:HOW, or None to count only."""
        self.log.unlink(missing_ok=True)
        extra = {"FAILING_CALLS_LOG": str(self.log), **(env or {})}
        if wish is not None:
            extra["FAILING_CALL"] = wish
        arguments = [str(each) for each in arguments]
        done = subprocess.run([self.program, *arguments], env=self.kansen.environment(extra),
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=RUN_PATIENCE_S, check=False)
        log = self.log.read_text(encoding="ascii") if self.log.exists() else ""
        return Run(Result(arguments, done.returncode, done.stdout, done.stderr), log)

    def where(self):
        """What failed in the last run, and from where it was called, for people."""
        log = self.log.read_text(encoding="ascii") if self.log.exists() else ""
        found = re.match(r"failed \S+ \S+ (.+) (\S+)$", log, re.MULTILINE)
        if found is None:
            return "nothing failed"
        line = subprocess.run(
            ["addr2line", "-e", self.program, hex(int(found[2], 16) - 1)],
            capture_output=True, text=True, check=False).stdout.strip()
        return f"{found[1]} called at {pathlib.Path(line).name}"


def judge(run):
    """What must be true of every run."""
    result = run.result
    assert result.code == 0 or result.code in SYSEXITS, f"an exit code of its own: {result}"
    if result.code == 0:
        return
    last = result.stderr.strip().splitlines()[-1:]
    assert last and re.match(r"kansen [a-z ]+: .{10}", last[0]), f"no reason for an error: {result}"
    assert not VAGUE.search(last[0]), f"a vague reason: {result}"


def pick(calls, most, generator):
    """Every call, or every so many from a random first one on."""
    if most is None or calls <= most:
        return list(range(1, calls + 1))
    step = calls / most
    first = generator.random() * step
    return sorted({int(first + step * i) + 1 for i in range(most)})


Row = collections.namedtuple(
    "Row", "path kind way calls failed places errors recovered findings")


class Campaign:
    """Fails the calls of one kind in one way.

    A path has name, env, arguments(), reset() before each run, and check(run) behind it."""

    def __init__(self, failing, path, kind, way):
        self.failing = failing
        self.path = path
        self.kind = kind
        self.way = way
        self.findings = []
        self.places = set()
        self.codes = collections.Counter()

    def run(self, most, seed):
        """Its figures. At most `most` calls fail, None for all of them."""
        self.path.reset()
        counted = self.failing.run(self.path.arguments(), None, self.path.env)
        assert counted.code == 0, f"nothing was made to fail: {counted.result}"
        calls = counted.calls[self.kind]
        for number in pick(calls, most, random.Random(seed)):
            self.fail(number)
        failed = sum(self.codes.values())
        return Row(self.path.name, self.kind, self.way, calls, failed, len(self.places),
                   failed - self.codes[0], self.codes[0], len(self.findings))

    def fail(self, number):
        wish = f"{self.kind}:{number}:{self.way}"
        self.path.reset()
        try:
            run = self.failing.run(self.path.arguments(), wish, self.path.env)
            if run.failure is not None:
                self.places.add((run.failure.call, run.failure.place))
                self.codes[run.code] += 1
            judge(run)
            self.path.check(run)
        except (AssertionError, subprocess.TimeoutExpired) as finding:
            self.findings.append(f"{self.path.name}: {wish}: {self.failing.where()}: {finding}")


def is_whole():
    """Are all calls to fail, as tests/failing_calls/run wants it, or a sample?"""
    return os.environ.get("KANSEN_FAILING_CALLS") == "all"

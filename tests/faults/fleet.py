"""The workers of a round, under a supervisor that starts them again as systemd would."""

import dataclasses
import os
import signal
import subprocess
import threading
import time

from program import FINDING, SANITIZER_EXIT

# sysexits.h. What a worker may end with because PostgreSQL or Kafka was away when it started, or
# when it was told to stop: a supervisor starts it again.
EX_UNAVAILABLE = 69
EX_TEMPFAIL = 75
# What an outdated worker ends with, under way or at its start, and says.
EX_SOFTWARE = 70
EX_CONFIG = 78
OUTDATED = "use a newer kansen"

START_AGAIN_S = 0.3
# More than a worker takes to give up storing, or to find out that PostgreSQL is back.
STOP_PATIENCE_S = 60


@dataclasses.dataclass
class Worker:
    slot: int
    kansen: object
    running: object
    killed: bool = False
    leaving: bool = False
    outdated: bool = False
    continue_at: float = None


class Fleet:
    """A worker in each of `slots`; `arguments(slot)` are its own. Safe from any thread: traps strike in the proxy's."""

    def __init__(self, kansen, arguments, slots, folder):
        self.kansen = kansen
        self.arguments = arguments
        self.folder = folder
        self.lock = threading.RLock()
        self.workers = {}
        self.start_at = {slot: 0 for slot in slots}
        self.leave_at = {}
        self.findings = []

    # ---- what happens to workers; each says whether it did

    def kill(self, pid=None, slot=None):
        """SIGKILL; another is started soon."""
        with self.lock:
            worker = self._find(pid, slot)
            if worker is None or worker.killed:
                return False
            worker.killed = True
            worker.running.process.kill()
            return True

    def pause(self, seconds, pid=None, slot=None):
        """SIGSTOP, and SIGCONT later."""
        with self.lock:
            worker = self._find(pid, slot)
            if worker is None or worker.killed or worker.continue_at is not None:
                return False
            worker.continue_at = time.monotonic() + seconds
            worker.running.process.send_signal(signal.SIGSTOP)
            return True

    def leave(self, slot, away_s):
        """SIGTERM; another takes its place after a while."""
        with self.lock:
            worker = self._find(None, slot)
            if worker is None or worker.killed or worker.leaving:
                return False
            worker.leaving = True
            worker.running.process.send_signal(signal.SIGTERM)
            self.start_at[slot] = time.monotonic() + away_s
            return True

    def visit(self, slot, stay_s):
        """One more worker, for a while."""
        with self.lock:
            if slot in self.workers or slot in self.start_at:
                return False
            self.start_at[slot] = 0
            self.leave_at[slot] = time.monotonic() + stay_s
            return True

    # ---- the supervisor

    def tend(self):
        """To be called many times a second."""
        now = time.monotonic()
        with self.lock:
            for worker in list(self.workers.values()):
                if worker.continue_at is not None and now >= worker.continue_at:
                    self._continue(worker)
                if not worker.running.alive():
                    self._bury(worker)
            for slot in [slot for slot, at in self.leave_at.items() if now >= at]:
                self._end_visit(slot)
            for slot, at in self.start_at.items():
                if slot not in self.workers and now >= at:
                    self.workers[slot] = Worker(slot, self.kansen, self.kansen.start(*self.arguments(slot)))

    def settle(self):
        """Nobody is stopped or away any more, and no visitor stays."""
        with self.lock:
            for worker in self.workers.values():
                if worker.continue_at is not None:
                    self._continue(worker)
            for slot in list(self.leave_at):
                self._end_visit(slot)
            self.start_at = {slot: 0 for slot in self.start_at}
        self.tend()

    def finish(self):
        """SIGTERM for all. Undisturbed, each must end with 0."""
        self.settle()
        with self.lock:
            self.start_at.clear()
            for worker in self.workers.values():
                worker.running.process.send_signal(signal.SIGTERM)
                worker.leaving = True
            for worker in list(self.workers.values()):
                try:
                    code = worker.running.process.wait(STOP_PATIENCE_S)
                except subprocess.TimeoutExpired:
                    code = "no end"
                    worker.running.kill()
                if code != 0 and not self._was_starting(code, worker.running.said()):
                    self.findings.append(f"worker {worker.slot}: {code} on the last SIGTERM")
                self._bury(worker)

    def upgrade(self, kansen):
        """The database is that of this program now: whoever starts is one. Those that run may end by themselves, and
        say why, or be told to later."""
        with self.lock:
            self.kansen = kansen
            for worker in self.workers.values():
                worker.outdated = True

    def relieve(self):
        """SIGTERM for workers of the program before."""
        with self.lock:
            for worker in list(self.workers.values()):
                if worker.outdated:
                    self.leave(worker.slot, 0)

    def outdated(self):
        """How many workers of the program before still run."""
        with self.lock:
            return sum(worker.outdated for worker in self.workers.values())

    def save_logs(self):
        """Also of those that still run."""
        with self.lock:
            for worker in self.workers.values():
                self._keep_log(worker, "still running")

    # ----

    def _find(self, pid, slot):
        for worker in self.workers.values():
            if pid in (None, worker.running.process.pid) and slot in (None, worker.slot):
                return worker if worker.running.alive() else None
        return None

    @staticmethod
    def _continue(worker):
        worker.running.process.send_signal(signal.SIGCONT)
        worker.continue_at = None

    def _end_visit(self, slot):
        del self.leave_at[slot]
        self.start_at.pop(slot, None)
        worker = self.workers.get(slot)
        if worker is not None and not worker.killed:
            worker.leaving = True
            worker.running.process.send_signal(signal.SIGTERM)

    def _bury(self, worker):
        code = worker.running.process.returncode
        said = worker.running.said()
        self._keep_log(worker, f"ended with {code}")
        if FINDING.search(said.encode()) or code == SANITIZER_EXIT:
            self.findings.append(f"worker {worker.slot}: a sanitizer found something")
        elif not self._may_end(worker, code, said):
            last = (said.strip().splitlines() or ["(nothing said)"])[-1]
            self.findings.append(f"worker {worker.slot} ended by itself with {code}: {last}")
        worker.running.close()
        worker.kansen.running.remove(worker.running)
        del self.workers[worker.slot]
        if worker.slot in self.start_at and not worker.leaving:
            self.start_at[worker.slot] = time.monotonic() + START_AGAIN_S

    @staticmethod
    def _was_starting(code, said):
        """SIGTERM may come before the program has got as far as to catch it, or to log anything."""
        if code == -signal.SIGTERM:
            return not said
        return code == EX_UNAVAILABLE and "msg=" not in said

    def _may_end(self, worker, code, said):
        if code in (EX_UNAVAILABLE, EX_TEMPFAIL):
            return True
        if worker.outdated and code in (EX_SOFTWARE, EX_CONFIG):
            return OUTDATED in said
        if worker.killed:
            return code in (0, -signal.SIGKILL)
        return worker.leaving and (code == 0 or (code == -signal.SIGTERM and not said))

    def _keep_log(self, worker, ending):
        with open(self.folder / f"worker-{worker.slot}.log", "a", encoding="utf-8") as log:
            log.write(f"---- pid {worker.running.process.pid}\n{worker.running.said()}"
                      f"---- {ending}, {time.strftime('%H:%M:%S')}\n")

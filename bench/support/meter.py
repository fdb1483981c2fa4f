"""What processes cost: CPU seconds and peak memory, from /proc."""

import os
import pathlib
import re
import signal
import subprocess
import threading
import time

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_S = 0.02
PEAK = re.compile(r"^VmHWM:\s*(\d+) kB", re.MULTILINE)
# Fields of /proc/PID/stat behind the program's name, which may hold blanks.
UTIME, STIME, CUTIME, CSTIME = 11, 12, 13, 14


def _stat(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def children(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []


def process_cpu(pid):
    """CPU seconds of all threads; 0 when it is gone."""
    fields = _stat(pid)
    return (int(fields[UTIME]) + int(fields[STIME])) / CLOCK_TICKS if fields else 0.0


def family_cpu(pid):
    """CPU seconds of a server and its children, those included that have ended."""
    own = sum(int(each) for each in _stat(pid)[UTIME:CSTIME + 1]) / CLOCK_TICKS
    return own + sum(process_cpu(child) for child in children(pid))


def peak_mib(pid):
    """The most memory that it has had resident; 0 when it is gone."""
    try:
        found = PEAK.search(pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


class Watched:
    """Processes that are one contestant, each with the children that it has. They die with us; what
    they say goes to `log`."""

    def __init__(self, commands, log, env=None):
        self.log = log
        self.ended = threading.Event()
        self.cpu = {}
        self.peaks = {}
        self.codes = {}
        self.launched = time.time()
        with open(log, "ab") as out:
            self.processes = [
                subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *map(str, command)],
                                 stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env,
                                 start_new_session=True)
                for command in commands]
        self.sampler = threading.Thread(target=self._sample, daemon=True)
        self.sampler.start()

    def _sample(self):
        while not self.ended.wait(SAMPLE_S):
            for process in self.processes:
                for pid in (process.pid, *children(process.pid)):
                    peaks = self.peaks.setdefault(process.pid, {})
                    peaks[pid] = max(peaks.get(pid, 0), peak_mib(pid))

    def wait(self):
        """Until all have ended; returns when the last did. Fails when one says that it failed."""
        for process in self.processes:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu[process.pid] = usage.ru_utime + usage.ru_stime
        ended = time.time()
        self._stop_sampling()
        for process in self.processes:
            assert process.returncode == 0, f"exit {process.returncode}: {self.said()}"
        return ended

    def alive(self):
        return all(process.poll() is None for process in self.processes)

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def cpu_seconds(self):
        return sum(self.cpu.get(process.pid) or process_cpu(process.pid)
                   for process in self.processes)

    def peak_mib(self, over=sum):
        """Each process with its children; `over` all processes."""
        return over(sum(peaks.values()) for peaks in self.peaks.values())

    def _stop_sampling(self):
        self.ended.set()
        self.sampler.join()

    def close(self):
        self._stop_sampling()
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

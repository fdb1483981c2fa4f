"""The program under test: runs `kansen`, keeps what it says, fails on a sanitizer's finding."""

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile

import other_versions
from servers import wait_until

TESTS = pathlib.Path(__file__).resolve().parents[1]

# Longer than any run of the tests on a busy machine; a program that hangs must not hang the tests.
RUN_PATIENCE_S = 240
# What a sanitizer exits with, told apart from every exit code of the program itself.
SANITIZER_EXIT = 99
FINDING = re.compile(
    rb"ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer"
    rb"|SUMMARY: \w+Sanitizer|runtime error:")

SANITIZERS = {
    "ASAN_OPTIONS": f"exitcode={SANITIZER_EXIT}:detect_stack_use_after_return=1",
    "LSAN_OPTIONS": f"exitcode={SANITIZER_EXIT}",
    "UBSAN_OPTIONS": f"exitcode={SANITIZER_EXIT}:print_stacktrace=1",
    "TSAN_OPTIONS": f"exitcode={SANITIZER_EXIT}:suppressions={TESTS}/tsan/suppressions",
}


class Result:
    """How a run ended: `code` (negative for a signal), `stdout` and `stderr` as text."""

    def __init__(self, arguments, code, stdout, stderr):
        self.arguments = arguments
        self.code = code
        self.bytes = stdout
        self.stdout = stdout.decode("utf-8", "replace")
        self.stderr = stderr.decode("utf-8", "replace")
        finding = FINDING.search(stderr)
        assert finding is None and code != SANITIZER_EXIT, f"a sanitizer found something in {self}"

    def json(self):
        return json.loads(self.stdout)

    def __str__(self):
        return (f"kansen {' '.join(self.arguments)}: exit {self.code}\n"
                f"stdout: {self.stdout[-2000:]}\nstderr: {self.stderr[-12000:]}")


class Running:
    """A kansen that goes on while the test does something else."""

    def __init__(self, command, arguments, environment):
        self.arguments = arguments
        self.out = tempfile.TemporaryFile()
        self.err = tempfile.TemporaryFile()
        # Dies with the tests, should they be killed.
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", *command], env=environment,
            stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.err)

    def alive(self):
        return self.process.poll() is None

    def said(self):
        """What it has written to stderr so far."""
        return os.pread(self.err.fileno(), 1 << 24, 0).decode("utf-8", "replace")

    def kill(self):
        """SIGKILL, and gone when this returns."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """SIGSTOP, and every thread stands when this returns: on a busy machine one may go on for a
        while otherwise."""
        self.process.send_signal(signal.SIGSTOP)
        wait_until(lambda: set(self._thread_states()) <= {"T"}, "all threads to stop", [self])

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def _thread_states(self):
        for path in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/stat"):
            with contextlib.suppress(FileNotFoundError):  # it has ended since
                yield path.read_text(encoding="ascii").rpartition(")")[2].split()[0]

    def terminate(self, code=0):
        """SIGTERM, and the result of its drain."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(code)

    def wait(self, code=0):
        """The result, once it has ended. `code` is the exit code that is expected, None for any."""
        try:
            ended = self.process.wait(RUN_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"kansen {' '.join(self.arguments)} went on for {RUN_PATIENCE_S} s:\n"
                f"{self.said()[-3000:]}") from None
        result = Result(self.arguments, ended, os.pread(self.out.fileno(), 1 << 26, 0),
                        os.pread(self.err.fileno(), 1 << 24, 0))
        assert code is None or ended == code, f"exit {code} was expected of {result}"
        return result

    def close(self):
        if self.alive():
            self.kill()
        self.out.close()
        self.err.close()


class Kansen:
    """Runs the program named by KANSEN with an environment that holds nothing of the caller's."""

    def __init__(self, program):
        self.program = pathlib.Path(program)
        self.running = []

    def environment(self, extra=None):
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LANG") if name in os.environ}
        return {**kept, **other_versions.libraries(), **SANITIZERS, "HOME": "/nonexistent",
                **(extra or {})}

    def run(self, *arguments, code=0, stdin=None, env=None, cwd=None):
        """Runs to the end. `code` is the exit code that is expected, None for any."""
        arguments = [str(each) for each in arguments]
        source = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
        done = subprocess.run([self.program, *arguments], env=self.environment(env), cwd=cwd,
                              capture_output=True, timeout=RUN_PATIENCE_S, check=False, **source)
        result = Result(arguments, done.returncode, done.stdout, done.stderr)
        assert code is None or result.code == code, f"exit {code} was expected of {result}"
        return result

    def start(self, *arguments, env=None):
        arguments = [str(each) for each in arguments]
        process = Running([self.program, *arguments], arguments, self.environment(env))
        self.running.append(process)
        return process

    def close(self):
        for process in self.running:
            process.close()
        self.running.clear()


class TableLock:
    """A lock that a test holds, and who waits for it."""

    # Of the program's own connections: PostgreSQL's housekeeping may wait as well.
    WAITERS = ("select pid from pg_locks join pg_stat_activity using (pid)"
               " where datname = current_database() and application_name like 'kansen%%'"
               " and relation = %s::regclass and not granted")

    def __init__(self, database, table):
        self.database = database
        self.table = table

    def waiters(self):
        """The processes of the connections that wait to write to the table."""
        return {pid for pid, in self.database.sql(self.WAITERS, (self.table,))}

    def end_waiters(self):
        """PostgreSQL ends these connections; the processes that it told to end."""
        told = self.database.sql("select pid, pg_terminate_backend(pid)"
                                 f" from ({self.WAITERS}) waiters", (self.table,))
        return {pid for pid, was_there in told if was_there}


class Database:
    """A fresh database, initialised by the program, with the commands that most tests need."""

    def __init__(self, kansen, postgres, name):
        self.kansen = kansen
        self.postgres = postgres
        self.name = name
        self.conninfo = postgres.conninfo(name)

    def sql(self, statement, parameters=None, user="postgres"):
        """Rows of one statement, or None when it returns none."""
        connection = self.postgres.connect(self.name, user)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def value(self, statement, parameters=None):
        return self.sql(statement, parameters)[0][0]

    @contextlib.contextmanager
    def locked(self, table):
        """Whoever writes to the table meanwhile waits, with its transaction open: the moment for a
        fault. Yields the TableLock. Ends also when PostgreSQL has died within."""
        connection = self.postgres.connect(self.name)
        connection.autocommit = False
        try:
            connection.cursor().execute("set local idle_in_transaction_session_timeout = 0;"
                                        f" lock table {table} in share mode")
            yield TableLock(self, table)
        finally:
            connection.close()

    @contextlib.contextmanager
    def turn(self, name):
        """Whoever waits for the turn of this name (pg_advisory_lock) gets it behind this."""
        connection = self.postgres.connect(self.name)
        try:
            connection.cursor().execute("select pg_advisory_lock(hashtext(%s))", (name,))
            yield
        finally:
            connection.close()

    def command(self, *words, code=0, **options):
        """Runs `kansen WORDS… --db THIS`; the options go last."""
        return self.kansen.run(*words, "--db", self.conninfo, code=code, **options)

    def load(self, *files, code=0, **options):
        return self.command("load", *files, code=code, **options)

    def load_bad(self, text, *options):
        """Loads bad lines through stdin, and an event behind them: a file without any is left alone."""
        good = {"device": "good", "name": "GOOD", "country": "JP", "time": "2024-05-06T00:00:00Z"}
        return self.load("-", *options, stdin=text + json.dumps(good).encode() + b"\n", code=65)

    def load_events(self, events, *options):
        """Loads events (dicts) through stdin."""
        lines = "".join(json.dumps(event) + "\n" for event in events)
        return self.command("load", "-", *options, stdin=lines.encode())

    def ingest_options(self, kafka, topic, *options, group="tests"):
        return ["ingest", "--db", self.conninfo, "-b", kafka.brokers, "-t", topic, "-G", group,
                *options]

    def ingest(self, kafka, topic, *options, group="tests", code=0):
        """One worker that reads every partition to its end."""
        return self.kansen.run(*self.ingest_options(kafka, topic, "--until-end", *options,
                                                    group=group),
                               code=code)

    def start_ingest(self, kafka, topic, *options, group="tests"):
        return self.kansen.start(*self.ingest_options(kafka, topic, *options, group=group))

    def stored_offsets(self, topic):
        """{partition: next offset} of what has been committed."""
        return dict(self.sql("select partition, next_offset from report.offsets where topic = %s",
                             (topic,)))

    def stats(self, threat, first, last, *options):
        return self.command("stats", threat, "--from", first, "--to", last,
                            "--format", "json", *options).json()

    def verify(self, code=0):
        return self.command("db", "verify", code=code)

    def set_threat(self, name, *patterns, **names):
        """Names by language: en="Worms"."""
        called = [word for language, text in names.items()
                  for word in ("--name", f"{language}={text}")]
        matches = [word for pattern in patterns for word in ("--match", pattern)]
        return self.command("threat", "set", name, *called, *matches)

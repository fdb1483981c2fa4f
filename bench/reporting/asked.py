"""Who is asked for the figures of three months: `kansen stats`, PostgreSQL and DuckDB over the
detections. Each gives the seconds it took, and the figures in one form so that they can be
compared."""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import time

from ground import CACHE

from reporting.analyst import fetch
from reporting.filled import MONTHS, THREAT, sql

HERE = pathlib.Path(__file__).resolve().parent
TOP = 10
# In the log when every statement is logged: a line each for parse, bind and execute.
DURATION = re.compile(r"\[(\d+)\] LOG:  duration: ([\d.]+) ms")


def ranked(rows):
    """Figures of rows (month, country, infections, detections)."""
    months = collections.defaultdict(lambda: [0, 0])
    machines = collections.Counter()
    for month, country, infections, detections in rows:
        months[month][0] += infections
        months[month][1] += detections
        machines[country] += infections
    # "Unknown" never ranks.
    top = sorted((-count, country) for country, count in machines.items() if country != "ZZ")[:TOP]
    countries = [[country, -count] for count, country in top]
    other = sum(machines.values()) - sum(count for _, count in countries)
    return {"months": dict(sorted(months.items())), "countries": countries, "other": other}


class Stats:
    """The program from its start to its end, as a person runs it."""

    key = "kansen_stats"

    def __init__(self, database):
        self.database = database

    def ask(self):
        began = time.monotonic()
        said = self.database.stats(THREAT, MONTHS[0], MONTHS[-1])
        took = time.monotonic() - began
        return took, {
            "months": {month["month"]: [month["infections"], month["detections"]]
                       for month in said["months"]},
            "countries": [[each["country"], each["infections"]] for each in said["countries"]],
            "other": said["other"]["infections"]}

    def server_seconds(self):
        """What PostgreSQL says that the statements of one run took: parsed, planned, executed."""
        database = self.database
        database.sql(f"alter database {database.name} set log_min_duration_statement = 0")
        before = len(database.postgres.log())
        self.ask()
        database.sql(f"alter database {database.name} reset log_min_duration_statement")
        durations = collections.defaultdict(float)
        for process, milliseconds in DURATION.findall(database.postgres.log()[before:]):
            durations[process] += float(milliseconds) / 1000
        # Behind it comes the connection that took the setting back.
        return durations[next(iter(durations))]


class PostgresQuery:
    """A query on a connection that is kept, read to its last row."""

    def __init__(self, key, connection):
        self.key = key
        self.name = key.removeprefix("postgres_")
        self.connection = connection

    def ask(self):
        took, rows = fetch(self.connection, sql(self.name))
        return took, ranked(rows)


class DuckQuery:
    """A query in a DuckDB that is kept; its own time, without a program's start."""

    def __init__(self, key, duck):
        self.key = key
        self.duck = duck

    def ask(self):
        answer = self.duck.call(sql=sql(self.key))
        return answer["seconds"], ranked(answer["rows"])


class Duck:
    """DuckDB in a process of its own, because it lives in another Python environment."""

    REQUIREMENTS = HERE.parent / "requirements.txt"
    PYTHON = CACHE / "python/bin/python"

    @classmethod
    def install(cls):
        """Brings the package that requirements.txt names, once."""
        mark = CACHE / "python/requirements.txt"
        wanted = cls.REQUIREMENTS.read_text(encoding="utf-8")
        if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
            return
        subprocess.run([sys.executable, "-m", "venv", "--clear", CACHE / "python"], check=True)
        subprocess.run([cls.PYTHON, "-m", "pip", "install", "--quiet", "--no-deps",
                        "--only-binary=:all:", "--require-hashes", "-r", cls.REQUIREMENTS],
                       stdin=subprocess.DEVNULL, stdout=sys.stderr, check=True)
        mark.write_text(wanted, encoding="utf-8")

    @classmethod
    def is_installed(cls):
        return (CACHE / "python/requirements.txt").is_file()

    def __init__(self, folder):
        self.folder = folder
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", self.PYTHON, "-B", HERE / "duck.py", folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self._answer()["version"]

    def load(self, connection):
        """The rows of PostgreSQL through a named pipe; nothing is kept twice."""
        pipe = self.folder / "rows.csv"
        os.mkfifo(pipe)
        self._send(sql=sql("duckdb_import"), parameters=[str(pipe)])
        with open(pipe, "wb") as rows, connection.cursor() as cursor:
            cursor.copy_expert(sql("export"), rows)
        self._answer()
        pipe.unlink()
        return self.call(sql="select count(*) from detection")["rows"][0][0]

    def bytes(self):
        return sum(path.stat().st_size for path in self.folder.iterdir() if path.is_file())

    def call(self, **request):
        self._send(**request)
        return self._answer()

    def _send(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def _answer(self):
        line = self.process.stdout.readline()
        assert line, "DuckDB has ended; see its words above"
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

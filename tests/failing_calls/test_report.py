"""`kansen report` and `kansen stats` with allocations, system calls and calls of libpq failing: the
error is said, each file is the old one or the new one, and nothing temporary stays behind."""

import shutil

import pytest

FIRST, LAST = "2013-09", "2013-11"
EVENTS = [
    {"id": f"event-{number}", "device": f"device-{number}", "name": "MINER.A",
     "country": ("JP", "US", "AU", "IN", "FR", "ZZ")[number * number % 97 % 6],
     "time": f"2013-{9 + number % 5 % 3:02}-{number % 28 + 1:02}T00:00:00Z"}
    for number in range(200)]


class ReportPath:
    """All formats, in the language whose lines are harder to break, over the files of an earlier
    report."""

    def __init__(self, database, tmp_path):
        self.name = "report"
        self.database = database
        self.folder = tmp_path / "report"
        self.scratch = tmp_path / "scratch"
        self.env = {"TMPDIR": str(self.scratch)}
        self.files = {}
        database.set_threat("miner", "MINER*", ja="ビットコイン発掘不正プログラム")
        database.load_events(EVENTS)
        self.reset()
        database.command(*self.arguments()[:-2])
        self.files = self.read()

    def arguments(self):
        return ["report", "miner", "--from", FIRST, "--to", LAST, "--lang", "ja", "--format",
                "text,md,html,csv,json", "-o", self.folder, "--db", self.database.conninfo]

    def reset(self):
        for folder in (self.folder, self.scratch):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        for name in self.files:
            (self.folder / name).write_bytes(b"old " + name.encode())

    def read(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def check(self, run):
        found = self.read()
        strange = sorted(set(found) ^ set(self.files))
        assert strange == [], f"{strange}: {run.result}"
        old = [name for name in found if found[name] == b"old " + name.encode()]
        torn = [name for name in found if name not in old and found[name] != self.files[name]]
        assert torn == [], f"neither old nor new: {torn}: {run.result}"
        assert run.code != 0 or old == [], f"said to be written: {old}: {run.result}"
        said = set(run.result.stdout.splitlines())
        assert {str(self.folder / name) for name in old} & said == set(), run.result
        left = list(self.scratch.iterdir())
        assert left == [], f"left behind: {left}: {run.result}"


class PrintPath:
    """Figures or a report on standard output."""

    def __init__(self, name, report, *words):
        self.name = name
        self.report = report
        self.env = report.env
        self.words = (*words, "miner", "--from", FIRST, "--to", LAST)
        self.text = report.database.command(*self.words).stdout

    def arguments(self):
        return [*self.words, "--db", self.report.database.conninfo]

    def reset(self):
        self.report.reset()

    def check(self, run):
        assert run.code != 0 or run.result.stdout == self.text, run.result
        assert list(self.report.scratch.iterdir()) == [], run.result


@pytest.fixture
def report(database, tmp_path):
    return ReportPath(database, tmp_path)


def test_files_are_whole_whatever_fails(report, campaigns):
    campaigns(report, {"memory": 10, "system": 8, "child": 3, "postgres": 1})


def test_what_is_printed_is_whole_or_an_error(report, campaigns):
    campaigns(PrintPath("print", report, "report", "--format", "html"), {"system": 4})
    campaigns(PrintPath("stats", report, "stats"), {"memory": 3, "system": 2})

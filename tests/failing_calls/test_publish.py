"""`kansen publish` with allocations, system calls, programs and calls of libpq failing: edition and files
are both there or neither is, and when only the edition is, that is said and the files can be had."""

import hashlib
import pathlib
import shutil

import pytest

FIRST, LAST = "2013-09", "2013-11"
TEMPLATE = pathlib.Path(__file__).resolve().parents[2] / "docs/template-example"
EX_DATAERR = 65
EVENTS = [
    {"id": f"event-{number}", "device": f"device-{number}", "name": "MINER.A",
     "country": ("JP", "US", "AU", "IN", "FR", "ZZ")[number * number % 97 % 6],
     "time": f"2013-{9 + number % 5 % 3:02}-{number % 28 + 1:02}T00:00:00Z"}
    for number in range(60)]


class PublishPath:
    name = "publish"

    def __init__(self, database, tmp_path):
        self.database = database
        self.folder = tmp_path / "out"
        self.again = tmp_path / "again"
        self.scratch = tmp_path / "scratch"
        self.env = {"TMPDIR": str(self.scratch)}
        database.set_threat("miner", "MINER*", ja="ビットコイン発掘不正プログラム")
        database.load_events(self.events())

    def events(self):
        return EVENTS

    def arguments(self):
        return ["publish", "miner", "--from", FIRST, "--to", LAST, "--lang", "ja", "--format", "text,html,json",
                "--template", TEMPLATE, "-o", self.folder, "--db", self.database.conninfo]

    def reset(self):
        self.database.sql("truncate kansen.edition cascade")
        for folder in (self.folder, self.again, self.scratch):
            shutil.rmtree(folder, ignore_errors=True)
        self.scratch.mkdir()

    def digests(self, folder):
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in folder.iterdir()} if folder.exists() else {}

    def check(self, run):
        kept = dict(self.database.sql("select name, encode(sha256(content), 'hex') from kansen.edition_file"))
        editions = self.database.value("select count(*) from kansen.edition")
        files = self.digests(self.folder)
        said = run.result.stderr
        assert list(self.scratch.iterdir()) == [], run.result
        assert set(files.items()) <= set(kept.items()), f"files of no edition: {run.result}"
        if run.code == 0:
            assert editions == 1 and files == kept, run.result
            assert set(run.result.stdout.splitlines()) == {str(self.folder / name) for name in files}, run.result
        if editions == 0:
            assert run.code != 0 and kept == {}, run.result
            self.database.kansen.run(*self.arguments())
            return
        assert files == kept or "edition 1 is published, but" in said or "is not known" in said, run.result
        again = self.database.kansen.run(*self.arguments(), code=EX_DATAERR)
        assert "edition 1 of miner" in again.stderr and "editions render" in again.stderr
        self.database.command("editions", "render", "miner", "-o", self.again)
        assert self.digests(self.again) == kept, run.result


class DuePath(PublishPath):
    """`--due`, which makes up for what the run before has not done."""

    name = "publish-due"
    sample = {"memory": 3, "system": 3, "child": 2, "postgres": 2}

    def events(self):
        months = self.database.sql("select to_char(month, 'YYYY-MM') from report.calendar where ends_at <= now()"
                                   " order by month desc limit 3")
        return [{**event, "time": months[int(event["time"][5:7]) - 9][0] + event["time"][7:]} for event in EVENTS]

    def arguments(self):
        return ["publish", "--due", "--settle", "0", "--lang", "ja", "--format", "text,html,json", "-o", self.folder,
                "--db", self.database.conninfo]

    def check(self, run):
        self.check_files(run)
        self.database.kansen.run(*self.arguments())
        assert self.check_files() == 1, run.result

    def check_files(self, run=None):
        kept = dict(self.database.sql("select name, encode(sha256(content), 'hex') from kansen.edition_file"))
        editions = self.database.value("select count(*) from kansen.edition")
        files = self.digests(self.folder)
        assert list(self.scratch.iterdir()) == [] and set(files.items()) <= set(kept.items()), run and run.result
        if run is None or run.code == 0:
            assert editions == 1 and files == kept, run and run.result
        return editions


class LostFilesPath(DuePath):
    """The same of an edition whose files are not there."""

    name = "publish-due-files"
    sample = {"memory": 3, "system": 3, "postgres": 2}

    def reset(self):
        if self.database.value("select count(*) from kansen.edition") == 0:
            self.scratch.mkdir()
            self.database.kansen.run(*self.arguments())
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def path(database, tmp_path):
    return PublishPath(database, tmp_path)


@pytest.fixture(params=[DuePath, LostFilesPath], ids=lambda kind: kind.name)
def due_path(request, database, tmp_path):
    return request.param(database, tmp_path)


def test_an_edition_and_its_files_agree_whatever_fails(path, campaigns):
    campaigns(path, {"memory": 3, "system": 3, "child": 2, "postgres": 2})


def test_the_next_run_makes_up_for_whatever_fails(due_path, campaigns):
    campaigns(due_path, due_path.sample)

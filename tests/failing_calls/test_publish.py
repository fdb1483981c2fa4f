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
        database.load_events(EVENTS)

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


@pytest.fixture
def path(database, tmp_path):
    return PublishPath(database, tmp_path)


def test_an_edition_and_its_files_agree_whatever_fails(path, campaigns):
    campaigns(path, {"memory": 3, "system": 3, "child": 2, "postgres": 2})

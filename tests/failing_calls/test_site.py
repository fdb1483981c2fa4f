"""`kansen site` with calls failing, and killed at any of its system calls: what a visitor finds is whole, nothing of
anybody else's is touched, and the next run makes of it what an undisturbed one would have made."""

import random
import re
import shutil
import signal
import urllib.parse

import pytest

from campaign import Failing, is_whole, pick

# How many runs are killed, unless all are wanted.
KILLED = 8
WINDOW = ("miner", "--from", "2013-09", "--to", "2013-10")
MINE = "somebody's own"


def events(first, count, month):
    return [{"id": f"event-{number}", "device": f"device-{number}", "name": "MINER.A",
             "country": ("JP", "US", "AU")[number % 3], "time": f"2013-{month:02}-{number % 28 + 1:02}T00:00:00Z"}
            for number in range(first, first + count)]


def read(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def links(name, content):
    """Of a page, as names in the folder."""
    for link in re.findall(r'(?:href|src)="([^"#]*)"', content.decode()):
        parts = name.split("/")[:-1]
        for part in urllib.parse.unquote(link).split("/"):
            parts = parts[:-1] if part == ".." else [*parts, part]
        yield "/".join(parts)


def assert_leads_everywhere(files):
    """From the first page on, every link has its file."""
    seen, waiting = set(), ["index.html"]
    while waiting:
        name = waiting.pop()
        assert name in files, f"{name} is missing, and a page leads there"
        if name not in seen and name.endswith(".html") and not name.startswith("files/"):
            waiting += links(name, files[name])
        seen.add(name)


class SitePath:
    """A site of one edition in two languages, over which one of three is written: with a new month and a new threat,
    and an older edition that was replaced."""

    def __init__(self, database, tmp_path):
        self.name = "site"
        self.env = None
        self.database = database
        self.folder = tmp_path / "site"
        database.set_threat("miner", "MINER*", en="Miners", ja="マイナー")
        database.load_events(events(0, 30, 9) + events(30, 20, 10))
        self.publish(*WINDOW)
        self.old = self.written(tmp_path / "old")
        database.load_events(events(50, 9, 10) + events(60, 30, 11))
        database.set_threat("other", "MINER*", en="Others")
        self.publish(*WINDOW, "--restate")
        self.publish("other", "--from", "2013-11", "--to", "2013-11")
        self.new = self.written(tmp_path / "new")
        assert_leads_everywhere(self.old)
        assert_leads_everywhere(self.new)
        self.before = self.old

    def publish(self, *words):
        self.database.command("publish", *words, "--lang", "en,ja", "--format", "text,csv", "-o", self.folder.parent)

    def written(self, folder):
        self.database.command("site", "-o", folder)
        return read(folder)

    def arguments(self):
        return ["site", "-o", self.folder, "--db", self.database.conninfo]

    def reset(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        for name, content in {**self.before, "mine.txt": MINE.encode()}.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)

    def check(self, run):
        found = read(self.folder)
        assert found.pop("mine.txt") == MINE.encode()
        found.pop(".kansen-site", None)
        torn = [name for name, content in found.items()
                if "/.kansen-site." not in f"/{name}" and content not in (self.old.get(name), self.new.get(name))]
        assert torn == [], f"neither old nor new: {torn}: {run.result}"
        if self.before or "index.html" in found:
            assert_leads_everywhere(found)
        if run.code != -signal.SIGKILL:
            assert [name for name in found if ".kansen" in name] == [], run.result
        if run.code == 0:
            self.check_new()

    def check_new(self):
        found = read(self.folder)
        del found["mine.txt"]
        assert found == self.new, set(found) ^ set(self.new)


@pytest.fixture
def site(database, tmp_path):
    return SitePath(database, tmp_path)


def test_a_site_is_whole_whatever_fails(site, campaigns):
    campaigns(site, {"memory": 4, "system": 4, "postgres": 1})


def test_a_site_is_whole_whenever_its_run_is_killed(site, kansen, tmp_path, seed):
    failing = Failing(kansen, tmp_path)
    if not failing.program.exists():
        pytest.skip(f"{failing.program} is not built")
    left = 0
    for before in (site.old, {}):
        site.before = before
        site.reset()
        calls = failing.run(site.arguments()).calls["system"]
        for number in pick(calls, None if is_whole() else KILLED, random.Random(f"{seed}:{len(before)}")):
            site.reset()
            run = failing.run(site.arguments(), f"system:{number}:kill")
            assert run.code == -signal.SIGKILL, f"system:{number}: {run.result}"
            site.check(run)
            left += any(".kansen-site." in name for name in read(site.folder))
            site.database.command("site", "-o", site.folder)
            site.check_new()
    if is_whole():
        assert left > 0, "some run was killed while it wrote a file"

"""The files of `kansen report`: the same bytes each time, whole, and fit to be looked at."""

import csv
import html.parser
import io
import json
import os
import re
import shutil
import subprocess

import pytest

THREAT, FIRST, LAST = "miner", "2013-09", "2013-11"
COUNTRIES = ["JP", "US", "AU", "IN", "FR", "TW", "DE", "CA", "IT", "GB", "BR", "KR", "ZZ"]
EVENTS = [
    {"id": f"00000000-0000-0000-0000-{number:012}", "device": f"device-{number}", "name": "MINER.A",
     "country": COUNTRIES[number * number % 97 % len(COUNTRIES)],
     "time": f"2013-{9 + number % 5 % 3:02}-{number % 28 + 1:02}T00:00:00Z"}
    for number in range(1500)]
# Names that do harm where they are not escaped for their place.
HOSTILE_EN = ("<script>alert(1)</script> & \"`touch pwned`\" | =1+1 *bold* [a](http://b.example)"
              " a_b %s")
HOSTILE_JA = "感染<b>'太字'</b>\\u202e {x^2} @ #1 $HOME"
TEXT_FORMATS = ["text", "md", "html", "csv", "json"]


@pytest.fixture
def fleet(database):
    database.set_threat(THREAT, "MINER*", en="Bitcoin-mining malware",
                        ja="ビットコイン発掘不正プログラム")
    database.load_events(EVENTS)
    return database


def write_report(database, folder, *options):
    database.command("report", THREAT, "--from", FIRST, "--to", LAST, "--lang", "en,ja",
                     "--format", ",".join(TEXT_FORMATS), "-o", folder, *options)
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def named(files, suffix):
    found = {name: content for name, content in files.items() if name.endswith(suffix)}
    assert found, f"no *{suffix} in {sorted(files)}"
    return found


def test_twice_the_same_bytes(fleet, tmp_path):
    first = write_report(fleet, tmp_path / "first")
    second = write_report(fleet, tmp_path / "second")
    over = write_report(fleet, tmp_path / "second")
    assert sorted(first) == sorted(second) == sorted(over)
    differ = [name for name in first if not first[name] == second[name] == over[name]]
    assert differ == []
    for suffix in (".txt", ".md", ".html", ".csv", ".json", ".svg", ".png"):
        assert len(named(first, suffix)) >= 2, f"one *{suffix} a language: {sorted(first)}"
    assert all(first.values()), "an empty file"


class Page(html.parser.HTMLParser):
    """Collects what a browser would fetch, run or show."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.references, self.text = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        for name, value in attributes:
            if name in ("src", "href", "srcset", "action", "data", "poster", "background",
                        "xlink:href"):
                self.references.append(value or "")
            if name.startswith("on"):
                self.references.append(f"{name}={value}")

    def handle_data(self, data):
        self.text.append(data)


def test_html_fetches_nothing_and_runs_nothing(fleet, tmp_path):
    for name, content in named(write_report(fleet, tmp_path / "report"), ".html").items():
        text = content.decode()
        page = Page(text)
        assert page.tags.isdisjoint({"script", "iframe", "object", "embed", "form", "base"}), name
        outside = [each for each in page.references if not each.startswith(("data:", "#"))]
        assert outside == [], name
        assert re.findall(r"@import|url\((?!['\"]?(?:#|data:))", text) == [], name


def test_hostile_names_stay_text(database, tmp_path):
    database.command("threat", "set", THREAT, "--name", f"en={HOSTILE_EN}", "--name", f"ja={HOSTILE_JA}",
                     "--match", "MINER*")
    database.load_events(EVENTS[:20])
    folder = tmp_path / "report"
    files = write_report(database, folder)
    for name, content in named(files, ".html").items():
        page = Page(content.decode())
        assert "script" not in page.tags, name
        shown = "".join(page.text)
        assert HOSTILE_EN in shown or HOSTILE_JA in shown, f"{name}: the name is not shown"
    for name, content in named(files, ".csv").items():
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
            assert not [cell for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))], name
    for name, content in named(files, ".json").items():
        assert json.loads(content)["threat"] == THREAT, name
    assert not list(tmp_path.rglob("pwned")) and not os.path.exists("pwned")


def test_a_folder_that_cannot_be_written_is_an_error(fleet, tmp_path):
    obstacle = tmp_path / "file"
    obstacle.write_text("not a folder", encoding="utf-8")
    result = fleet.command("report", THREAT, "--from", FIRST, "--to", LAST, "-o", obstacle,
                           code=73)
    assert str(obstacle) in result.stderr
    assert obstacle.read_text(encoding="utf-8") == "not a folder"


def test_no_temporary_file_stays(fleet, tmp_path):
    folder = tmp_path / "report"
    names = write_report(fleet, folder)
    assert names
    assert not [name for name in names if os.path.basename(name).startswith(".") or "tmp" in name]


def need_program(*names):
    for name in names:
        if shutil.which(name):
            return name
    pytest.skip(f"{' or '.join(names)} is not installed")


def colours(path):
    """How many different colours a picture has, and its size."""
    done = subprocess.run(["/usr/bin/identify", "-format", "%k %w %h", path], check=True,
                          capture_output=True, text=True)
    return tuple(int(word) for word in done.stdout.split())


def test_charts_are_pictures(fleet, tmp_path):
    if not os.path.exists("/usr/bin/identify"):
        pytest.skip("imagemagick is not installed")
    folder = tmp_path / "report"
    files = write_report(fleet, folder)
    for name in named(files, ".png"):
        count, width, height = colours(folder / name)
        assert count > 10 and width >= 400 and height >= 200, name
    for name, content in named(files, ".svg").items():
        assert content.lstrip().startswith((b"<?xml", b"<svg")) and b"</svg>" in content, name


def test_a_browser_shows_the_page(fleet, tmp_path):
    browser = need_program("chromium")
    if not os.path.exists("/usr/bin/identify"):
        pytest.skip("imagemagick is not installed")
    folder = tmp_path / "report"
    for name in named(write_report(fleet, folder), ".html"):
        picture = tmp_path / (os.path.basename(name) + ".png")
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-dev-shm-usage", f"--user-data-dir={tmp_path}/profile",
             "--window-size=1000,2400", f"--screenshot={picture}", (folder / name).as_uri()],
            check=True, capture_output=True, timeout=180, stdin=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(tmp_path)})
        count, width, height = colours(picture)
        assert (width, height) == (1000, 2400) and count > 50, f"{name} looks blank"

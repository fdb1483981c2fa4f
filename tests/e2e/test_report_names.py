"""Names of threats in names of files: legible, and never one file for two threats."""

import csv
import io
import os
import re
import urllib.parse

import pytest

FIRST, LAST = "2013-09", "2013-11"
WINDOW = f"-{FIRST}-{LAST}"
EVENTS = [{"id": f"e{number}", "device": f"d{number}", "name": "MINER.A", "country": ("JP", "US", "DE", "ZZ")[number % 4],
           "time": f"2013-{9 + number % 3:02}-02T00:00:00Z"} for number in range(60)]

# Name of a threat, and how its files' names begin.
NAMES = [
    ("ビットコイン発掘", "ビットコイン発掘"),
    ("Émotet & Co.", "Émotet & Co."),
    ("🦠 worm", "🦠 worm"),
    ("感染", "感染"),
    ("a/b", "a%2Fb"),
    ("a_b", "a_b"),
    ("a%2Fb", "a%252Fb"),
    ("a:b?*", "a%3Ab%3F%2A"),
    ("../../etc", "%2E.%2F..%2Fetc"),
    ("-rf", "%2Drf"),
    ("worm", "worm"),
    ("Worm", "Worm"),
    ("e\u0301", "e\u0301"),
    ("é", "é"),
]


def report(database, threat, folder, *options, **more):
    return database.kansen.run("report", "--db", database.conninfo, "--from", FIRST, "--to", LAST, "-o", folder,
                               *options, "--", threat, **more)


@pytest.fixture
def fleet(database):
    database.load_events(EVENTS)
    return database


def define(database, name):
    database.kansen.run("threat", "set", "--db", database.conninfo, "--match", "MINER*", "--", name)


def test_names_survive_and_never_collide(fleet, tmp_path):
    """All into one folder: each has its file, and a file says whose it is."""
    for name, _ in NAMES:
        define(fleet, name)
        report(fleet, name, tmp_path, "--format", "csv")
    found = {}
    for path in tmp_path.iterdir():
        rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode())))
        found[rows[0]["threat"].lstrip("'")] = path.name
    assert found == {name: f"{start}{WINDOW}.en.csv" for name, start in NAMES}
    assert not list(tmp_path.parent.glob("etc*"))


def test_long_names_are_cut_and_still_differ(fleet, tmp_path):
    """128 bytes of name may be 384 in percent signs; a file's name has 255."""
    for name in ("/" * 127 + "1", "/" * 127 + "2", "感" * 42):
        define(fleet, name)
        report(fleet, name, tmp_path)
    names = [path.name for path in tmp_path.iterdir()]
    starts = {name.split(WINDOW)[0] for name in names}
    assert len(starts) == 3 and "感" * 42 in starts and max(len(os.fsencode(name)) for name in names) < 248
    assert len([start for start in starts if re.fullmatch(r"(%2F){47}~[0-9a-f]{16}", start)]) == 2


def test_links_lead_to_the_files(fleet, tmp_path):
    """A Markdown page names its charts as a URL has to: encoded once more."""
    name = "100% (a) b#c 感"
    define(fleet, name)
    report(fleet, name, tmp_path, "--format", "md")
    page = next(tmp_path.glob("*.md")).read_text(encoding="utf-8")
    links = re.findall(r"!\[[^\n]*\]\(([^)\n]*)\)", page)
    assert len(links) >= 2
    for link in links:
        assert re.fullmatch(r"[A-Za-z0-9._~%-]+", link)
        assert (tmp_path / urllib.parse.unquote(link)).is_file()

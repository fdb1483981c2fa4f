"""Why an edition says something else than the one before: late events, `db relocate`, replayed dead letters,
a changed pattern, each with its own part of each change in every dimension and every format, and edition 1
unmoved."""

import collections
import csv
import io
import json
import re
import subprocess

import pytest

from documents import html_tables, markdown_tables, sheet_tables, text_tables
from mmdb import Mmdb
from oracle import Oracle
from servers import Missing, need

WINDOW = ("worms", "--from", "2024-01", "--to", "2024-03")
DIMENSIONS = ("country", "name", "product", "version", "os", "segment")
ALL = ("--format", "text,md,html,csv,json,xlsx", "--lang", "en,ja,de", "--by", ",".join(DIMENSIONS))
OLD = {"203.0.113.0/24": "JP", "198.51.100.0/24": "US"}
NEW = {"203.0.113.0/24": "JP", "198.51.100.0/24": "DE"}
CAUSES = ("arrived", "relocated", "replayed", "redefined")


def event(number, name="WORM.A", network="203.0.113", **more):
    return {"id": f"event-{number}", "device": f"device-{number}", "name": name, "product": f"P{number % 2}",
            "version": f"1.{number % 4}", "os": ("Windows", "Linux", "")[number % 3],
            "segment": ("home", "bank")[number % 5 == 0],
            "ip": f"{network}.{number % 250 + 1}", "time": f"2024-{number % 3 + 1:02}-10T00:00:00Z", **more}


FIRST = [event(number) for number in range(30)] + [event(number, network="198.51.100") for number in range(30, 39)]
OTHERS = [event(number, name="TROJ.B", network="198.51.100") for number in range(100, 106)]
REFUSED = [event(number, name="WORM.C") for number in range(200, 204)]
LATE = [event(number, name="WORM.L") for number in range(300, 303)]
# A machine that was counted, a day earlier and elsewhere: it moves.
MOVED = [event(400, device="device-0", country="FR", time="2024-01-02T00:00:00Z", name="WORM.M")]


@pytest.fixture(scope="module")
def story(shared_database, tmp_path_factory):
    """All of it happens once; tests look at what it left."""
    database = shared_database
    folder = tmp_path_factory.mktemp("editions")
    old, new = Mmdb(folder / "old.mmdb", OLD, "2023-12-05"), Mmdb(folder / "new.mmdb", NEW, "2024-04-02")
    database.set_threat("worms", "WORM*")
    database.load_events(FIRST + OTHERS, "--geoip", old.path)
    database.load("-", "--geoip", old.path, "--max-age", "1", code=65,
                  stdin="".join(json.dumps(each) + "\n" for each in REFUSED).encode())
    database.command("publish", *WINDOW, *ALL, "-o", folder / "first")
    database.before = read(folder / "first")
    database.shown = show(database)
    database.counted = counts(database)
    database.old, database.new = old, new

    database.load_events(LATE + MOVED, "--geoip", old.path)
    database.command("db", "relocate", *WINDOW[1:], "--geoip", new.path)
    database.command("dead-letters", "replay", "--geoip", new.path, "--max-age", "9000")
    database.set_threat("worms", "WORM*", "TROJ*")
    database.command("publish", *WINDOW, "--restate", "-o", folder / "second")
    database.after = read(folder / "second")
    database.command("editions", "render", "worms", "1", "-o", folder / "again")
    database.again = read(folder / "again")
    return database


def show(database):
    """Figures, options and digests of edition 1."""
    return database.command("editions", "show", "worms", "1", "--format", "json").stdout


def read(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def counts(database):
    return {(month, dimension, value): infections for month, dimension, value, infections in database.sql(
        "select to_char(month, 'YYYY-MM'), dimension, value, infections from report.dimension_infections"
        " where threat = 'worms' and infections <> 0")}


def changes(database):
    return database.command("editions", "diff", "worms", "1", "2", "--format", "json").json()["changes"]


def test_edition_one_is_unmoved(story):
    assert story.again == story.before and len(story.before) > 15
    assert show(story) == story.shown
    figures = json.loads(story.shown)["figures"]
    assert figures["total"] == len(FIRST) and figures["patterns"] == ["WORM*"]
    assert figures["geoip_builds"] == ["2023-12-05"]


def test_exactly_what_changed_is_listed(story):
    """Of every dimension: what stands there is the difference of the counts, and nothing is missing."""
    listed = {(line["month"], line["dimension"], line["value"]): (line["before"], line["now"])
              for line in changes(story) if line["dimension"] != "month" and line["change"] != 0}
    now = counts(story)
    keys = set(now) | set(story.counted)
    assert listed == {key: (story.counted.get(key, 0), now.get(key, 0)) for key in keys
                      if story.counted.get(key, 0) != now.get(key, 0)}
    assert {dimension for _, dimension, _ in listed} == set(DIMENSIONS)


def test_causes_add_up_and_are_those_that_happened(story):
    sums = collections.Counter()
    months = {}
    for line in changes(story):
        assert sum(line[cause] for cause in CAUSES) == line["change"], line
        if line["dimension"] == "month":
            months[line["month"]] = {cause: line[cause] for cause in CAUSES}
        for cause in CAUSES:
            sums[line["dimension"], line["month"], cause] += line[cause]
    for dimension in DIMENSIONS:
        for month, causes in months.items():
            assert {cause: sums[dimension, month, cause] for cause in CAUSES} == causes, dimension
    total = {cause: sum(month[cause] for month in months.values()) for cause in CAUSES}
    assert total == {"arrived": len(LATE), "relocated": 0, "replayed": len(REFUSED),
                     "redefined": len(OTHERS)}


def test_each_value_has_the_cause_that_moved_it(story):
    by_value = collections.defaultdict(collections.Counter)
    for line in changes(story):
        for cause in CAUSES:
            by_value[line["dimension"], line["value"]][cause] += line[cause]

    def causes(dimension, value):
        return {cause: count for cause, count in by_value[dimension, value].items() if count}

    assert causes("country", "US") == {"relocated": -9}
    assert causes("country", "DE") == {"relocated": 9, "redefined": len(OTHERS)}
    assert causes("country", "FR") == {"arrived": 1}
    assert causes("country", "JP") == {"arrived": len(LATE) - 1, "replayed": len(REFUSED)}
    assert causes("name", "WORM.A") == {"arrived": -1}
    assert causes("name", "WORM.C") == {"replayed": len(REFUSED)}
    assert causes("name", "WORM.L") == {"arrived": len(LATE)}
    assert causes("name", "WORM.M") == {"arrived": 1}
    assert causes("name", "TROJ.B") == {"redefined": len(OTHERS)}


def steps(story):
    """(cause, {(month, dimension, value): infections} behind what it names), worked out from the events alone."""
    arrived = FIRST + OTHERS + LATE + MOVED
    for cause, events, mmdb, patterns in (("", FIRST + OTHERS, story.old, ["WORM*"]),
                                          ("arrived", arrived, story.old, ["WORM*"]),
                                          ("relocated", arrived, story.new, ["WORM*"]),
                                          ("replayed", arrived + REFUSED, story.new, ["WORM*"]),
                                          ("redefined", arrived + REFUSED, story.new, ["WORM*", "TROJ*"])):
        oracle = Oracle(events, country_of=mmdb.country_of)
        yield cause, collections.Counter({key: infections for key, (infections, _) in oracle.dimensions(
            patterns, "2024-01", "2024-03").items()})


def test_each_change_of_each_dimension_has_the_causes_that_made_it(story):
    expected = collections.defaultdict(dict)
    (_, before), *rest = steps(story)
    for cause, now in rest:
        for key in now.keys() | before.keys():
            if now[key] != before[key]:
                expected[key][cause] = now[key] - before[key]
        before = now
    assert {cause for causes in expected.values() for cause in causes} == set(CAUSES)
    assert {key[1] for key, causes in expected.items() if len(causes) > 1} >= {"country", "product", "version", "os"}
    assert expected == {
        (line["month"], line["dimension"], line["value"]): {cause: line[cause] for cause in CAUSES if line[cause]}
        for line in changes(story) if line["dimension"] != "month"}


def restated(story, suffix, number=2):
    return story.after[f"worms-2024-01-2024-03-edition-{number}.{suffix}"].decode()


def test_formats_for_programs_hold_every_change(story):
    as_json = json.loads(restated(story, "en.json"))
    assert as_json["edition"]["number"] == 2 and as_json["edition"]["replaces"] == 1
    as_csv = list(csv.DictReader(io.StringIO(restated(story, "ja.csv"))))
    for dimension in DIMENSIONS:
        lines = lines_of(story, dimension)
        expected = [(line["month"], line["value"], *numbers_of(story, dimension, line)) for line in lines]
        keys = ("before", "infections", "change", *causes_of(lines))
        assert [(line["month"], line[dimension] or "", *(line[key] for key in keys))
                for line in as_json[f"restated_{dimension}"]] == expected
        assert [(line["month"], line["code"], *(int(line[key]) for key in keys))
                for line in as_csv if line["table"] == f"restated_{dimension}"] == expected
    months = [line for line in changes(story) if line["dimension"] == "month"]
    assert [(line["month"], line["before"], line["infections"], line["detections_before"], line["detections"])
            for line in as_json["restated_months"]] == [
        (line["month"], line["before"], line["now"], line["detections_before"], line["detections_now"])
        for line in months]


# ---- what people read

LATE_EVENTS = {"en": "Late events", "ja": "遅延イベント", "de": "Verspätete Ereignisse"}


def lines_of(story, dimension):
    """In the order of a report: as in `diff`."""
    return [line for line in changes(story) if line["dimension"] == dimension]


def causes_of(lines):
    """Those that stand in a table: a reason that explains none of its lines has no column."""
    return [cause for cause in CAUSES if any(line[cause] for line in lines)]


def numbers_of(story, dimension, line):
    numbers = [line[key] for key in ("before", "now", "change", *causes_of(lines_of(story, dimension)))]
    return numbers + [line["detections_before"], line["detections_now"]] * (dimension == "month")


def expected_tables(story):
    """The numbers of the table of months, and of that of each dimension."""
    return [[numbers_of(story, dimension, line) for line in lines_of(story, dimension)]
            for dimension in ("month", *DIMENSIONS)]


def joined(tables):
    """What is too wide for a page of text goes on below, behind the same names."""
    whole = []
    for table in tables:
        names = 1 if not whole or len(whole[-1][0]) < 2 or table[0][1] != whole[-1][0][1] else 2
        if whole and [row[:names] for row in table] == [row[:names] for row in whole[-1]]:
            whole[-1] = [row + more[names:] for row, more in zip(whole[-1], table)]
        else:
            whole.append([list(row) for row in table])
    return whole


def as_number(cell):
    return int(str(cell).replace("−", "-").replace("+", ""))


def read_tables(story, language, suffix):
    """Numbers of the tables that have a column of late events."""
    if suffix == "xlsx":
        content = story.after[f"worms-2024-01-2024-03-edition-2.{language}.xlsx"]
        tables = [[heads, *([cell.value for cell in row] for row in rows)]
                  for heads, rows in sheet_tables(content).values()]
    else:
        text = restated(story, f"{language}.{suffix}")
        tables = {"txt": lambda: joined(text_tables(text)), "md": lambda: markdown_tables(text),
                  "html": lambda: html_tables(text)}[suffix]()
    return [[[as_number(cell) for cell in row[1 if place == 0 else 2:]] for row in table[1:]]
            for place, table in enumerate(each for each in tables if LATE_EVENTS[language] in each[0])]


@pytest.mark.parametrize("suffix", ["txt", "md", "html", "xlsx"])
@pytest.mark.parametrize("language", LATE_EVENTS)
def test_pages_and_sheets_print_every_change_with_its_causes(story, language, suffix):
    assert read_tables(story, language, suffix) == expected_tables(story)


def test_a_pdf_prints_every_change_with_its_causes(story, tmp_path):
    try:
        need("weasyprint", "pdftotext", "rsvg-convert")
    except Missing as reason:
        pytest.skip(str(reason))
    story.command("editions", "render", "worms", "2", "--lang", "en", "--format", "pdf", "-o", tmp_path)
    (path,) = tmp_path.glob("*edition-2.en.pdf")
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
    printed = [re.sub(r"[+−]", lambda sign: sign[0].replace("+", "").replace("−", "-"), line).split()
               for line in text.splitlines()]
    for table in expected_tables(story):
        for numbers in table:
            words = [str(number) for number in numbers]
            assert any(line[-len(words):] == words for line in printed), words


@pytest.mark.parametrize(("language", "words"), [
    ("en", ("edition 2, published", "This edition replaces edition 1", "Late events", "Relocated", "Replayed",
            "New patterns", "The total was 39; it is 52 now", "Malware names matched WORM")),
    ("ja", ("第2版", "第1版を改訂した", "遅延イベント", "再取り込み", "39台から52台")),
    ("de", ("Ausgabe 2", "ersetzt Ausgabe 1", "Verspätete Ereignisse", "Neu zugeordnet", "betrug 39 und beträgt jetzt 52")),
])
def test_pages_say_their_number_and_what_changed(story, language, words):
    for suffix in ("txt", "md", "html"):
        page = " ".join(restated(story, f"{language}.{suffix}").replace("\\", "").split())
        assert [word for word in words if word.replace(" ", "") not in page.replace(" ", "")] == []
    first = story.before[f"worms-2024-01-2024-03-edition-1.{language}.txt"].decode()
    assert words[0].split()[0].replace("2", "1") in first and words[2] not in first


def test_a_report_says_that_an_edition_is_there(story):
    """One that is none; and of another window nothing is said."""
    text = " ".join(story.command("report", *WINDOW, "--format", "text").stdout.split())
    assert "Edition 2 of this report was published on" in text and "This one is no edition" in text
    said = story.stats("worms", "2024-01", "2024-03")
    assert (said["published_edition"]["number"], said["published_edition"]["withdrawn"]) == (2, False)
    assert "edition" not in said and "published_edition" not in story.stats("worms", "2024-01", "2024-02")


def test_the_counts_are_right_besides(story):
    story.verify()

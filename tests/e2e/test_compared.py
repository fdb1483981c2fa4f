"""Counts by dimension, and what was before: years of counts in a database without an event, against a
model that shares nothing with the program; then the same through the whole path."""

import csv
import io
import random

import pytest

import oracle
from compared import BASES, Model, month, number, span

DIMENSIONS = ("country", "name", "product", "version", "os", "segment")
FIRST, LAST = "2010-03", "2013-12"
VALUES = {
    "country": ["JP", "US", "DE", "FR", "GB", "KR", "ZZ"],
    "name": ["WORM.A", "WORM.B", "WORM.\x1b[31mRED\u202e\nX", "=1+1|<b>", "W" * 250 + ".z", "", " "],
    "product": ["One", "Two", "Three", ""],
    "version": ["1", "10", "2", "1.0", "é", ""],
    "os": ["Windows 11", "Linux", " x", ""],
    "segment": ["bank", "school", ""],
}


def spread(chance, total, values):
    """Shares of a total, some of them equal."""
    parts, left = {}, total
    for value in chance.sample(values, len(values)):
        part = left if len(parts) + 1 == len(values) else chance.choice(
            [0, min(left, 7), min(left, 7), left // 3, chance.randint(0, left)])
        parts[value], left = part, left - part
    return parts


def random_counts(chance, first=FIRST, last=LAST):
    """{dimension: {(month, value): infections}}; each dimension has the same sum in each month."""
    counts = {dimension: {} for dimension in DIMENSIONS}
    for when in span(first, last):
        # Without an infection it would be a month of which nothing is stored.
        total = chance.choice([chance.randint(1, 40), chance.randint(100, 5000)])
        for dimension, values in VALUES.items():
            parts = spread(chance, total, values)
            counts[dimension].update({(when, value): part for value, part in parts.items() if part})
    return counts


def store(database, threat, counts, per_machine=3):
    """Puts counts where reports read them; returns {month: detections}."""
    threat_id = database.value("select threat_id from kansen.threat where name = %s", (threat,))
    rows = [(threat_id, DIMENSIONS.index(dimension), when + "-01", value, infections,
             infections * per_machine)
            for dimension, each in counts.items() for (when, value), infections in each.items()]
    connection = database.postgres.connect(database.name)
    try:
        with connection.cursor() as cursor:
            cursor.execute("delete from kansen.infection_count where threat_id = %s", (threat_id,))
            cursor.executemany(
                "insert into kansen.infection_count (threat_id, dimension, month, value, slot, infections,"
                " detections) values (%s, %s, %s, %s, 0, %s, %s)", rows)
    finally:
        connection.close()
    detections = {}
    for (when, _), infections in counts["country"].items():
        detections[when] = detections.get(when, 0) + infections * per_machine
    return detections


@pytest.fixture(scope="module")
def kept(shared_database):
    shared_database.set_threat("worms", "WORM*", en="Worms", de="Würmer", ja="ワーム")
    return shared_database


@pytest.fixture
def worms(kept):
    """One database for all; each test stores counts of its own."""
    kept.sql("delete from kansen.infection_count")
    kept.sql("delete from kansen.dimension_recount")
    return kept


def by_all():
    return [word for dimension in DIMENSIONS for word in ("--by", dimension)]


def check(figures, model, first, last, top):
    """JSON against the model, all that both know; every dimension was asked for."""
    for dimension, found in zip(DIMENSIONS, figures["dimensions"], strict=True):
        expected = model.dimension(dimension, first, last, top)
        for key, value in expected.items():
            assert found[key] == value, f"{dimension}: {key}"
        changes = model.changes(dimension, first, last, top)
        for base in BASES:
            key = f"by_{dimension}_{base.replace('-', '_')}"
            lines = changes.get(base, [])
            assert figures.get(key, []) == [
                {**line} for line in lines], key
    said = {line["line"]: line for line in figures.get("comparison", ())
            if line["line"] in BASES}
    compared = model.comparison(first, last)
    if not any(line["period"][:7] < first for line in compared.values()):
        compared = {}
    for base, line in compared.items():
        oracle.assert_says(said.pop(base), line, base)
    assert not said
    trend = model.trend(first, last)
    if trend is None:
        assert "trend" not in figures
    else:
        oracle.assert_says(figures["trend"], trend, "trend")


def test_random_years_are_compared_as_the_model_says(worms):
    chance = random.Random(20260917)
    counts = random_counts(chance)
    model = Model(counts, store(worms, "worms", counts), span(FIRST, LAST))
    for length in (1, 2, 3, 3, 11, 12, 13, 40):
        top = chance.choice([0, 1, 2, 3, 10])
        start = chance.randint(number(FIRST), number(LAST) - length + 1)
        first, last = month(start), month(start + length - 1)
        figures = worms.stats("worms", first, last, "--top", str(top), *by_all())
        check(figures, model, first, last, top)


def test_a_month_that_is_not_complete_is_never_compared(worms):
    present = worms.value("select to_char(max(month), 'YYYY-MM') from report.calendar"
                          " where starts_at <= now()")
    first = month(number(present) - 30)
    chance = random.Random(5)
    counts = random_counts(chance, first, present)
    detections = store(worms, "worms", counts)
    model = Model(counts, detections, span(first, month(number(present) - 1)))
    for start, end in ((2, 0), (0, 0), (5, 1), (14, 12), (30, 28)):
        window = month(number(present) - start), month(number(present) - end)
        figures = worms.stats("worms", *window, "--top", "3", *by_all())
        check(figures, model, *window, 3)
    assert "comparison" not in worms.stats("worms", present, present)


def test_nothing_before_has_no_section(worms):
    counts = {dimension: {("2013-09", VALUES[dimension][0]): 5} for dimension in DIMENSIONS}
    store(worms, "worms", counts)
    for extra in ((), by_all()):
        figures = worms.stats("worms", "2013-09", "2013-09", *extra)
        assert not {"comparison", "trend", "first_seen"} & set(figures)
        assert not [key for key in figures if key.endswith(("_previous_month", "_year_ago"))]
    assert "dimensions" not in worms.stats("worms", "2013-09", "2013-09")


def test_months_of_the_window_alone_are_compared_for_who_asks(worms):
    counts = random_counts(random.Random(12), "2013-09", "2013-11")
    model = Model(counts, store(worms, "worms", counts), span("2013-09", "2013-11"))
    figures = worms.stats("worms", "2013-09", "2013-11")
    assert not [key for key in figures if key == "comparison" or key.startswith("by_")]
    check(worms.stats("worms", "2013-09", "2013-11", "--top", "3", *by_all()), model,
          "2013-09", "2013-11", 3)


def test_a_country_that_comes_after_complete_months_without_it_is_new(worms):
    counts = {dimension: {(when, VALUES[dimension][0]): 9 for when in span("2013-01", "2013-12")}
              for dimension in DIMENSIONS}
    for dimension in DIMENSIONS:
        counts[dimension]["2013-07", VALUES[dimension][1]] = 4
    store(worms, "worms", counts)
    new = worms.stats("worms", "2013-06", "2013-08", "--by", "os")["first_seen"]
    assert new == [{"dimension": "country", "value": "US", "month": "2013-07"},
                   {"dimension": "os", "value": "Linux", "month": "2013-07"}]
    # Everything is new in the first month: nobody knows what was before.
    assert "first_seen" not in worms.stats("worms", "2013-01", "2013-03")
    assert "first_seen" not in worms.stats("worms", "2013-08", "2013-10")


def test_dimensions_stand_in_every_format(worms):
    chance = random.Random(8)
    counts = random_counts(chance)
    store(worms, "worms", counts)
    words = ("report", "worms", "--from", "2013-06", "--to", "2013-08", "--by", "name,country")
    for lang in ("en", "de", "ja"):
        for name in ("text", "md", "html"):
            said = worms.command(*words, "--format", name, "--lang", lang).stdout
            assert "WORM.A" in said and "\x1b" not in said and "\u202e" not in said
            assert "W" * 60 not in said
    rows = list(csv.DictReader(io.StringIO(worms.command(*words, "--format", "csv").stdout)))
    for table in {row["table"] for row in rows}:
        mine = [row for row in rows if row["table"] == table]
        totals = [int(row["infections"]) for row in mine if row["adds"] == "total"]
        if totals:
            assert totals == [sum(int(row["infections"]) for row in mine if row["adds"] == "detail")]
    name = VALUES["name"][2]
    found = {row["period"]: int(row["infections"]) for row in rows
             if row["table"] == "by_name_months" and row["code"] == name}
    assert found in ({}, {when: counts["name"].get((when, name), 0) for when in span("2013-06", "2013-08")})
    changes = [row["change"] for row in rows if row["change"]]
    assert any(change.startswith("-") for change in changes)


def test_windows_that_are_long_are_shown_by_quarter_and_year(worms):
    counts = random_counts(random.Random(9))
    store(worms, "worms", counts)

    def periods(first, last):
        text = worms.command("stats", "worms", "--from", first, "--to", last, "--by", "country",
                             "--format", "csv").stdout
        return sorted({row["period"] for row in csv.DictReader(io.StringIO(text))} - {""})

    assert periods("2012-01", "2013-01") == span("2012-01", "2013-01")
    assert periods("2011-12", "2013-01") == ["2011-Q4", "2012-Q1", "2012-Q2", "2012-Q3", "2012-Q4", "2013-Q1"]
    assert periods("2010-03", "2013-12") == ["2010", "2011", "2012", "2013"]


# ---- a minimum size

def test_small_lines_go_to_other_and_cannot_be_worked_out(worms):
    counts = {dimension: {("2013-09", VALUES[dimension][0]): 18} for dimension in DIMENSIONS}
    counts["country"] = {("2013-09", "JP"): 9, ("2013-09", "US"): 6, ("2013-09", "DE"): 3}
    counts["name"] = {("2013-09", "A"): 10, ("2013-09", "B"): 4, ("2013-09", "C"): 4}
    store(worms, "worms", counts)
    figures = worms.stats("worms", "2013-09", "2013-09", "--suppress-below", "5", "--by", "name")
    # Germany's 3 would be 18 - 9 - 6: the United States go with it.
    assert [line["country"] for line in figures["countries"]] == ["JP"]
    assert figures["other"] == {"infections": 9, "share": "50.00", "countries": 2, "unknown": 0,
                                "suppressed": 2}
    assert [line["value"] for line in figures["dimensions"][0]["lines"]] == ["A"]
    assert figures["dimensions"][0]["other"]["suppressed"] == 2
    assert figures["suppress_below"] == 5
    for lang in ("en", "de", "ja"):
        said = worms.command("stats", "worms", "--from", "2013-09", "--to", "2013-09",
                             "--suppress-below", "5", "--lang", lang).stdout
        assert "5" in said.rsplit("- ", 2)[1]


def test_a_small_month_or_a_small_before_is_hidden_everywhere(worms):
    counts = {dimension: {} for dimension in DIMENSIONS}
    for when, cells in {"2013-06": (50, 40, 3), "2013-07": (50, 0, 0), "2013-08": (50, 10, 0),
                        "2013-09": (50, 2, 30), "2013-10": (50, 30, 30), "2013-11": (50, 40, 30)}.items():
        for country, cell in zip(("JP", "US", "DE"), cells, strict=True):
            if cell:
                counts["country"][when, country] = cell
        for dimension in DIMENSIONS[1:]:
            counts[dimension][when, VALUES[dimension][0]] = sum(cells)
    store(worms, "worms", counts)
    figures = worms.stats("worms", "2013-09", "2013-11", "--suppress-below", "5", "--by", "country")
    lines = {line["value"]: line["months"] for line in figures["dimensions"][0]["lines"]}
    # The United States' 2 of September; another line goes with it, or it would be had by subtraction.
    assert lines["US"] is None and list(lines.values()).count(None) == 2
    month_before = {line["country"]: line for line in figures["by_country_previous_month"]}
    assert month_before["US"]["infections"] is None, "72 - 40 - 30 is what is left of September"
    window = {line["country"]: line for line in figures["by_country_previous_window"]}
    assert window["DE"]["before"] is None, "3 infections"
    assert [line["before"] for line in window.values()].count(None) >= 2


@pytest.mark.parametrize("words, said", [
    (("--by", "contry"), "did you mean"),
    (("--by", "country,devices"), "country, name, product, version, os, segment"),
    (("--suppress-below", "-1"), "whole number"),
    (("--suppress-below", "x"), "whole number"),
])
def test_words_that_are_none_are_refused(worms, words, said):
    for command in ("stats", "report"):
        assert said in worms.command(command, "worms", *words, code=64).stderr


def test_dimensions_wait_for_their_recount(worms):
    counts = random_counts(random.Random(10))
    store(worms, "worms", counts)
    worms.sql("insert into kansen.dimension_recount (threat_id, month)"
              " select threat_id, '2013-05-01' from kansen.threat where name = 'worms'")
    said = worms.command("stats", "worms", "--from", "2013-05", "--to", "2013-06", "--by", "name",
                         code=75).stderr
    assert "2013-05" in said and "db migrate" in said
    # Months before all that is looked at don't matter, but nobody knows what is new.
    figures = worms.stats("worms", "2013-12", "2013-12", "--by", "name")
    assert figures["dimensions"][0]["lines"]
    assert not [each for each in figures.get("first_seen", ()) if each["dimension"] == "name"]
    # Countries are counted all along.
    assert worms.stats("worms", "2013-05", "2013-06", "--by", "country")["dimensions"]


# ---- through the whole path

def test_machines_that_count_once_are_compared_too(database):
    database.set_threat("worms", "WORM*", en="Worms")
    chance = random.Random(11)
    events = [{"id": f"{when}-{device}", "device": f"device-{device}",
               "name": chance.choice(("WORM.A", "WORM.B")),
               "country": chance.choice(("JP", "US", "DE", "ZZ")),
               "time": f"{when}-{chance.randint(10, 28)}T00:00:00Z"}
              for when in span("2012-06", "2013-11") for device in range(40) if chance.random() < 0.4]
    database.load_events(events, "--max-age", "9000")
    truth = oracle.Oracle(events)
    first, last = "2013-06", "2013-08"
    figures = database.stats("worms", first, last, "--unique", "--top", "2")
    oracle.assert_says(figures, truth.figures(["WORM*"], first, last, top=2, unique=True))
    summed = truth.figures(["WORM*"], first, last)
    assert figures["cumulative"] == summed["total"] > figures["total"]
    lines = {line["line"]: line for line in figures["comparison"]}
    for base, (start, end) in {"previous-window": ("2013-03", "2013-05"),
                               "year-ago": ("2012-06", "2012-08")}.items():
        before = truth.figures(["WORM*"], start, end, top=2, unique=True)
        cumulative = truth.figures(["WORM*"], start, end)["total"]
        oracle.assert_says(lines[base], {
            "infections": before["total"], "cumulative": cumulative,
            "change": figures["total"] - before["total"]}, base)
        named = {line["country"]: line for line in figures[f"by_country_{base.replace('-', '_')}"]}
        for line in before["countries"]:
            assert named[line["country"]]["before"] == line["infections"]


@pytest.mark.parametrize("window", [("2013-08", "2013-08"), ("2013-07", "2013-09")])
def test_nothing_is_not_compared_with_nothing(database, window):
    database.set_threat("worms", "WORM*", en="Worms")
    database.load_events([{"device": "one", "name": "OTHER", "country": "JP", "time": f"{when}-02T03:04:05Z"}
                          for when in span("2012-01", "2013-09")], "--max-age", "9000")
    said = database.command("report", "worms", "--from", window[0], "--to", window[1],
                            "--format", "text").stdout
    sentences = " ".join(said.partition("Table 1")[0].split())
    assert "No infections were counted" in sentences
    assert "as many" not in sentences and "same" not in sentences and "(0)" not in sentences

"""Every document of `kansen report` has every figure in its row, and the rows in their order."""

import json

import pytest

import oracle
from documents import WORDS, csv_rows, html_tables, markdown_tables, text_tables

THREAT, FIRST, LAST = "miner", "2013-09", "2013-11"
# Infections of a country in each month. No two of the ten first have the same figure, in a month or
# in all, so that a figure in a wrong row shows; at the edge of the ranking two are tied.
FLEET = {
    "US": (61, 47, 50), "JP": (70, 20, 41), "AU": (12, 33, 19), "GB": (5, 17, 30),
    "IN": (21, 9, 14), "FR": (8, 13, 11), "TW": (10, 7, 6), "DE": (3, 6, 13),
    "IT": (2, 11, 4), "CA": (7, 1, 5), "BR": (4, 5, 4), "KR": (1, 2, 2), "ZZ": (9, 3, 8)}
READERS = {"txt": text_tables, "md": markdown_tables, "html": html_tables}


def make_events():
    """Each device is detected as often as its number says, so that detections are other figures."""
    for country, counts in FLEET.items():
        for month, count in enumerate(counts):
            for number in range(count):
                for day in range(1, 2 + number % 3):
                    yield {"id": f"00000000-0000-0000-{month:04}-{ord(country[0]):02x}"
                                 f"{ord(country[1]):02x}{number:04}{day:04}",
                           "device": f"{country}-{month}-{number}", "name": "MINER.A",
                           "country": country, "time": f"2013-{9 + month:02}-{day:02}T00:00:00Z"}


EVENTS = list(make_events())
TRUTH = oracle.Oracle(EVENTS).figures(["MINER*"], FIRST, LAST)


@pytest.fixture(scope="module")
def files(shared_database, tmp_path_factory):
    """{language: {format: content}}"""
    shared_database.set_threat(THREAT, "MINER*", en="Bitcoin-mining malware",
                               ja="ビットコイン発掘不正プログラム")
    shared_database.load_events(EVENTS)
    folder = tmp_path_factory.mktemp("report")
    shared_database.command("report", THREAT, "--from", FIRST, "--to", LAST, "--lang", "en,ja",
                            "--format", "text,md,html,csv,json", "-o", folder)
    found = {language: {format: path.read_bytes() for format in (*READERS, "csv", "json")
                        for path in folder.glob(f"*.{language}.{format}")} for language in WORDS}
    assert all(len(each) == 5 for each in found.values()), list(folder.iterdir())
    return found


def month_rows(words):
    rows = [[words["months"][place], f"{month['infections']:,}", f"{month['detections']:,}"]
            for place, month in enumerate(TRUTH["months"])]
    sums = [sum(month[key] for month in TRUTH["months"]) for key in ("infections", "detections")]
    return [*rows, [words["total"], *(f"{each:,}" for each in sums)]]


def country_rows(words):
    rows = [[str(line["rank"]), words[line["country"]], f"{line['infections']:,}", line["share"]]
            for line in TRUTH["countries"]]
    other = TRUTH["other"]
    return [*rows, [words["other"], f"{other['infections']:,}", other["share"]],
            [words["total"], f"{TRUTH['total']:,}", "100.00"]]


def test_the_fleet_tells_rows_apart():
    counts = [line["infections"] for line in TRUTH["countries"]]
    assert len(counts) == len(set(counts)) == 10
    # The tie is cut by the code: BR is ranked, CA is not.
    assert sum(FLEET["BR"]) == sum(FLEET["CA"]) == counts[-1]
    assert TRUTH["countries"][-1]["country"] == "BR"
    for month in TRUTH["months"]:
        assert month["infections"] != month["detections"]


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("format", READERS)
def test_the_tables_of_a_document_row_by_row(files, language, format):
    tables = READERS[format](files[language][format].decode())
    bodies = [table[1:] for table in tables]  # behind the line of headings
    assert "UTC" in files[language][format].decode()
    assert month_rows(WORDS[language]) in bodies, tables
    assert country_rows(WORDS[language]) in bodies, tables


@pytest.mark.parametrize("language", WORDS)
def test_the_lines_of_csv_one_by_one(files, language):
    words = WORDS[language]
    rows = csv_rows(files[language]["csv"])
    found = [(row["line"], row["rank"], row["code"], row["name"], row["infections"],
              row["detections"], row["share"]) for row in rows
             if row["line"] in ("month", "months", "country", "other", "unknown", "total")]
    months = [("month", "", month["month"], words["months"][place], str(month["infections"]),
               str(month["detections"]), "") for place, month in enumerate(TRUTH["months"])]
    countries = [("country", str(line["rank"]), line["country"], words[line["country"]],
                  str(line["infections"]), "", line["share"]) for line in TRUTH["countries"]]
    other = TRUTH["other"]
    assert found[:3] == months
    assert found[3][0] == "months" and found[3][4:6] == tuple(
        str(sum(month[key] for month in TRUTH["months"])) for key in ("infections", "detections"))
    assert found[4:14] == countries
    assert found[14] == ("other", "", "", words["other"], str(other["infections"]), "",
                         other["share"])
    assert found[15][:3] == ("unknown", "", "ZZ") and found[15][4] == str(other["unknown"])
    assert found[16] == ("total", "", "", words["total"], str(TRUTH["total"]), "", "100.00")
    assert len(found) == 17


@pytest.mark.parametrize("language", WORDS)
def test_json_line_by_line(files, language):
    oracle.assert_says(json.loads(files[language]["json"]), TRUTH, language)

"""The XLSX of `kansen report`, read by openpyxl: every figure a number and the right one, every text
text, and the same bytes each time."""

import io
import os
import pty
import re
import subprocess
import zipfile

import pytest

from documents import SHEET_HEADS, sheet_tables
from published_report import PUBLISHED, WINDOW

LANGUAGES = ("en", "ja", "de")
EX_USAGE, EX_CANTCREAT = 64, 73
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"

openpyxl = pytest.importorskip("openpyxl")


def write(database, *options, **more):
    return database.command("report", PUBLISHED["threat"], *WINDOW, "--format", "xlsx", *options, **more).bytes


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def numbers(row):
    return [cell.value for cell in row if isinstance(cell.value, (int, float))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_a_number_and_the_right_one(published_fleet, language):
    found = sheet_tables(write(published_fleet, "--lang", language))
    figures = published_fleet.command("stats", PUBLISHED["threat"], *WINDOW, "--format", "json").json()
    (_, months), (_, countries) = list(found.values())[:2]
    expected = [[month["infections"], month["detections"]] for month in figures["months"]]
    assert [numbers(row) for row in months] == [*expected, [sum(column) for column in zip(*expected)]]
    expected = [[country["rank"], country["infections"], float(country["share"])]
                for country in figures["countries"]]
    other = figures["other"]
    assert [numbers(row) for row in countries] == [*expected, [other["infections"], float(other["share"])],
                                                   [PUBLISHED["total"], 100.0]]
    shares = [row[-1] for row in countries]
    assert {cell.number_format for cell in shares} == {"0.00"}
    assert f"{shares[0].value:.2f}" == PUBLISHED["countries"][0]["share"] == "24.02"
    assert {cell.number_format for row in months for cell in row[1:]} == {"#,##0"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_have_names_heads_and_charts(published_fleet, language):
    content = write(published_fleet, "--lang", language)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames) >= 4
    assert all(len(name.encode("utf-16-le")) // 2 <= 31 for name in book.sheetnames)
    report = published_fleet.command("report", PUBLISHED["threat"], *WINDOW, "--format", "json", "--lang", language).json()
    sentences = [cell.value for sheet in book for (cell,) in sheet.iter_rows(min_row=4, max_col=1) if cell.value]
    assert set(report["findings"]) <= set(sentences), "the findings stand in it, word for word"
    assert {report["headline"], report["summary"]} <= set(sentences)
    assert book.properties.title == report["title"] and book.properties.creator.startswith("kansen ")
    for name, (heads, _) in sheet_tables(content).items():
        sheet = book[name]
        assert sheet.freeze_panes and int(re.sub(r"\D", "", sheet.freeze_panes)) == SHEET_HEADS + 1, name
        widths = [sheet.column_dimensions[openpyxl.utils.get_column_letter(place + 1)].width
                  for place in range(len(heads))]
        assert min(widths) >= 9, name


def test_charts_follow_the_cells_of_their_tables(published_fleet):
    content = write(published_fleet)
    book = openpyxl.load_workbook(io.BytesIO(content))
    charts = [openpyxl.xml.functions.fromstring(text) for name, text in sorted(parts(content).items())
              if name.startswith("xl/charts/chart")]
    # Months, shares, and the stacked months, whose cells have a sheet of their own.
    assert [len(list(chart.iter(f"{CHART}ser"))) for chart in charts] == [1, 1, 7]
    for chart, total_rows in zip(charts, (1, 1, 0)):
        for series in chart.iter(f"{CHART}ser"):
            sheet, cells = series.find(f"{CHART}val//{CHART}f").text.rsplit("!", 1)
            sheet = book[sheet.strip("'")]
            shown = [cell.value for (cell,) in sheet[cells.replace("$", "")]]
            table = sheet_tables(content)[sheet.title][1]
            assert len(shown) == len(table) - total_rows, "a mark for each row but the total"
            cached = [float(point.text) for point in series.iterfind(f"{CHART}val//{CHART}pt/{CHART}v")]
            assert cached == shown, "who draws it without reckoning draws the same"


def test_stacked_months_add_up(published_fleet):
    (heads, rows) = list(sheet_tables(write(published_fleet)).values())[2]
    assert heads[0] == "Period" and heads[1:3] == ["Japan", "United States"] and len(heads) == 8
    assert [sum(numbers(row)) for row in rows] == list(PUBLISHED["months"].values())


def test_nothing_of_it_runs_or_leads_out(published_fleet):
    content = write(published_fleet, "--lang", "ja")
    inside = parts(content)
    assert not [name for name in inside if "external" in name.lower() or "vba" in name.lower()]
    for name, text in inside.items():
        assert b'TargetMode="External"' not in text, name
        if name.startswith("xl/worksheets/sheet"):
            assert re.findall(rb"<(?:f|hyperlinks?)[ >]", text) == [], f"a formula or a link in {name}"


def test_twice_the_same_bytes_whatever_the_clock_says(published_fleet):
    first = write(published_fleet, "--lang", "ja")
    assert write(published_fleet, "--lang", "ja", env={"TZ": "Asia/Tokyo"}) == first
    assert b">2013-12-01T00:00:00Z<" in parts(first)["docProps/core.xml"], "the end of the window"
    dated = write(published_fleet, "--lang", "ja", env={"SOURCE_DATE_EPOCH": "1700000000"})
    differ = {name for name, text in parts(dated).items() if parts(first)[name] != text}
    assert differ == {"docProps/core.xml"} and b">2023-11-14T22:13:20Z<" in parts(dated)["docProps/core.xml"]
    wrong = published_fleet.command("report", PUBLISHED["threat"], *WINDOW, "--format", "xlsx", code=EX_CANTCREAT,
                              env={"SOURCE_DATE_EPOCH": "yesterday"})
    assert "SOURCE_DATE_EPOCH" in wrong.stderr and wrong.bytes == b""


def test_months_of_which_nothing_is_known_are_words(published_fleet):
    found = sheet_tables(published_fleet.command("report", PUBLISHED["threat"], "--from", "2010-01", "--to", "2010-02",
                                     "--format", "xlsx").bytes)
    for _, rows in found.values():
        assert [numbers(row) for row in rows] == [[]] * len(rows)
        assert all(cell.value for row in rows for cell in row[1:])


@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_a_terminal_gets_no_bytes_that_it_cannot_show(published_fleet, form):
    reading, writing = pty.openpty()
    try:
        done = subprocess.run(
            [published_fleet.kansen.program, "report", "--db", published_fleet.conninfo, PUBLISHED["threat"], *WINDOW,
             "--format", form], stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE, check=False,
            env=published_fleet.kansen.environment())
        os.close(writing)
        assert done.returncode == EX_USAGE and f"> report.{form}".encode() in done.stderr
        with pytest.raises(OSError):
            os.read(reading, 1)
    finally:
        os.close(reading)

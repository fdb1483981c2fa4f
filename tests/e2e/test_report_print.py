"""The page of `kansen report` as a browser prints it: every row of every table is on the paper, whole
and once, in its order, and nothing runs off it."""

import os
import re
import subprocess

import pytest

from documents import Chart, charts_of, html_tables
from published_report import PUBLISHED, WINDOW
from servers import Missing, need

LANGUAGES = ("en", "ja")
# Of the published report: findings and months, countries, notes.
PAGES = 4


@pytest.fixture(scope="module")
def folder(published_fleet, tmp_path_factory):
    database, folder = published_fleet, tmp_path_factory.mktemp("report")
    try:
        need("chromium", "pdftotext", "pdfinfo", "rsvg-convert")
    except Missing as reason:
        pytest.skip(str(reason))
    database.command("report", PUBLISHED["threat"], *WINDOW, "--lang", ",".join(LANGUAGES), "--format", "html",
                     "-o", folder)
    for language in LANGUAGES:
        print_page(next(folder.glob(f"*.{language}.html")), folder / f"{language}.pdf")
    return folder


def print_page(page, pdf):
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", f"--user-data-dir={pdf.parent}/profile",
         "--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri()],
        check=True, capture_output=True, timeout=180, stdin=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(pdf.parent)})


def poppler(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True,
                          text=True).stdout


def joined(text):
    """Without blanks: where they stand in a line of a PDF is up to the font."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_is_on_the_paper(folder, language):
    page = next(folder.glob(f"*.{language}.html")).read_text(encoding="utf-8")
    lines = [joined(line) for line in
             poppler("pdftotext", "-layout", folder / f"{language}.pdf", "-").splitlines()]
    tables = html_tables(page)
    assert len(tables) >= 2
    for table in tables:
        assert len(table) >= 5  # headings, three months or more, the total
        places = []
        for row in table[1:]:
            found = [place for place, line in enumerate(lines) if line == joined("".join(row))]
            assert len(found) == 1, f"{row} is on {len(found)} lines of the paper"
            places += found
        assert places == sorted(places), f"rows out of order: {table}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_are_printed(folder, language):
    page = next(folder.glob(f"*.{language}.html")).read_text(encoding="utf-8")
    paper = joined(poppler("pdftotext", folder / f"{language}.pdf", "-"))
    charts = [Chart(svg) for svg in charts_of(page)]
    assert len(charts) >= 3
    # A chart's own words: values of months are in a table too, a share followed by % is not.
    for share in (word for word in charts[1].words() if word.endswith("%")):
        assert joined(share) in paper, share


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_runs_off_the_paper(folder, language):
    boxes = poppler("pdftotext", "-bbox", folder / f"{language}.pdf", "-")
    pages = re.findall(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', boxes, re.DOTALL)
    assert len(pages) == PAGES
    assert f"Pages:           {PAGES}\n" in poppler("pdfinfo", folder / f"{language}.pdf")
    for number, (width, height, words) in enumerate(pages, 1):
        places = [tuple(map(float, place)) for place in re.findall(
            r'xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)"', words)]
        assert len(places) > 10, f"page {number} is nearly empty"
        for left, top, right, bottom in places:
            assert 0 <= left and right <= float(width) and 0 <= top and bottom <= float(height)

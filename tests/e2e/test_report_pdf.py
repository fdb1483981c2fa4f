"""The PDF of `kansen report`: every figure on paper, in fonts that come with it, tagged, the same bytes
each time; and what is said where WeasyPrint is missing or fails."""

import re
import shutil
import subprocess

import pytest

from published_report import PUBLISHED, WINDOW
from servers import Missing, need

LANGUAGES = ("en", "ja", "de")
EX_UNAVAILABLE, EX_CANTCREAT = 69, 73


@pytest.fixture(scope="module")
def folder(published_fleet, tmp_path_factory):
    """HTML and PDF in each language."""
    try:
        need("weasyprint", "pdftotext", "pdffonts", "pdfinfo", "pdftohtml", "rsvg-convert")
    except Missing as reason:
        pytest.skip(str(reason))
    folder = tmp_path_factory.mktemp("report")
    report(published_fleet, "--lang", ",".join(LANGUAGES), "--format", "html,pdf", "-o", folder)
    return folder


def report(database, *options, **more):
    return database.command("report", PUBLISHED["threat"], *WINDOW, *options, **more)


def poppler(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def the_pdf(folder, language):
    (path,) = folder.glob(f"*[0-9].{language}.pdf")
    return path


def page_texts(path):
    return poppler("pdftotext", "-layout", path, "-").split("\f")[:-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_on_paper(published_fleet, folder, language):
    text = "".join(page_texts(the_pdf(folder, language)))
    said = published_fleet.command("stats", PUBLISHED["threat"], *WINDOW, "--lang", language).stdout
    figures = set(re.findall(r"\d[\d.,]*\d", said.split("----", 1)[1]))
    assert len(figures) > 25
    assert sorted(figure for figure in figures if figure not in text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_fonts_come_with_it(folder, language):
    fonts = poppler("pdffonts", the_pdf(folder, language)).splitlines()[2:]
    # name, type (which has blanks), encoding, embedded, subset, to Unicode, object number and generation
    embedded = [line.split()[-5:-2] for line in fonts]
    assert fonts and embedded == [["yes", "yes", "yes"]] * len(fonts), fonts


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_large_font_it_holds_what_it_shows(folder, language):
    """A font of 65,535 characters that WeasyPrint cuts itself takes 100 kB, and ten seconds."""
    assert the_pdf(folder, language).stat().st_size < 300_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_tagged_titled_and_has_bookmarks_and_page_numbers(folder, language):
    path = the_pdf(folder, language)
    told = dict(line.split(":", 1) for line in poppler("pdfinfo", path).splitlines())
    assert told["Tagged"].strip() == "yes" and told["JavaScript"].strip() == "no"
    page = next(folder.glob(f"*.{language}.html")).read_text(encoding="utf-8")
    title = re.search(r"<title>(.*?)</title>", page)[1]
    assert told["Title"].strip() == title
    assert f"/Lang ({language})".encode() in path.read_bytes()
    structure = poppler("pdfinfo", "-struct", path)
    assert {"H1", "Table", "TH", "TD"} <= set(re.findall(r"\w+", structure))
    pages = page_texts(path)
    assert len(pages) == int(told["Pages"])
    for number, text in enumerate(pages, 1):
        assert re.search(rf"{number} ?/ ?{len(pages)}\s*$", text), f"no number on page {number}"
    outline = poppler("pdftohtml", "-xml", "-i", "-stdout", path).split("<outline>", 1)[1]
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert headings and [heading for heading in headings if heading not in outline] == []


def test_twice_the_same_bytes_whatever_the_clock_says(published_fleet, folder):
    again = report(published_fleet, "--lang", "ja", "--format", "pdf", env={"TZ": "Asia/Tokyo"}).bytes
    assert again == the_pdf(folder, "ja").read_bytes()
    assert b"/CreationDate (20131201000000Z)" in again, "the end of the window"


@pytest.fixture
def bin_of(tmp_path):
    """A PATH of kansen's other programs and of a `weasyprint` with this text, or none."""

    def make(script):
        folder = tmp_path / "bin"
        folder.mkdir()
        for program in ("rsvg-convert", "sh", "cat", "env", "fc-match"):
            if shutil.which(program):
                (folder / program).symlink_to(shutil.which(program))
        if script is not None:
            (folder / "weasyprint").write_text(script, encoding="ascii")
            (folder / "weasyprint").chmod(0o755)
        return {"PATH": str(folder), "TMPDIR": str(tmp_path)}

    return make


def suffixes(folder):
    return {path.suffix for path in folder.iterdir()}


def leftovers(tmp_path):
    return [path for path in tmp_path.iterdir() if path.name.startswith("kansen-")]


def test_without_weasyprint_the_other_formats_are_written(published_fleet, tmp_path, bin_of):
    environment = bin_of(None)
    result = report(published_fleet, "--format", "pdf,html,csv", "--lang", "en,ja", "-o", tmp_path / "some",
                    env=environment, code=EX_UNAVAILABLE)
    assert "WeasyPrint" in result.stderr and "Debian: weasyprint" in result.stderr
    assert suffixes(tmp_path / "some") == {".html", ".csv", ".svg", ".png", ".pdf"}
    assert len(list((tmp_path / "some").glob("*.html"))) == 2, "in both languages"
    result = report(published_fleet, "-o", tmp_path / "all", env=environment)
    assert "Debian: weasyprint" in result.stderr, "nobody asked for it by name, but it is said"
    assert suffixes(tmp_path / "all") == {".txt", ".md", ".html", ".csv", ".json", ".xlsx", ".svg", ".png", ".pdf"}
    result = report(published_fleet, "--format", "pdf", env=environment, code=EX_UNAVAILABLE)
    assert result.bytes == b"" and leftovers(tmp_path) == []


# What a WeasyPrint says and does, and what kansen says then.
BROKEN = [
    ("echo 'ValueError: no such thing' >&2; exit 1", "ValueError: no such thing", EX_UNAVAILABLE),
    ("printf '%%PDF-1.7\\nhalf' > report.pdf", "no whole PDF", EX_CANTCREAT),
    ("exit 0", "report.pdf", EX_CANTCREAT),
    ("kill -9 $$", "signal 9", EX_UNAVAILABLE),
]


@pytest.mark.parametrize("script, said, code", BROKEN, ids=[said for _, said, _ in BROKEN])
def test_a_weasyprint_that_fails_is_named(published_fleet, tmp_path, bin_of, script, said, code):
    """One that fails keeps no other format back; where files can't be written, there are none."""
    result = report(published_fleet, "--format", "pdf,csv", "-o", tmp_path / "out", code=code,
                    env=bin_of(f"#!/bin/sh\n{script}\n"))
    assert said in result.stderr and f"{PUBLISHED['from']}-{PUBLISHED['to']}.en.pdf" in result.stderr
    assert not list((tmp_path / "out").glob("*[0-9].en.pdf"))
    assert bool(list((tmp_path / "out").glob("*.csv"))) == (code == EX_UNAVAILABLE)
    assert leftovers(tmp_path) == []


def test_weasyprint_gets_a_page_without_addresses_and_no_way_out(published_fleet, tmp_path, bin_of):
    """Its own folder with nothing but the page in it, proxies that don't exist, and a fixed date."""
    report(published_fleet, "--format", "pdf", code=EX_CANTCREAT, env=bin_of(
        f"#!/bin/sh\nenv > {tmp_path}/env\necho \"$@\" > {tmp_path}/words\ncat page.html > {tmp_path}/page\n"
        f"echo * > {tmp_path}/files\n"))
    page = (tmp_path / "page").read_text(encoding="utf-8")
    assert re.findall(r"(?:src|href|srcset|action|data)=(?!\"#)|url\(|@import", page) == []
    environment = (tmp_path / "env").read_text(encoding="utf-8")
    for line in ("http_proxy=http://127.0.0.1:9", "https_proxy=http://127.0.0.1:9", "PYTHONHASHSEED=0",
                 "SOURCE_DATE_EPOCH=1385856000"):
        assert f"{line}\n" in environment
    assert "--base-url about:blank" in (tmp_path / "words").read_text(encoding="utf-8")
    assert (tmp_path / "files").read_text(encoding="utf-8").split() == ["messages", "page.html", "style.css"]

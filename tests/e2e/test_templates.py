"""`kansen report --template DIR`: the example of docs/templates.md in a browser, and what a template can't do."""

import json
import pathlib
import shutil

import pytest

from documents import html_tables
from published_report import PUBLISHED, WINDOW

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "docs/template-example"
FORMATS = ("text", "md", "html", "csv", "json")
LANGUAGES = ("en", "ja", "de")


def report(database, folder, *options, code=0):
    return database.command("report", PUBLISHED["threat"], *WINDOW, "-o", folder, *options, code=code)


@pytest.fixture(scope="module")
def written(published_fleet, tmp_path_factory):
    """The same report without and with the example: {name: path} of each."""
    found = []
    for options in ((), ("--template", EXAMPLE)):
        folder = tmp_path_factory.mktemp("report")
        report(published_fleet, folder, "--lang", ",".join(LANGUAGES), "--format", ",".join(FORMATS), *options)
        found.append({path.name: path for path in folder.iterdir()})
    return found


def text_of(files, language, suffix):
    name, = [name for name in files if name.endswith(f"11.{language}.{suffix}")]
    return files[name].read_text(encoding="utf-8")


def test_words_and_order_are_those_of_the_template(written):
    _, ours = written
    for suffix in ("txt", "md", "html"):
        page = text_of(ours, "en", suffix)
        assert f"{PUBLISHED['name_en']}: monthly threat report" in page.replace("\\", "")
        assert "At a glance" in page and "Method and notes" in page and "Key findings" not in page
        places = [page.index(word) for word in ("At a glance", "Table 1. ", "Rank", "Table 2. ", "Detections")]
        assert places == sorted(places)
        assert "United States of America" in page
    assert "月次脅威レポート" in text_of(ours, "ja", "html")
    assert "Infektionsbericht" in text_of(ours, "de", "html"), "words of a language that has no file"


def test_data_is_the_same_with_a_template(written):
    """Formats for programs keep their order and all their sections."""
    plain, ours = written
    assert text_of(plain, "de", "csv") == text_of(ours, "de", "csv")
    one, other = (json.loads(text_of(files, "en", "json")) for files in written)
    del one["notes"], other["notes"], one["findings"], other["findings"]
    for words in ("title", "headline", "summary"):
        one.pop(words, None), other.pop(words, None)
    assert one == other
    figures = [sorted(html_tables(text_of(files, "de", "html"))) for files in written]
    assert figures[0] == figures[1]


def test_axe_finds_nothing_in_the_example(browser, axe, written):
    _, ours = written
    for language in LANGUAGES:
        page, = [path for name, path in ours.items() if name.endswith(f"11.{language}.html")]
        for width, dark in ((360, False), (1600, True)):
            browser.open(page.as_uri(), width=width, dark=dark)
            assert not browser.examine(axe)
            assert browser.requests() == [page.as_uri()] and not browser.complaints()
            logo = "document.querySelector('img.logo')"
            assert browser.value(f"{logo}.alt") == "Example Security"
            assert browser.value(f"{logo}.naturalWidth") == 220, "the picture is shown"
            bar = browser.value("getComputedStyle(document.querySelector('.findings li')).borderLeftColor")
            assert bar == ("rgb(255, 143, 138)" if dark else "rgb(164, 38, 44)")


@pytest.mark.parametrize("format", ["html", "pdf"])
def test_it_is_in_a_stream_and_on_paper(published_fleet, tmp_path, format):
    if format == "pdf" and shutil.which("weasyprint") is None:
        pytest.skip("weasyprint is not installed")
    report(published_fleet, tmp_path, "--format", format, "--template", EXAMPLE)
    path, = tmp_path.glob(f"*11.en.{format}")
    assert len(path.read_bytes()) > 10_000
    if format == "html":
        said = published_fleet.command("report", PUBLISHED["threat"], "--from", PUBLISHED["from"], "--to",
                             PUBLISHED["to"], "--format", "html", "--template", EXAMPLE).stdout
        assert said == path.read_text(encoding="utf-8")
        assert said.count("<img ") == 1


def test_what_is_left_out_is_said(published_fleet, tmp_path):
    template = tmp_path / "template"
    template.mkdir()
    (template / "sections.txt").write_text("months\nnotes\n", encoding="utf-8")
    report(published_fleet, tmp_path, "--format", "text,json,md", "--template", template)
    page = next(tmp_path.glob("*.txt")).read_text(encoding="utf-8")
    said = " ".join(page.split())
    assert "Left out of this page: Key findings" in said and "By country" in said
    assert "Table 1. " in page and "Detections" in page and "Table 2" not in page and "India" not in page
    figures = json.loads(next(tmp_path.glob("*.json")).read_text(encoding="utf-8"))
    assert len(figures["countries"]) == 10
    assert not list(tmp_path.glob("*countries*")), "no chart of a section that isn't shown"


def test_a_mistake_stops_before_anything_is_written(published_fleet, tmp_path):
    template, out = tmp_path / "template", tmp_path / "out"
    template.mkdir()
    (template / "style.css").write_text("p {}\n</style><script>alert(1)</script>", encoding="utf-8")
    said = report(published_fleet, out, "--template", template, code=78).stderr
    assert f"{template}/style.css:2: </style would end the style sheet here" in said
    assert not out.exists()
    said = report(published_fleet, out, "--template", tmp_path / "missing", code=66).stderr
    assert f"{tmp_path}/missing: No such file or directory" in said
    assert not out.exists()

"""The charts of `kansen report`: bars as long as their figures, in the order of the table, and the
page that holds them as it was.

tests/golden/published.charts.LANGUAGE.html is the page of the published report with its charts. When
a change is meant, KANSEN_UPDATE_GOLDEN=1 writes the pages anew, and the difference is reviewed like
code."""

import json
import os
import pathlib
import re
import shutil
import xml.etree.ElementTree as ElementTree

import pytest

from documents import BLUE, GREY, SVG, WORDS, Chart, charts_of
from servers import Missing, need

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "simulate/scenarios/bitcoin-miner-2013.scenario"
GOLDEN = ROOT / "tests/golden"
PUBLISHED = json.loads(
    (ROOT / "tests/published/bitcoin-miner-2013.json").read_text(encoding="utf-8"))
LANGUAGES = ("en", "ja")
# A bar may be off by this, in pixels: places are whole tenths.
PIXEL = 0.2


@pytest.fixture(scope="module")
def report(shared_database, mmdb, tmp_path_factory):
    """The folder with the published report, HTML and charts."""
    database, folder = shared_database, tmp_path_factory.mktemp("report")
    try:
        need("rsvg-convert")
    except Missing as reason:
        pytest.skip(str(reason))
    events = database.kansen.run("simulate", SCENARIO).bytes
    database.load("-", "--geoip", mmdb, "--allow-rejected", "168", stdin=events)
    database.set_threat(PUBLISHED["threat"], *PUBLISHED["patterns"],
                        en=PUBLISHED["name_en"], ja=PUBLISHED["name_ja"])
    database.command("report", PUBLISHED["threat"], "--from", PUBLISHED["from"], "--to",
                     PUBLISHED["to"], "--lang", ",".join(LANGUAGES), "--format", "html,md",
                     "-o", folder)
    return folder


def the_file(folder, pattern):
    found = list(folder.glob(pattern))
    assert len(found) == 1, f"{pattern}: {found}"
    return found[0].read_text(encoding="utf-8")


def assert_in_proportion(lengths, values):
    """To the longest: a scale that starts anywhere but at zero fails."""
    scale = max(lengths) / max(values)
    wrong = [(length, value * scale) for length, value in zip(lengths, values, strict=True)
             if abs(length - value * scale) > PIXEL]
    assert not wrong, f"bars that are not as long as their figures (is, must be): {wrong}"


def label_of(chart, x, y):
    """The text whose anchor is next to a place."""
    return min(chart.texts, key=lambda text: abs(text[0] - x) + abs(text[1] - y))[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_bars_of_months(report, language):
    chart = Chart(the_file(report, f"*monthly.{language}.svg"))
    counts = list(PUBLISHED["months"].values())
    bars = chart.bars
    assert [bar.left for bar in bars] == sorted(bar.left for bar in bars)
    assert_in_proportion([bar.height for bar in bars], counts)
    assert len({round(bar.bottom) for bar in bars}) == 1 and len({round(b.width) for b in bars}) == 1
    assert all(bar.colour == BLUE for bar in bars)
    for bar, count in zip(bars, counts):
        middle = (bar.left + bar.right) / 2
        assert label_of(chart, middle, bar.top - 8) == f"{count:,}"
    below = [text for _, y, text in sorted(chart.texts) if y > bars[0].bottom]
    assert below == WORDS[language]["months"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_bars_of_shares(report, language):
    chart = Chart(the_file(report, f"*countries.{language}.svg"))
    shares = [line["share"] for line in PUBLISHED["countries"]] + [PUBLISHED["other"]["share"]]
    bars = chart.bars
    assert [bar.top for bar in bars] == sorted(bar.top for bar in bars)
    assert_in_proportion([bar.width for bar in bars], [float(share) for share in shares])
    assert len({round(bar.left) for bar in bars}) == 1 and len({round(b.height) for b in bars}) == 1
    assert [bar.colour for bar in bars] == [BLUE] * 10 + [GREY]
    names = [WORDS[language][line["country"]] for line in PUBLISHED["countries"]]
    for bar, name, share in zip(bars, [*names, WORDS[language]["other"]], shares, strict=True):
        middle = (bar.top + bar.bottom) / 2
        assert re.fullmatch(rf"{share} ?%", label_of(chart, bar.right + 8, middle + 5))
        assert label_of(chart, bar.left - 8, middle + 5) == name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_holds_the_charts_that_lie_beside_it(report, language):
    page = the_file(report, f"*[0-9].{language}.html")
    beside = [path.read_text(encoding="utf-8") for path in report.glob(f"*.{language}.svg")]
    assert len(beside) >= 2
    assert sorted(map(without_head, charts_of(page))) == sorted(map(without_head, beside))


def without_head(svg):
    """What is drawn below title and subtitle, which a page says in its own words, in tones that it chooses."""
    svg = re.sub(r"<style>.*?</style>\n", "", svg, flags=re.DOTALL)
    return re.sub(r'<g data-head="\d+">.*?</g>\n', "", svg, flags=re.DOTALL).split("<title>", 1)[1].strip()


def test_a_chart_alone_is_dark_where_the_screen_is(browser, report):
    """Each colour becomes the dark tone that the page shows in its place."""
    tones = """(() => [...document.querySelectorAll('svg [fill], svg [stroke]')].map(element => {
        const style = getComputedStyle(element);
        return [element.tagName, style.fill, style.stroke]; }))()"""
    for path in sorted(report.glob("*.en.svg")):
        browser.open(path.as_uri())
        light = browser.value(tones)
        browser.open(path.as_uri(), dark=True)
        dark = browser.value(tones)
        assert light[0][1] == "rgb(255, 255, 255)" and dark[0][1] == "rgb(26, 33, 42)", "the paper"
        same = [one for one, other in zip(light, dark, strict=True) if one == other]
        assert not same, same[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_for_paper_holds_the_characters_that_it_shows(report, language):
    """Of a font of 65,535 characters."""
    for path in report.glob(f"*-[a-z]*.{language}.pdf"):
        assert path.stat().st_size < 120_000, path.name


def test_without_hb_subset_charts_for_paper_are_larger(shared_database, report, tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in ("rsvg-convert", "fc-list"):
        (programs / program).symlink_to(shutil.which(program))
    shared_database.command("report", PUBLISHED["threat"], "--from", PUBLISHED["from"], "--to", PUBLISHED["to"],
                            "--lang", "ja", "--format", "md", "-o", tmp_path / "report", env={"PATH": str(programs)})
    made = sorted((tmp_path / "report").glob("*-[a-z]*.pdf"))
    assert len(made) >= 3
    for path in made:
        assert path.read_bytes().startswith(b"%PDF") and path.stat().st_size > (report / path.name).stat().st_size


@pytest.mark.parametrize("failing", ["hb-subset", "fc-list"])
def test_fonts_that_cannot_be_cut_are_no_secret(shared_database, report, tmp_path, failing):
    """The same report would have other bytes."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for each in ("rsvg-convert", "fc-list", "hb-subset"):
        (programs / each).symlink_to(shutil.which(each))
    (programs / failing).unlink()
    (programs / failing).write_text("#!/bin/sh\necho 'no memory is left' >&2\nexit 1\n", encoding="utf-8")
    (programs / failing).chmod(0o755)
    said = shared_database.command("report", PUBLISHED["threat"], "--from", PUBLISHED["from"], "--to", PUBLISHED["to"],
                                   "--lang", "ja", "--format", "md", "-o", tmp_path / "report", code=73,
                                   env={"PATH": f"{programs}:/usr/bin:/bin"}).stderr
    assert f"the fonts cannot be cut for paper: {failing} failed: no memory is left" in said
    assert not list((tmp_path / "report").glob("*.pdf"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_with_its_charts_is_as_before(report, language):
    page = the_file(report, f"*[0-9].{language}.html")
    path = GOLDEN / f"published.charts.{language}.html"
    if "KANSEN_UPDATE_GOLDEN" in os.environ:
        path.write_text(page, encoding="utf-8")
    assert page == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_chart_lies_beside_the_page_in_three_formats(report, language):
    svg, png, pdf = (sorted(path.stem for path in report.glob(f"*-[a-z]*.{language}.{suffix}"))
                     for suffix in ("svg", "png", "pdf"))
    assert svg == png == pdf and len(svg) >= 3
    for stem in svg:
        width, height = Chart((report / f"{stem}.svg").read_text(encoding="utf-8")).view_box[2:]
        picture = (report / f"{stem}.png").read_bytes()
        size = [int.from_bytes(picture[place:place + 4], "big") for place in (16, 20)]
        assert [abs(got - 2 * want) <= 1 for got, want in zip(size, (width, height))] == [True, True]
        assert (report / f"{stem}.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_says_what_it_shows(report, language):
    """In the SVG, and in the Markdown that shows the PNG."""
    chart = Chart(the_file(report, f"*monthly.{language}.svg"))
    assert chart.title == chart.words()[0]
    page = the_file(report, f"*.{language}.md").replace("\\", "")
    for month, count in zip(WORDS[language]["months"], PUBLISHED["months"].values()):
        assert month in chart.description and f"{count:,}" in chart.description
    assert f"![{chart.description}](" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_shades_those_that_are_counted(report, language):
    """Hong Kong and Singapore are too small for an outline: where they count, they are a dot."""
    chart = ElementTree.fromstring(the_file(report, f"*-map.{language}.svg"))
    lands = [path.get("fill") for path in chart.iter(f"{SVG}path")]
    shades = [circle.get("fill") for circle in chart.iter(f"{SVG}circle")]
    assert len(lands) > 170 and lands.count("#eceff2") > 100
    assert sum(shade != "#eceff2" for shade in lands + shades) >= 10
    assert "#eceff2" not in shades


# The reading itself: each must be able to fail.

SAMPLE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><title>t</title><desc>d</desc>
<rect x="0" y="0" width="100" height="50" fill="#ffffff"/>
<rect x="10" y="{top}" width="10" height="{height}" fill="#0072b2"/>
<rect x="30" y="20" width="10" height="20" fill="#0072b2"/>
<text x="15" y="48.5" fill="#1c2430">a</text></svg>"""


def test_a_bar_that_is_too_long_shows():
    for top, right in ((10, True), (10.1, True), (8, False), (12, False)):
        chart = Chart(SAMPLE.format(top=top, height=40 - top))
        heights = [bar.height for bar in chart.bars]
        assert chart.words() == ["a"]
        if right:
            assert_in_proportion(heights, [30, 20])
        else:
            with pytest.raises(AssertionError, match="not as long"):
                assert_in_proportion(heights, [30, 20])

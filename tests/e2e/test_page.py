"""The page of `kansen report` in a real Chromium: axe-core examines it in each language, light and dark, at
the width of a telephone, a tablet and a desk; nothing is wider than the window, nothing is fetched, keys reach
and scroll what is wider than the page, and every colour is seen on what it stands on."""

import itertools
import re
import shutil
import subprocess

import pytest

from published_report import PUBLISHED, WINDOW

LANGUAGES = ("en", "ja", "de")
WIDTHS = (360, 800, 1600)
SCHEMES = ("light", "dark")
# WCAG 2.1, 1.4.3 and 1.4.11.
TEXT_CONTRAST, MARK_CONTRAST = 4.5, 3.0
# 64 letters without a place to break.
LONG_NAME = "W" * 64


@pytest.fixture(scope="module")
def pages(published_fleet, tmp_path_factory):
    """The published report in each language, and as "long" one of many months and lines and a long name."""
    database, folder = published_fleet, tmp_path_factory.mktemp("report")
    database.command("report", PUBLISHED["threat"], *WINDOW, "--lang", ",".join(LANGUAGES), "--format", "html",
                     "-o", folder)
    database.set_threat("long", *PUBLISHED["patterns"], en=LONG_NAME)
    database.command("report", "long", "--from", "2008-01", "--to", PUBLISHED["to"], "--top", "250",
                     "--format", "html", "-o", folder)
    found = {language: next(folder.glob(f"bitcoin-miner*.{language}.html")) for language in LANGUAGES}
    return {**found, "long": next(folder.glob("long*.html"))}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(browser, axe, pages, language, scheme):
    for width in WIDTHS:
        browser.open(pages[language].as_uri(), width=width, dark=scheme == "dark")
        assert not browser.examine(axe), f"{width} pixels"


def test_axe_finds_nothing_in_a_long_report(browser, axe, pages):
    browser.open(pages["long"].as_uri(), width=360)
    assert browser.value("document.querySelectorAll('nav.contents a').length") >= 4
    assert not browser.examine(axe)


def test_axe_finds_what_is_wrong(browser, axe, tmp_path):
    """The examination itself must be able to fail."""
    page = tmp_path / "wrong.html"
    page.write_text("<!DOCTYPE html><title>x</title><main><h1>x</h1><p style='color:#999'>grey</p>"
                    "<img src='data:,'><div style='overflow:auto;height:9px'>a<br>b<br>c</div></main>",
                    encoding="utf-8")
    browser.open(page.as_uri())
    rules = {line.split(":")[0] for line in browser.examine(axe)}
    assert rules >= {"html-has-lang", "color-contrast", "image-alt"}


def test_nothing_is_wider_than_the_window(browser, pages):
    for name, width in itertools.product(pages, (320, *WIDTHS)):
        browser.open(pages[name].as_uri(), width=width)
        too_wide = browser.value("""[...document.querySelectorAll('body *')].filter(element =>
            !element.parentElement.closest('.scroll') && !element.matches('.skip')
            && element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
            .map(element => element.outerHTML.slice(0, 100))""")
        assert not too_wide, f"{name}, {width} pixels"
        assert browser.value("document.documentElement.scrollWidth") <= width


def test_nothing_is_fetched_and_nobody_complains(browser, pages):
    for page in pages.values():
        browser.open(page.as_uri())
        assert browser.requests() == [page.as_uri()]
        assert not browser.complaints()
        assert browser.value("document.scripts.length") == 0


def test_keys_reach_and_scroll_what_is_wider(browser, pages):
    browser.open(pages["en"].as_uri(), width=360)
    browser.press("Tab")
    assert browser.value("document.activeElement.className") == "skip"
    assert browser.value("document.activeElement.getBoundingClientRect().left") >= 0, "it is seen"
    boxes = browser.value("document.querySelectorAll('.scroll').length")
    assert boxes >= 4
    wider = 0
    for _ in range(boxes):
        browser.press("Tab")
        name = browser.value("""document.getElementById(
            document.activeElement.getAttribute('aria-labelledby')).textContent""")
        assert re.match(r"(Table|Figure) \d+\. ", name)
        if browser.value("document.activeElement.scrollWidth > document.activeElement.clientWidth"):
            wider += 1
            browser.press("ArrowRight")
            browser.value("""new Promise(done => { const wait = () =>
                document.activeElement.scrollLeft > 0 ? done() : setTimeout(wait, 10); wait(); })""")
    assert wider > 0


# ---- contrast, as it is computed

CONTRAST = """(() => {
    const numbers = color => (color.match(/[\\d.]+/g) || []).map(Number);
    const light = color => {
        const [r, g, b] = numbers(color).map(value => value / 255)
            .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = element => {
        for (; element; element = element.parentElement) {
            const color = getComputedStyle(element).backgroundColor;
            if (numbers(color)[3] !== 0) return color;
        }
        return 'rgb(255, 255, 255)';
    };
    const contrast = (one, other) => {
        const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
    };
    const found = [];
    const see = (element, kind, color) => found.push(
        [kind, contrast(color, ground(element.closest('svg') ? element.closest('div') : element)),
         color, element.outerHTML.slice(0, 120)]);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || element.matches('title, desc')) continue;
        see(element, 'text', element.closest('svg') ? getComputedStyle(element).fill
                                                    : getComputedStyle(element).color);
    }
    for (const mark of document.querySelectorAll('svg rect, svg polygon, svg path')) {
        const style = getComputedStyle(mark);
        const box = mark.getBoundingClientRect(), whole = mark.closest('svg').getBoundingClientRect();
        const is_paper = box.width >= whole.width - 1 && box.height >= whole.height - 1;
        if (is_paper || mark.closest('defs')) continue;
        const seen = [style.fill, style.stroke].filter(color => color !== 'none');
        if (seen.length > 0 && box.width > 0 && box.height > 0)
            see(mark, 'mark', seen.sort((a, b) => contrast(b, ground(mark.closest('div')))
                                                  - contrast(a, ground(mark.closest('div'))))[0]);
    }
    return found;
})()"""


@pytest.mark.parametrize("media", ["light", "dark", "print"])
def test_every_text_and_mark_is_seen(browser, pages, media):
    browser.open(pages["en"].as_uri(), dark=media == "dark", media="print" if media == "print" else "")
    found = browser.value(CONTRAST)
    kinds = [kind for kind, *_ in found]
    assert kinds.count("text") > 60 and kinds.count("mark") >= 14, "it looks at something"
    least = {"text": TEXT_CONTRAST, "mark": MARK_CONTRAST}
    low = [line for line in found if line[1] < least[line[0]]]
    assert not low, low


def test_the_dark_page_is_dark_and_paper_is_not(browser, pages):
    ground = "getComputedStyle(document.querySelector('.page')).backgroundColor"
    chart = "getComputedStyle(document.querySelector('.chart')).backgroundColor"
    browser.open(pages["en"].as_uri(), dark=True)
    assert browser.value(ground) == browser.value(chart) == "rgb(26, 33, 42)"
    browser.open(pages["en"].as_uri(), dark=True, media="print")
    assert browser.value(chart) == "rgb(255, 255, 255)"


# ---- what is in it

def test_it_is_valid_html(pages):
    """By the parser of the specification, which a browser forgives more; ids are there once."""
    html5lib = pytest.importorskip("html5lib")
    for page in pages.values():
        text = page.read_text(encoding="utf-8")
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        tree = parser.parse(text)
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids)) > 5
        leads = {reference for element in tree.iter() for name in ("aria-labelledby", "aria-describedby")
                 for reference in (element.get(name) or "").split()}
        leads |= {element.get("href")[1:] for element in tree.iter("a")}
        assert leads <= set(ids)
        assert [element.tag for element in tree.iter() if element.tag in ("h1", "main", "header")] == [
            "header", "h1", "main"]


def test_invalid_html_shows():
    html5lib = pytest.importorskip("html5lib")
    for wrong in ("<p>no doctype", "<!DOCTYPE html><p></div>", "<!DOCTYPE html><title>x</title><p a=1 a=2>"):
        with pytest.raises(html5lib.html5parser.ParseError):
            html5lib.HTMLParser(strict=True).parse(wrong)


def test_figures_and_tables_are_numbered(browser, pages):
    words = {"en": ("Table", "Figure"), "ja": ("表", "図"), "de": ("Tabelle", "Abbildung")}
    for language, expected in words.items():
        browser.open(pages[language].as_uri())
        for selector, word in zip(("caption", "figcaption"), expected, strict=True):
            texts = browser.value(f"[...document.querySelectorAll('{selector}')].map(e => e.innerText)")
            assert len(texts) >= 2
            for number, text in enumerate(texts, 1):
                assert re.match(rf"{word}[ \xa0]?{number}(\. |　)\S", text), text
        assert browser.value("document.documentElement.lang") == language
        assert browser.value("""[...document.querySelectorAll('svg')].every(
            svg => svg.querySelector('title').textContent && svg.querySelector('desc').textContent)""")


def test_a_name_of_another_language_says_so(browser, pages):
    browser.open(pages["de"].as_uri())
    assert browser.value("document.querySelector('h1 span').lang") == "en"
    assert browser.value("document.querySelector('h1 span').innerText") == PUBLISHED["name_en"]
    assert browser.value("document.querySelector('h1').innerText").startswith(PUBLISHED["name_en"] + ": ")
    browser.open(pages["ja"].as_uri())
    assert browser.value("document.querySelector('h1 span')") is None


def test_the_page_says_what_it_is(browser, pages):
    browser.open(pages["en"].as_uri())
    content = "document.querySelector('meta[{}]').content"
    assert browser.value(content.format('property="og:title"')) == browser.value("document.title")
    assert "12,213" in browser.value(content.format('name="description"'))
    assert browser.value("document.querySelectorAll('[src], link, script, iframe, object').length") == 0


def test_each_sheet_has_the_headings_of_its_table(browser, pages, tmp_path):
    """The totals are on the last one alone, and each sheet has its number."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    browser.open(pages["long"].as_uri(), dark=True)
    browser.paper(tmp_path / "long.pdf")
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "long.pdf", "-"], check=True,
                          capture_output=True, text=True).stdout
    sheets = text.removesuffix("\f").split("\f")
    with_months = [sheet for sheet in sheets if re.search(r"^ *July 20\d\d +(\d|no data)", sheet, re.MULTILINE)]
    assert len(with_months) >= 2, "a table of 71 months takes more than a sheet"
    assert all(re.search(r"^ *Month +Infections +Detections", sheet, re.MULTILINE) for sheet in with_months)
    assert len(re.findall(r"\b12,213  .*36,713\b", text)) == 1
    for number, sheet in enumerate(sheets, 1):
        assert re.search(rf" {number} ?/ ?{len(sheets)}\s*$", sheet)

"""Names and values that would do harm, in every format of a report and on the site, opened by the programs that people
open them with: nothing runs, nothing is fetched, nothing breaks, and each is itself."""

import csv
import html
import http.server
import io
import json
import os
import pathlib
import re
import subprocess
import threading
import xml.etree.ElementTree

import pytest

from servers import Missing, need

THREAT, FIRST, LAST = "miner", "2013-09", "2013-11"
LANGUAGES = ("en", "ja")
DIMENSIONS = ("country", "name", "product", "version", "os", "segment")
# No pattern may hold these; a value may.
CONTROLS = ["\t=1+1", "two\r\nlines\n", "\x1b[31mred\x1b[0m\x07", "\x9b31m\x7f\x01"]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def names(server, mark):
    """What would touch the file, or ask the server, if anything took it for more than a text. Control characters
    are refused in patterns."""
    return [
        f"=cmd|'/c touch {mark}'!A0", f"=WEBSERVICE(\"{server}\")", f"=HYPERLINK(\"{server}\";\"x\")", "+1+1", "-1+1",
        "@SUM(1;1)", "＝1+1", f"<img src={server}/img onerror=document.title='run'>",
        f"<script>document.title='run';fetch('{server}')</script>", f"</style><style>@import url({server}/css);",
        f"<link rel=stylesheet href={server}/link>", f"<a rel=attachment href={server}/a>x</a>",
        "</title></caption></table>]]>&amp;&#0;", f"`touch {mark}` $(touch {mark}); system('touch {mark}')",
        f"[x]({server}/md) ![x]({server}/png) | # *b* _i_", "_x0041_ _x005F_ _x0000_", "<r><t>rich</t></r>",
        "\u202e\u2066gnp.exe\u2069", "\ufeffa\ufffe\uffff\u200bb",
        "🦠👩‍🔬 感染 العربية e\u0301", "a" * 256, "感" * 85, " \u3000 ", "''\"\"", "%s%n{0}{name} \\u{41} \\n",
    ]


def events(hostile):
    """Each value in every dimension, of a device of its own; names that no pattern can hold begin with another."""
    for number, value in enumerate([*hostile, *CONTROLS]):
        yield {"id": f"e{number}", "device": f"d{number}", "name": value if number < len(hostile) else f"MINER{value}",
               "vendor": value, "product": value, "version": value, "os": value, "segment": value,
               "country": ("JP", "US", "DE")[number % 3], "time": f"2013-{9 + number % 3:02}-02T00:00:00Z"}


def seen(text):
    """As people are shown it."""
    return "".join(f"\\u{{{ord(each):04X}}}" if each in "\ufeff\ufffe\uffff\u200b\u202e\u2066\u2069"
                   or ord(each) < 32 or 0x7f <= ord(each) < 0xa0 else each for each in text)


class Asked(http.server.ThreadingHTTPServer):
    """Answers nothing, and keeps who asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
        self.connections = 0
        self.address = f"http://127.0.0.1:{self.server_port}"

    def verify_request(self, request, client_address):
        self.connections += 1
        return False


@pytest.fixture(scope="module")
def server():
    with Asked() as asked:
        thread = threading.Thread(target=asked.serve_forever)
        thread.start()
        yield asked
        asked.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def reports(shared_database, server, tmp_path_factory):
    """An edition in every format in each language, and its site; the names are the threat's, its patterns, which the
    notes list, and the values of every dimension."""
    try:
        need("weasyprint", "soffice", "chromium", "pdftotext")
    except Missing as reason:
        pytest.skip(str(reason))
    folder = tmp_path_factory.mktemp("reports")
    hostile = names(server.address, folder / "touched")
    display = dict(zip(LANGUAGES, (" ".join(hostile[7:9]), hostile[0])))
    shared_database.load_events(events(hostile))
    shared_database.command("threat", "set", THREAT, *(word for language, name in display.items()
                                                       for word in ("--name", f"{language}={name}")),
                            *(word for name in ["MINER*", *hostile] for word in ("--match", name)))
    # PDF takes longest, and is the page on paper: in one language, of one dimension.
    options = ("--from", FIRST, "--to", LAST, "--by", ",".join(DIMENSIONS), "--top", "100")
    shared_database.command("publish", THREAT, *options, "--lang", ",".join(LANGUAGES), "--format",
                            "text,md,html,csv,json,xlsx", "-o", folder)
    shared_database.command("report", THREAT, "--from", FIRST, "--to", LAST, "--by", "name", "--top", "100", "--lang", "en",
                            "--format", "pdf", "-o", folder / "paper")
    shared_database.command("site", "-o", folder / "site")
    yield folder, [*hostile, *CONTROLS], display
    # Whatever was done with them meanwhile.
    assert not (folder / "touched").exists() and server.connections == 0


def each(folder, suffix):
    found = {language: folder / path.name for language in LANGUAGES for path in folder.glob(f"*[0-9].{language}.{suffix}")}
    assert sorted(found) == sorted(LANGUAGES)
    return found.items()


def joined(text):
    return re.sub(r"\s", "", text)


def missing(hostile, text, show=seen):
    """The names that don't stand in a text, whatever lines it is broken into."""
    text = joined(text)
    return [name for name in hostile if joined(show(name)) not in text]


def convert(path, form, folder):
    """By LibreOffice; returns the new file. It has a profile of its own, and a minute."""
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to",
                    form, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=240,
                   stdin=subprocess.DEVNULL, env={**os.environ, "HOME": str(folder)})
    return folder / f"{path.stem}.{form.split(':')[0]}"


def cells_of(path):
    openpyxl = pytest.importorskip("openpyxl")
    return [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row
            if cell.value is not None]


def in_a_cell(name):
    """openpyxl takes every x005F_ for an escape, one of the name's own too."""
    return seen(name).replace("x005F_", "")


def test_a_terminal_and_a_reader_of_markdown(reports):
    folder, hostile, display = reports
    for suffix in ("txt", "md"):
        for language, path in each(folder, suffix):
            content = path.read_bytes().decode()
            acting = [each for each in content if each != "\n" and (ord(each) < 32 or 0x7f <= ord(each) < 0xa0)]
            assert acting == [] and not set(content) & set("\u202e\u2066\u2069\ufeff\u200b")
            if suffix == "txt":
                assert missing([*hostile, display[language]], content) == []


def test_readers_of_data(reports):
    folder, hostile, display = reports
    for language, path in each(folder, "json"):
        content = json.loads(path.read_bytes())
        assert set(hostile) - set(CONTROLS) <= set(content["patterns"])
        assert content["names"][language] == display[language]
        for dimension in content["dimensions"]:
            if dimension["dimension"] == "country":
                continue
            values = {line["value"] for line in dimension["lines"]}
            prefix = "MINER" if dimension["dimension"] == "name" else ""
            assert values == {prefix * (value in CONTROLS) + value for value in hostile}, dimension["dimension"]
    for _, path in each(folder, "csv"):
        cells = [cell for row in csv.reader(io.StringIO(path.read_bytes().decode())) for cell in row]
        # A change may be -1.50, a number.
        assert [cell for cell in cells if cell.startswith(FORMULA) and not re.fullmatch(r"-\d+(\.\d+)?", cell)] == []


def test_xml_of_the_charts(reports):
    folder, *_ = reports
    pictures = list(folder.glob("*.svg"))
    assert pictures
    for path in pictures:
        elements = {element.tag.rpartition("}")[2] for element in xml.etree.ElementTree.parse(path).iter()}
        assert elements.isdisjoint({"script", "img", "image", "foreignObject", "a", "link"}), path


def test_libreoffice_opens_the_workbook(reports, tmp_path):
    folder, hostile, display = reports
    for language, path in each(folder, "xlsx"):
        cells = cells_of(path)
        assert {cell.data_type for cell in cells} == {"s", "n"} and not [c for c in cells if c.hyperlink]
        assert missing([*hostile, display[language]], "\n".join(str(cell.value) for cell in cells), in_a_cell) == []
    again = convert(dict(each(folder, "xlsx"))["ja"], "ods", tmp_path)
    back = cells_of(convert(again, "xlsx", tmp_path))
    assert {cell.data_type for cell in back} == {"s", "n"} and not [cell for cell in back if cell.hyperlink]
    assert missing(hostile, "\n".join(str(cell.value) for cell in back), in_a_cell) == []


def test_libreoffice_opens_the_csv(reports, tmp_path):
    folder, *_ = reports
    cells = cells_of(convert(dict(each(folder, "csv"))["ja"], "xlsx", tmp_path))
    assert cells and "f" not in {cell.data_type for cell in cells}


def dom_of(path, folder):
    """What Chromium makes of a page, its script having run."""
    return subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", f"--user-data-dir={folder}/profile", "--dump-dom", path.as_uri()],
        check=True, capture_output=True, timeout=180, stdin=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder)}).stdout.decode()


def test_a_browser_opens_the_page(reports, tmp_path):
    folder, hostile, display = reports
    dom = dom_of(dict(each(folder, "html"))["en"], tmp_path)
    assert not re.search(r"<(?:script|img|link|iframe|object)\b", dom)
    assert missing([*hostile, display["en"]], html.unescape(re.sub(r"<[^>]*>", "", dom))) == []


def test_a_browser_opens_the_site(reports, tmp_path):
    """The page's own script has sorted and filtered what stands there."""
    folder, hostile, display = reports
    path, = (folder / "site/ja/threats").glob("*/*-edition-1.html")
    dom = dom_of(path, tmp_path)
    assert dom.count("<script") == 1 and '<script src="../../../tables.js"' in dom
    assert not re.search(r"<(?:img|iframe|object)\b", dom)
    assert dom.count('<p class="filter">') >= 2 * (len(DIMENSIONS) - 1) and "<button" in dom
    assert missing([*hostile, display["ja"]], html.unescape(re.sub(r"<[^>]*>", "", dom))) == []


def test_a_feed_reader_opens_the_feed(reports):
    feedparser = pytest.importorskip("feedparser")
    folder, _, display = reports
    for language in LANGUAGES:
        feed = feedparser.parse(str(folder / f"site/{language}/feed.xml"), sanitize_html=False)
        assert not feed.bozo and len(feed.entries) == 1
        entry, = feed.entries
        assert entry.title_detail.type == entry.summary_detail.type == "text/plain"
        assert display[language] in entry.title


def test_a_reader_of_pdf(reports):
    folder, hostile, _ = reports
    path, = (folder / "paper").glob("*[0-9].en.pdf")
    content = path.read_bytes()
    for word in (b"/URI", b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/FileAttachment"):
        assert word not in content
    text = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True).stdout.decode()
    # What has an own direction, or no glyph of its own, comes out of a PDF in another order.
    plain = [name for name in hostile if name.isascii() and "--" not in name]
    assert missing(plain, text.replace("\f", "")) == []


# ---- time zones

@pytest.mark.parametrize("zone", ["Etc/GMT+12", "America/Argentina/ComodRivadavia", "GB-Eire"])
def test_a_time_zone_of_an_odd_name(new_database, zone):
    """Months begin and end there, and it is said under its own name."""
    database = new_database(timezone=zone)
    database.set_threat("miner", "MINER*")
    database.load_events([{"id": "e", "device": "d", "name": "MINER.A", "country": "JP", "time": "2013-09-01T02:00:00Z"}])
    first = "2013-09" if zone == "GB-Eire" else "2013-08"
    window = ("miner", "--from", first, "--to", first)
    assert database.stats("miner", first, first)["total"] == 1
    said = {form: database.command("report", *window, "--format", form).stdout for form in ("text", "html", "csv")}
    assert f"time zone: {zone}" in said["text"] and zone in html.unescape(said["html"])
    assert not [cell for row in csv.reader(io.StringIO(said["csv"])) for cell in row if cell.startswith(FORMULA)]


@pytest.mark.parametrize("zone", ["<img/src=x>-9", "UTC'; drop schema kansen; --", "../../../etc/passwd", "JST-9", " UTC"])
def test_what_is_no_time_zone_is_refused(new_database, zone):
    database = new_database()
    result = database.command("db", "init", "--timezone", zone, code=65)
    assert f'unknown time zone "{zone}"' in result.stderr

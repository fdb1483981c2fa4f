"""`kansen site`: every edition on pages that lead somewhere, feeds, data with its description; what hasn't changed
stays untouched, and nobody else's file is touched at all."""

import csv
import fcntl
import hashlib
import html
import html.parser
import io
import json
import os
import pathlib
import re
import subprocess
import urllib.parse
import xml.etree.ElementTree

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EX_USAGE, EX_DATAERR, EX_CANTCREAT, EX_TEMPFAIL = 64, 65, 73, 75
ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGES = ("en", "de", "ja")
# What HTML, XML, URLs, CSV and file systems each have a meaning for.
HOSTILE = "=a<b>&\"'#?%41/..\\ü 二"
REASON = "a topic <i>was</i> read & \"twice\""
BASE = "https://www.example.com/threats/"
WORMS = ("worms", "--from", "2024-01", "--to", "2024-03")


def events(first, count, name="WORM.A", country=None, month=None):
    return [{"id": f"event-{number}", "device": f"device-{number}", "name": name,
             "country": country or ("JP", "US", "FR")[number % 3], "product": "Endpoint", "os": "=Windows",
             "time": f"2024-{month or number % 3 + 1:02}-10T00:00:00Z"}
            for number in range(first, first + count)]


def heartbeats():
    """Each machine, and as many that were never infected, in each of the months."""
    return [{"device": f"device-{number}", "country": ("JP", "US", "FR")[number % 3], "os": "=Windows",
             "time": f"2024-{month:02}-10T00:00:00Z"} for month in (1, 2, 3) for number in range(60)]


def site(database, folder, *options, code=0):
    return database.command("site", "-o", folder, *options, code=code)


def publish(database, folder, *window, code=0):
    return database.command("publish", *window, "-o", folder, code=code)


def fill(database, folder, page="text"):
    """Two threats and three windows: a restatement, a withdrawal, editions in one language alone."""
    database.set_threat("worms", "WORM*", en="Worms", ja="ワーム", de="Würmer")
    database.load_events(events(0, 30))
    database.kansen.run("threat", "set", "--db", database.conninfo, "--name", f"en={HOSTILE}", "--match", "WORM*",
                        "--", HOSTILE)
    publish(database, folder, *WORMS, "--lang", "en,ja,de", "--format", "text,csv,json", "--by", "os")
    publish(database, folder, "worms", "--from", "2024-02", "--to", "2024-02", "--lang", "en", "--format",
            f"{page},csv", "--unique")
    database.kansen.run("publish", "--from", "2024-03", "--to", "2024-03", "--lang", "en", "--format", "csv,json",
                        "-o", folder, "--db", database.conninfo, "--", HOSTILE)
    database.load_events(events(100, 5, country="DE", month=3))
    publish(database, folder, *WORMS, "--restate")
    database.command("editions", "withdraw", "worms", "1", "--from", "2024-02", "--to", "2024-02", "--because", REASON)


@pytest.fixture(scope="module")
def written(shared_database, tmp_path_factory):
    """The folder of a site, and the database behind it."""
    shared_database.load_events(heartbeats(), "--heartbeats")
    fill(shared_database, tmp_path_factory.mktemp("published"), page="html")
    folder = tmp_path_factory.mktemp("site") / "site"
    site(shared_database, folder)
    return folder, shared_database


@pytest.fixture(scope="module")
def addressed(written, tmp_path_factory):
    folder = tmp_path_factory.mktemp("addressed") / "site"
    site(written[1], folder, "--base-url", BASE.rstrip("/"))
    return folder


def listed(folder):
    lines = (folder / ".kansen-site").read_text(encoding="utf-8").splitlines()
    return {line[66:]: line[:64] for line in lines}


def pages(folder):
    return [folder / name for name in listed(folder) if name.endswith(".html") and not name.startswith("files/")]


def stat_of(folder):
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def read(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- pages

class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def links(self):
        return [attributes[name] for _, attributes in self.elements for name in ("href", "src") if name in attributes]


def test_pages_are_valid_html(written):
    html5lib = pytest.importorskip("html5lib")
    folder, _ = written
    assert len(pages(folder)) > 30
    for path in pages(folder):
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(path.read_text(encoding="utf-8"))
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), path
        leads = {each for element in tree.iter() for each in (element.get("aria-labelledby") or "").split()}
        leads |= {element.get("href")[1:] for element in tree.iter("a") if element.get("href").startswith("#")}
        assert leads <= set(ids), path
        assert len(list(tree.iter("h1"))) == len(list(tree.iter("main"))) == 1


def test_every_link_is_relative_and_leads_to_a_file(written):
    folder, _ = written
    reached = set()
    for path in pages(folder):
        for link in Page(path).links():
            assert not re.match(r"[a-z]+:|/", link), f"{path}: {link}"
            if not link.startswith("#"):
                found = (path.parent / urllib.parse.unquote(link)).resolve()
                assert found.is_file() and found.is_relative_to(folder.resolve()), f"{path}: {link}"
                reached.add(str(found.relative_to(folder.resolve())))
    # The root's page is there for who comes first; what a page shows beside its file is no link.
    assert set(listed(folder)) - reached == {"index.html"}


def test_each_page_is_there_in_each_language(written):
    folder, _ = written
    names = {language: {name.removeprefix(f"{language}/") for name in listed(folder)
                        if name.startswith(f"{language}/")} for language in LANGUAGES}
    assert names["en"] == names["de"] == names["ja"]
    assert {"index.html", "method.html", "data.html", "feed.xml", "months/2024-01.html",
            "threats/worms/index.html", "threats/worms/2024-01-2024-03-edition-2.html"} <= names["en"]
    for language in LANGUAGES:
        page = Page(folder / language / "index.html")
        assert ("html", {"lang": language}) in page.elements
        assert {attributes["hreflang"] for tag, attributes in page.elements
                if tag == "link" and "hreflang" in attributes} == set(LANGUAGES)
    assert "ワーム" in (folder / "ja/index.html").read_text(encoding="utf-8")


def test_what_became_of_an_edition_is_said(written):
    folder, _ = written
    first = Page(folder / "en/threats/worms/2024-01-2024-03-edition-1.html")
    assert re.search(r"Edition 2, published on \w+ \d+, \d{4}, has taken its place", first.text)
    assert "2024-01-2024-03-edition-2.html" in "".join(first.links())
    second = Page(folder / "en/threats/worms/2024-01-2024-03-edition-2.html").text
    assert "This edition replaces edition 1" in second and "The total was 30; it is 35 now" in second
    assert "Late events" in second
    withdrawn = Page(folder / "en/threats/worms/2024-02-2024-02-edition-1.html").text
    assert f"The reason: {REASON}" in withdrawn
    for place in ("en/index.html", "en/threats/worms/index.html", "en/months/2024-02.html"):
        text = Page(folder / place).text
        assert REASON in text and "replaced by edition 2" in text and "current" in text, place


def test_the_newest_stands_first(written):
    folder, database = written
    page = (folder / "en/index.html").read_text(encoding="utf-8")
    expected = [row[0] for row in database.sql(
        "select to_char(published_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        " from report.editions order by published_at desc")]
    assert re.findall(r'<time datetime="([^"]+)"', page) == expected and len(expected) == 4


def test_a_month_has_the_figures_of_editions_that_stand(written):
    folder, _ = written
    page = (folder / "en/months/2024-03.html").read_text(encoding="utf-8")
    table = page[page.index("<tbody>"):page.index("</tbody>")]
    assert re.search(r'Worms</a></th><td class="n">15</td>', table)
    assert table.count("<tr>") == 2
    assert "10</td>" in (folder / "en/months/2024-02.html").read_text(encoding="utf-8")


def test_topics_and_roles_are_nobodys_business(written):
    folder, _ = written
    for path in pages(folder):
        assert "postgres" not in path.read_text(encoding="utf-8").lower(), path


def test_hostile_names_harm_nothing(written):
    folder, _ = written
    assert not list(folder.rglob("*41*.."))
    for path in pages(folder):
        page = Page(path)
        tags = {tag for tag, _ in page.elements}
        assert tags.isdisjoint({"b", "i", "iframe"}), path
        script, = [attributes for tag, attributes in page.elements if tag == "script"]
        assert (path.parent / script["src"]).resolve() == (folder / "tables.js").resolve()
        assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert HOSTILE in Page(folder / "en/index.html").text
    assert REASON in Page(folder / "en/index.html").text


# ---- files

def test_files_are_those_that_were_published(written):
    folder, database = written
    kept = database.sql("select name, content from report.edition_files")
    found = {path.name: path.read_bytes() for path in (folder / "files").rglob("*")
             if path.is_file() and not path.name.endswith("-metadata.json") and path.name != "SHA256SUMS"}
    assert found == {name: bytes(content) for name, content in kept} and len(found) > 20
    for sums in folder.rglob("SHA256SUMS"):
        subprocess.run(["sha256sum", "-c", "--quiet", "--strict", "SHA256SUMS"], cwd=sums.parent, check=True)
    subprocess.run(["sha256sum", "-c", "--quiet", "--strict", ".kansen-site"], cwd=folder, check=True)


# ---- feeds

def entries(path):
    return xml.etree.ElementTree.parse(path).getroot().findall(f"{ATOM}entry")


def text(element, name):
    found, = element.findall(f"{ATOM}{name}")
    return found.text


@pytest.mark.parametrize("where", ["written", "addressed"])
def test_feeds_are_atom(written, addressed, where):
    """What RFC 4287 demands of a feed and its entries."""
    folder = written[0] if where == "written" else addressed
    feeds = list(folder.rglob("feed.xml"))
    assert len(feeds) == len(LANGUAGES) * 3
    ids = set()
    for path in feeds:
        feed = xml.etree.ElementTree.parse(path).getroot()
        assert feed.tag == f"{ATOM}feed" and text(feed, "title") and text(feed, "updated")
        assert feed.find(f"{ATOM}author/{ATOM}name").text == "kansen"
        assert [link.get("rel") for link in feed.findall(f"{ATOM}link")] == ["self", "alternate"]
        times = [text(entry, "updated") for entry in entries(path)]
        assert times == sorted(times, reverse=True) and text(feed, "updated") == times[0]
        for element in (feed, *entries(path)):
            assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}",
                                text(element, "id"))
            for link in element.findall(f"{ATOM}link"):
                target = link.get("href")
                if where == "addressed":
                    assert target.startswith(BASE)
                    target = folder / urllib.parse.unquote(target.removeprefix(BASE))
                else:
                    target = path.parent / urllib.parse.unquote(target)
                assert target.resolve().is_file()
                if link.get("rel") == "enclosure":
                    assert int(link.get("length")) == target.stat().st_size
        ids |= {text(entry, "id") for entry in entries(path)} | {text(feed, "id")}
    # Five news in each language: of each feed and each entry an id of its own, in two feeds the same.
    assert len(ids) == len(LANGUAGES) * (3 + 5)


def test_a_feed_reader_is_content(written):
    feedparser = pytest.importorskip("feedparser")
    folder, _ = written
    feed = feedparser.parse(str(folder / "en/feed.xml"))
    assert not feed.bozo and feed.version == "atom10"
    titles = [entry.title for entry in feed.entries]
    assert titles[0] == "Worms, February 2024: edition 1 withdrawn"
    assert "Worms: 35 infections" in titles[1] and titles[1].endswith("(edition 2)")
    assert REASON in (feed.entries[0].summary, html.unescape(feed.entries[0].summary))
    assert [HOSTILE in title for title in titles].count(True) == 1


def test_ids_do_not_depend_on_the_address_or_what_came_later(written, addressed, database, tmp_path):
    folder, _ = written
    for language in LANGUAGES:
        assert [text(entry, "id") for entry in entries(folder / language / "feed.xml")] == [
            text(entry, "id") for entry in entries(addressed / language / "feed.xml")]
    fill(database, tmp_path / "published")
    seen = []
    for _ in range(2):
        site(database, tmp_path / "site")
        root = xml.etree.ElementTree.parse(tmp_path / "site/en/feed.xml").getroot()
        seen.append((text(root, "id"), [text(entry, "id") for entry in entries(tmp_path / "site/en/feed.xml")]))
        publish(database, tmp_path / "published", *WORMS, "--restate", "--force")
    assert seen[0][0] == seen[1][0] and seen[1][1][1:] == seen[0][1] and len(seen[1][1]) == 6


def test_news_of_one_second_stand_in_their_order(database, tmp_path):
    """Withdrawn, then another edition, within one second; a moment later an edition and its withdrawal."""
    fill(database, tmp_path / "published")
    database.sql("set session_replication_role = replica; "
                 "update kansen.edition set published_at = "
                 "'2024-05-01 00:00:00Z'::timestamptz + interval '100 milliseconds' * number; "
                 "update kansen.edition_withdrawal set withdrawn_at = '2024-05-01 00:00:00.15Z'")
    site(database, tmp_path / "site")
    news = [(text(entry, "title"), text(entry, "updated")) for entry in entries(tmp_path / "site/en/feed.xml")]
    assert {time for _, time in news} == {"2024-05-01T00:00:00Z"} and len(news) == 5
    assert [("withdrawn" in title, "edition 2" in title.lower()) for title, _ in news] == [
        (False, True), (True, False), (False, False), (False, False), (False, False)]


def test_a_sitemap_has_every_page(written, addressed):
    assert not (written[0] / "sitemap.xml").exists()
    root = xml.etree.ElementTree.parse(addressed / "sitemap.xml").getroot()
    places = [element.text for element in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert all(place.startswith(BASE) for place in places)
    found = {str(path.relative_to(addressed)) for path in pages(addressed)} - {"index.html"}
    assert sorted(urllib.parse.unquote(place.removeprefix(BASE)) for place in places) == sorted(found)
    page = (addressed / "en/index.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{BASE}en/index.html">' in page


# ---- data

def rows(folder, name):
    return list(csv.DictReader(io.StringIO((folder / "data" / name).read_text(encoding="utf-8"), newline="")))


def test_figures_are_those_of_the_editions(written):
    folder, database = written
    assert [(row["threat"], row["edition"], row["total"], row["standing"], row["replaced_by"])
            for row in rows(folder, "editions.csv")] == [
        ("worms", "2", "35", "current", ""), (f"'{HOSTILE}", "1", "10", "current", ""),
        ("worms", "1", "10", "withdrawn", ""), ("worms", "1", "30", "replaced", "2")]
    months = {(row["threat"], row["from"], row["edition"], row["month"]): row["infections"]
              for row in rows(folder, "months.csv")}
    assert months["worms", "2024-01", "1", "2024-03"] == "10" and months["worms", "2024-01", "2", "2024-03"] == "15"
    assert len(months) == 3 + 3 + 1 + 1
    for edition, total in (("1", 30), ("2", 35)):
        for dimension in ("country", "os"):
            lines = [row for row in rows(folder, "values.csv")
                     if (row["threat"], row["from"], row["edition"], row["dimension"])
                     == ("worms", "2024-01", edition, dimension)]
            assert sum(int(row["infections"]) for row in lines) == total
            assert sum(round(float(row["share"]) * 100) for row in lines) == 10000
    assert database.sql("select count(*) from report.editions")[0][0] == 4


def check_table(path, description):
    """What W3C's vocabulary says of columns holds: their names in order, their types."""
    types = {"string": ".*", "integer": "-?[0-9]+", "decimal": r"-?[0-9]+(\.[0-9]+)?", "boolean": "true|false",
             "gYearMonth": r"\d{4}-\d\d", "dateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "anyURI": r"\S+"}
    columns = description["tableSchema"]["columns"]
    lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    assert lines[0] == [column["name"] for column in columns]
    assert len(lines) > 1
    for line in lines[1:]:
        for column, value in zip(columns, line, strict=True):
            assert value == "" or re.fullmatch(types[column["datatype"]], value, re.DOTALL), (path, column, value)
    for column in columns:
        assert column["dc:description"], f"{path}: nobody knows what {column['name']} is"
    return lines


def test_csv_on_the_web_describes_every_table(written):
    folder, _ = written
    group = json.loads((folder / "data/csv-metadata.json").read_text(encoding="utf-8"))
    assert group["@context"] == "http://www.w3.org/ns/csvw"
    tables = {table["url"]: table for table in group["tables"]}
    assert set(tables) == {path.name for path in (folder / "data").glob("*.csv")}
    keys = {}
    for name, table in tables.items():
        lines = check_table(folder / "data" / name, table)
        key = table["tableSchema"].get("primaryKey")
        if key:
            places = [lines[0].index(column) for column in key]
            keys[name] = [tuple(line[place] for place in places) for line in lines[1:]]
            assert len(keys[name]) == len(set(keys[name]))
        for foreign in table["tableSchema"].get("foreignKeys", []):
            places = [lines[0].index(column) for column in foreign["columnReference"]]
            assert {tuple(line[place] for place in places) for line in lines[1:]} <= set(keys["editions.csv"])
    published = list((folder / "files").rglob("*.csv"))
    assert len(published) == 3 + 3 + 1 + 1
    for path in published:
        described = json.loads(path.with_name(path.name + "-metadata.json").read_text(encoding="utf-8"))
        assert urllib.parse.unquote(described["url"]) == path.name
        check_table(path, described)


def strict(schema):
    """The schema that also refuses what it doesn't know."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    if "properties" in made and made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made


@pytest.fixture(scope="module")
def validators(written):
    jsonschema = pytest.importorskip("jsonschema")
    found = {}
    for path in (written[0] / "schemas").iterdir():
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        assert path.read_bytes() == (ROOT / "site/schemas" / path.name).read_bytes()
        found[path.name.split("-")[0]] = jsonschema.Draft202012Validator(strict(schema))
    return found


def test_json_is_what_its_schema_says(written, validators):
    folder, database = written
    data = json.loads((folder / "data/editions.json").read_text(encoding="utf-8"))
    validators["editions"].validate(data)
    assert (folder / "data" / data["$schema"]).resolve().is_file()
    for edition in data["editions"]:
        for file in edition["files"]:
            content = (folder / "data" / urllib.parse.unquote(file["url"])).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
        for page in edition["pages"].values():
            assert (folder / "data" / urllib.parse.unquote(page)).is_file()
    published = [path for path in (folder / "files").rglob("*.json") if not path.name.endswith("-metadata.json")]
    assert len(published) == 3 + 3 + 1
    for path in published:
        report = json.loads(path.read_text(encoding="utf-8"))
        validators["report"].validate(report)
        assert report["rates"], "there are heartbeats"
    for options in ((), ("--unique",), ("--by", "country,name,product,version,os,segment"),
                    ("--suppress-below", "8", "--by", "os"), ("--top", "1")):
        for window in (("2024-01", "2024-03"), ("2023-01", "2024-02"), ("2024-03", "2024-03")):
            result = database.command("stats", "worms", "--from", window[0], "--to", window[1], "--format", "json",
                                      *options)
            validators["report"].validate(result.json())


def test_golden_reports_are_what_the_schema_says(validators):
    golden = sorted((ROOT / "tests/golden").glob("*.json"))
    assert len(golden) >= 3
    for path in golden:
        validators["report"].validate(json.loads(path.read_text(encoding="utf-8")))


def test_a_schema_refuses_what_is_wrong(written, validators):
    folder, _ = written
    data = json.loads((folder / "data/editions.json").read_text(encoding="utf-8"))
    for change in ({"total": "35"}, {"total": -1}, {"from": "2024-13"}, {"standing": "gone"}, {"more": 1}):
        wrong = {"editions": [{**data["editions"][0], **change}]}
        assert not validators["editions"].is_valid(wrong), change
    report = json.loads(next((folder / "files").rglob("*edition-2.en.json")).read_text(encoding="utf-8"))
    for change in ({"total": None}, {"unknown": 1}, {"months": [{"month": "2024-1"}]},
                   {"countries": [{"share": 1.5}]}):
        assert not validators["report"].is_valid({**report, **change}), change


# ---- a folder that is written again

def test_a_second_run_touches_nothing(written):
    folder, database = written
    before = stat_of(folder), read(folder)
    said = site(database, folder).stdout
    assert re.search(rf"4 editions; 0 files written, {len(listed(folder))} kept, 0 removed", said)
    assert (stat_of(folder), read(folder)) == before


def test_two_folders_are_the_same(written, tmp_path):
    folder, database = written
    site(database, tmp_path / "elsewhere")
    assert read(tmp_path / "elsewhere") == read(folder)


def test_only_what_changed_is_written(database, tmp_path):
    fill(database, tmp_path / "published")
    folder = tmp_path / "site"
    site(database, folder)
    before, bytes_before = stat_of(folder), read(folder)
    publish(database, tmp_path / "published", "worms", "--from", "2024-01", "--to", "2024-01", "--lang", "en",
            "--format", "text")
    said = site(database, folder).stdout
    after = stat_of(folder)
    changed = {str(path.relative_to(folder)) for path in after if before.get(path) != after[path]}
    assert f"{len(changed) - 1} files written" in said, "and the list"
    assert {name for name, content in read(folder).items() if bytes_before.get(name) != content} == changed
    for name in ("en/threats/worms/2024-01-2024-03-edition-2.html", "en/method.html", "en/months/2024-03.html",
                 "style.css", "schemas/report-1.schema.json", "data/csv-metadata.json"):
        assert name not in changed, name
    assert {"en/index.html", "en/feed.xml", "en/threats/worms/2024-01-2024-01-edition-1.html"} <= changed


def test_what_is_no_longer_of_the_site_goes_and_nobody_elses(written, tmp_path):
    _, database = written
    folder = tmp_path / "site"
    site(database, folder, "--base-url", BASE)
    (folder / "mine.html").write_text("mine", encoding="utf-8")
    (folder / "files/notes.txt").write_text("mine", encoding="utf-8")
    (folder / "en/old").mkdir()
    old = folder / "en/old/page.html"
    old.write_text("old", encoding="utf-8")
    other = folder / "en/changed.html"
    other.write_text("changed by somebody", encoding="utf-8")
    with (folder / ".kansen-site").open("a", encoding="utf-8") as file:
        for path in (old, other):
            file.write(f"{hashlib.sha256(b'old').hexdigest()}  {path.relative_to(folder)}\n")
    result = site(database, folder)
    assert "2 removed" in result.stdout, "the page, and the sitemap"
    assert "somebody changed it: left where it is" in result.stderr
    assert not old.exists() and not old.parent.exists() and not (folder / "sitemap.xml").exists()
    assert other.read_text(encoding="utf-8") == "changed by somebody"
    assert (folder / "mine.html").exists() and (folder / "files/notes.txt").exists()
    assert "2 removed" not in site(database, folder).stdout


def test_somebody_elses_file_is_not_written_over(written, tmp_path):
    _, database = written
    (tmp_path / "index.html").write_text("mine", encoding="utf-8")
    result = site(database, tmp_path, code=EX_CANTCREAT)
    assert f"{tmp_path}/index.html was not written by kansen site" in result.stderr
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "mine"
    (tmp_path / "index.html").unlink()
    assert "1 files written" in site(database, tmp_path).stdout, "it goes on where it ended"


def test_what_was_damaged_is_mended(written, tmp_path):
    _, database = written
    site(database, tmp_path / "site")
    whole = read(tmp_path / "site")
    (tmp_path / "site/en/index.html").write_text("half", encoding="utf-8")
    next((tmp_path / "site/files").rglob("*.csv")).unlink()
    assert "2 files written" in site(database, tmp_path / "site").stdout
    assert read(tmp_path / "site") == whole


def test_a_run_that_died_is_gone_on_with(written, tmp_path):
    """Its list was written before its files; the last line may have been cut off."""
    _, database = written
    folder = tmp_path / "site"
    site(database, folder)
    whole = read(folder)
    (folder / ".kansen-site").write_text(
        (folder / ".kansen-site").read_text(encoding="utf-8") + "0123abc", encoding="utf-8")
    site(database, folder)
    assert read(folder) == whole


@pytest.mark.parametrize("line", ["0" * 64 + "  ../outside", "0" * 64 + "  /etc/passwd", "0" * 64 + "  a//b",
                                  "0" * 64 + "  a/./b", "0" * 64 + "  .kansen-site", "0" * 63 + "  a", "mine"])
def test_a_list_that_is_none_is_refused(written, tmp_path, line):
    """Nothing outside of the folder can be removed by it."""
    _, database = written
    folder = tmp_path / "site"
    folder.mkdir()
    (tmp_path / "outside").write_bytes(b"")
    (folder / ".kansen-site").write_text(line + "\n", encoding="utf-8")
    result = site(database, folder, code=EX_DATAERR)
    assert ".kansen-site:1:" in result.stderr
    assert (tmp_path / "outside").exists() and [path.name for path in folder.iterdir()] == [".kansen-site"]


def test_two_runs_do_not_meet(written, tmp_path):
    _, database = written
    folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        result = site(database, tmp_path, code=EX_TEMPFAIL)
    finally:
        os.close(folder)
    assert "another kansen site is writing into it" in result.stderr and not list(tmp_path.iterdir())


def test_a_damaged_edition_is_named(database, tmp_path):
    fill(database, tmp_path / "published")
    database.sql("update kansen.edition_file set content = 'x' where name like '%%edition-2.en.csv'")
    result = site(database, tmp_path / "site", code=EX_DATAERR)
    assert "edition-2.en.csv is damaged" in result.stderr
    assert not (tmp_path / "site/index.html").exists()


# ---- what is said

def test_without_an_edition_nothing_is_written(database, tmp_path):
    result = site(database, tmp_path / "site")
    assert "nothing is published yet" in result.stderr and "kansen publish" in result.stderr
    assert result.stdout == "" and not (tmp_path / "site").exists()


def test_a_site_is_not_emptied_by_the_wrong_database(written, database, tmp_path):
    site(written[1], tmp_path / "site")
    before = stat_of(tmp_path / "site")
    result = site(database, tmp_path / "site", code=EX_DATAERR)
    assert "is it the right database?" in result.stderr and stat_of(tmp_path / "site") == before


@pytest.mark.parametrize(("options", "said"), [
    ((), "-o DIR is missing"),
    (("-o", "x", "--base-url", "example.com"), "https://"),
    (("-o", "x", "--base-url", "https://"), "names no server"),
    (("-o", "x", "--base-url", "https://example.com/a b"), "%XX"),
    (("-o", "x", "--base-url", "https://example.com/?a"), "%XX"),
    (("-o", "x", "--base-url", "javascript:alert(1)"), "https://"),
    (("-o", "x", "worms"), "unexpected argument"),
])
def test_what_can_not_be_is_refused(written, tmp_path, options, said):
    result = written[1].command("site", *options, code=EX_USAGE, cwd=tmp_path)
    assert said in result.stderr and not list(tmp_path.iterdir())


def test_a_template_dresses_the_site(written, tmp_path):
    site(written[1], tmp_path / "site", "--template", ROOT / "docs/template-example")
    page = Page(tmp_path / "site/en/index.html")
    logo, = (attributes for tag, attributes in page.elements if tag == "img")
    assert logo["alt"] == "Example Security" and (tmp_path / "site/en" / logo["src"]).is_file()
    assert (ROOT / "docs/template-example/style.css").read_text(encoding="utf-8").strip() in (
        tmp_path / "site/style.css").read_text(encoding="utf-8")
    feed = xml.etree.ElementTree.parse(tmp_path / "site/en/feed.xml").getroot()
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "Example Security"
    assert "At a glance" in Page(tmp_path / "site/en/threats/worms/2024-01-2024-03-edition-2.html").text


def test_every_word_of_the_site_is_on_some_page(database, tmp_path):
    """Each message gets a mark by a template of words, and each mark is met."""
    words = (ROOT / "reports/languages/en.messages").read_text(encoding="utf-8").replace("\\\n", "")
    keys = re.findall(r"^(site_\w+) = ", words, re.MULTILINE)
    assert len(keys) > 60
    template = tmp_path / "template"
    template.mkdir()
    marked = [f"{key} = <{key}>{text}" for key, text in re.findall(r"^(site_\w+) = (.*)$", words, re.MULTILINE)]
    (template / "en.messages").write_text("[messages]\n" + "\n".join(marked) + "\n", encoding="utf-8")
    fill(database, tmp_path / "published")
    month = database.value("select to_char(now() at time zone 'UTC', 'YYYY-MM')")
    publish(database, tmp_path / "published", "worms", "--from", month, "--to", month, "--provisional", "--lang", "en",
            "--format", "text,html")
    site(database, tmp_path / "site", "--template", template)
    met = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "site/en").rglob("*.*")
                  if path.is_file())
    assert [key for key in keys if f"&lt;{key}&gt;" not in met] == []


# ---- in a browser

KINDS = ("en/index.html", "ja/index.html", "en/threats/worms/index.html", "de/months/2024-02.html",
         "en/threats/worms/2024-01-2024-03-edition-1.html", "ja/threats/worms/2024-02-2024-02-edition-1.html",
         "de/method.html", "ja/data.html")


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_and_nothing_is_fetched_from_elsewhere(browser, axe, written, kind):
    folder, _ = written
    for width, dark in ((360, False), (1600, True)):
        browser.open((folder / kind).as_uri(), width=width, dark=dark)
        assert set(browser.requests()) == {
            (folder / name).as_uri() for name in (kind, "style.css", "tables.js")}
        assert not browser.complaints()
        assert browser.value("document.scripts.length") == 1
        assert browser.value("document.documentElement.scrollWidth") <= width
        assert browser.value("getComputedStyle(document.querySelector('.page')).backgroundColor") == (
            "rgb(26, 33, 42)" if dark else "rgb(255, 255, 255)"), "the style sheet is found"
        assert not browser.examine(axe), f"{width} pixels"


def test_the_pages_own_policy_lets_the_style_sheet_in(browser, written):
    browser.open((written[0] / "en/index.html").as_uri())
    browser.ask("Page.setBypassCSP", enabled=False)
    browser.events = []
    browser.ask("Page.reload")
    browser.wait_for("Page.loadEventFired")
    assert browser.value("getComputedStyle(document.querySelector('.skip')).position") == "absolute"


def test_a_link_is_followed_by_keys(browser, written):
    browser.open((written[0] / "index.html").as_uri())
    for _ in range(2):
        browser.press("Tab")
    assert browser.value("document.activeElement.textContent") == "Threat reports"
    assert browser.value("document.activeElement.href").endswith("/en/index.html")

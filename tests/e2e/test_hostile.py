"""Hostile names, times and shapes of JSON, from a file to every page: each is stored as what it is or
rejected for what it is, and harms nothing where it is shown."""

import csv
import html
import html.parser
import io
import json
import re
import unicodedata

import pytest

import hostile_events

THREAT, FIRST, LAST = "hostile", "2013-09", "2013-10"
CONTROLS = {*range(32), *range(0x7F, 0xA0)} - {10}
TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Those of a threat are one line of readable text; all else is for malware alone.
READABLE = [name for _, name in hostile_events.NAMES
            if name == name.strip() and len(name.encode()) < 200
            and not any(unicodedata.category(each) in ("Cc", "Cf", "Cn", "Co", "Zl", "Zp")
                        for each in name)]


def shown(name):
    """As people are shown it: what turns or moves text is spelled out."""
    return "".join(f"\\u{{{ord(each):04X}}}" if ord(each) in CONTROLS | {10} or each in TURNING
                   else each for each in name)


def assert_harmless(text):
    """Lines of CSV end as RFC 4180 has it."""
    text = text.replace("\r\n", "\n")
    assert not [each for each in text if ord(each) in CONTROLS or each in TURNING], text


@pytest.fixture(scope="module")
def loaded(shared_database, tmp_path_factory):
    """The database behind a file of all lines, and the file. It is loaded twice: nothing is new."""
    path = tmp_path_factory.mktemp("hostile") / "events.ndjson"
    rows = [row[0] for row in hostile_events.stored() + hostile_events.rejected()]
    path.write_bytes(b"".join(row + b"\n" for row in rows))
    for _ in range(2):
        result = shared_database.load(path, code=65)
        assert_harmless(result.stderr)
    return shared_database, path


def test_there_are_enough_of_each():
    assert len(hostile_events.NAMES) + len(hostile_events.TIMES) >= 40
    assert len(hostile_events.SHAPES) + len(hostile_events.BAD_SHAPES) >= 100
    assert len(READABLE) >= 15


def test_what_is_stored_has_its_name_and_time(loaded):
    database, _ = loaded
    kept = dict(((name, when), count) for name, when, count in database.sql(
        "select malware_name, event_time, count(*) from report.detections group by 1, 2"))
    expected = {}
    for _, name, instant in hostile_events.stored():
        expected[name, instant] = expected.get((name, instant), 0) + 1
    assert kept == expected
    database.verify()


def test_what_is_rejected_has_its_reason_and_cause(loaded):
    database, path = loaded
    before = len(hostile_events.stored())
    kept = {number: row for number, *row in database.sql(
        "select \"offset\", reason, detail, value from kansen.dead_letter where topic = %s",
        (str(path),))}
    wrong = []
    for number, (message, reason, part) in enumerate(hostile_events.rejected(), before + 1):
        found, detail, value = kept.pop(number, ("not rejected", "", b""))
        if found != reason or part not in detail or bytes(value) != message:
            wrong.append(f"{found} ({detail}) must be {reason} ({part}): {message[:150]!r}")
        assert_harmless(detail)
        assert detail.isascii() and len(detail) < 256
    assert not wrong, "\n".join(wrong)
    assert not kept


def test_dead_letters_are_shown_without_harm(loaded):
    database, path = loaded
    first = len(hostile_events.stored()) + 1
    letters = hostile_events.rejected()
    for place in range(0, len(letters), 9):
        database.command("dead-letters", "show", path, first + place)
    for number in (first, first + len(letters) - 1):
        letter = database.command("dead-letters", "show", path, number)
        assert_harmless(letter.stdout)
        raw = database.command("dead-letters", "show", path, number, "--raw")
        assert raw.bytes == letters[number - first][0]
    for options in ((), ("--each",), ("--each", "--format", "csv"), ("--each", "--format", "json")):
        assert_harmless(database.command("dead-letters", "list", *options).stdout)


def test_a_threat_counts_exactly_the_name_that_it_names(loaded):
    """`*` and `?` alone match more than themselves."""
    database, _ = loaded
    names = [name for _, name in hostile_events.NAMES if name in READABLE and not set(name) & set("*?")]
    database.set_threat(THREAT, *names)
    months = database.stats(THREAT, FIRST, LAST)["months"]
    assert [month["detections"] for month in months] == [len(names), 0]
    assert [month["infections"] for month in months] == [len(names), 0]
    database.set_threat(THREAT, "PLAIN.A")
    plain = [time for _, name, time in hostile_events.stored() if name == "PLAIN.A"]
    months = database.stats(THREAT, FIRST, LAST)["months"]
    assert [month["detections"] for month in months] == [
        sum(time.month == month for time in plain) for month in (9, 10)]
    assert len(plain) < len(hostile_events.stored())


# ---- a hostile name on every page

class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.handlers, self.text = set(), [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.handlers += [name for name, _ in attributes if name.startswith("on")]

    def handle_data(self, data):
        self.text += data


def texts_in(value):
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts_in(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts_in(each)]
    return [value] if isinstance(value, str) else []


def check_html(content, name):
    page = Page(content)
    assert page.tags.isdisjoint({"script", "iframe", "object"}) and not page.handlers
    assert shown(name) in page.text


def check_csv(content, name):
    cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert [cell for cell in cells if cell in (name, f"'{name}")]


def check_json(content, name):
    assert [text for text in texts_in(json.loads(content)) if name in text]


def check_markdown(content, name):
    """No tag and no link of the name's; what a reader sees of its heading is the name."""
    heading = next(line for line in content.splitlines() if line.startswith("# "))
    assert "<" not in heading and not re.search(r"(?<!\\)\]\((?!#)", heading)
    assert shown(name).replace("\\", "") in html.unescape(heading).replace("\\", "")


def check_text(content, name):
    assert shown(name) in content.replace("\n", " ")


CHECKS = {"html": check_html, "csv": check_csv, "json": check_json, "md": check_markdown,
          "txt": check_text}


@pytest.mark.parametrize("name", READABLE)
def test_a_name_is_itself_in_every_format(loaded, tmp_path, name):
    database, _ = loaded

    def run(*words):
        return database.kansen.run(*words, "--db", database.conninfo, "--", name)

    run("threat", "set", "--name", f"en={name}", "--match", "PLAIN.A")
    run("report", "--from", FIRST, "--to", LAST, "--format", "text,md,html,csv,json", "-o", tmp_path)
    for suffix, check in CHECKS.items():
        (path,) = tmp_path.glob(f"*.{suffix}")
        content = path.read_bytes().decode("utf-8-sig")
        assert_harmless(content)
        check(content, name)
    for form in ("table", "csv", "json"):
        assert_harmless(run("stats", "--from", FIRST, "--to", LAST, "--format", form).bytes.decode())
    assert not list(tmp_path.rglob("pwned"))

"""`kansen load` of JSON arrays: on one line, over many, one a line, long, and damaged."""

import json

import pytest

from load_cases import count, event, lines


def letters(database):
    return [(line, element, reason) for line, element, reason in database.sql(
        'select "offset", element, reason from kansen.dead_letter order by 1, 2')]


def array(first, many, **layout):
    return json.dumps([event(number) for number in range(first, first + many)], **layout).encode()


# Each holds the events 0 to 5.
LAYOUTS = {
    "one line": array(0, 6),
    "pretty-printed": array(0, 6, indent=2),
    "indented by nothing": array(0, 6, indent=0),
    "tabs and CRLF": array(0, 6, indent="\t").replace(b"\n", b"\r\n"),
    "PostgreSQL's json_agg": array(0, 6).replace(b"}, {", b"}, \n {"),
    "commas in front": b"[\n" + b"\n,".join(lines(event(n)).strip() for n in range(6)) + b"\n]",
    "an array a line": array(0, 2) + b"\n" + array(2, 1) + b"\n\n" + array(3, 3) + b"\n",
    "arrays joined by cat": array(0, 3) + array(3, 3, indent=1),
    "lines and arrays": lines(event(0)) + array(1, 3) + b"\n" + lines(event(4)) + array(5, 1),
    "a byte order mark": b"\xef\xbb\xbf" + array(0, 6, indent=4),
    "blanks around": b"\n \t\n  " + array(0, 6, indent=4) + b"  \n\n ",
}


def test_every_layout_holds_the_same_events(database, tmp_path):
    for number, (name, text) in enumerate(LAYOUTS.items()):
        path = tmp_path / f"events-{number}.json"
        path.write_bytes(text)
        result = database.load(path)
        assert ("accepted=6" if number == 0 else "repeated=6") in result.stderr, (name, result)
    assert count(database) == 6
    assert letters(database) == []


def test_an_empty_array_holds_no_events(database):
    for text in (b"[]", b"[\n]\n", b" [ \n\n ] \n", b"[]\n[]\n"):
        assert "holds no events" in database.load("-", stdin=text).stderr
    assert letters(database) == []


def test_an_empty_array_among_events_is_a_dead_letter_as_from_kafka(database, tmp_path):
    path = tmp_path / "events.json"
    path.write_bytes(b"[]\n" + lines(event(0)) + array(1, 2) + b"\n[\n]\n" + lines(event(3)) + b"[]")
    result = database.load(path, code=65)
    assert letters(database) == [(1, 0, "empty"), (4, 0, "empty"), (7, 0, "empty")]
    assert count(database) == 4 and "an array without elements" in result.stderr
    assert f"{path}:1" in result.stderr and "3 of 7 lines were rejected" in result.stderr
    database.load(path, "--allow-rejected", "3")
    assert len(letters(database)) == 3


def test_elements_are_rejected_one_by_one_with_line_and_number(database, tmp_path):
    long = event(2, note="x" * 70000)
    odd = [event(1), {"no": "event"}, 5, "text", None, long, [event(8)], event(3)]
    path = tmp_path / "events.json"
    path.write_bytes(json.dumps(odd, indent=1).encode())
    result = database.load(path, code=65)
    assert count(database) == 2
    kept = letters(database)
    assert [(element, reason) for _, element, reason in kept] == [
        (2, "missing_field"), (3, "not_an_object"), (4, "not_an_object"), (5, "not_an_object"),
        (6, "too_large"), (7, "not_an_object")]
    assert kept[0][0] == path.read_bytes().split(b"\n").index(b"  \"no\": \"event\"")
    assert f"{path}:{kept[0][0]}[2]" in result.stderr
    database.load(path, code=65)
    assert letters(database) == kept
    path.write_bytes(json.dumps(odd).encode())
    database.load(path, code=65)
    assert [(line, element) for line, element, _ in letters(database) if line == 1] == [
        (1, element) for element in range(2, 8)]


def test_an_array_much_longer_than_any_buffer(database, tmp_path):
    path = tmp_path / "events.json"
    path.write_bytes(json.dumps([event(number, note="n" * 200) for number in range(60000)]).encode())
    assert path.stat().st_size > 16 << 20
    database.load(path)
    assert count(database) == 60000


def test_an_element_longer_than_anything_that_is_kept(database, tmp_path):
    path = tmp_path / "events.json"
    path.write_bytes(json.dumps([event(1), event(2, note="n" * (9 << 20)), event(3)]).encode())
    result = database.load(path, code=65)
    assert count(database) == 2
    assert letters(database) == [(1, 2, "too_large")]
    assert database.value("select octet_length(value) from kansen.dead_letter") == 8 << 20
    assert "the first 8388608 are kept" in result.stderr


def good(number):
    return lines(event(number)).strip()


# What is wrong -> (text, events that are stored, place of the letter or of the damage). An array that
# lies in one line costs the rest of it.
DAMAGED_LINES = {
    "no comma": (b"[" + good(1) + b" " + good(2) + b"]\n" + good(3) + b"\n", 2, (1, 2)),
    "two commas": (b"[" + good(1) + b",," + good(2) + b"]\n" + good(3), 2, (1, 2)),
    "a comma too many": (b"[" + good(1) + b",]\n" + good(3), 2, (1, 2)),
    "something behind": (b"[" + good(1) + b"] x\n" + good(3), 2, (1, 2)),
    "the wrong bracket": (b"[" + good(1) + b",{\"a\":]}\n" + good(3), 2, (1, 2)),
    "cut behind an element": (b"[" + good(1) + b"\n" + good(3) + b"\n", 2, (1, 2)),
    "cut in a string": (b"[" + good(1) + b",{\"a\":\"b\n[" + good(3) + b"]\n", 2, (1, 2)),
    "cut behind a value": (b"[" + good(1) + b",{\"a\":1\n[" + good(3) + b"]\n", 2, (1, 2)),
    "cut behind a brace": (b"[" + good(1) + b",{\"a\":{\n[" + good(3) + b"]\n", 2, (1, 2)),
}


@pytest.mark.parametrize("name", DAMAGED_LINES)
def test_damage_in_one_line_costs_the_rest_of_that_line(database, name):
    text, stored, place = DAMAGED_LINES[name]
    result = database.load("-", stdin=text, code=65)
    assert count(database) == stored, result
    assert letters(database) == [(*place, "bad_json")], result


DAMAGED_FILES = {
    "cut between elements": (array(0, 6, indent=1)[:-2], 6),
    "cut in an element": (array(0, 6, indent=1)[:-60], 5),
    "one line, cut": (array(0, 6)[:-60], 5),
    "no comma": (array(0, 6, indent=1).replace(b"},\n", b"}\n", 3).replace(b"}\n", b"},\n", 2), 3),
    "words between": (array(0, 6, indent=1).replace(b"},\n", b"} and\n", 1), 1),
}


@pytest.mark.parametrize("name", DAMAGED_FILES)
def test_damage_in_an_array_over_many_lines_ends_the_file_there(database, tmp_path, name):
    text, stored = DAMAGED_FILES[name]
    path = tmp_path / "events.json"
    path.write_bytes(text)
    other = tmp_path / "other"
    other.write_bytes(lines(event(100)))
    result = database.load(path, other, code=65)
    assert f"{path}:" in result.stderr and "array that begins in line 1" in result.stderr
    assert "what comes before is stored" in result.stderr
    assert count(database) == stored + 1, result
    assert letters(database) == []

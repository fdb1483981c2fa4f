"""A message that holds an array is that many events: one offset, each stored or rejected on its own."""

import json
import subprocess

import pytest

from test_dead_letters import context, received, relayed, replay, tables

OLD = ("--max-age", "9000")
LETTERS = ("select \"offset\", element, reason, value, key, headers from kansen.dead_letter"
           " order by 1, 2, letter_id")


def event(number, **changes):
    return {"id": f"event-{number}", "device": f"device-{number % 7}", "name": "WORM.A",
            "country": ("JP", "US", "DE")[number % 3],
            "time": f"2024-0{number % 3 + 4}-{number % 28 + 1:02}T00:00:00Z", **changes}


def encode(document):
    return json.dumps(document, ensure_ascii=False).encode()


def letters(database):
    return [(offset, element, reason, None if value is None else bytes(value))
            for offset, element, reason, value, _, _ in database.sql(LETTERS)]


def count(database):
    return database.value("select count(*) from report.detections")


BAD = (("missing_field", b"{}"), ("not_an_object", b"7"), ("not_an_object", b'[ {"a": 1} ]'),
       ("not_an_object", b"null"), ("nul", b'{"a":"\\u0000"}'),
       ("lone_surrogate", b'{"a":"\\ud800"}'), ("duplicate_key", b'{"x":1,"x":2}'),
       ("bad_country", encode(event(90, country="jp"))), ("missing_field", b"{}"))


def test_each_element_is_stored_or_rejected_on_its_own(kafka, topic, database):
    name = topic(1)
    good = [encode(event(number)) for number in range(20)]
    mixed = [value for pair in zip(good, (value for _, value in BAD)) for value in pair]
    kafka.produce(name, [
        encode(event(50)), b"[" + b", ".join(mixed) + b"]", b"[]", b" [\n] ", encode([event(51)]),
        b"[" + good[9] + b",]", encode([event(51), event(52), event(0), event(52)])])
    result = database.ingest(kafka, name, *OLD)
    assert letters(database) == [
        *((1, 2 * place + 2, reason, value) for place, (reason, value) in enumerate(BAD)),
        (2, 0, "empty", b"[]"), (3, 0, "empty", b" [\n] "),
        (5, 0, "bad_json", b"[" + good[9] + b",]")]
    assert count(database) == len(BAD) + 3
    # Repeats in the array, and of one before.
    assert "repeated=3" in result.stderr and "conflicting=0" in result.stderr
    assert database.stored_offsets(name) == {0: 7}
    database.verify()


def test_arrays_count_as_their_events_do_alone(kafka, topic, database, new_database):
    """However events are put together, the tables are the same."""
    name = topic(2)
    events = [event(number) for number in range(500)]
    alone = new_database()
    alone.load_events(events)
    for start in range(0, 500, 50):
        kafka.produce(name, [encode(events[start:start + 50])], start // 50 % 2)
    database.ingest(kafka, name, *OLD)
    assert tables(database) == tables(alone)


def test_a_message_of_as_many_elements_as_fit(kafka, topic, database):
    name = topic(1, max_message_bytes=4194304)
    whole = b"[" + b"1," * 32766 + b"1]"
    assert len(whole) == 65535
    kafka.produce(name, [encode([event(1)]), whole, encode([event(2)]), whole, b"[" + whole[1:] + b"  "])
    database.ingest(kafka, name, *OLD)
    assert count(database) == 2
    assert database.sql("select \"offset\", reason, count(*), min(element), max(element),"
                        " count(distinct element) from kansen.dead_letter"
                        " group by 1, 2 order by 1") == [
        (1, "not_an_object", 32767, 1, 32767, 32767), (3, "not_an_object", 32767, 1, 32767, 32767),
        (4, "too_large", 1, 0, 0, 1)]
    assert database.stored_offsets(name) == {0: 5}


def test_kcat_envelopes_whose_payload_is_an_array(database, tmp_path):
    envelope = {"topic": "old", "partition": 0, "offset": 7, "key": "k"}
    lines = [encode({**envelope, "payload": json.dumps([event(1), {"a": 1}, event(2)])}),
             encode([event(3), 5]), encode({**envelope, "payload": "[]"})]
    path = tmp_path / "events"
    path.write_bytes(b"\n".join(lines) + b"\n")
    for _ in range(2):  # the second time nothing is new
        database.load(path, code=None)
        assert letters(database) == [
            (1, 2, "missing_field", b'{"a": 1}'), (2, 2, "not_an_object", b"5"),
            (3, 0, "empty", lines[2])]
        assert count(database) == 3
    # Its own bytes, not the envelope's, are read again.
    assert replay(database, *OLD) == {"accepted": 0, "repeated": 0, "conflicting": 0, "rejected": 3}
    assert len(letters(database)) == 3


def test_an_element_that_postgresql_refuses_keeps_its_bytes(kafka, topic, database):
    name = topic(1)
    events = [event(number) for number in range(30)]
    kafka.produce(name, [encode(events[:10]), encode(events[10:])])
    database.sql("alter table kansen.detection add constraint no_us check (country <> 'US')")
    database.ingest(kafka, name, *OLD)
    expected = [(number // 10 if number < 10 else 1, number + 1 if number < 10 else number - 9,
                 "store", encode(events[number])) for number in range(30) if number % 3 == 1]
    assert letters(database) == expected
    assert count(database) == 20
    database.sql("alter table kansen.detection drop constraint no_us")
    assert replay(database, *OLD)["accepted"] == 10
    assert count(database) == 30
    database.verify()


def test_dead_letters_of_elements_are_listed_shown_replayed_and_relayed(kafka, topic, database):
    name, target = topic(1), topic(1)
    late = [encode(event(number)) for number in (1, 2)]
    kafka.produce(name, [b"[" + b",".join([encode(event(0)), late[0], b"{}", late[1], b"{}"]) + b"]"])
    database.ingest(kafka, name, "--max-age", "1")
    assert [(element, reason) for _, element, reason, _ in letters(database)] == [
        (1, "time_out_of_range"), (2, "time_out_of_range"), (3, "missing_field"),
        (4, "time_out_of_range"), (5, "missing_field")]
    listed = database.command("dead-letters", "list", "--each", "--format", "json").json()
    assert sorted(row["element"] for row in listed) == [1, 2, 3, 4, 5]
    table = database.command("dead-letters", "list", "--each").stdout
    assert f"  {name} 0 0, element 3\n" in table
    shown = database.command("dead-letters", "show", name, 0, 0).stdout
    assert [line for line in shown.splitlines() if line.startswith("element")] == [
        f"element    {number}" for number in range(1, 6)]
    number = next(row["letter"] for row in listed if row["element"] == 4)
    assert database.command("dead-letters", "show", number, "--raw").bytes == late[1]

    assert relayed(database, kafka, target) == (5, 0)
    messages = received(kafka, target)
    assert [message["payload"].encode() for message in messages][1:4] == [late[0], b"{}", late[1]]
    assert [context(message)["element"] for message in messages] == ["1", "2", "3", "4", "5"]

    assert replay(database, *OLD) == {
        "accepted": 3, "repeated": 0, "conflicting": 0, "rejected": 2}
    assert count(database) == 3
    assert database.value(
        "select count(*) from report.dead_letters where replayed_at is not null") == 3


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_a_dead_letter_that_holds_an_array_waits_for_each_element(database, bad):
    """As a version kept it that knew no arrays."""
    elements = [event(1), event(2), event(3)]
    if bad:
        elements[bad - 1] = {**elements[bad - 1], "country": "nowhere"}
    database.sql(
        "insert into kansen.dead_letter (source, topic, partition, \"offset\", value_hash, reason,"
        " detail, value) values ('kafka:x', 'old', 0, 1, gen_random_uuid(), 'not_an_object', '',"
        " %s)", (encode(elements),))
    for accepted, repeated in ((3 - (bad > 0), 0), (0, 3 - (bad > 0) if bad else 0)):
        assert replay(database, *OLD) == {
            "accepted": accepted, "repeated": repeated, "conflicting": 0, "rejected": int(bad > 0)}
        done, detail = database.sql(
            "select replayed_at is not null, detail from kansen.dead_letter")[0]
        assert done == (bad == 0)
        assert detail.startswith(f"element {bad}: country: ") or not bad
        assert count(database) == 3 - (bad > 0)
    database.verify()


def test_headers_and_key_stand_beside_each_element(kafka, topic, database):
    name = topic(1)
    subprocess.run(["kcat", "-P", "-b", kafka.brokers, "-t", name, "-p", "0", "-k", "the key",
                    "-H", "trace=abc"], input=b'[{},{},{"a":1}]', check=True)
    database.ingest(kafka, name)
    assert [(element, bytes(key), [bytes(each) for each in headers])
            for _, element, _, _, key, headers in database.sql(LETTERS)] == [
                (number, b"the key", [b"trace", b"abc"]) for number in (1, 2, 3)]

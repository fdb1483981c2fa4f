"""Bad messages among good ones: each is kept whole with its reason, and harms only itself."""

import collections
import datetime
import random

import pytest

import bad_events

SEED = 2013
NAME = "GOOD_EVENT.A"


def mixed(accepts):
    """(reason or None, message) in random order: every bad message that `accepts` takes, and as
    many good ones, each of a device of its own."""
    now = datetime.datetime.now(datetime.timezone.utc)
    table = bad_events.Table(now)
    rows = [row for row in table.rows if accepts(row[1])]
    good = [(None,
             bad_events.encode({**table.good, "name": NAME, "country": "JP", "id": f"id-{number}",
                                      "device": f"device-{number}"}))
            for number in range(len(rows))]
    rows += good
    random.Random(SEED).shuffle(rows)
    return rows


def check_good_ones(database, count):
    month = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    month = f"{month.year:04}-{month.month:02}"
    database.set_threat("good", NAME)
    assert database.stats("good", month, month)["total"] == count
    assert database.value("select count(*) from report.detections") == count
    database.verify()


def test_there_are_many_of_each_kind():
    rows = bad_events.Table(datetime.datetime.now(datetime.timezone.utc)).rows
    assert len(rows) >= 150
    assert len({message for _, message in rows}) == len(rows)
    assert min(collections.Counter(reason for reason, _ in rows).values()) >= 2


def test_through_kafka(kafka, topic, database):
    name = topic(2, max_message_bytes=4194304)
    rows = mixed(lambda message: True)
    placed = {0: rows[::2], 1: rows[1::2]}
    for partition, messages in placed.items():
        kafka.produce(name, [message for _, message in messages], partition)
    database.ingest(kafka, name)

    kept = {(partition, offset): (reason, value if value is None else bytes(value))
            for partition, offset, reason, value in database.sql(
                "select partition, \"offset\", reason, value from kansen.dead_letter"
                " where topic = %s and source like 'kafka:%%'", (name,))}
    expected = {(partition, offset): (reason, message)
                for partition, messages in placed.items()
                for offset, (reason, message) in enumerate(messages) if reason is not None}
    compare(kept, expected)
    assert database.stored_offsets(name) == {part: len(messages) for part,
                                             messages in placed.items()}
    check_good_ones(database, len(rows) // 2)


def test_through_a_file(tmp_path, database):
    def fits_a_line(message):
        """An empty array holds nothing that could be lost: a file may have it."""
        return (message is not None and message.strip() and b"\n" not in message
                and message.replace(b" ", b"") != b"[]")

    rows = mixed(fits_a_line)
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"".join(message + b"\n" for _, message in rows))
    for _ in range(2):  # the second time nothing is new
        database.load(path, "--max-age", 400, code=65)
        kept = {number: (reason, bytes(value)) for number, reason, value in database.sql(
            "select \"offset\", reason, value from kansen.dead_letter"
            " where topic = %s and source = 'file'", (str(path),))}
        compare(kept, {number: row for number, row in enumerate(rows, 1) if row[0] is not None})
    check_good_ones(database, len(rows) // 2)


def compare(kept, expected):
    wrong = [f"{place}: {kept.get(place, ('not kept',))[0]} must be {reason}:"
             f" {(message or b'')[:200]!r}"
             for place, (reason, message) in expected.items()
             if kept.get(place, (None,))[0] != reason]
    assert not wrong, "\n".join(wrong)
    good = sorted(kept.keys() - expected.keys())
    assert not good, f"good ones that were rejected: {good}"
    changed = [place for place, row in expected.items() if kept[place] != row]
    assert not changed, f"not kept as they came: {changed}"


@pytest.mark.parametrize("key", ["name", "device", "id"])
def test_the_longest_texts_are_taken(database, key):
    limits = {"name": 256, "device": 128, "id": 128}
    now = datetime.datetime.now(datetime.timezone.utc)
    event = {**bad_events.Table(now).good, key: "x" * limits[key]}
    database.load_events([event])
    assert database.value("select count(*) from report.detections") == 1


def test_the_longest_message_is_taken(database):
    good = bad_events.Table(datetime.datetime.now(datetime.timezone.utc)).good
    short = len(bad_events.encode({**good, "note": ""}))
    message = bad_events.encode({**good, "note": "x" * (bad_events.MESSAGE_MAX - short)})
    assert len(message) == bad_events.MESSAGE_MAX
    database.load("-", stdin=message + b"\n")
    assert database.value("select count(*) from report.detections") == 1

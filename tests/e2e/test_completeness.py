"""Which months are complete, what a report says of the others, and that it never compares them.

The present month is the real one; months that are over lie years back, or are the last one."""

import csv
import io
import json
import signal

import pytest

from kafka_cases import produce_pairs, transactions
from servers import wait_until

OLD = ("--max-age", "9000")
FORMATS = ("text", "md", "html", "csv")


def events(month, count, name="WORM.A", country="JP", start=0):
    return [{"id": f"{month}-{name}-{number}", "device": f"device-{number}", "name": name,
             "country": country, "time": f"{month}-01T12:00:00Z"}
            for number in range(start, start + count)]


def lines_of(*lists):
    return [json.dumps(event).encode() for events in lists for event in events]


def months(database):
    """The present month by the database, the two before it and the next one."""
    return [text for text, in database.sql(
        "select to_char(m.month + make_interval(months => n), 'YYYY-MM')"
        " from report.calendar m, generate_series(-2, 1) n"
        " where m.starts_at <= now() and now() < m.ends_at order by n")]


def states(figures):
    return {month["month"]: month["state"] for month in figures["months"]}


def restated(database, *words):
    """A report in every format, as bytes; of JSON all but what it says about offsets."""
    written = [database.command("report", "worms", *words, "--format", name).bytes for name in FORMATS]
    figures = json.loads(database.command("report", "worms", *words, "--format", "json").bytes)
    del figures["offsets"]
    return [*written, json.dumps(figures).encode()]


@pytest.fixture
def worms(database):
    database.set_threat("worms", "WORM*", en="Worms", de="Würmer", ja="ワーム")
    return database


# ---- events of files

def test_a_month_of_files_is_complete_when_it_is_over(worms):
    before, last, present, _ = months(worms)
    worms.load_events(events("2013-10", 4) + events("2013-11", 3, name="OTHER") + events(last, 2)
                      + events(present, 1))
    figures = worms.stats("worms", "2013-09", "2013-11")
    assert states(figures) == {"2013-09": "no-data", "2013-10": "complete", "2013-11": "complete"}
    assert figures["completeness"] == {"complete": True, "source": "files", "beyond": "2013-12-01",
                                       "first_month": "2013-10", "first_day": "2013-10-01", "lagging": []}
    assert states(worms.stats("worms", before, present)) == {
        before: "no-data", last: "complete", present: "provisional"}
    rows = worms.sql("select to_char(month, 'YYYY-MM'), state from report.completeness order by month")
    assert rows[-1] == (present, "provisional")
    assert dict(rows)["2013-09"] == "no-data" and dict(rows)["2013-10"] == "complete"


def test_a_month_of_which_no_file_was_loaded_is_no_zero(worms, tmp_path):
    worms.load_events(events("2013-09", 4) + events("2013-10", 2, name="OTHER") + events("2013-12", 3))
    figures = worms.stats("worms", "2013-09", "2014-02")
    assert states(figures) == {"2013-09": "complete", "2013-10": "complete", "2013-11": "no-data",
                               "2013-12": "complete", "2014-01": "no-data", "2014-02": "no-data"}
    assert not figures["completeness"]["complete"]
    result = worms.command("report", "worms", "--from", "2013-09", "--to", "2014-02", "-o", tmp_path / "out",
                           "--require-complete", code=75)
    assert "no event is stored of 2013-11, 2014-01, 2014-02, and of what comes from files" in result.stderr
    assert "kansen load" in result.stderr and not (tmp_path / "out").exists()
    assert "2013-11" in worms.command("publish", "worms", "--from", "2013-11", "--to", "2013-12", "-o", tmp_path,
                                      code=75).stderr
    reports = {lang: " ".join(worms.command("report", "worms", "--from", "2013-09", "--to", "2013-12", "--format",
                                            "text", "--lang", lang).stdout.split()) for lang in ("en", "de", "ja")}
    assert "There is no data for November 2013; it is not part of the count." in reports["en"]
    assert "Für den November 2013 liegen keine Daten vor; er ist nicht mitgezählt." in reports["de"]
    assert "2013年11月のデータはなく" in reports["ja"]
    assert "lowest in October" in reports["en"] and "can't tell whether there was none" in reports["en"]
    worms.load_events(events("2013-11", 1, name="OTHER"))
    figures = worms.stats("worms", "2013-09", "2013-12")
    assert set(states(figures).values()) == {"complete"} and figures["completeness"]["complete"]


def test_a_stray_event_of_long_ago_completes_no_month_but_its_own(worms):
    worms.load_events(events("2008-05", 1) + events("2013-10", 4) + events("2013-11", 6))
    figures = worms.stats("worms", "2013-08", "2013-11")
    assert list(states(figures).values()) == ["no-data", "no-data", "complete", "complete"]
    said = " ".join(worms.command("report", "worms", "--from", "2013-10", "--to", "2013-11", "--format",
                                  "text").stdout.split())
    assert "since May 2008" not in said
    assert {row[0] for row in worms.sql("select to_char(month, 'YYYY-MM') from report.completeness"
                                        " where state = 'complete'")} == {"2008-05", "2013-10", "2013-11"}


@pytest.mark.parametrize(("zone", "time", "day"), [
    ("UTC", "2013-09-15T00:00:00Z", "2013-09-15"), ("Asia/Tokyo", "2013-09-14T16:00:00Z", "2013-09-15"),
    ("Asia/Tokyo", "2013-08-31T15:00:00Z", "2013-09-01")])
def test_a_month_whose_beginning_may_be_missing_is_said(new_database, zone, time, day):
    database = new_database(timezone=zone)
    database.set_threat("worms", "WORM*")
    first, *rest = events("2013-09", 1)
    database.load_events([{**first, "time": time}] + rest + events("2013-10", 4) + events("2013-12", 3))
    completeness = database.stats("worms", "2013-09", "2013-10")["completeness"]
    assert (completeness["first_month"], completeness["first_day"]) == ("2013-09", day)
    note = f"The first event that is stored is of September {int(day[-2:])}, 2013; what happened before it in September 2013 may be missing."
    late = day != "2013-09-01"
    # Also where it is only compared with, and not where it is neither.
    for window, there in ((("2013-09", "2013-10"), late), (("2013-10", "2013-10"), late), (("2013-12", "2013-12"), False)):
        for command in (("stats",), ("report", "--format", "text")):
            said = database.command(*command, "worms", "--from", window[0], "--to", window[1]).stdout
            assert (note in " ".join(said.split())) == there, window


def test_a_topic_that_is_retired_still_says_what_was_read_of_it(kafka, topic, worms):
    name = topic(1)
    kafka.produce_lines(name, lines_of(events("2013-10", 5)))
    worms.ingest(kafka, name, *OLD)
    worms.command("db", "retire", "--topic", name)
    worms.sql("update kansen.kafka_offset set read_until = '2014-01-20Z'")
    assert states(worms.stats("worms", "2013-10", "2014-02")) == {
        "2013-10": "complete", "2013-11": "complete", "2013-12": "complete", "2014-01": "no-data",
        "2014-02": "no-data"}


def test_a_database_without_events_has_no_data(worms):
    *_, present, _ = months(worms)
    assert set(states(worms.stats("worms", "2013-09", "2013-11")).values()) == {"no-data"}
    assert states(worms.stats("worms", present, present)) == {present: "no-data"}
    said = worms.command("report", "worms", "--from", "2013-09", "--to", "2013-11", "--format", "text").stdout
    assert "No infections were counted" not in said
    assert "There is no data for September to November 2013." in said
    said = worms.command("stats", "worms", "--from", "2013-09", "--to", "2013-11").stdout
    assert not any(character.isdigit() for character in said.split("Table 2", 1)[1].split("- There is no data")[0]
                   .split("\n", 1)[1]), "what nobody knows is no zero"
    assert not worms.stats("worms", "2013-09", "2013-11")["completeness"]["complete"]


def test_months_before_the_first_event_are_not_counted_as_zero(worms):
    before, last, *_ = months(worms)
    worms.load_events(events(last, 3, name="OTHER"))
    said = worms.command("report", "worms", "--from", before, "--to", last, "--format", "text").stdout
    assert "There is no data for the time before " in said
    said = worms.command("stats", "worms", "--from", "2013-09", "--to", "2013-11", "--require-complete",
                         code=75)
    assert f"no event is stored of 2013-09 to 2013-11, the first one is of {last}" in said.stderr
    figures = worms.stats("worms", "2013-09", "2013-11")
    assert states(figures) == {"2013-09": "no-data", "2013-10": "no-data", "2013-11": "no-data"}
    assert not figures["completeness"]["complete"], "--require-complete refuses it"


@pytest.mark.parametrize("command", ["stats", "report"])
def test_the_future_is_refused(worms, command):
    _, last, present, future = months(worms)
    for window in (("--to", future), ("--from", present, "--to", future), ("--from", "2090-01", "--to", "2090-03")):
        result = worms.command(command, "worms", *window, code=64)
        assert "lies in the future" in result.stderr and present in result.stderr
        assert last in result.stderr and not result.bytes
    result = worms.command(command, "worms", "--from", future, code=64)
    assert f"the window's first month {future} lies in the future" in result.stderr and present in result.stderr
    result = worms.command(command, "worms", "--from", present, code=64)
    assert (f"--from {present}: without --to the window ends with the last month that is over, {last}; give"
            f" --to {present} for what has come of it so far") in result.stderr
    worms.command(command, "worms", "--from", present, "--to", present,
                  "--format", "json")


def test_months_are_cut_in_the_report_time_zone(new_database):
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        database = new_database(timezone=zone)
        database.set_threat("worms", "WORM*")
        *_, present, future = months(database)
        assert present == database.value(
            "select to_char(now() at time zone %s, 'YYYY-MM')", (zone,))
        database.load_events(events("2013-10", 1))
        assert states(database.stats("worms", present, present)) == {present: "provisional"}
        database.command("stats", "--to", future, code=64)


def test_what_is_not_complete_is_marked_and_not_compared(worms):
    before, last, present, _ = months(worms)
    worms.load_events(events(last, 9) + events(present, 2))
    window = ("--from", before, "--to", present)
    reports = {lang: worms.command("report", "worms", *window, "--format", "text", "--lang", lang).stdout
               for lang in ("en", "de", "ja")}
    assert "not complete yet" in reports["en"] and "no data" in reports["en"]
    assert "lowest" not in reports["en"] and "fell" not in reports["en"]
    assert "noch nicht vollständig" in reports["de"] and "keine Daten" in reports["de"]
    assert "台数は今後増える可能性があります" in reports["ja"] and "データなし" in reports["ja"]
    table = worms.command("stats", "worms", *window).stdout
    assert "* Provisional: " in table and "There is no data before " in table
    rows = csv.DictReader(io.StringIO(
        worms.command("stats", "worms", *window, "--format", "csv").stdout))
    assert [row["state"] for row in rows if row["line"] == "month"] == [
        "no-data", "complete", "provisional"]
    for name in ("md", "html"):
        page = worms.command("report", "worms", *window, "--format", name).stdout
        assert "no data" in page and "Provisional" in page


def test_ties_at_the_cut_are_said(worms):
    worms.load_events([event for country in ("JP", "US", "FR")
                       for event in events("2013-10", 2, country=country, start=ord(country[0]))])
    said = worms.command("stats", "worms", "--from", "2013-10", "--to", "2013-10", "--top", "2").stdout
    assert "3 countries or regions have as many infections as rank 2" in " ".join(said.split())
    whole = worms.command("stats", "worms", "--from", "2013-10", "--to", "2013-10", "--top", "3").stdout
    assert "Tie" not in whole
    for top, tie in (("2", {"rank": 2, "countries": 3, "listed": 2}), ("3", None), ("0", None)):
        for command in ("stats", "report"):
            figures = worms.command(command, "worms", "--from", "2013-10", "--to", "2013-10", "--top", top,
                                    "--format", "json").json()
            assert figures["tie"] == tie


def test_only_a_complete_window_when_that_is_required(worms, tmp_path):
    before, last, present, _ = months(worms)
    result = worms.command("stats", "worms", "--from", "2013-10", "--to", "2013-11",
                           "--require-complete", code=75)
    assert "no event is stored" in result.stderr and not result.bytes
    worms.load_events(events(last, 9) + events(present, 2))
    result = worms.command("report", "worms", "--from", last, "--to", present, "-o", tmp_path / "out",
                           "--require-complete", code=75)
    assert f"{present} is not over" in result.stderr
    assert not (tmp_path / "out").exists()
    worms.command("stats", "worms", "--from", before, "--to", last, "--require-complete")


# ---- events of Kafka

def marks(database, topic):
    return dict(database.sql("select partition, read_until from report.partitions where topic = %s",
                             (topic,)))


def test_a_topic_that_was_read_to_its_end_is_complete(kafka, topic, worms):
    """Empty partitions, and one whose timestamps are of long ago, included."""
    name = topic(4)
    kafka.produce_lines(name, lines_of(events("2013-10", 5)), partition=2)
    worms.ingest(kafka, name, *OLD)
    _, last, present, _ = months(worms)
    assert None not in marks(worms, name).values() and len(marks(worms, name)) == 4
    figures = worms.stats("worms", "2013-09", "2013-11")
    assert states(figures) == {"2013-09": "no-data", "2013-10": "complete", "2013-11": "complete"}
    assert figures["completeness"]["source"] == "kafka" and figures["completeness"]["complete"]
    assert states(worms.stats("worms", last, present)) == {last: "complete", present: "provisional"}
    worms.command("report", "worms", "--from", "2013-10", "--to", "2013-10", "--require-complete",
                  "--format", "text")
    assert worms.value("select max(newest_event)::text from report.partitions") == "2013-10-01 12:00:00+00"


def test_a_partition_that_lags_is_named(kafka, topic, worms):
    name = topic(2)
    kafka.produce_lines(name, lines_of(events("2013-09", 1), events("2013-10", 5)))
    worms.ingest(kafka, name, *OLD)
    worms.sql("update kansen.kafka_offset set read_until = '2013-10-29 10:00Z' where partition = 1")
    figures = worms.stats("worms", "2013-10", "2013-11")
    assert set(states(figures).values()) == {"provisional"}
    assert worms.stats("worms", "2013-09", "2013-09")["completeness"]["complete"]
    lag = figures["completeness"]["lagging"]
    assert [(line["topic"], line["partition"], line["read_until"], line["days_short"]) for line in lag] == [
        (name, 1, "2013-10-29T10:00:00Z", 32)]
    # A topic is a name of who runs kansen: it belongs to the data, and not on a page.
    for command, output, is_page in (("stats", (), False), ("report", ("--format", "text"), True)):
        said = worms.command(command, "worms", "--from", "2013-10", "--to", "2013-11", *output).stdout
        assert "Provisional: one Kafka partition was not read beyond December 1, 2013" in " ".join(said.split())
        lag = f"Topic {name} [1] was read until 2013-10-29 10:00, 32 days short."
        assert (lag in " ".join(said.split())) != is_page
        assert (name in said) != is_page
        result = worms.command(command, "worms", "--from", "2013-10", "--to", "2013-11", *output,
                               "--require-complete", code=75)
        assert f"{name} [1] was read until 2013-10-29 10:00, 32 days short" in result.stderr
        assert "let a worker read on (kansen ingest)" in result.stderr and "kansen db retire" in result.stderr
    worms.sql("update kansen.kafka_offset set read_until = null where partition = 1")
    assert "not known until when" in worms.command("stats", "worms", "--from", "2013-10", "--to", "2013-10").stdout
    worms.ingest(kafka, name, *OLD)
    assert worms.stats("worms", "2013-10", "2013-11")["completeness"]["complete"]


DAY_MS = 86400 * 1000


def test_how_far_a_worker_came_is_what_its_row_says(kafka, topic, worms):
    """Killed while its second batch waits: the mark is the first one's, although more was read; and a
    timestamp of the future, in the first, says nothing."""
    name = topic(1)
    old = lines_of(events("2013-10", 300))
    produce_pairs(kafka, name, [(b"k", line) for line in old[:100]], age_ms=300 * DAY_MS)
    produce_pairs(kafka, name, [(b"k", line) for line in old[100:200]], age_ms=-20000 * DAY_MS)
    worms.ingest(kafka, name, *OLD)
    worms.sql("update kansen.kafka_offset set read_until = now() - interval '300 days'")
    before = worms.sql("select read_until, next_offset from report.offsets")
    produce_pairs(kafka, name, [(b"k", line) for line in old[200:]], age_ms=-20000 * DAY_MS)
    with worms.locked("kansen.detection"):
        worker = worms.start_ingest(kafka, name, *OLD)
        wait_until(lambda: worms.sql("select 1 from pg_stat_activity where wait_event_type = 'Lock'"
                                     " and application_name like 'kansen%'"),
                   "the batch to wait", [worker])
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait()
    assert worms.sql("select read_until, next_offset from report.offsets") == before
    worms.ingest(kafka, name, *OLD)
    assert worms.value("select now() - read_until < interval '1 hour' and read_until <= now()"
                       " from report.offsets")
    worms.verify()


def test_what_an_open_transaction_hides_was_not_read(kafka, topic, worms):
    """Behind it lie messages that nobody may read yet, which were taken before the brokers said where
    the partition ends."""
    name = topic(1)
    with transactions(kafka, "hides") as send:
        finish = send(name, lines_of(events("2013-10", 5)), 0, None)
        kafka.produce_lines(name, lines_of(events("2013-10", 5, start=5)), partition=0)
        worms.ingest(kafka, name, *OLD)
        assert marks(worms, name) == {0: None}
        assert set(states(worms.stats("worms", "2013-10", "2013-10")).values()) == {"no-data"}
        assert not worms.stats("worms", "2013-10", "2013-10")["completeness"]["complete"]
        finish(True)
    worms.ingest(kafka, name, *OLD)
    figures = worms.stats("worms", "2013-10", "2013-10")
    assert states(figures) == {"2013-10": "complete"} and figures["total"] == 10


def test_a_group_that_is_furthest_decides(kafka, topic, worms):
    name = topic(1)
    kafka.produce_lines(name, lines_of(events("2013-10", 5)))
    worms.ingest(kafka, name, *OLD, group="first")
    worms.ingest(kafka, name, *OLD, group="second")
    worms.sql("update kansen.kafka_offset set read_until = '2013-01-01Z' where group_id = 'first'")
    assert worms.stats("worms", "2013-10", "2013-10")["completeness"]["complete"]


def test_a_topic_that_is_retired_holds_nothing_up(kafka, topic, worms):
    old, new = topic(1), topic(1)
    for name in (old, new):
        kafka.produce_lines(name, lines_of(events("2013-10", 5)))
        worms.ingest(kafka, name, *OLD)
    worms.sql("update kansen.kafka_offset set read_until = '2013-01-01Z' where topic = %s", (old,))
    assert [line["topic"] for line in
            worms.stats("worms", "2013-10", "2013-10")["completeness"]["lagging"]] == [old]
    assert "no group has ever read a topic nobody-read-it" in worms.command(
        "db", "retire", "--topic", "nobody-read-it", code=65).stderr
    assert ", retired" not in worms.command("db", "status").stdout
    worms.command("db", "retire", code=64)
    worms.command("db", "retire", "--topic", old)
    assert [line for line in worms.command("db", "status").stdout.splitlines() if line.startswith("offset ")
            and line.endswith(", read until 2013-01-01 00:00:00Z, retired")]
    assert worms.stats("worms", "2013-10", "2013-10")["completeness"]["complete"]
    worms.sql("update kansen.kafka_offset set read_until = null where topic = %s", (old,))
    worker = worms.start_ingest(kafka, old, *OLD)
    wait_until(lambda: marks(worms, old)[0] is not None, "the topic to be read again", [worker])
    assert not worms.value("select bool_or(retired) from report.partitions")
    result = worms.command("db", "retire", "--topic", old, code=75)
    assert "stop" in result.stderr
    worker.process.send_signal(signal.SIGTERM)
    worker.wait()


def both_marks(database, name):
    found = marks(database, name)
    return found if len(found) == 2 and None not in found.values() else None


def test_a_partition_in_which_nothing_happens_gets_ahead(kafka, topic, worms):
    """A worker asks where it ends about once a minute, whatever timestamps its messages have."""
    name = topic(2)
    produce_pairs(kafka, name, [(b"k", line) for line in lines_of(events("2013-10", 5))],
                  age_ms=300 * DAY_MS)
    worker = worms.start_ingest(kafka, name, *OLD)
    first = wait_until(lambda: both_marks(worms, name), "the first marks", [worker])
    wait_until(lambda: all(marks(worms, name)[partition] > first[partition] for partition in first),
               "the marks to move", [worker], patience_s=150)
    assert sum(worms.stored_offsets(name).values()) == 5
    worker.process.send_signal(signal.SIGTERM)
    worker.wait()


def test_a_restated_report_of_a_complete_window_is_the_same(kafka, topic, worms):
    name = topic(2)
    window = ("--from", "2013-09", "--to", "2013-11")
    kafka.produce_lines(name, lines_of(events("2013-10", 5)))
    worms.ingest(kafka, name, *OLD)
    before = restated(worms, *window)
    kafka.produce_lines(name, lines_of(events("2013-10", 5)))
    worms.ingest(kafka, name, *OLD)
    worms.ingest(kafka, name, *OLD, group="another")
    assert restated(worms, *window) == before

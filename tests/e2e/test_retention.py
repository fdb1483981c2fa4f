"""`kansen db maintain --keep-months`: old events go into files; counts, infections and editions stay."""

import json
import pathlib
import tempfile

import pytest

from servers import wait_until

OLD = ("2020-01", "2020-02")
WINDOW = ("--from", OLD[0], "--to", OLD[1])
BY = ("--by", "name,product,version,os,segment")


def events(month, devices, first=0):
    return [{"id": f"{month}-{device}-{number}", "device": f"d{device}", "name": f"WORM.{'AB'[device % 2]}",
             "country": ("JP", "US", "FR")[device % 3], "product": "Endpoint", "version": f"{device % 4}",
             "os": "Windows" if device % 2 else "macOS", "time": f"{month}-{2 + number:02}T00:00:00Z"}
            for device in range(first, first + devices) for number in range(2)]


@pytest.fixture
def stored(database):
    """Two old months, and one event of today."""
    database.set_threat("worms", "WORM*")
    database.load_events([*events(OLD[0], 12), *events(OLD[1], 7, first=8)])
    database.load_events([{"id": "now", "device": "now", "name": "WORM.A", "country": "JP",
                           "time": database.value("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"00:00:00Z')")}])
    database.command("db", "maintain")
    return database


def publish(database, threat="worms"):
    with tempfile.TemporaryDirectory() as folder:
        database.command("publish", threat, *WINDOW, "--format", "text", "-o", folder)


def retire(database, folder, *options, code=0, months=12):
    return database.command("db", "maintain", "--keep-months", months, "-o", folder, *options, code=code)


def figures(database, *options):
    said = database.stats("worms", *OLD, *BY, *options)
    return {key: said[key] for key in ("total", "months", "countries", "other", "dimensions")}


def detections(database):
    return database.value("select count(*) from kansen.detection where event_time < '2021-01-01'")


def letters(database):
    return database.sql("select reason, count(*) from report.dead_letters where replayed_at is null group by 1 order by 1")


def test_counts_and_editions_are_what_they_were(stored, tmp_path):
    publish(stored)
    before = figures(stored), figures(stored, "--unique")
    report = stored.command("report", "worms", *WINDOW, "--format", "text").stdout
    said = retire(stored, tmp_path)
    assert said.stdout.split() == [str(tmp_path / f"detections-{month}.ndjson.zst") for month in OLD]
    assert "2020-01: 24 events exported and dropped" in said.stderr
    assert detections(stored) == 0
    assert stored.sql("select to_regclass('kansen.detection_2020_01')") == [(None,)]
    missing = stored.command("db", "export", "--month", OLD[0], "-o", tmp_path, code=65).stderr
    assert f"no event of 2020-01 is stored: its 24 were dropped, and are in {tmp_path}/detections-2020-01.ndjson.zst" in missing
    assert (figures(stored), figures(stored, "--unique")) == before
    assert stored.command("report", "worms", *WINDOW, "--format", "text").stdout == report
    assert "no count is different" in stored.command("editions", "diff", "worms", *WINDOW).stdout
    verified = stored.verify()
    assert "2020-01 to 2020-02: what is kept agrees with itself; their events were dropped" in verified.stderr
    status = stored.command("db", "status").stdout
    assert f"2020-02: 14 detections, which are in {tmp_path}/detections-2020-02.ndjson.zst" in status
    assert "no events are older than 12 months" in retire(stored, tmp_path).stderr
    # Partitions of months that were dropped are not made again.
    stored.command("db", "maintain", "--from", OLD[0], "--to", OLD[1])
    assert stored.sql("select to_regclass('kansen.detection_2020_01')") == [(None,)]


def test_where_the_file_lies_is_said_whole(stored, tmp_path):
    said = stored.command("db", "maintain", "--keep-months", "12", "-o", "archive", "--force", cwd=tmp_path)
    assert said.stdout.split()[0] == "archive/detections-2020-01.ndjson.zst"
    assert stored.sql("select file from report.dropped_months order by month") == [
        (str(tmp_path.resolve() / "archive" / f"detections-{month}.ndjson.zst"),) for month in OLD]


def test_two_at_once(stored, tmp_path):
    with stored.turn("kansen relocate"):
        said = retire(stored, tmp_path, "--force", code=75)
    assert "another `kansen db maintain --keep-months` or a `kansen db relocate` is under way" in said.stderr
    assert detections(stored) == 38


def test_what_no_edition_has_is_not_dropped(stored, tmp_path):
    said = retire(stored, tmp_path, code=65)
    assert "2 months: 2020-01 (worms), 2020-02 (worms)" in said.stderr and "--force" in said.stderr
    assert detections(stored) == 38 and not list(tmp_path.iterdir())
    stored.command("publish", "worms", "--from", OLD[0], "--to", OLD[0], "--format", "text", "-o", tmp_path / "editions")
    assert "1 month: 2020-02 (worms)" in retire(stored, tmp_path, code=65).stderr
    stored.command("publish", "worms", "--from", OLD[1], "--to", OLD[1], "--format", "text", "-o", tmp_path / "editions")
    stored.command("editions", "withdraw", "worms", "1", "--from", OLD[1], "--to", OLD[1], "--because", "test")
    assert "1 month: 2020-02 (worms)" in retire(stored, tmp_path, code=65).stderr
    before = figures(stored)
    retire(stored, tmp_path, "--force")
    assert detections(stored) == 0 and figures(stored) == before


def test_events_that_nothing_counts_need_force(stored, tmp_path):
    stored.command("threat", "remove", "worms")
    assert "no threat is defined" in retire(stored, tmp_path, code=65).stderr


def test_without_a_folder_nothing_goes_but_by_force(stored):
    publish(stored)
    assert "-o DIR" in stored.command("db", "maintain", "--keep-months", "12", code=64).stderr
    assert detections(stored) == 38
    said = stored.command("db", "maintain", "--keep-months", "12", "--force")
    assert "dropped, and nowhere any more" in said.stderr and said.stdout == "" and detections(stored) == 0


def test_a_folder_that_is_said_for_all_commands_drops_nothing(stored, tmp_path):
    """In owner.conf it waits for --keep-months, and counts then."""
    settings = tmp_path / "owner.conf"
    settings.write_text(f"output = {tmp_path / 'archive'}\n", encoding="utf-8")
    stored.command("db", "maintain", "--config", settings)
    assert not (tmp_path / "archive").exists()
    stored.command("db", "maintain", "--config", settings, "--keep-months", "12", "--force")
    assert list((tmp_path / "archive").iterdir())


@pytest.mark.parametrize("words", [("--keep-infections", "12"), ("-o", "x"), ("--keep-months", "-1"), ("--force",),
                                   ("--keep-months", "12", "--keep-infections", "11", "-o", "x")], ids=" ".join)
def test_options_that_do_not_fit_are_refused(stored, words):
    stored.command("db", "maintain", *words, code=64)
    assert detections(stored) == 38


def test_a_count_that_is_not_what_the_events_say_stops_it(stored, tmp_path):
    publish(stored)
    stored.sql("update kansen.infection_count set detections = detections + 1 where month = '2020-02-01'"
               " and dimension = 0 and value = 'FR'")
    said = retire(stored, tmp_path, code=65)
    assert "2020-02" in said.stdout and "nothing of it was dropped" in said.stderr
    # The month before it is done; this one goes on as if nothing had been.
    assert detections(stored) == 14
    stored.load_events(events(OLD[1], 1, first=99))
    assert detections(stored) == 16
    retire(stored, tmp_path, "--force")
    assert detections(stored) == 0


def test_a_folder_that_can_not_be_written_leaves_everything(stored, tmp_path):
    publish(stored)
    (tmp_path / "file").write_text("", encoding="utf-8")
    retire(stored, tmp_path / "file", code=73)
    assert detections(stored) == 38
    stored.load_events(events(OLD[0], 1, first=99))
    assert detections(stored) == 40
    stored.verify()


def test_late_events_of_a_dropped_month_are_kept_apart_and_said(stored, kafka, topic, tmp_path):
    publish(stored)
    name = topic(1)
    worker = stored.start_ingest(kafka, name, "--max-age", "9000")
    kafka.produce_lines(name, [json.dumps(event).encode() for event in events("2020-03", 1)])
    wait_until(lambda: stored.value("select count(*) from report.detections where device_id is not null"
                                    " and event_time >= '2020-03-01' and event_time < '2020-04-01'") == 2,
               "the worker to store", [worker])
    before = figures(stored)
    retire(stored, tmp_path, "--force")
    late = [events(OLD[0], 1)[0], events(OLD[0], 1, first=99)[0]]
    kafka.produce_lines(name, [json.dumps(event).encode() for event in late])
    wait_until(lambda: letters(stored) == [("closed_month", 2)], "the late events to be rejected", [worker])
    worker.terminate()
    said = stored.command("load", "-", stdin=json.dumps(late[1]).encode() + b"\n" + json.dumps(
        {**late[1], "time": "2023-05-05T00:00:00Z"}).encode(), code=65)
    assert "closed_month" in said.stderr
    assert letters(stored) == [("closed_month", 3)]
    stored.command("dead-letters", "replay", "--max-age", "9000")
    assert letters(stored) == [("closed_month", 3)]
    assert figures(stored) == before and detections(stored) == 0
    stored.verify()


def test_the_file_of_a_month_goes_back_and_every_event_counts_once(stored, tmp_path):
    publish(stored)
    before = figures(stored), stored.sql("select * from kansen.infection order by 1, 2, 3")
    retire(stored, tmp_path)
    files = sorted(tmp_path.glob("*.zst"))
    said = stored.load(*files)
    assert said.stderr.count("it is open again") == 2
    assert detections(stored) == 38 and letters(stored) == []
    assert (figures(stored), stored.sql("select * from kansen.infection order by 1, 2, 3")) == before
    stored.command("db", "maintain")
    assert stored.verify().stderr.startswith("verified 2020-01 to 2020-02")
    # Open: what comes is counted, what came is known.
    stored.load_events([*events(OLD[0], 12), *events(OLD[0], 1, first=99)])
    assert stored.stats("worms", *OLD)["total"] == before[0]["total"] + 1
    stored.verify()
    # And goes again; the file of before stays.
    retire(stored, tmp_path, "--force")
    assert sorted(path.name for path in tmp_path.glob("*.zst")) == [
        "detections-2020-01.2.ndjson.zst", "detections-2020-01.ndjson.zst", "detections-2020-02.ndjson.zst"]
    stored.verify()


def test_what_was_looked_up_is_so_when_it_is_back(stored, mmdb, tmp_path):
    """The events again are repeated ones, and the month gives the same file."""
    addressed = [{**{key: value for key, value in event.items() if key != "country"}, "ip": "203.0.113.7"}
                 for event in events(OLD[0], 3, first=50)]
    nowhere = [{**event, "id": event["id"] + "-nowhere", "device": event["device"] + "-nowhere"} for event in addressed]
    stored.load_events(addressed, "--geoip", mmdb)
    stored.load_events(nowhere)
    rows = "select event_id, country, geoip_id from kansen.detection where event_time < '2021-01-01' order by 1"
    before = stored.sql(rows)
    assert {geoip_id for _, _, geoip_id in before} == {-1, 0, 1}
    retire(stored, tmp_path, "--force")
    files = sorted(tmp_path.glob("*.zst"))
    assert stored.load(*files).stderr.count("it is open again") == 2
    assert stored.sql(rows) == before
    said = stored.load_events([*addressed, *events(OLD[0], 12)], "--geoip", mmdb).stderr
    assert "conflicting=0" in said or "conflicting" not in said
    stored.load_events(nowhere)
    stored.verify()
    retire(stored, tmp_path, "--force")
    assert sorted(tmp_path.glob("*.zst")) == files


def test_half_a_file_does_not_open_its_month(stored, tmp_path):
    publish(stored)
    before = figures(stored)
    retire(stored, tmp_path)
    path = tmp_path / f"detections-{OLD[0]}.ndjson.zst"
    stored.load(path)
    stored.sql("delete from kansen.detection where event_time < '2020-01-03'")
    stored.sql("insert into kansen.closed_month (month, dropped_at, detections, sha256)"
               " select '2020-01-01', now(), 24, encode(sha256(%s), 'hex')", (path.read_bytes(),))
    stored.sql("update kansen.catalogue set version = version + 1")
    # Another file of the same events is none of ours.
    other = pathlib.Path(tmp_path / "other.ndjson")
    other.write_text("".join(json.dumps(event) + "\n" for event in events(OLD[0], 12)), encoding="utf-8")
    stored.load(other, code=65)
    assert letters(stored) == [("closed_month", 24)] and figures(stored) == before
    stored.sql("update kansen.closed_month set detections = 25 where month = '2020-01-01'")
    assert "not all events of a dropped month are back" in stored.load(path).stderr
    # What is back of a month that stays closed goes with the next run, and a load brings it back.
    retire(stored, tmp_path, "--force")
    assert detections(stored) == 0 and figures(stored) == before
    stored.sql("update kansen.closed_month set detections = 24 where month = '2020-01-01'")
    assert "open again" in stored.load(path).stderr and figures(stored) == before
    stored.verify()


def test_infections_go_when_that_is_wanted(stored, tmp_path):
    publish(stored)
    stored.command("load", "--heartbeats", "-", stdin="".join(
        json.dumps({"id": f"h{n}", "device": f"d{n}", "country": "JP", "time": f"{OLD[0]}-05T00:00:00Z"}) + "\n"
        for n in range(20)).encode())
    before = figures(stored)
    window = ("--from", OLD[0], "--to", OLD[0])
    coverage = [line for line in stored.command("report", "worms", *window, "--format", "text").stdout.splitlines()
                if line.startswith("January 2020") and "600.00" in line]
    active = stored.sql("select * from report.active_devices order by 1, 2, 3")
    said = retire(stored, tmp_path, "--keep-infections", "12")
    assert "2020-01: its infections and active machines were dropped" in said.stderr
    assert stored.value("select count(*) from kansen.infection where month < '2021-01-01'") == 0
    assert figures(stored) == before and stored.sql("select * from report.active_devices order by 1, 2, 3") == active
    # Part of the infected machines that were active: all of them, and then nobody knows.
    assert coverage and all("100.00" in line for line in coverage)
    left = [line for line in stored.command("report", "worms", *window, "--format", "text").stdout.splitlines()
            if line.startswith("January 2020") and "600.00" in line]
    assert len(left) == len(coverage) and not any("100.00" in line for line in left)
    assert "--unique needs the machines" in stored.command(
        "stats", "worms", *WINDOW, "--unique", code=65).stderr
    stored.command("load", "--heartbeats", "-", stdin=json.dumps(
        {"id": "late", "device": "d1", "country": "JP", "time": f"{OLD[0]}-05T00:00:00Z"}).encode() + b"\n" + json.dumps(
        {"id": "late", "device": "d1", "country": "JP", "time": "2023-01-05T00:00:00Z"}).encode(), code=65)
    assert letters(stored) == [("closed_month", 1)]
    said = stored.load(tmp_path / f"detections-{OLD[0]}.ndjson.zst", code=65)
    assert "load it into another database" in said.stderr and figures(stored) == before
    stored.verify()


def test_a_new_definition_leaves_dropped_months_as_they_were_counted(stored, tmp_path):
    publish(stored)
    before = figures(stored), figures(stored, "--unique")
    retire(stored, tmp_path)
    said = stored.set_threat("worms", "WORM.A", "OTHER*")
    assert "the events of 2 months (2020-01 to 2020-02) were dropped" in said.stderr
    assert (figures(stored), figures(stored, "--unique")) == before
    stored.verify()
    stored.set_threat("others", "WORM.B")
    assert stored.stats("others", *OLD)["total"] == 0
    stored.verify()


def test_nothing_is_dropped_while_a_definition_is_counted(stored, tmp_path):
    """A `threat set` was interrupted that has counted the month already: its infections and those of the definition
    before would be mixed."""
    publish(stored)
    stored.sql("insert into kansen.threat (name, state) values ('half', 'counting')")
    said = retire(stored, tmp_path, code=75).stderr
    assert "`kansen threat set` has to go on first" in said and detections(stored) == 38
    stored.sql("delete from kansen.threat where name = 'half'")
    retire(stored, tmp_path)
    assert detections(stored) == 0


def close(database, month=OLD[0]):
    """As a run leaves it that is killed before it drops."""
    database.sql("insert into kansen.closed_month (month) values (%s)", (f"{month}-01",))
    database.sql("update kansen.catalogue set version = version + 1")


def closed_concerns(database):
    said = database.command("status", "--format", "json", code=None).json()
    return [(each["state"], each["text"]) for each in said["concerns"] if each["name"] == "closed-month"]


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--keep-months", "1000", "--force"), 0), (("--keep-months", "12", "-o", "x"), 65)],
                         ids=["plain", "not due", "in no edition"])
def test_a_month_that_a_killed_run_has_closed_is_open_again(stored, tmp_path, options, code):
    close(stored)
    late = events(OLD[0], 1, first=99)
    young = {**late[0], "time": "2023-01-05T00:00:00Z"}  # or nothing of the input would be good
    stored.load("-", stdin="".join(json.dumps(event) + "\n" for event in [*late, young]).encode(), code=65)
    assert letters(stored) == [("closed_month", 2)]
    assert closed_concerns(stored) == [("attention", "2020-01 is closed and not dropped: late events are rejected, and nobody is at it")]
    with stored.turn("kansen relocate"):
        stored.command("db", "maintain")
    assert len(closed_concerns(stored)) == 1
    said = stored.command("db", "maintain", *options, code=code, cwd=tmp_path).stderr
    assert "2020-01 was closed by a run that did not end" in said
    assert closed_concerns(stored) == [] and stored.sql("select * from kansen.closed_month") == []
    stored.command("dead-letters", "replay", "--reason", "closed_month", "--max-age", "9000")
    assert letters(stored) == [] and detections(stored) == 40
    stored.verify()


def test_whoever_is_killed_on_the_way_goes_on(stored, tmp_path):
    """Closed and not yet dropped: nothing is stored, nothing is lost, and the next run ends it."""
    publish(stored)
    before = figures(stored)
    close(stored)
    stored.command("load", "-", stdin=json.dumps(events(OLD[0], 1, first=99)[0]).encode() + b"\n" + json.dumps(
        {**events(OLD[0], 1, first=99)[0], "time": "2023-01-05T00:00:00Z"}).encode(), code=65)
    assert letters(stored) == [("closed_month", 1)]
    stored.sql("delete from kansen.detection where event_time > '2022-01-01' and event_time < '2024-01-01'")
    assert "2020-01 is closed but not dropped" in stored.command("db", "status").stdout
    retire(stored, tmp_path, "--force")
    assert detections(stored) == 0 and figures(stored) == before

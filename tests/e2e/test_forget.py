"""`kansen db forget`: one machine's rows are gone, every count stays, and nothing of it comes back."""

import json
import tempfile
import uuid

import pytest

from servers import wait_until

MONTHS = ("2024-03", "2024-04")
BY = ("--by", "name,product,version,os,segment")
MACHINE = "8b8be822-b922-3a25-f9ce-4c54a6f263ac"
NAMED = "host-7.example"  # becomes a UUIDv5
NAMESPACE = uuid.UUID("1aac3139-2ecf-4488-a2a0-823aa63af2b3")


def events():
    """Machines in two months, some with two names and two countries; some of names that nothing counts."""
    devices = [MACHINE, NAMED, "d3", "d4", "d5"]
    return [{"id": f"{month}-{device}-{number}", "device": device, "name": ("WORM.A", "TROJ.B", "HARMLESS")[number],
             "country": ("JP", "US", "FR")[(place + number) % 3], "product": "Endpoint", "version": f"{place % 2}",
             "os": "Windows" if place % 2 else "macOS", "segment": "schools" if number else "",
             "time": f"{month}-{10 + number}T00:00:00Z"}
            for month in MONTHS for place, device in enumerate(devices) for number in range(3)]


def clean(event):
    return {key: value for key, value in event.items() if value != ""}


@pytest.fixture
def stored(database):
    database.set_threat("bad", "WORM*", "TROJ*")
    database.set_threat("worms", "WORM*")
    database.load_events([clean(event) for event in events()])
    database.command("load", "--heartbeats", "-", stdin="".join(json.dumps(
        {"id": f"h-{month}-{device}", "device": device, "country": "JP", "product": "Endpoint",
         "time": f"{month}-05T00:00:00Z"}) + "\n" for month in MONTHS for device in (MACHINE, NAMED, "d3")).encode())
    database.verify()
    return database


def forget(database, device, *options, code=0):
    return database.command("db", "forget", "--device", device, "--because", "request 17", "--yes", *options, code=code)


def figures(database):
    said = {threat: database.stats(threat, *MONTHS, *BY) for threat in ("bad", "worms")}
    counts = database.sql("select month, threat_id, dimension, value, sum(infections), sum(detections)"
                          " from kansen.current_count group by 1, 2, 3, 4 having sum(infections) <> 0"
                          " or sum(detections) <> 0 order by 1, 2, 3, 4")
    return {threat: [each[key] for key in ("total", "months", "countries", "other", "dimensions")]
            for threat, each in said.items()}, counts


def rows_of(database, device):
    return database.sql("select (select count(*) from kansen.detection where device_id = %(id)s),"
                        " (select count(*) from kansen.infection where device_id = %(id)s)", {"id": device})[0]


def anywhere(database, device):
    """Where the text of the id still stands, in any table of kansen."""
    device = str(device)
    found = []
    for name, in database.sql("select c.oid::regclass::text from pg_class c where relnamespace = 'kansen'::regnamespace"
                              " and relkind = 'r'"):
        if database.value(f"select count(*) from {name} t where t::text ilike %s or t::text ilike %s",
                          (f"%{device}%", f"%{device.encode().hex()}%")):
            found.append(name)
    return found


@pytest.mark.parametrize(("device", "identity"), [
    (MACHINE, MACHINE), (MACHINE.upper(), MACHINE), ("{" + MACHINE + "}", MACHINE), (MACHINE.replace("-", ""), MACHINE),
    (NAMED, str(uuid.uuid5(NAMESPACE, NAMED)))], ids=["uuid", "upper case", "braces", "digits", "name"])
def test_the_rows_are_gone_and_every_count_stays(stored, device, identity):
    before = figures(stored)
    assert rows_of(stored, identity) == (6, 6)
    said = forget(stored, device).stderr
    assert ("erased: 6 detections, 4 infections, 2 months as an active machine, 0 dead letters;"
            " counts are what they were") in said
    assert rows_of(stored, identity) == (0, 0) and anywhere(stored, identity) == []
    assert figures(stored) == before
    stored.verify()
    assert stored.sql("select erased_by, reason, detections, infections, active, dead_letters, ended_at is not null"
                      " from report.erasures") == [("postgres", "request 17", 6, 4, 2, 0, True)]


def test_nothing_of_it_comes_back_and_all_others_do(stored, kafka, topic):
    """A worker that runs all the while, and the whole fleet's events again, and new ones."""
    name = topic(1)
    worker = stored.start_ingest(kafka, name, "--max-age", "9000")
    before = figures(stored)
    forget(stored, MACHINE)
    again = [clean(event) for event in events()]
    new = [{"id": "new-of-it", "device": MACHINE, "name": "WORM.A", "country": "FR", "time": "2024-04-20T00:00:00Z"},
           {"id": "new-of-others", "device": "d9", "name": "WORM.A", "country": "FR", "time": "2024-04-20T00:00:00Z"}]
    kafka.produce_lines(name, [json.dumps(event).encode() for event in [*again, *new]])
    wait_until(lambda: stored.stored_offsets(name) == {0: len(again) + 2}, "all to be read", [worker])
    worker.terminate()
    stored.load_events([*again, *new])
    assert rows_of(stored, MACHINE) == (0, 0)
    assert stored.stats("bad", *MONTHS)["total"] == before[0]["bad"][0] + 1
    assert stored.value("select count(*) from report.dead_letters") == 0
    stored.verify()


def test_what_came_from_a_clock_that_goes_ahead_is_gone_for_good_too(stored):
    """Of the next month: what is read again of it would count twice."""
    month, end = stored.sql("select month, ends_at from kansen.calendar_month where starts_at > now() order by 1 limit 1")[0]
    stored.sql("insert into kansen.infection (month, threat_id, device_id, country, first_seen, first_event_id, name_id)"
               " values (%s, 0, %s, 'JP', %s::date::timestamptz, gen_random_uuid(), 0)", (month, MACHINE, month))
    forget(stored, MACHINE)
    assert stored.sql("select until from kansen.forgotten_machine") == [(end,)]


def test_in_later_months_it_is_a_machine_like_any_other(stored):
    forget(stored, MACHINE)
    stored.sql("update kansen.forgotten_machine set until = '2024-05-01'")
    stored.sql("update kansen.catalogue set version = version + 1")
    stored.load_events([{"id": "may", "device": MACHINE, "name": "WORM.A", "country": "JP",
                         "time": "2024-05-01T00:00:00Z"}])
    assert stored.stats("worms", "2024-05", "2024-05")["total"] == 1
    stored.verify()
    # And may be forgotten again.
    said = forget(stored, MACHINE).stderr
    assert "erased: 1 detection, 2 infections" in said and "it was forgotten before, last in 2024-04" in said
    again = forget(stored, MACHINE).stderr
    present = stored.value("select to_char(now() at time zone 'UTC', 'YYYY-MM')")
    assert f"it was forgotten before, last in {present}" in again and "its agent sends" not in again
    assert "forgotten before" not in forget(stored, "never-heard-of").stderr
    assert stored.stats("worms", "2024-05", "2024-05")["total"] == 1
    stored.verify()


def test_dead_letters_that_name_it_go_and_others_stay(stored):
    digits = MACHINE.replace("-", "")
    bad = [f'{{"device":"{MACHINE}","name":1}}', f'{{"device":"{MACHINE.upper()}"', f'{{"device": "urn:uuid:{MACHINE}"}}',
           f'{{"device":"{digits}"}}', f'{{"device":"{NAMED}"}}', f'{{"device":"{NAMED}2"}}', f'{{"device":"x{digits}"}}']
    stored.load_bad(("\n".join(bad) + "\n").encode())
    assert "4 dead letters" in forget(stored, MACHINE).stderr
    left = stored.sql("select convert_from(value, 'UTF8') from kansen.dead_letter order by \"offset\"")
    assert [line for line, in left] == bad[4:]
    assert "1 dead letter;" in forget(stored, NAMED).stderr
    assert stored.value("select count(*) from kansen.dead_letter") == 2


def test_editions_stay_and_a_dropped_month_keeps_its_counts(stored, tmp_path):
    with tempfile.TemporaryDirectory() as folder:
        for threat in ("bad", "worms"):
            stored.command("publish", threat, "--from", MONTHS[0], "--to", MONTHS[1], "--format", "text", "-o", folder)
    before = figures(stored)
    forget(stored, NAMED)
    stored.command("db", "maintain", "--keep-months", "1", "-o", tmp_path)
    assert "2 months that were dropped lie in files" in forget(stored, MACHINE).stderr
    assert figures(stored) == before and rows_of(stored, MACHINE) == (0, 0)
    stored.verify()
    stored.set_threat("bad", "WORM*", "OTHER*")
    assert figures(stored)[0] == before[0]
    stored.verify()
    stored.command("threat", "remove", "bad")
    assert stored.value("select count(*) from kansen.forgotten_count f join kansen.threat t using (threat_id)"
                        " where t.name = 'bad'") == 0


def test_what_is_still_to_be_counted_comes_first(stored):
    stored.sql("insert into kansen.threat (name, state) values ('half', 'counting')")
    said = forget(stored, MACHINE, code=75)
    assert '"half" is counted yet' in said.stderr and rows_of(stored, MACHINE) == (6, 6)
    assert stored.value("select count(*) from report.erasures") == 0


def test_it_is_asked_for_and_said(stored):
    stored.command("db", "forget", "--because", "x", "--yes", code=64)
    said = stored.command("db", "forget", "--device", MACHINE, "--because", "x", code=64)
    assert "--yes if that is meant" in said.stderr and rows_of(stored, MACHINE) == (6, 6)
    said = stored.command("db", "forget", "--device", "nobody", "--yes").stderr
    assert stored.sql("select reason from report.erasures") == [("not said",)]
    assert "nothing was stored of it" in said
    assert rows_of(stored, MACHINE) == (6, 6)

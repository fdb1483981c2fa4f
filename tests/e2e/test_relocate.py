"""`kansen db relocate`: stored addresses looked up again in another MaxMind DB. The oracle knows the events
and both files; it never saw the program."""

import collections
import json
import random
import signal
import threading

import pytest

import oracle
from mmdb import Mmdb
from on_citus import skip_on_citus
from servers import wait_until
from test_progress import Terminal

FIRST, LAST = "2024-01", "2024-03"
WINDOW = ("--from", FIRST, "--to", LAST)
THREATS = {"worms": ["WORM*"], "all": ["*"], "some": ["*.1", "TROJ*.2"]}
AGE = ("--max-age", "9000")
# The old file lacks a network and is wrong about two.
OLD = {"203.0.113.0/24": "JP", "198.51.100.0/24": "US", "2001:db8::/32": "FR"}
NEW = {"203.0.113.0/24": "JP", "198.51.100.0/24": "DE", "2001:db8::/32": "IT", "192.0.2.0/24": "BR"}
ADDRESSES = ["203.0.113.%d", "198.51.100.%d", "192.0.2.%d", "2001:db8::%d", "10.0.0.%d"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mmdb")
    return (Mmdb(folder / "old.mmdb", OLD, "2023-12-05"),
            Mmdb(folder / "new.mmdb", NEW, "2024-04-02"))


def make_events(count, seed=1, start=0):
    """Of three months, with ties; every third has a country of its own, some of them ZZ."""
    source = random.Random(seed)
    events = []
    for number in range(start, start + count):
        event = {"id": f"{source.getrandbits(32):08x}-0000-0000-0000-{number:012}",
                 "device": f"device-{number % max(1, count // 8)}",
                 "name": f"{source.choice(('WORM', 'TROJ', 'ADW'))}_A.{number % 4}",
                 "time": f"2024-{source.randint(1, 3):02}-{source.randint(1, 3):02}T12:00:00Z"}
        if number % 3:
            event["ip"] = source.choice(ADDRESSES) % (number % 200 + 1)
        if number % 3 != 1:
            event["country"] = source.choice(("JP", "US", "ZZ"))
        events.append(event)
    return events


def check(database, events, country_of):
    truth = oracle.Oracle(events, country_of=country_of)
    for threat, patterns in THREATS.items():
        for month in (FIRST, "2024-02", LAST):
            oracle.assert_says(database.stats(threat, month, month),
                               truth.figures(patterns, month, month), f"{threat} {month}")
        oracle.assert_says(database.stats(threat, FIRST, LAST, "--unique"),
                           truth.figures(patterns, FIRST, LAST, unique=True), threat)
    stored = {(str(device), str(event)): country for device, event, country in database.sql(
        "select device_id, event_id, country from report.detections")}
    expected = {(device, identity): country
                for (_, device, identity), (_, country) in truth.detections.items()}
    assert stored == expected
    database.verify()


def relocate(database, mmdb, *options, code=0, window=WINDOW):
    return database.command("db", "relocate", *window, "--geoip", mmdb.path, *options, code=code)


def builds(database, first=FIRST, last=LAST):
    said = database.stats("worms", first, last)
    return said["geoip_builds"], said["geoip_build"], said["geoip_unnoted"]


@pytest.fixture
def stored(database, files):
    """Looked up in the old file; one threat was defined before the events."""
    old, _ = files
    events = make_events(600)
    database.set_threat("worms", "WORM*")
    database.load_events(events, "--geoip", old.path)
    for threat, patterns in THREATS.items():
        database.set_threat(threat, *patterns)
    check(database, events, old.country_of)
    database.events = events
    return database


def test_a_file_that_knows_none_of_the_addresses_is_doubted(stored, files, tmp_path):
    """It takes all countries away; the right one brings them back."""
    foreign = Mmdb(tmp_path / "foreign.mmdb", {"9.9.9.0/24": "US"}, "2024-05-01")
    _, new = files
    doubt = "has no country for 200 of these 200 detections' addresses"
    assert doubt in relocate(stored, foreign).stderr
    check(stored, stored.events, foreign.country_of)
    assert "has no country for" not in relocate(stored, foreign, "--country", "ZZ").stderr
    assert "has no country for" not in relocate(stored, new).stderr
    check(stored, stored.events, new.country_of)


def test_detections_infections_and_counts_move(stored, files):
    old, new = files
    assert builds(stored) == (["2023-12-05"], "2023-12-05", False)
    result = relocate(stored, new)
    check(stored, stored.events, new.country_of)
    looked_up = [event for event in stored.events if "country" not in event]
    moved = [event for event in looked_up if old.country_of(event) != new.country_of(event)]
    lines = result.stderr.splitlines()
    assert lines[0].startswith(f"3 months done: {len(looked_up)} detections looked up again,"
                               f" {len(moved)} of them and "), result
    pairs = collections.Counter(f"{old.country_of(event)} -> {new.country_of(event)}"
                                for event in moved)
    assert [line.split(" detections")[0] for line in lines[1:]] == [
        f"  {pair}: {count}" for pair, count in
        sorted(pairs.items(), key=lambda item: (-item[1], item[0]))], result
    assert builds(stored) == (["2024-04-02"], "2024-04-02", False)

    # What is done is done; and the way back is the same.
    assert relocate(stored, new).stderr.startswith("nothing to look up again: of ")
    relocate(stored, old)
    check(stored, stored.events, old.country_of)


def test_it_says_that_active_machines_stay(stored, files):
    """Of heartbeats no address is kept."""
    old, new = files
    stored.load_events([{"device": f"d{number}", "time": "2024-02-02T00:00:00Z", "ip": "192.0.2.1"}
                        for number in range(3)], "--heartbeats", "--geoip", old.path)
    before = stored.sql("select month, dimension, value, devices from report.active_devices order by 1, 2, 3")
    said = relocate(stored, new).stderr
    assert "3 active machines of these months stay in the country of the heartbeat" in said
    assert before == stored.sql("select month, dimension, value, devices from report.active_devices order by 1, 2, 3")
    assert "active machine" not in relocate(stored, old, window=("--from", LAST, "--to", LAST)).stderr
    stored.verify()


def test_only_months_of_the_window_move(stored, files):
    old, new = files
    relocate(stored, new, window=("--from", "2024-02", "--to", "2024-02"))
    check(stored, stored.events,
          lambda event: (new if "-02-" in event["time"] else old).country_of(event))
    assert builds(stored)[0] == ["2023-12-05", "2024-04-02"]
    assert builds(stored, "2024-02", "2024-02")[0] == ["2024-04-02"]
    text = stored.command("report", "worms", *WINDOW, "--format", "text", "--lang", "en").stdout
    assert "one of 2 MaxMind DBs built from December 5, 2023 to April 2, 2024" in " ".join(text.split())


def test_only_a_country(stored, files):
    old, new = files

    def expected(event):
        before = old.country_of(event)
        return new.country_of(event) if before == "ZZ" else before

    relocate(stored, new, "--country", "ZZ")
    check(stored, stored.events, expected)
    assert builds(stored)[0] == ["2023-12-05", "2024-04-02"]
    relocate(stored, new)
    check(stored, stored.events, new.country_of)
    assert builds(stored)[0] == ["2024-04-02"]


def test_what_was_never_looked_up(database, files):
    _, new = files
    events = make_events(200)
    for threat, patterns in THREATS.items():
        database.set_threat(threat, *patterns)
    database.load_events(events)
    check(database, events, lambda event: "ZZ")
    assert builds(database) == ([], None, False)
    text = database.command("report", "worms", *WINDOW, "--format", "text").stdout
    assert "no MaxMind DB was used" in text
    relocate(database, new)
    check(database, events, new.country_of)


def test_a_report_says_what_was_not_looked_up(stored, files):
    """Some workers had the file, some had none: not all of the unknown are in no network."""
    old, new = files

    def said():
        text = stored.command("report", "worms", *WINDOW, "--format", "text").stdout
        return "were looked up in no MaxMind DB" in " ".join(text.split())

    assert not said() and stored.stats("worms", "2024-01", "2024-03")["geoip_not_asked"] is False
    events = [dict(event, id=f"late-{event['id']}") for event in stored.events if "country" not in event]
    stored.load_events(events)
    assert said() and stored.stats("worms", "2024-01", "2024-03")["geoip_not_asked"] is True
    assert builds(stored)[0] == ["2023-12-05"], old
    relocate(stored, new)
    assert not said() and stored.stats("worms", "2024-01", "2024-03")["geoip_not_asked"] is False


def test_files_of_the_same_second_are_two(database, tmp_path):
    """Whoever builds files at midnight gets the right one, too."""
    one, other = (Mmdb(tmp_path / f"{country}.mmdb", {"203.0.113.0/24": country}, "2024-01-01")
                  for country in ("JP", "US"))
    events = make_events(50)
    for threat, patterns in THREATS.items():
        database.set_threat(threat, *patterns)
    database.load_events(events, "--geoip", one.path)
    relocate(database, other)
    check(database, events, other.country_of)
    assert builds(database)[0] == ["2024-01-01"]


def test_a_resend_behind_it_is_no_conflict(stored, files):
    old, new = files
    relocate(stored, new)
    result = stored.load_events(stored.events, "--geoip", old.path)
    assert f"accepted=0 repeated={len(stored.events)} conflicting=0" in result.stderr, result
    check(stored, stored.events, new.country_of)
    # What the event said itself is another matter.
    event = dict(next(event for event in stored.events if "country" in event), country="SE")
    assert "conflicting=1" in stored.load_events([event], "--geoip", old.path).stderr
    event = dict(next(event for event in stored.events if "country" not in event), country="IT")
    assert "conflicting=1" in stored.load_events([event], "--geoip", old.path).stderr


def forget_origins(database):
    """As a version left it that did not note whose a country is."""
    database.sql("update kansen.detection set geoip_id = null")
    database.sql("delete from kansen.geoip_use")
    database.sql("insert into kansen.geoip_use (month, geoip_id) select distinct month, -2"
                 " from report.detections")


def test_what_an_older_version_stored(stored, files):
    """Only what has no country is looked up, unless one is named: it may be the event's own."""
    old, new = files
    forget_origins(stored)
    assert builds(stored) == ([], None, True)
    text = stored.command("report", "worms", *WINDOW, "--format", "text", "--lang", "en").stdout
    assert "a MaxMind DB whose date is not recorded" in " ".join(text.split())

    def of(countries):
        """Own countries with an address included: nobody can tell."""
        def country_of(event):
            before = event.get("country") or old.country_of(event)
            return new.country_of(event) if "ip" in event and before in countries else before
        return country_of

    def check_all(country_of):
        check(stored, [{**event, "country": country_of(event)} for event in stored.events], None)

    left = sum("ip" in event and (event.get("country") or old.country_of(event)) != "ZZ"
               for event in stored.events)
    result = relocate(stored, new)
    check_all(of({"ZZ"}))
    assert f"{left} detections left alone" in result.stderr and "--country XX" in result.stderr
    assert "left alone" not in relocate(stored, new, "--country", "US").stderr
    check_all(of({"ZZ", "US"}))
    assert builds(stored) == (["2024-04-02"], "2024-04-02", True)
    # A resend by this version: the countries of older rows are not compared with look-ups.
    result = stored.load_events([event for event in stored.events if "country" not in event],
                                "--geoip", old.path)
    assert "conflicting=0" in result.stderr, result


def in_the_middle(database, files):
    """A run that has done the first month and waits, with its transaction open, in the second."""
    skip_on_citus("it locks all months of a table here, and waits in the first")
    _, new = files
    database.command("db", "maintain", *WINDOW)
    lock = database.locked("kansen.infection_2024_02")
    held = lock.__enter__()
    running = database.kansen.start("db", "relocate", *WINDOW, "--geoip", new.path, "--db",
                                    database.conninfo)
    wait_until(held.waiters, "February to wait", [running])
    return lock, held, running


def check_first_month_is_done(database, files):
    old, new = files
    check(database, database.events,
          lambda event: (new if "-01-" in event["time"] else old).country_of(event))


def check_goes_on(database, files):
    _, new = files
    assert relocate(database, new).stderr.startswith("2 months done: ")
    check(database, database.events, new.country_of)


def test_killed_in_the_middle_it_goes_on(stored, files):
    lock, held, running = in_the_middle(stored, files)
    running.kill()
    held.end_waiters()
    lock.__exit__(None, None, None)
    check_first_month_is_done(stored, files)
    check_goes_on(stored, files)


def test_a_lost_connection_ends_it_and_it_goes_on(stored, files):
    lock, held, running = in_the_middle(stored, files)
    assert held.end_waiters()
    said = running.wait(code=75)
    lock.__exit__(None, None, None)
    assert "run it again: it goes on where it was" in said.stderr
    check_first_month_is_done(stored, files)
    check_goes_on(stored, files)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_behind_the_chunk(stored, files, number):
    old, new = files
    lock, _, running = in_the_middle(stored, files)
    running.process.send_signal(number)
    lock.__exit__(None, None, None)
    said = running.wait(code=75)
    assert "stopped; run it again: it goes on where it was" in said.stderr
    check(stored, stored.events,
          lambda event: (old if "-03-" in event["time"] else new).country_of(event))
    relocate(stored, new)
    check(stored, stored.events, new.country_of)


def test_told_twice_it_gives_the_chunk_up(stored, files):
    """Whoever holds the lock may hold it for hours."""
    lock, _, running = in_the_middle(stored, files)
    running.process.send_signal(signal.SIGTERM)
    wait_until(lambda: "waiting for a lock" in running.said(), "it to say what it waits for", [running])
    running.process.send_signal(signal.SIGTERM)
    assert "goes on where it was" in running.wait(code=75).stderr
    lock.__exit__(None, None, None)
    check_first_month_is_done(stored, files)
    check_goes_on(stored, files)


def test_the_second_of_two_waits(stored, files):
    """They take turns, so the last file wins whole."""
    old, new = files
    lock, _, running = in_the_middle(stored, files)
    second = stored.kansen.start("db", "relocate", *WINDOW, "--geoip", old.path, "--db",
                                 stored.conninfo)
    wait_until(lambda: "waiting for a lock" in second.said(), "the second to say so", [second])
    lock.__exit__(None, None, None)
    running.wait()
    second.wait()
    check(stored, stored.events, old.country_of)


def test_it_takes_turns_with_threat_set(stored, files):
    """The recount of a month reads a snapshot: what moved beside it would be counted where it was."""
    _, new = files
    stored.command("db", "maintain", *WINDOW)
    with stored.locked("kansen.infection_2024_02") as held:
        setting = stored.kansen.start("threat", "set", "late", "--match", "*", "--db",
                                      stored.conninfo)
        wait_until(held.waiters, "the recount of February to wait", [setting])
        running = stored.kansen.start("db", "relocate", *WINDOW, "--geoip", new.path, "--db",
                                      stored.conninfo)
        wait_until(lambda: "waiting for a lock" in running.said() or len(held.waiters()) > 1,
                   "db relocate to wait", [running])
    setting.wait()
    running.wait()
    truth = oracle.Oracle(stored.events, country_of=new.country_of)
    oracle.assert_says(stored.stats("late", FIRST, LAST), truth.figures(["*"], FIRST, LAST))
    check(stored, stored.events, new.country_of)


def test_a_terminal_shows_how_far_it_is(stored, files):
    _, new = files
    with stored.locked("kansen.detection"):
        terminal = Terminal(stored, "db", "relocate", *WINDOW, "--geoip", new.path)
        terminal.wait_for("2024-01, 0 detections looked up")
    assert terminal.end()[0].startswith("3 months done: ")


def test_an_interrupted_recount_counts_what_is_there_then(stored, files):
    """A month that `threat set` has still to count is left to it."""
    _, new = files
    stored.command("db", "maintain", *WINDOW)
    with stored.locked("kansen.infection_2024_02") as held:
        setting = stored.kansen.start("threat", "set", "late", "--match", "*", "--db",
                                      stored.conninfo)
        wait_until(held.waiters, "the recount of February to wait", [setting])
        setting.kill()
        held.end_waiters()
    relocate(stored, new)
    check(stored, stored.events, new.country_of)
    stored.set_threat("late", "*")
    truth = oracle.Oracle(stored.events, country_of=new.country_of)
    oracle.assert_says(stored.stats("late", FIRST, LAST), truth.figures(["*"], FIRST, LAST))
    stored.verify()


def test_a_half_done_one_would_be_found(stored):
    """Detections that move alone are what verify is there for."""
    stored.sql("update kansen.detection set country = 'BR' where country = 'ZZ' and address is not null")
    assert "BR" in stored.verify(code=65).stdout
    stored.sql("update kansen.detection set country = 'ZZ' where country = 'BR'")
    stored.verify()
    stored.sql("delete from kansen.geoip_use where month = '2024-02-01'")
    said = stored.verify(code=65).stdout
    assert "look-ups 2024-02" in said and "2023-12-05" in said


def test_while_workers_ingest_and_threats_change(kafka, topic, database, files):
    """Workers look up in the old file until all is stored; what came late is said, and moves the next time."""
    old, new = files
    name = topic(3)
    events = make_events(6000, seed=7)
    lines = [json.dumps(event).encode() for event in events]
    for threat, patterns in THREATS.items():
        database.set_threat(threat, *patterns)
    workers = [database.start_ingest(kafka, name, *AGE, "--geoip", old.path) for _ in range(2)]

    def produce():
        for start in range(0, len(lines), 100):
            kafka.produce_lines(name, lines[start:start + 100], partition=start // 100 % 3)

    producer = threading.Thread(target=produce)
    producer.start()
    wait_until(lambda: database.value("select count(*) from report.detections") > 300,
               "first events", workers)
    for threat, patterns in THREATS.items():
        setting = threading.Thread(target=database.set_threat, args=(threat, *patterns))
        setting.start()
        relocate(database, new)
        setting.join()
        relocate(database, old)
    relocate(database, new)
    producer.join()
    wait_until(lambda: sum(database.stored_offsets(name).values()) == len(lines),
               "all events stored", workers)
    for worker in workers:
        worker.terminate()
    database.verify()
    relocate(database, new)
    check(database, events, new.country_of)
    assert builds(database) == (["2024-04-02"], "2024-04-02", False)


def test_more_than_a_chunk(database, files):
    """Several transactions a month, whose edges are between events of one instant."""
    old, new = files
    events = [{"id": f"00000000-0000-0000-0000-{number:012}", "device": f"device-{number % 9000}",
               "name": "WORM_A.1", "ip": ADDRESSES[number % 5] % (number % 200 + 1),
               "time": f"2024-01-0{number % 2 + 1}T00:00:00Z"} for number in range(25000)]
    for threat, patterns in THREATS.items():
        database.set_threat(threat, *patterns)
    database.load_events(events, "--geoip", old.path)
    assert "25000 detections looked up again" in relocate(database, new).stderr
    check(database, events, new.country_of)


@pytest.mark.parametrize(("options", "code", "said"), [
    ((), 64, "--from YYYY-MM --to YYYY-MM are needed"),
    (("--from", "2024-01"), 64, "--to YYYY-MM are needed"),
    (("--from", "2024-02", "--to", "2024-01", "--geoip", "x"), 64, "--from 2024-02 is after --to 2024-01"),
    (("--from", "2024-1", "--to", "2024-01", "--geoip", "x"), 64, "did you mean 2024-01?"),
    (WINDOW, 64, "--geoip FILE is needed"),
    ((*WINDOW, "--geoip", "x", "--country", "jp"), 64, "--country jp"),
    ((*WINDOW, "--geoip", "x", "--country", "XX"), 64, "--country XX"),
    ((*WINDOW, "--geoip", "x", "--country", "JPN"), 64, "--country JPN"),
    ((*WINDOW, "--geoip", "/dev/null"), 78, "/dev/null"),
    ((*WINDOW, "--geoip", "x", "more"), 64, "more"),
])
def test_wrong_arguments(database, options, code, said):
    result = database.command("db", "relocate", *options, code=code)
    assert said in result.stderr, result


def test_it_needs_the_owner(stored, files):
    old, new = files
    stored.sql("drop role if exists some_worker")
    stored.sql("create role some_worker login in role kansen_loader")
    try:
        result = stored.kansen.run("db", "relocate", *WINDOW, "--geoip", new.path, "--db",
                                   stored.postgres.conninfo(stored.name, "some_worker"), code=77)
        assert "kansen_owner" in result.stderr and "permission denied" in result.stderr
    finally:
        stored.sql("drop role some_worker")
    check(stored, stored.events, old.country_of)


def test_nothing_to_do(database, files):
    assert relocate(database, files[1]).stderr.startswith("nothing to look up again: of ")

"""`kansen load` when something goes wrong around it: outages, odd sources, two at once, refused rows."""

import json
import os
import random
import signal
import subprocess
import threading
import time

import pytest

from servers import need, wait_until

COUNTRIES = ("JP", "US", "DE", "FR", "BR")
NAMES = ("WORM.A", "WORM.B", "TROJ.A", "TROJ.B", "ADW.C")


def event(number, **changes):
    return {"device": f"device-{number}", "name": "WORM.A", "country": "JP",
            "time": "2024-05-06T07:08:09Z", "id": f"event-{number}", **changes}


def lines(*events):
    return b"".join(json.dumps(each).encode() + b"\n" for each in events)


def many(count, seed):
    """Events of fewer devices, over two months, so that infections move."""
    generator = random.Random(seed)
    return [event(number, device=f"device-{generator.randrange(count // 5)}",
                  name=generator.choice(NAMES), country=generator.choice(COUNTRIES),
                  time=f"2024-0{generator.choice((5, 6))}-{generator.randrange(1, 29):02}T00:00:00Z")
            for number in range(count)]


def count(database):
    return database.value("select count(*) from kansen.detection")


def figures(database):
    return (database.sql("select month, device_id, country, first_seen from report.infections"
                         " order by month, device_id"),
            database.sql("select * from report.country_infections order by month, country"))


# ---- sources

@pytest.mark.parametrize("squeeze", ["cat", "gzip", "zstd"])
def test_a_named_pipe_arrives_whole(database, tmp_path, squeeze):
    need(squeeze)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    source = tmp_path / "events"
    source.write_bytes(lines(*(event(number) for number in range(3000))))
    with open(source, "rb") as events, subprocess.Popen(
            ["sh", "-c", f"{squeeze} > '{path}'"], stdin=events) as writer:
        database.load(path)
        assert writer.wait() == 0
    assert count(database) == 3000
    assert database.value("select count(*) from kansen.dead_letter") == 0


def test_an_event_newer_than_the_start_of_the_load_is_not_ahead_of_its_time(database, kansen):
    """A silent source may wait for days; what is too far ahead is decided when the event comes."""
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [kansen.program, "load", "-", "--max-ahead", "0", "--db", database.conninfo],
        stdin=reader, stderr=subprocess.PIPE, env=kansen.environment())
    os.close(reader)
    wait_until(lambda: database.value(
        "select count(*) from pg_stat_activity where application_name like 'kansen%'"
        f" and datname = '{database.name}'") > 0, "the load to start")
    time.sleep(3)  # older than this is what the event below must be measured by
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
    os.write(writer, lines(event(1, time=now)))
    os.close(writer)
    said = process.communicate()[1]
    assert process.returncode == 0, said
    assert database.sql("select reason, detail from kansen.dead_letter") == []
    assert count(database) == 1


# ---- refused rows

def test_rows_that_postgresql_refuses_are_kept_and_the_others_stored(database):
    database.sql("alter table kansen.detection add constraint no_fr check (country <> 'FR')")
    bad = (0, 1, 777, 2499, 4999)
    events = [event(number, country="FR" if number in bad else "JP") for number in range(5000)]
    database.set_threat("worms", "WORM*")
    result = database.load("-", stdin=lines(*events))
    assert count(database) == 5000 - len(bad)
    letters = database.sql("select \"offset\", reason, detail, value from kansen.dead_letter order by 1")
    assert [letter[0] - 1 for letter in letters] == list(bad), result
    for number, (_, reason, detail, value) in zip(bad, letters):
        assert reason == "store"
        assert "no_fr" in detail
        assert json.loads(bytes(value)) == events[number]
    assert database.stats("worms", "2024-05", "2024-05")["total"] == 5000 - len(bad)
    database.verify()


def test_refused_rows_among_resent_ones(database):
    first = [event(number) for number in range(1000)]
    database.load("-", stdin=lines(*first))
    database.sql("alter table kansen.detection add constraint no_fr check (country <> 'FR') not valid")
    database.set_threat("worms", "WORM*")
    database.load("-", stdin=lines(*first, event(2000, country="FR"), event(2001)))
    assert count(database) == 1001
    assert database.value("select count(*) from kansen.dead_letter") == 1
    database.verify()


def test_a_halt_names_its_reason_when_no_row_is_to_blame(database):
    database.set_threat("worms", "WORM*")
    database.sql("alter table kansen.infection_count add constraint none check (detections < 0)")
    result = database.load("-", code=None, stdin=lines(event(1)))
    assert result.code not in (0, 75) and "none" in result.stderr, result
    assert count(database) == 0
    assert database.value("select count(*) from kansen.dead_letter") == 0


def test_a_database_that_can_take_no_more_names_says_so_and_loses_nothing(database):
    """Ids of names are never given twice, so there is an end to them."""
    source = lines(*(event(number, name=f"WORM.{number}") for number in range(3)))
    restart = "alter table kansen.malware_name alter name_id restart with"
    database.set_threat("worms", "WORM*")
    database.sql(f"{restart} 2147483646")
    result = database.load("-", code=None, stdin=source)
    assert result.code not in (0, 75)
    assert "malware names" in result.stderr and "2147483647" in result.stderr, result
    assert count(database) == 0
    assert database.value("select count(*) from kansen.dead_letter") == 0
    database.sql(f"{restart} 1")
    database.load("-", stdin=source)
    assert database.stats("worms", "2024-05", "2024-05")["total"] == 3
    database.verify()


# ---- order

def test_the_country_is_that_of_the_earliest_detection_in_any_order(new_database):
    """Ties go to the smaller event id; figures never depend on how the events were cut into loads."""
    events = many(3000, seed=7)
    expected = None
    for seed in (None, 1, 2):
        database = new_database()
        database.set_threat("worms", "WORM*")
        shuffled = list(events)
        if seed is not None:
            random.Random(seed).shuffle(shuffled)
        parts = 1 if seed is None else 7
        for part in range(parts):
            database.load("-", stdin=lines(*shuffled[part::parts]))
        database.verify()
        expected = expected or figures(database)
        assert figures(database) == expected


# ---- two at once, outages

def test_two_loads_of_one_file_at_once(database, tmp_path):
    path = tmp_path / "events"
    events = many(60000, seed=3)
    path.write_bytes(lines(*events, *[{"bad": number} for number in range(500)]))
    database.set_threat("worms", "WORM*")
    database.set_threat("trojans", "TROJ*")
    loads = [database.kansen.start("load", str(path), "--db", database.conninfo) for _ in range(3)]
    for each in loads:
        said = each.wait().stderr
        assert "away" not in said, said
    assert count(database) == len(events)
    assert database.value("select count(*) from kansen.dead_letter") == 500
    database.verify()


def test_loads_of_different_files_do_not_wait_for_each_other_in_circles(database, tmp_path):
    database.set_threat("worms", "WORM*")
    database.set_threat("trojans", "TROJ*")
    loads = []
    for number in range(3):
        path = tmp_path / f"events-{number}"
        path.write_bytes(lines(*({**each, "id": f"{number}-{each['id']}"}
                                 for each in many(40000, seed=number))))
        loads.append(database.kansen.start("load", str(path), "--db", database.conninfo))
    for each in loads:
        said = each.wait().stderr
        assert "deadlock" not in said, said
    assert count(database) == 120000
    database.verify()


def test_postgresql_crashes_while_loading(database, postgres, tmp_path):
    path = tmp_path / "events"
    events = many(150000, seed=5)
    path.write_bytes(lines(*events))
    database.set_threat("worms", "WORM*")
    load = database.kansen.start("load", str(path), "--db", database.conninfo)
    for part in range(3):
        wait_until(lambda: count(database) >= 20000 * (part + 1) or not load.alive(), "some events")
        postgres.kill()
        postgres.start()
    load.wait()
    assert count(database) == len(events)
    assert database.value("select count(*) from kansen.dead_letter") == 0
    database.verify()


def test_connections_ended_while_loading(database, tmp_path):
    """The one that counts is lost behind COMMIT: the batch must be stored once all the same."""
    path = tmp_path / "events"
    events = many(100000, seed=6)
    path.write_bytes(lines(*events))
    database.set_threat("worms", "WORM*")
    load = database.kansen.start("load", str(path), "--db", database.conninfo)
    # At its start a load that can't connect says so and ends.
    wait_until(lambda: count(database) > 0, "the first batch", [load])
    generator = random.Random(1)
    for _ in range(12):
        time.sleep(generator.random())
        database.sql("select pg_terminate_backend(pid) from pg_stat_activity"
                     " where application_name like 'kansen%' and datname = current_database()")
    load.wait()
    assert count(database) == len(events)
    assert database.value("select count(*) from kansen.dead_letter") == 0
    database.verify()


def test_a_session_that_postgresql_ended_for_idling_is_an_outage(database, tmp_path):
    """A stopped process may outlive idle_in_transaction_session_timeout (SQLSTATE 25P03)."""
    database.sql(f"alter database {database.name} set idle_in_transaction_session_timeout = '100ms'")
    path = tmp_path / "events"
    path.write_bytes(lines(*many(60000, seed=8)))
    load = database.kansen.start("load", str(path), "--db", database.conninfo)
    for _ in range(10):
        time.sleep(0.2)
        if not load.alive():
            break
        load.process.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        load.process.send_signal(signal.SIGCONT)
    load.wait()
    assert count(database) == 60000


def test_a_load_told_to_stop_while_postgresql_is_away_ends(database, postgres, tmp_path):
    path = tmp_path / "events"
    path.write_bytes(lines(*many(150000, seed=9)))
    load = database.kansen.start("load", str(path), "--db", database.conninfo)
    wait_until(lambda: count(database) > 0, "first events")
    postgres.kill()
    try:
        wait_until(lambda: "away" in load.said(), "the load to notice")
        load.process.send_signal(signal.SIGTERM)
        assert load.process.wait(60) == 75, load.said()
    finally:
        postgres.start()
    load.wait(code=75)
    database.load(path)
    assert count(database) == 150000


# ---- the other commands beside it

def test_maintenance_gives_way_to_a_long_reader(database):
    """Making partitions needs locks that a reader holds; whoever writes would wait behind it."""
    reader = database.postgres.connect(database.name)
    reader.autocommit = False
    with reader.cursor() as cursor:
        cursor.execute("select count(*) from kansen.detection")
    database.command("db", "maintain", "--from", "2030-01", "--to", "2030-01", code=75)
    reader.close()
    database.command("db", "maintain", "--from", "2030-01", "--to", "2030-01")
    assert database.value("select to_regclass('kansen.detection_2030_01') is not null")


def test_maintenance_and_threats_do_not_wait_for_each_other(database):
    """A recount reads in one connection and writes in another: PostgreSQL can't see that circle."""
    database.load("-", stdin=lines(*many(40000, seed=4)))
    failed = []

    def maintain_month(month):
        # Told to try again later (75) when it has waited long for a lock on a busy machine.
        for _ in range(10):
            code = database.command("db", "maintain", "--from", f"2031-{month:02}",
                                    "--to", f"2031-{month:02}", code=None).code
            if code != 75:
                break
        return code

    def maintain():
        failed.extend(maintain_month(month) for month in range(1, 7))

    maintenance = threading.Thread(target=maintain)
    maintenance.start()
    for _ in range(3):
        database.set_threat("worms", "WORM*", "TROJ*")
    maintenance.join()
    assert failed == [0] * 6
    database.verify()

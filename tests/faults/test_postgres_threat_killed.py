"""`kansen threat set` is killed at any moment: no figure shows it, and setting it again is exact."""

import json
import threading

import oracle
from servers import wait_until

OLD = ("--max-age", "9000")
WINDOW = ("2024-01", "2024-03")
STORED, ARRIVING = 12000, 5000


def make_events(start, end):
    return [{"id": f"00000000-0000-0000-0000-{number:012}", "device": f"device-{number % 3001}",
             "name": f"{'WORM' if number % 2 else 'TROJ'}.{number % 7}",
             "country": ("JP", "US", "FR", "DE")[number % 4],
             "time": f"2024-{number % 3 + 1:02}-{number % 27 + 1:02}T00:00:00Z"}
            for number in range(start, end)]


def check(database, events, threat, patterns):
    oracle.assert_says(database.stats(threat, *WINDOW),
                       oracle.Oracle(events).figures(patterns, *WINDOW), threat)


def set_until(database, proxy, commits, *words):
    """Starts `threat set` behind the proxy and kills it when it sends so many COMMITs and one more:
    the first publishes the definition, the last declares it counted, each between counts a month, whose
    infections are there by then."""
    proxy.kill_at_commit(commits, lambda: database.kansen.start(
        "threat", "set", *words, "--db", proxy.conninfo(database.name)))


def test_killed_while_workers_are_ingesting(kafka, topic, database, proxy):
    """Killed before its first COMMIT, behind it, amid the counting and before its last: the old
    definition is shown as if nothing had happened, workers go on, and the next try counts all."""
    stored, arriving = make_events(0, STORED), make_events(STORED, STORED + ARRIVING)
    database.set_threat("worms", "WORM*")
    database.load_events(stored)
    name = topic(2)
    workers = [database.start_ingest(kafka, name, *OLD) for _ in range(2)]
    lines = [json.dumps(event).encode() for event in arriving]

    def produce():
        for start in range(0, len(lines), 100):
            kafka.produce_lines(name, lines[start:start + 100], partition=start // 100 % 2)

    producer = threading.Thread(target=produce)
    producer.start()
    words = ("worms", "--name", "en=Worms", "--name", "ja=ワーム", "--match", "TROJ*", "*.1")
    for commits in (0, 1, 2, 3):
        set_until(database, proxy, commits, *words)
        database.verify()
        assert database.sql("select patterns from report.threats") == [(["WORM*"],)]
    # A definition that nobody set again, too, is in nobody's way, and can be removed.
    set_until(database, proxy, 2, "gone", "--name", "en=x", "--match", "*")
    producer.join()
    wait_until(lambda: sum(database.stored_offsets(name).values()) == ARRIVING, "all events", workers)
    for worker in workers:
        worker.terminate()
    check(database, stored + arriving, "worms", ["WORM*"])
    database.verify()

    database.kansen.run("threat", "set", *words, "--db", database.conninfo)
    database.command("threat", "remove", "gone")
    check(database, stored + arriving, "worms", ["TROJ*", "*.1"])
    database.verify()
    for table in ("threat", "infection", "current_count"):
        assert database.value(f"select count(distinct threat_id) from kansen.{table}") == 1, table


def test_a_killed_recount_goes_on_with_the_months_that_are_left(database, proxy):
    """Killed amid the second of three months: the first stays counted, and what arrives meanwhile
    counts once in each."""
    stored, arriving = make_events(0, STORED), make_events(STORED, STORED + ARRIVING)
    database.load_events(stored)
    words = ("worms", "--match", "WORM*", "*.3")
    set_until(database, proxy, 2, *words)
    assert database.sql("select to_char(month, 'YYYY-MM') from kansen.recount_month order by month") == [
        ("2024-02",), ("2024-03",)]
    database.load_events(arriving)
    database.verify()
    said = database.command("threat", "set", *words).stderr
    # What came behind the definition has been counted by whoever brought it.
    counted = sum(event["time"] >= "2024-02" and (event["name"].startswith("WORM") or event["name"].endswith(".3"))
                  for event in stored)
    assert f"worms: {counted} stored detections counted" in said
    check(database, stored + arriving, "worms", ["WORM*", "*.3"])
    database.verify()


def test_a_definition_goes_without_anybody_waiting(database, postgres):
    """The old definition is gone at once, its infections are deleted behind that: a load does not wait
    for it, and when it is interrupted `db maintain` ends it."""
    database.set_threat("worms", "WORM*")
    database.load_events(make_events(0, 300))
    other = postgres.connect(database.name)
    other.autocommit = False
    with other.cursor() as cursor:
        cursor.execute("select from kansen.infection for update")
        again = database.kansen.start("threat", "set", "worms", "--match", "TROJ*", "--db",
                                      database.conninfo)
        wait_until(lambda: database.sql("select 1 from pg_stat_activity where wait_event_type = 'Lock'"
                                        " and query like '%delete from infection%'"
                                        " and datname = current_database()"),
                   "threat set to delete infections", [again])
        database.load_events(make_events(300, 400))
        check(database, make_events(0, 400), "worms", ["TROJ*"])
        again.kill()
    other.close()
    assert database.value("select count(*) from kansen.threat") == 2
    database.verify()
    assert "removed" not in database.command("threat", "list").stdout
    database.command("db", "maintain")
    for table in ("threat", "infection", "current_count"):
        assert database.value(f"select count(distinct threat_id) from kansen.{table}") == 1, table
    check(database, make_events(0, 400), "worms", ["TROJ*"])
    database.verify()

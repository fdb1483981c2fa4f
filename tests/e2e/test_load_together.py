"""Loads beside each other and beside other commands: whatever the order and whoever waits for whom,
the figures are the same."""

import random
import threading

from load_cases import count, lines, many


def figures(database):
    return (database.sql("select month, device_id, country, first_seen from report.infections"
                         " order by month, device_id"),
            database.sql("select * from report.country_infections order by month, country"))


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


def test_two_loads_of_one_file_at_once(database, tmp_path):
    path = tmp_path / "events"
    events = many(60000, seed=3)
    path.write_bytes(lines(*events, *[{"bad": number} for number in range(500)]))
    database.set_threat("worms", "WORM*")
    database.set_threat("trojans", "TROJ*")
    loads = [database.kansen.start("load", str(path), "--db", database.conninfo) for _ in range(3)]
    for each in loads:
        said = each.wait(code=65).stderr
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

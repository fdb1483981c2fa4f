"""Rows that PostgreSQL refuses although they passed every check: each is kept, the others are stored."""

import json

from load_cases import count, event, lines


def test_rows_that_postgresql_refuses_are_kept_and_the_others_stored(database):
    database.sql("alter table kansen.detection add constraint no_fr check (country <> 'FR')")
    bad = (0, 1, 777, 2499, 4999)
    events = [event(number, country="FR" if number in bad else "JP") for number in range(5000)]
    database.set_threat("worms", "WORM*")
    result = database.load("-", stdin=lines(*events), code=65)
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
    database.load("-", stdin=lines(*first, event(2000, country="FR"), event(2001)), code=65)
    assert count(database) == 1001
    assert database.value("select count(*) from kansen.dead_letter") == 1
    database.verify()


def test_a_halt_names_its_reason_when_no_row_is_to_blame(database):
    database.set_threat("worms", "WORM*")
    database.sql("alter table kansen.infection_count add constraint no_count check (detections < 0)")
    result = database.load("-", code=70, stdin=lines(event(1)))
    assert 'constraint \"no_count' in result.stderr, result
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

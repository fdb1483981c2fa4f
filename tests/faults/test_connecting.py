"""A server that is just on its way up or down is an outage, not a refusal."""

import pytest

from program import Database


@pytest.fixture
def behind_proxy(kansen, postgres, database, proxy):
    """The database, seen through a proxy."""
    seen = Database(kansen, postgres, database.name)
    seen.conninfo = proxy.conninfo(database.name)
    return seen


def test_a_server_that_comes_up_behind_a_failed_attempt_is_asked_again(behind_proxy, proxy):
    proxy.refusals = 1
    behind_proxy.command("db", "status")


def test_a_server_that_stays_away_is_an_outage(behind_proxy, proxy):
    proxy.refusals = 1000
    result = behind_proxy.command("db", "status", code=69)
    assert "PostgreSQL: " in result.stderr


def test_a_server_that_is_there_and_refuses_is_believed(database):
    database.conninfo = database.conninfo.replace(f"dbname={database.name}", "dbname=nosuch")
    result = database.command("db", "status", code=78)
    assert "does not exist" in result.stderr

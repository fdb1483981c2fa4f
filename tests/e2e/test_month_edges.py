"""An event belongs to the month of its local date in the report time zone, to the millisecond."""

import datetime
import uuid
import zoneinfo

import pytest

import oracle

FIRST, LAST = "2015-01", "2024-12"
UTC = datetime.timezone.utc
MILLISECOND = datetime.timedelta(milliseconds=1)

# Zones whose clocks change at the edge of a month within the window, and the month after it.
AT_THE_EDGE = {
    "America/Havana": "2020-11",    # 1:00 on the first becomes 0:00: the first hour comes twice
    "America/Asuncion": "2023-10",  # there is no 0:00 on the first
    "Africa/Cairo": "2024-11",      # 24:00 on the 31st becomes 23:00: the last hour comes twice
}


def start_of(month, zone):
    """The first instant of a month, to the millisecond, found by looking at the clock."""
    noon_before = datetime.datetime.fromisoformat(f"{month}-01T12:00:00+00:00")
    early, late = noon_before - datetime.timedelta(days=2), noon_before + datetime.timedelta(days=2)
    while late - early > MILLISECOND:
        middle = early + (late - early) // 2
        middle -= datetime.timedelta(microseconds=middle.microsecond % 1000)
        if oracle.month_of(middle, zone) < month:
            early = middle
        else:
            late = middle
    return late


@pytest.mark.parametrize("zone", AT_THE_EDGE)
def test_these_zones_have_what_they_were_chosen_for(zone):
    edge = start_of(AT_THE_EDGE[zone], zone)
    before, after = (
        (edge + datetime.timedelta(minutes=minutes)).astimezone(zoneinfo.ZoneInfo(zone))
        for minutes in (-61, 61))
    assert before.utcoffset() != after.utcoffset()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "Asia/Kathmandu", *AT_THE_EDGE])
def test_one_millisecond_on_either_side_of_each_edge(new_database, zone):
    events = []
    for month in oracle.months_between(FIRST, LAST):
        edge = start_of(month, zone)
        for side, instant in (("before", edge - MILLISECOND), ("after", edge)):
            spellings = [instant.isoformat(timespec="milliseconds"),
                         round(instant.timestamp() * 1000)]
            for number, time in enumerate(spellings):
                events.append({
                    "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{side} {month} {number}")),
                    "time": time, "device": f"{side}-{month}-{number}", "name": "EDGE",
                    "country": "JP" if side == "before" else "US"})
    database = new_database(zone)
    database.set_threat("edge", "EDGE")
    database.load_events(events)

    truth = oracle.Oracle(events, zone)
    oracle.assert_says(database.stats("edge", FIRST, LAST), truth.figures(["EDGE"], FIRST, LAST),
                       zone)
    # Each month but the last has its own first instant and its own last one.
    assert database.sql("select count(*), min(infections), max(infections)"
                        " from report.monthly_infections"
                        " where month between '2015-01-01' and '2024-11-01'") == [(119, 4, 4)]
    database.verify()
    database.command("threat", "remove", "edge")
    database.set_threat("edge", "EDGE")
    oracle.assert_says(database.stats("edge", FIRST, LAST), truth.figures(["EDGE"], FIRST, LAST),
                       zone)


# ---- a calendar that differs from the rules of today

def move_edge(database, month, start):
    """The month starts at another instant than the rules say, and the one before ends there."""
    database.sql(f"update kansen.calendar_month set starts_at = {start} where month = '{month}'")
    database.sql(f"update kansen.calendar_month set ends_at = {start}"
                 f" where month = date '{month}' - interval '1 month'")


def test_which_month_it_is_is_said_by_the_calendar(new_database):
    """By the calendar this month has not begun yet: the last one is not over, and partitions are made
    as of it."""
    database = new_database("Asia/Tokyo")
    this, last, over, oldest = (database.value(
        "select (date_trunc('month', now() at time zone 'Asia/Tokyo')"
        f" - interval '{months} months')::date") for months in (0, 1, 2, 15))
    partition = f"select to_regclass('kansen.detection_{oldest:%Y_%m}') is not null"
    database.set_threat("edge", "EDGE")
    assert database.command("stats", "edge", "--format", "json").json()["to"] == f"{last:%Y-%m}"
    assert not database.value(partition)
    move_edge(database, this, "now() + interval '1 hour'")
    assert database.command("stats", "edge", "--format", "json").json()["to"] == f"{over:%Y-%m}"
    database.command("db", "maintain")
    assert database.value(partition)


def test_status_names_what_differs_from_the_rules_of_today(new_database):
    database = new_database("Asia/Tokyo")
    assert "calendar" not in database.command("db", "status").stdout
    move_edge(database, "2030-05-01", "timestamptz '2030-04-30T16:00:00Z'")
    said = database.command("db", "status").stdout
    assert "2 months" in said and "2030-04 2030-05" in said
    assert "the partition" not in said
    database.command("db", "maintain", "--from", "2031-05", "--to", "2031-06")
    move_edge(database, "2031-06-01", "timestamptz '2031-05-31T16:00:00Z'")
    said = database.command("db", "status").stdout
    assert "4 months" in said
    for month, start in (("2031_05", "2031-04-30 15:00:00+00"), ("2031_06", "2031-05-31 15:00:00+00")):
        assert f"the partition detection_{month} is for values from ('{start}')" in said, said

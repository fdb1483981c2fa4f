"""Infections per 1,000 active machines, as reports say them, against a plain recount."""

import csv
import fractions
import io

from heartbeat_cases import lines, many
from oracle import rate

MONTHS = ("2024-05", "2024-06")


def detections(heartbeats, generous):
    """A detection where and when each of these heartbeats was, so that its machine was active; and
    of machines that sent none."""
    yield from ({**each, "name": "WORM.A", "id": str(place)} for place, each in enumerate(heartbeats))
    yield from ({"device": f"silent-{number}", "name": "WORM.A", "country": "JP", "id": f"s{number}",
                 "time": "2024-05-06T00:00:00Z"} for number in range(generous))


def prepare(database):
    heartbeats = many(900, 11, machines=300)
    database.set_threat("worms", "WORM*")
    database.load("-", "--heartbeats", stdin=lines(heartbeats))
    database.load_events(list(detections(heartbeats[::4], 7)))


def counted(database, dimension):
    """{(month, value): (infections, active)}"""
    return {(month, value): (infections, active) for month, value, infections, active in database.sql(
        "select to_char(month, 'YYYY-MM'), value, coalesce(i.infections, 0), coalesce(a.devices, 0)"
        " from report.dimension_infections i full join report.active_devices a"
        " using (month, dimension, value) where dimension = %s", (dimension,))}


def test_rates_are_what_a_recount_says(database):
    prepare(database)
    figures = database.stats("worms", *MONTHS, "--by", "os", "--rate-minimum", "1")
    for dimension in ("country", "os"):
        cells = counted(database, dimension)
        sums = {value: tuple(sum(cells.get((month, value), (0, 0))[side] for month in MONTHS)
                             for side in (0, 1))
                for value in {value for _, value in cells} - {"ZZ", ""}}
        ranked = sorted(sums.items(), key=lambda item: (-fractions.Fraction(*item[1]), item[0]))
        assert [(each["rank"], each[dimension], each["infections"], each["active"], each["per_1000"])
                for each in figures[f"by_{dimension}_rates"]] == [
            (place + 1, value, infections, active, rate(infections, active))
            for place, (value, (infections, active)) in enumerate(ranked)]
    for month, said in zip(MONTHS, figures["rates"]):
        infections = sum(of[0] for (each, _), of in counted(database, "country").items() if each == month)
        active = database.value("select count(*) from report.active_machines"
                                " where to_char(month, 'YYYY-MM') = %s", (month,))
        covered = infections - (7 if month == "2024-05" else 0)
        assert (said["month"], said["infections"], said["active"], said["per_1000"], said["state"]) == (
            month, infections, active, rate(infections, active), "complete")
        assert said["coverage"] == rate(covered, infections * 10)


def test_too_few_machines_have_no_rank_and_that_is_said(database, tmp_path):
    prepare(database)
    few = database.stats("worms", *MONTHS, "--rate-minimum", "1000000")
    assert "by_country_rates" not in few and len(few["rates"]) == 2
    database.command("report", "worms", "--from", MONTHS[0], "--to", MONTHS[1], "--lang", "en,de,ja",
                     "--format", "text,csv,md", "--rate-minimum", "50",
                     "-o", tmp_path)
    text = next(tmp_path.glob("*.en.txt")).read_text(encoding="utf-8")
    assert "Infections, active machines and rate per month" in text and "Coverage (%)" in text
    rows = list(csv.DictReader(io.StringIO(next(tmp_path.glob("*.en.csv")).read_text(encoding="utf-8"))))
    assert any(row["per_1000"] for row in rows if row["line"] == "month")
    database.command("report", "worms", "--from", MONTHS[0], "--to", MONTHS[1], "--format", "text",
                     "--lang", "en", "--rate-minimum", "1000", "-o", tmp_path / "few")
    text = next((tmp_path / "few").glob("*.en.txt")).read_text(encoding="utf-8")
    assert "fewer than 1,000 active machines a month" in " ".join(text.split())


def test_no_ranking_by_rate_gives_away_what_is_too_small(database):
    """Of 16 infections 10 are ranked: with the 5 of the United States, Germany's one would follow."""
    machines = [(country, number) for country, count in (("JP", 10), ("US", 5), ("DE", 1))
                for number in range(count)]
    heartbeats = [{"device": f"{country}{number}", "country": country, "time": "2024-05-06T00:00:00Z"}
                  for country, number in machines]
    database.set_threat("worms", "WORM*")
    database.load("-", "--heartbeats", stdin=lines(heartbeats))
    database.load_events(list(detections(heartbeats, 0)))
    options = ("worms", "2024-05", "2024-05", "--rate-minimum", "0", "--top", "1")
    assert len(database.stats(*options)["by_country_rates"]) == 1
    database.load("-", "--heartbeats", stdin=lines(
        [{"device": f"JP{number}", "country": "JP", "time": "2024-05-07T00:00:00Z"} for number in range(40)]))
    assert [line["country"] for line in database.stats(*options)["by_country_rates"]] == ["DE"]
    figures = database.stats(*options, "--suppress-below", "5")
    assert figures["other"] == {"infections": 6, "share": "37.50", "countries": 2, "unknown": 0, "suppressed": 2}
    assert [line["country"] for line in figures["by_country_rates"]] == ["JP"]


def test_without_heartbeats_nothing_is_said_of_rates(database):
    database.set_threat("worms", "WORM*")
    database.load_events(list(detections(many(20, 1), 0)))
    assert "rates" not in database.stats("worms", *MONTHS)


def test_heartbeats_of_some_months_make_no_rate_of_the_window(database):
    """May has no heartbeats: June has its rate, the window and the countries have none."""
    heartbeats = [each for each in many(200, 3) if each["time"].startswith("2024-06")]
    database.set_threat("worms", "WORM*")
    database.load_events(list(detections(many(200, 3), 0)))
    database.load("-", "--heartbeats", stdin=lines(heartbeats))
    figures = database.stats("worms", *MONTHS, "--rate-minimum", "0")
    assert [bool(each["per_1000"]) for each in figures["rates"]] == [False, True]
    assert "by_country_rates" not in figures


def test_rates_wait_for_heartbeats_and_counts_do_not(database):
    prepare(database)
    database.sql("insert into kansen.kafka_offset (cluster, group_id, topic, partition, heartbeats, read_until)"
                 " values ('c', 'g', 'heartbeats', 0, true, '2024-06-10Z')")
    figures = database.stats("worms", *MONTHS, "--require-complete")
    assert [month["state"] for month in figures["months"]] == ["complete"] * 2
    assert [month["state"] for month in figures["rates"]] == ["complete", "provisional"]

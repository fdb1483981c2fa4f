"""Three more published tables with a top list and an "other" line come out of simulated fleets.

tests/published/NAME.json has the figures as they were printed: machines, or shares in whole per cent
where the source prints no more. NAME.scenario is a fleet that has them; what it makes up beyond them
stands at its top."""

import json
import pathlib

import pytest

PUBLISHED = pathlib.Path(__file__).resolve().parents[1] / "published"
# The events are of 2014 and 2015; a live worker would call them too old.
BACKFILL = ("--max-age", "9000")


def reported(kansen, database, mmdb, name):
    """The published figures, and those of kansen with as many lines."""
    published = json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))
    scenario = PUBLISHED / f"{name}.scenario"
    patterns = [line.split("=", 1)[1].split()
                for line in scenario.read_text(encoding="utf-8").splitlines()
                if line.startswith("match =")][0]
    database.set_threat(published["threat"], *patterns)
    events = kansen.run("simulate", scenario).stdout
    database.load("-", "--geoip", mmdb, *BACKFILL, stdin=events.encode())
    lines = published.get("countries") or published["percent"]
    figures = database.stats(published["threat"], published["from"], published["to"],
                             "--top", str(len(lines)))
    database.verify()
    assert figures["total"] == published["total"]
    return published, figures


def test_machines_of_each_country(kansen, database, mmdb):
    published, figures = reported(kansen, database, mmdb, "spam-botnet-2015-06")
    machines = {line["country"]: line["infections"] for line in figures["countries"]}
    assert machines == published["countries"]
    assert figures["other"]["infections"] == published["other"]
    assert figures["other"]["unknown"] == 4


@pytest.mark.parametrize("name", ["online-banking-2014-q1", "ramnit-2015"])
def test_shares_of_each_country(kansen, database, mmdb, name):
    published, figures = reported(kansen, database, mmdb, name)
    shares = {line["country"]: line["share"] for line in figures["countries"]}
    assert shares == {code: f"{share}.00" for code, share in published["percent"].items()}
    assert figures["other"]["share"] == f"{published['other_percent']}.00"

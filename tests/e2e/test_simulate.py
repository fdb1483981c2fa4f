"""`kansen simulate`: the same fleet each time, and counted as it says it should be."""

import collections
import json
import pathlib
import re

import pytest

import oracle

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "simulate/scenarios"
SCENARIOS = sorted(FOLDER.glob("*.scenario"))


def test_there_are_scenarios():
    assert {"bitcoin-miner-2013.scenario", "small.scenario"} <= {path.name for path in SCENARIOS}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_the_seed_decides(kansen, scenario):
    first, second = (kansen.run("simulate", scenario).bytes for _ in range(2))
    assert first == second
    assert kansen.run("simulate", scenario, "--seed", "7").bytes != first
    assert (kansen.run("simulate", scenario, "--seed", "7").bytes
            == kansen.run("simulate", scenario, "--seed", "7").bytes)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_truth_it_writes_is_what_is_counted(kansen, new_database, mmdb, tmp_path, scenario,
                                                seed):
    path = tmp_path / "truth.json"
    lines = kansen.run("simulate", scenario, "--seed", seed, "--truth", path).bytes
    truth = json.loads(path.read_text(encoding="utf-8"))
    database = new_database(truth["timezone"])
    text = scenario.read_text(encoding="utf-8")
    patterns = re.search(r"^match *= *(.*)$", text, re.MULTILINE)[1].split()
    database.set_threat(truth["threat"], *patterns)
    database.load("-", "--geoip", mmdb, "--allow-rejected", "30%", stdin=lines)

    figures = database.stats(truth["threat"], truth["from"], truth["to"], "--top", "250")
    oracle.assert_says(figures, {"total": truth["total"], "months": [
        {key: month[key] for key in ("month", "infections", "detections")}
        for month in truth["months"]]})
    countries = collections.Counter()
    for month in truth["months"]:
        countries.update({each["country"]: each["infections"] for each in month["countries"]})
    unknown = countries.pop(oracle.UNKNOWN, 0)
    assert {each["country"]: each["infections"] for each in figures["countries"]} == {
        country: count for country, count in countries.items() if count}
    assert figures["other"]["unknown"] == unknown
    unique = database.stats(truth["threat"], truth["from"], truth["to"], "--unique")
    assert unique["total"] == truth["unique_devices"]
    database.verify()

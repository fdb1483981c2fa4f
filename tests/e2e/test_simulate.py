"""`kansen simulate`: the same fleet each time, and counted as it says it should be."""

import collections
import json
import pathlib
import re

import pytest

import oracle

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "simulate/scenarios"
SMALL = FOLDER / "small.scenario"
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


@pytest.mark.parametrize(("words", "code", "said"), [
    (("simulate", "/nonexistent/fleet"), 66, "/nonexistent/fleet: No such file or directory"),
    (("simulate", "/tmp"), 66, "/tmp: Is a directory"),
    (("simulate", "/dev/null"), 65, "/dev/null: there is no name in [threat]"),
    (("simulate", "/dev/zero"), 65, "/dev/zero:1: the line holds a NUL byte"),
    (("demo", "--scenario", "/nonexistent/fleet"), 66, "/nonexistent/fleet: No such file or directory"),
    (("demo", "--scenario", "/dev/null"), 65, "/dev/null: there is no name in [threat]"),
    (("simulate", SMALL, "--truth", "/nonexistent/truth"), 73, "/nonexistent/truth: No such file or directory"),
    (("simulate", SMALL, "--part", "2/1"), 64, "--part is K/N"),
    (("simulate", SMALL, "--seed", "x"), 64, "--seed is a whole number"),
    (("simulate", SMALL, "-b", "127.0.0.1:1", "-X", "plugin.library.paths=/nonexistent.so"), 78, "it runs foreign code"),
    (("simulate", SMALL, "-b", "127.0.0.1:1", "-X", "no.such=1"), 78, "librdkafka has no such property"),
    (("simulate", SMALL, "-b", "127.0.0.1:1"), 69, "no answer from the Kafka brokers 127.0.0.1:1 within 15 s"),
])
def test_what_can_not_be_simulated(kansen, words, code, said):
    assert said in kansen.run(*words, code=code).stderr.splitlines()[-1]


@pytest.mark.parametrize("command", ["simulate", "demo"])
def test_its_data_is_missing(kansen, command):
    words = [command] + ([SMALL] if command == "simulate" else [])
    assert "(KANSEN_DATA_DIR)" in kansen.run(*words, env={"KANSEN_DATA_DIR": "/nonexistent"}, code=66).stderr

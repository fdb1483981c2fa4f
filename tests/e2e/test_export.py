"""`kansen db export`: a month as a file, which `kansen load` reads back, each event once."""

import hashlib
import json
import os
import random
import subprocess
import time

import pytest

from program import Database

MONTH = "2024-03"
HOSTILE = ["WORM.A", 'WORM."quoted"\\back', "WORM.\u65e5\u672c", "WORM.\x01\x1f\t", "WORM. =1+1", "WORM.\U0001f41b"]


def events(count=300, seed=1):
    """What every member can hold, in the month and on both of its edges."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        event = {"id": f"e{number}", "device": f"d{chance.randrange(60)}", "name": chance.choice(HOSTILE),
                 "time": f"{MONTH}-{chance.randrange(1, 32):02}T{chance.randrange(24):02}:00:00."
                         f"{chance.randrange(1000000):06}Z"}
        for key, value in (("ip", chance.choice(["203.0.113.7", "2001:db8::7", "::ffff:198.51.100.4"])),
                           ("sha256", hashlib.sha256(event["id"].encode()).hexdigest()), ("vendor", "Example"),
                           ("product", chance.choice(["Endpoint", "Mail \u7248"])), ("version", "11.0"),
                           ("action", "quarantined"), ("os", "Windows 11"), ("segment", "schools")):
            if chance.random() < 0.7:
                event[key] = value
        if "ip" not in event or chance.random() < 0.5:
            event["country"] = chance.choice(["JP", "US", "ZZ"])
        made.append(event)
    made[0]["time"] = f"{MONTH}-01T00:00:00Z"
    made[1]["time"] = f"{MONTH}-31T23:59:59.999999Z"
    return made


NEIGHBOURS = [{"id": "before", "device": "d", "name": "WORM.A", "country": "JP", "time": "2024-02-29T23:59:59.999999Z"},
              {"id": "behind", "device": "d", "name": "WORM.A", "country": "JP", "time": "2024-04-01T00:00:00Z"}]
STORED = """
select d.event_time, d.device_id, d.event_id, n.name, d.country, d.address, d.sha256, p.vendor, p.product, p.version,
  a.action, o.os, s.segment
from kansen.detection d join kansen.malware_name n using (name_id) left join kansen.product p using (product_id)
left join kansen.action a using (action_id) left join kansen.os o using (os_id) left join kansen.segment s using (segment_id)
where event_time >= '2024-03-01' and event_time < '2024-04-01' order by 1, 2, 3"""


@pytest.fixture
def stored(database, mmdb):
    database.set_threat("worms", "WORM*")
    database.load_events([*events(), *NEIGHBOURS], "--geoip", mmdb)
    return database


@pytest.fixture
def other(database, kansen, postgres):
    """Another database, with the same threats."""
    name = f"other_{database.name}"
    database.sql(f"create database {name}")
    made = Database(kansen, postgres, name)
    made.command("db", "init")
    made.set_threat("worms", "WORM*")
    yield made
    database.sql(f"drop database {name} with (force)")


def export(database, folder, **options):
    return database.command("db", "export", "--month", MONTH, "-o", folder, **options)


def lines_of(path):
    return subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout.splitlines()


def test_another_database_has_every_event_and_the_same_figures(stored, other, tmp_path):
    path = export(stored, tmp_path).stdout.strip()
    assert path == str(tmp_path / f"detections-{MONTH}.ndjson.zst")
    said = other.load(path)
    assert other.sql(STORED) == stored.sql(STORED) and len(stored.sql(STORED)) == 300
    window = ("worms", MONTH, MONTH)
    figures = [each.stats(*window, "--by", "name,product,version,os,segment") for each in (stored, other)]
    for key in ("total", "countries", "other", "dimensions"):
        assert figures[0][key] == figures[1][key], key
    assert "300" in said.stderr
    other.verify()
    # And back into where it came from: each event is there already.
    stored.load(path)
    assert len(stored.sql(STORED)) == 300
    stored.verify()


def test_the_digest_is_what_sha256sum_checks(stored, tmp_path):
    path = export(stored, tmp_path).stdout.strip()
    subprocess.run(["sha256sum", "-c", "--strict", f"{path}.sha256"], cwd=tmp_path, check=True, capture_output=True)
    with open(path, "r+b") as file:
        file.seek(30)
        file.write(b"x")
    assert subprocess.run(["sha256sum", "-c", f"{path}.sha256"], cwd=tmp_path, check=False,
                          capture_output=True).returncode == 1


def test_the_same_events_give_the_same_file_and_others_never_replace_it(stored, tmp_path):
    path = export(stored, tmp_path).stdout.strip()
    before = open(path, "rb").read()
    again = export(stored, tmp_path)
    assert again.stdout.strip() == path and "as they were there already" in again.stderr
    stored.load_events([{"id": "late", "device": "late", "name": "WORM.A", "country": "FR",
                         "time": f"{MONTH}-15T00:00:00Z"}])
    second = export(stored, tmp_path).stdout.strip()
    assert second == str(tmp_path / f"detections-{MONTH}.2.ndjson.zst")
    assert open(path, "rb").read() == before and len(lines_of(second)) == 301
    assert export(stored, tmp_path).stdout.strip() == second
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(
        f"detections-{MONTH}{number}.ndjson.zst{ending}" for number in ("", ".2") for ending in ("", ".sha256"))


def test_lines_are_events_of_our_own_format(stored, tmp_path):
    lines = [json.loads(line) for line in lines_of(export(stored, tmp_path).stdout.strip())]
    assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)
    assert {line["name"] for line in lines} == set(HOSTILE)
    looked_up = [line for line in lines if "located" in line]
    assert looked_up and all(line["ip"] and line["country"] for line in looked_up)


def test_what_can_not_be_written_leaves_nothing(stored, tmp_path):
    folder = tmp_path / "file"
    folder.write_text("", encoding="utf-8")
    assert "file" in export(stored, folder, code=73).stderr
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_what_a_killed_export_left_goes_with_the_next(stored, tmp_path):
    old = [".detections-2024-03.aB3dEf", ".detections-2019-12.000000", ".sha256.Zz9Zz9"]
    others = [".detections-2024-03.ndjson.zst", ".sha256.older-one", "detections-2024-03.aB3dEf", ".detections-mine.aB3dEf"]
    young = ".detections-2024-03.yOuNg0"
    for name in [*old, *others, young]:
        (tmp_path / name).write_text("", encoding="utf-8")
        if name != young:
            os.utime(tmp_path / name, (0, time.time() - 3700))
    export(stored, tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {
        *others, young, f"detections-{MONTH}.ndjson.zst", f"detections-{MONTH}.ndjson.zst.sha256"}


def test_a_month_without_events_is_said(stored, tmp_path):
    said = stored.command("db", "export", "--month", "2023-01", "-o", tmp_path, code=65)
    assert "no event of 2023-01 is stored" in said.stderr and not list(tmp_path.iterdir())
    for words in ((), ("--month", "March")):
        stored.command("db", "export", *words, code=64)

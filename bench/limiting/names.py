"""A file of events each of which has a malware name that nobody has met: loaded with one pattern, and with
thousands, whether they say how a name begins or what stands in it."""

import json
import time

THREATS = 10
# By what the patterns look like: how many there are. The last are the most that there may be.
SHAPES = {"TROJ_FAMILY{}.*": 1000, "*FAMILY{}.*": 1000, "*_FAMILY{}.*": 9900}
# Comparing so many names with so many patterns must not take several times as long as storing them.
GOAL = 8.0


def _lines(names, round_number):
    return b"".join(json.dumps({
        "id": f"{round_number}-{number}", "device": f"device-{number}", "country": "JP",
        "name": f"TROJ_FAMILY{number % 5000}.{round_number}.{number}",
        "time": "2024-05-06T00:00:00Z"}).encode() + b"\n" for number in range(names))


def _load(database, names, round_number):
    lines = _lines(names, round_number)
    began = time.monotonic()
    database.load("-", stdin=lines)
    return (time.monotonic() - began) * 1000


def _measure(stage, names, number, shape, count):
    database = stage.database(f"names_{number}")
    _load(database, names, 0)
    before = _load(database, names, 1)
    for threat in range(THREATS):
        database.set_threat(f"threat-{threat}", *(shape.format(each) for each in range(threat, count, THREATS)))
    after = _load(database, names, 2)
    counted = database.value("select sum(detections) from report.country_infections where threat <> 'bench'")
    expected = 3 * sum(each % 5000 < count for each in range(names))
    assert counted == expected, f"{counted} detections were counted instead of {expected}"
    return {"what": f"{names:,} new names; {count:,} like {shape.format(1)}",
            "before_ms": round(before, 1), "after_ms": round(after, 1),
            "ratio": round(after / before, 2), "goal": GOAL}


def measure(stage, names):
    return [_measure(stage, names, number, shape, count) for number, (shape, count) in enumerate(SHAPES.items())]

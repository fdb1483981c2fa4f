"""A file of events each of which has a malware name that nobody has met: loaded with one pattern, and
with a thousand."""

import json
import time

NAMES = 10000
THREATS, PATTERNS = 100, 10
# Comparing so many names with so many patterns must not take several times as long as storing them.
GOAL = 8.0


def _lines(round_number):
    return b"".join(json.dumps({
        "id": f"{round_number}-{number}", "device": f"device-{number}", "country": "JP",
        "name": f"TROJ_FAMILY{number % 5000}.{round_number}.{number}",
        "time": "2024-05-06T00:00:00Z"}).encode() + b"\n" for number in range(NAMES))


def _load(database, round_number):
    lines = _lines(round_number)
    began = time.monotonic()
    database.load("-", stdin=lines)
    return (time.monotonic() - began) * 1000


def measure(stage):
    database = stage.database("names")
    _load(database, 0)
    before = _load(database, 1)
    for threat in range(THREATS):
        database.set_threat(f"threat-{threat}",
                            *(f"TROJ_FAMILY{threat * PATTERNS + each}.*" for each in range(PATTERNS)))
    after = _load(database, 2)
    database.verify()
    return {"what": f"load of {NAMES:,} new names, 1 pattern; {THREATS * PATTERNS:,}",
            "before_ms": round(before, 1), "after_ms": round(after, 1),
            "ratio": round(after / before, 2), "goal": GOAL}

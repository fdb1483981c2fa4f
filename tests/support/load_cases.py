"""Events for tests of `kansen load`, and how many of them are stored."""

import json
import random

COUNTRIES = ("JP", "US", "DE", "FR", "BR")
NAMES = ("WORM.A", "WORM.B", "TROJ.A", "TROJ.B", "ADW.C")


def event(number, **changes):
    return {"device": f"device-{number}", "name": "WORM.A", "country": "JP",
            "time": "2024-05-06T07:08:09Z", "id": f"event-{number}", **changes}


def lines(*events):
    return b"".join(json.dumps(each).encode() + b"\n" for each in events)


def many(count, seed):
    """Events of fewer devices, over two months, so that infections move."""
    generator = random.Random(seed)
    return [event(number, device=f"device-{generator.randrange(count // 5)}",
                  name=generator.choice(NAMES), country=generator.choice(COUNTRIES),
                  time=f"2024-0{generator.choice((5, 6))}-{generator.randrange(1, 29):02}T00:00:00Z")
            for number in range(count)]


def count(database):
    return database.value("select count(*) from kansen.detection")

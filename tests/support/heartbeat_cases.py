"""Heartbeats, and which machines they make active."""

import collections
import json
import random

import oracle

VALUES = {"country": ("JP", "US", "DE", "ZZ"), "product": ("Endpoint", "Server", None),
          "version": ("11.0", "12.0", None), "os": ("Windows 7", "Windows XP", None),
          "segment": ("home", "enterprise", None)}
DIMENSIONS = tuple(VALUES)


def heartbeat(number, **changes):
    return {"device": f"device-{number}", "country": "JP", "time": "2024-05-06T07:08:09Z", **changes}


def many(count, seed, machines=60):
    """Heartbeats of fewer machines over two months, most of which change something meanwhile; no two
    of one machine at the same time."""
    generator = random.Random(seed)
    seconds = generator.sample(range(28 * 86400), count)
    return [{"device": f"device-{generator.randrange(machines)}",
             "time": f"2024-0{generator.choice((5, 6))}-{1 + second // 86400:02}"
                     f"T{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}Z",
             **{key: value for key, value in ((key, generator.choice(values))
                                              for key, values in VALUES.items()) if value}}
            for second in seconds]


def active(heartbeats, timezone="UTC"):
    """{(month, dimension, value): machines}, by the earliest heartbeat of each machine and month."""
    earliest = {}
    for each in heartbeats:
        instant = oracle.event_time(each)
        key = oracle.month_of(instant, timezone), each["device"]
        if key not in earliest or instant < earliest[key][0]:
            earliest[key] = instant, each
    counts = collections.Counter()
    for (month, _), (_, each) in earliest.items():
        for dimension in DIMENSIONS:
            counts[month, dimension, each.get(dimension, "")] += 1
    return dict(counts)


def stored(database):
    """The same, as the database has it."""
    return {(month, dimension, value): devices for month, dimension, value, devices in database.sql(
        "select to_char(month, 'YYYY-MM'), dimension, value, devices from report.active_devices")}


def lines(heartbeats):
    return b"".join(json.dumps(each).encode() + b"\n" for each in heartbeats)

"""What the figures of a set of events must be, worked out from the events alone.

Written from the meaning of the numbers, not from the program: whole events in memory, months by
Python's zoneinfo, no SQL. Slow and plain on purpose.
"""

import collections
import datetime
import fractions
import re
import uuid
import zoneinfo

UNKNOWN = "ZZ"
DIMENSIONS = ("country", "name", "product", "version", "os", "segment")
LABELS = DIMENSIONS[2:]  # an event may have each of them or not
HUNDRED_PERCENT = 10000  # hundredths of a percent
NAMED_DEVICES = uuid.UUID("1aac3139-2ecf-4488-a2a0-823aa63af2b3")  # ingest/event/identity.h
NAMED_EVENTS = uuid.UUID("d62d7ebb-7883-486b-be1c-076d1e1ce3ac")
HEX = "[0-9A-Fa-f]"
CANONICAL = f"{HEX}{{8}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{12}}"
UUID = re.compile(rf"({CANONICAL})|\{{({CANONICAL})\}}|[Uu][Rr][Nn]:[Uu][Uu][Ii][Dd]:({CANONICAL})"
                  rf"|({HEX}{{32}})")


def event_time(event):
    """The instant of an event, with UTC's offset."""
    value = event["time"]
    if isinstance(value, int):
        return (datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
                + datetime.timedelta(milliseconds=value))
    # A leap second counts in the second before it.
    text = re.sub(r"(T\d\d:\d\d):60", r"\1:59", value.upper().replace("Z", "+00:00"))
    return datetime.datetime.fromisoformat(text).astimezone(datetime.timezone.utc)


def as_uuid(name, namespace):
    """A device or an event's id, as ingest/event/identity.h has it: the same for all spellings of a
    UUID; any other text is a name in its namespace."""
    found = UUID.fullmatch(name)
    return str(uuid.UUID(found[found.lastindex]) if found else uuid.uuid5(namespace, name))


def month_of(instant, timezone):
    local = instant.astimezone(zoneinfo.ZoneInfo(timezone))
    return f"{local.year:04}-{local.month:02}"


def months_between(first, last):
    year, month = (int(part) for part in first.split("-"))
    months = []
    while f"{year:04}-{month:02}" <= last:
        months.append(f"{year:04}-{month:02}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months


def matches(name, patterns):
    """`*` and `?`, the whole name, ASCII case ignored."""
    def expression(pattern):
        wild = {"*": ".*", "?": "."}
        return "".join(wild.get(character, re.escape(character)) for character in pattern)

    return any(re.fullmatch(expression(pattern), name, re.DOTALL | re.IGNORECASE | re.ASCII)
               for pattern in patterns)


def shares(parts):
    """Largest remainder: two decimals that add up to 100.00, as text; equal remainders favour the
    earlier part."""
    total = sum(parts)
    if total == 0:
        return ["0.00" for _ in parts]
    floors = [part * HUNDRED_PERCENT // total for part in parts]
    order = sorted(range(len(parts)), key=lambda i: (-(parts[i] * HUNDRED_PERCENT % total), i))
    for place in order[:HUNDRED_PERCENT - sum(floors)]:
        floors[place] += 1
    return [f"{share // 100}.{share % 100:02}" for share in floors]


def rate(infections, active):
    """Infections per 1,000 active machines: two decimals, a half rounded up."""
    hundredths = (fractions.Fraction(infections * 100000, active) + fractions.Fraction(1, 2)).__floor__()
    return f"{hundredths // 100}.{hundredths % 100:02}"


class Oracle:
    """The truth about events in one time zone, detections or heartbeats (whose name is ""); `country_of` answers
    for those without a country."""

    def __init__(self, events, timezone="UTC", country_of=lambda event: UNKNOWN):
        self.timezone = timezone
        self.detections = {}
        self.labels = {}
        for event in events:
            instant = event_time(event)
            identity = (instant, as_uuid(event["device"], NAMED_DEVICES),
                        as_uuid(event.get("id", repr(sorted(event.items()))), NAMED_EVENTS))
            country = event.get("country") or country_of(event)
            self.detections.setdefault(identity, (event.get("name", ""), country))
            self.labels.setdefault(identity, [event.get(key) or "" for key in LABELS])

    def _window(self, patterns, first, last):
        """(month, device, order of time, country) of each detection that counts."""
        for (instant, device, identity), (name, country) in self.detections.items():
            month = month_of(instant, self.timezone)
            if first <= month <= last and matches(name, patterns):
                yield month, device, (instant, identity), country

    def infections(self, patterns, first, last):
        """{(month, device): country of the earliest detection}, {month: detections}."""
        earliest = {}
        detections = collections.Counter()
        for month, device, order, country in self._window(patterns, first, last):
            detections[month] += 1
            kept = earliest.get((month, device))
            if kept is None or order < kept[0]:
                earliest[month, device] = (order, country)
        return {key: country for key, (_, country) in earliest.items()}, detections

    def _labelled(self, patterns, first, last):
        """(month, device, order of time, values of DIMENSIONS) of each detection that counts."""
        for (instant, device, identity), (name, country) in self.detections.items():
            month = month_of(instant, self.timezone)
            if first <= month <= last and matches(name, patterns):
                texts = [country, name, *self.labels[instant, device, identity]]
                yield (month, device, (instant, uuid.UUID(identity)),
                       tuple(text if text.strip(" ") else "" for text in texts))

    def machines(self, patterns, first, last):
        """{(month, device): (time of its earliest detection, values of DIMENSIONS there)}."""
        earliest = {}
        for month, device, order, values in self._labelled(patterns, first, last):
            if (month, device) not in earliest or order < earliest[month, device][0]:
                earliest[month, device] = (order, values)
        return {key: (order[0], values) for key, (order, values) in earliest.items()}

    def dimensions(self, patterns, first, last):
        """{(month, dimension, value): (infections, detections)}, as report.dimension_infections has it."""
        infections, detections = collections.Counter(), collections.Counter()
        for month, _, _, values in self._labelled(patterns, first, last):
            detections.update((month, *pair) for pair in zip(DIMENSIONS, values))
        for (month, _), (_, values) in self.machines(patterns, first, last).items():
            infections.update((month, *pair) for pair in zip(DIMENSIONS, values))
        return {key: (infections[key], count) for key, count in detections.items()}

    def figures(self, patterns, first, last, top=10, unique=False):
        """What `kansen stats --format json` must say, in its words."""
        infections, detections = self.infections(patterns, first, last)
        monthly = collections.Counter(month for month, _ in infections)
        by_country = collections.Counter()
        if unique:
            first_month = {}
            for month, device in sorted(infections):
                first_month.setdefault(device, month)
            for device, month in first_month.items():
                by_country[infections[month, device]] += 1
        else:
            by_country.update(infections.values())

        unknown = by_country.pop(UNKNOWN, 0)
        ranked = sorted(by_country.items(), key=lambda item: (-item[1], item[0]))
        shown, left = ranked[:top], ranked[top:]
        other = unknown + sum(count for _, count in left)
        percent = shares([count for _, count in shown] + [other])
        return {
            "from": first,
            "to": last,
            "timezone": self.timezone,
            "unique": unique,
            "total": sum(count for _, count in shown) + other,
            "months": [{"month": month, "infections": monthly[month],
                        "detections": detections[month]} for month in months_between(first, last)],
            "countries": [{"rank": place + 1, "country": country, "infections": count,
                           "share": percent[place]}
                          for place, (country, count) in enumerate(shown)],
            "other": {"infections": other, "share": percent[-1], "countries": len(left),
                      "unknown": unknown},
        }


def contains(whole, part):
    """Whether JSON `whole` says at least what `part` says; lists must agree in length."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and contains(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(
            contains(one, other) for one, other in zip(whole, part))
    return type(whole) is type(part) and whole == part


def assert_says(actual, expected, context=""):
    """`actual` may say more than `expected`, never otherwise; names what differs."""
    for key, value in expected.items():
        assert key in actual, f"{context}: no {key} in {actual}"
        assert contains(actual[key], value), (
            f"{context}: {key} is {actual[key]!r}, must be {value!r}")

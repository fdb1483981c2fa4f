"""Compares the ledgers with the database: what is lost, what is there twice, what is wrong."""

import collections
import datetime
import difflib
import json
import re

from ledger import THREATS, month_in, oracle_events
from plan import HEARTBEATS
from oracle import Oracle, contains, rate

FROM, TO = "2023-12", "2024-06"
LANGUAGES = "en,ja"

# Findings of one kind that are worth printing.
SHOWN = 5

DETECTIONS = """
select sha256, (extract(epoch from event_time) * 1000000)::bigint, to_char(month, 'YYYY-MM'),
  device_id::text, event_id::text, country, malware_name
from report.detections"""
COUNTS = """
select to_char(month, 'YYYY-MM'), dimension, value, infections, detections
from report.dimension_infections where threat = %s"""
CAUSES = """
select cause, to_char(month, 'YYYY-MM'), dimension, value, infections, detections
from report.count_causes where threat = %s"""
INFECTIONS = """
select to_char(month, 'YYYY-MM'), device_id::text, first_seen, country, malware_name, product, version, os, segment
from report.infections where threat = %s"""
ACTIVE_MACHINES = """
select to_char(month, 'YYYY-MM'), device_id::text, first_seen, country, '', product, version, os, segment
from report.active_machines"""
ACTIVE_COUNTS = """
select to_char(month, 'YYYY-MM'), dimension, value, devices from report.active_devices"""
LETTERS = """
select partition, "offset", element, heartbeat, reason, value from kansen.dead_letter where topic = %s"""

ANY = ("*",)


class Findings:
    """What is not as it must be, by kind."""

    def __init__(self):
        self.by_kind = collections.defaultdict(list)

    def add(self, kind, text):
        self.by_kind[kind].append(text)

    def count(self, *kinds):
        return sum(len(self.by_kind[kind]) for kind in kinds)

    def total(self):
        return self.count(*self.by_kind)

    def others(self, *kinds):
        return self.total() - self.count(*kinds)

    def lines(self):
        for kind, texts in sorted(self.by_kind.items()):
            yield from (f"{kind}: {text}" for text in texts[:SHOWN])
            if len(texts) > SHOWN:
                yield f"{kind}: and {len(texts) - SHOWN} more"


def check_log(findings, feed):
    """The log holds every message of the ledger, and nothing else, or the driver is broken."""
    held = collections.Counter(value for values in feed.log.values() for value in values)
    sent = collections.Counter(message.value for message in feed.ledger.messages)
    missing, unknown = sent - held, held.keys() - sent.keys()
    if missing or unknown:
        findings.add("driver", f"{feed.topic} lacks {missing.total()} messages of the ledger, and has"
                               f" {len(unknown)} that are not in it")


def check_audit(findings, database):
    """What audit.sql has seen."""
    for (what,) in database.sql("select what from faults.violation"):
        findings.add("wrong", what)


def check_offsets(findings, feed, stored):
    for partition, values in feed.log.items():
        if stored.get(partition, 0) != len(values):
            findings.add("wrong", f"offset of {feed.topic} {partition} is {stored.get(partition)},"
                                  f" must be {len(values)}")


def check_detections(findings, database, ledger, timezone):
    events = ledger.events()
    seen = collections.Counter()
    for sha256, *row in database.sql(DETECTIONS):
        seen[sha256] += 1
        event = events.get(sha256)
        if event is None:
            findings.add("wrong", f"a detection that nobody sent: {sha256} {row}")
            continue
        expected = [event.time_us, month_in(event, timezone), event.device,
                    event.identity or row[3], event.country, event.name]
        for field, is_, must in zip(("time", "month", "device", "id", "country", "name"),
                                    row, expected):
            if is_ != must:
                findings.add("wrong", f"{field} of {sha256}: {is_}, must be {must}")
    for sha256, count in seen.items():
        if count > 1:
            findings.add("duplicated", f"{count} times: {events.get(sha256)}")
    for sha256, event in events.items():
        if sha256 not in seen:
            findings.add("lost", str(event))


def check_letters(findings, database, feed):
    """Exactly the rejected messages and elements of the log, at their offsets, with reasons and bytes."""
    letters = feed.ledger.letters()
    of_heartbeats = feed.number == HEARTBEATS
    expected = {(partition, offset, element, of_heartbeats): letter
                for partition, values in feed.log.items() for offset, value in enumerate(values)
                for element, letter in letters.get(value, {}).items()}
    for *place, reason, value in database.sql(LETTERS, (feed.topic,)):
        must = expected.pop(tuple(place), None)
        if must is None:
            findings.add("wrong", f"dead letter nobody sent: {place} {reason}")
        elif (reason, bytes(value or b"") or None) != must:
            findings.add("wrong", f"dead letter {place}: {reason}, must be {must[0]}")
    for place, (reason, _) in expected.items():
        findings.add("lost", f"dead letter {place} {reason}")


def check_figures(findings, database, detections, heartbeats, timezone):
    """`kansen stats` and views against the figures worked out from the ledgers alone."""
    oracle = Oracle(oracle_events(detections), timezone)
    active = check_active(findings, database, Oracle(oracle_events(heartbeats), timezone))
    for threat, patterns in THREATS.items():
        infected = oracle.machines(patterns, FROM, TO)
        for unique in (False, True):
            said = database.stats(threat, FROM, TO, *(["--unique"] if unique else []))
            expected = oracle.figures(patterns, FROM, TO, unique=unique)
            for key, value in expected.items():
                if not contains(said.get(key), value):
                    findings.add("wrong", f"{key} of {threat}{' (unique)' if unique else ''}:"
                                          f" {json.dumps(said.get(key))}, must be"
                                          f" {json.dumps(value)}")
            check_rates(findings, threat, said, infected, active)
        check_machines(findings, threat, database.sql(INFECTIONS, (threat,)), infected)
        expected = oracle.dimensions(patterns, FROM, TO)
        counted = by_place(database.sql(COUNTS, (threat,)))
        check_counts(findings, f"infections and detections of {threat}", counted, expected)
        check_causes(findings, threat, database.sql(CAUSES, (threat,)), expected)


def check_active(findings, database, oracle):
    """The machines that are active, each once a month, and their counts by every dimension. Returns those that must be."""
    active = oracle.machines(ANY, FROM, TO)
    check_machines(findings, "active", database.sql(ACTIVE_MACHINES), active)
    expected = {key: (machines,) for key, (machines, _) in oracle.dimensions(ANY, FROM, TO).items()
                if key[1] != "name" and machines}
    check_counts(findings, "active machines", by_place(database.sql(ACTIVE_COUNTS)), expected)
    return active


def check_machines(findings, what, rows, expected):
    """The exact set, and what each machine is counted as: that of its earliest message of the month."""
    stored = {}
    for month, device, first_seen, *values in rows:
        if (month, device) in stored:
            findings.add("duplicated", f"{what} {month} {device}")
        stored[month, device] = (first_seen, tuple(value if (value or "").strip(" ") else "" for value in values))
    for key in sorted(stored.keys() | expected.keys()):
        if key not in stored:
            findings.add("lost", f"{what} {key}: {expected[key]}")
        elif stored[key] != expected.get(key):
            findings.add("wrong", f"{what} {key}: {stored[key]}, must be {expected.get(key)}")


def by_place(rows):
    """{(month, dimension, value): figures}"""
    return {(month, dimension, value): tuple(map(int, figures)) for month, dimension, value, *figures in rows}


def check_counts(findings, what, said, expected):
    """Every value of every dimension."""
    for key in sorted(said.keys() | expected.keys()):
        if said.get(key) != expected.get(key):
            findings.add("wrong", f"{what} {key}: {said.get(key)}, must be {expected.get(key)}")


def check_causes(findings, threat, rows, expected):
    """Why the counts are what they are: everything arrived, and definitions were the same again and again. What was
    looked up anew moved countries and nothing else."""
    by_cause = collections.defaultdict(list)
    for cause, *row in rows:
        by_cause[cause].append(row)
    counts = {cause: by_place(each) for cause, each in by_cause.items()}
    relocated = counts.pop("relocated", {})
    if {dimension for _, dimension, _ in relocated} - {"country"}:
        findings.add("wrong", f"of {threat} not only countries were relocated")
    moved = collections.Counter()
    for (month, _, _), (infections, detections) in relocated.items():
        moved[month, "infections"] += infections
        moved[month, "detections"] += detections
    for key, change in moved.items():
        if change != 0:
            findings.add("wrong", f"{key} of {threat} that were relocated are {change:+} in all")
    arrived = counts.pop("arrived", {})
    for place in relocated.keys() | arrived.keys():
        both = tuple(map(sum, zip(arrived.get(place, (0, 0)), relocated.get(place, (0, 0)))))
        arrived[place] = both
    check_counts(findings, f"what arrived of {threat}",
                 {place: figures for place, figures in arrived.items() if any(figures)}, expected)
    for cause, each in counts.items():
        findings.add("wrong", f"of {threat} was {cause}: {sorted(each.items())[:SHOWN]}")


def check_rates(findings, threat, said, infected, active):
    """Infected and active machines of each month, and those that are both."""
    months = {each["month"]: each for each in said.get("rates", [])}
    for month in sorted({month for month, _ in active}):
        machines = {key for key in infected if key[0] == month}
        there = sum(key[0] == month for key in active)
        must = {"infections": len(machines), "active": there, "per_1000": rate(len(machines), there)}
        if machines:
            must["coverage"] = rate(len(machines & active.keys()), len(machines) * 10)
        if not contains(months.get(month), must):
            findings.add("wrong", f"rates of {threat} {month}: {months.get(month)}, must be {must}")


def check_verify(findings, name, database):
    result = database.verify(code=None)
    if result.code != 0:
        findings.add("verify", f"{name}: {result.stdout[-1500:]}{result.stderr[-500:]}")


def write_reports(database, reported, folder):
    """{file name: bytes} of all that `kansen stats` says, and of every document of one threat."""
    database.command("report", reported, "--from", FROM, "--to", TO, "--lang", LANGUAGES,
                     "--format", "text,md,html,csv,json,xlsx", "-o", folder)
    for threat in THREATS:
        for unique in ([], ["--unique"]):
            for form in ("table", "json", "csv"):
                said = database.command("stats", threat, "--from", FROM, "--to", TO, "--format",
                                        form, *unique)
                name = f"stats-{threat}{''.join(unique)}.{form}"
                (folder / name).write_bytes(said.bytes)
    # Until when a partition was read, not what: each run has its own.
    return {path.name: re.sub(rb'"read_until": "[^"]*"', b"", path.read_bytes())
            for path in sorted(folder.iterdir())}


def check_reports(findings, disturbed, undisturbed):
    """Byte for byte, offsets read included."""
    for name in sorted(disturbed.keys() | undisturbed.keys()):
        is_, must = disturbed.get(name), undisturbed.get(name)
        if is_ != must:
            findings.add("report", f"{name} differs from that of an undisturbed run: "
                         + "; ".join(differing_lines(is_, must)))


def differing_lines(is_, must):
    texts = [(text or b"").decode("utf-8", "replace").splitlines() for text in (must, is_)]
    lines = difflib.unified_diff(*texts, "undisturbed", "disturbed", n=0, lineterm="")
    return [line[:200] for line in lines][2:8]


def days_since_first_month():
    """What --max-age takes to accept all events of the ledger."""
    return (datetime.date.today() - datetime.date(2023, 12, 1)).days + 1

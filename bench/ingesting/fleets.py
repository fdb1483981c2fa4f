"""Fleets of any size, from the scenarios in bench/scenarios."""

import re

from ground import ROOT

SCENARIOS = ROOT / "bench/scenarios"
# A part of the events of the steady one again, or late.
RESENT = "resent"
# The worst one, in a month that isn't empty (stage.grow).
GROWN = "grown"
FLEETS = ("steady", "quiet", "worst", RESENT, GROWN)
# simulate's last word: how many different events a correct program has stored in the end.
SUMMARY = re.compile(r"(\d+) to be stored")


class Fleet:
    """A scenario whose table of devices is scaled to about so many events."""

    def __init__(self, name, events, folder):
        self.name = name
        scenario = "worst" if name == GROWN else name
        text = (SCENARIOS / f"{scenario}.scenario").read_text(encoding="utf-8")
        self.month = _value(text, "months")
        self.threat = _value(text, "name")
        self.patterns = _value(text, "match").split()
        head, heading, devices = text.partition("[devices]")
        counts = re.findall(r"^([A-Z]{2}) = (\d+)$", devices, re.MULTILINE)
        whole = sum(int(count) for _, count in counts)
        wanted = events / int(_value(text, "repeats"))
        rows = [f"{country} = {_scaled(int(count), wanted / whole)}" for country, count in counts]
        self.path = folder / f"{name}-{events}.scenario"
        self.path.write_text("\n".join([head + heading, f"months = {self.month}", *rows, ""]),
                             encoding="utf-8")

    def produce(self, kansen, brokers, topic):
        """Fills the topic, which must exist; returns how many different events it holds."""
        done = kansen("simulate", self.path, "--brokers", brokers, "--topic", topic)
        return int(SUMMARY.search(done.stderr)[1])


def _scaled(count, factor):
    return max(1, round(count * factor))


def _value(text, key):
    return re.search(rf"^{key} = (.*)$", text, re.MULTILINE)[1].strip()

"""Rounds of all contestants in turn, and what they come to."""

import sys
import time

import results
from ingesting.contestants import ByHand, CopyRows, Kansen, Kcat
from ingesting.daemons import Connect, Rsyslog
from ingesting.figures import Figures, Line
from ingesting.stage import version_of
from tuned import postgres_settings

CONTESTANTS = (CopyRows(), Kansen(1), Kansen(2), Kcat(), ByHand(), Rsyslog(),
               Connect("insert", "plain"), Connect("upsert", "plain_keyed"))

EXPLAINED = """\
Medians of {rounds} rounds in which all ran in turn; CPU in seconds per million events.
kansen, kcat and by hand: whole runs, from the start of the process to its end. COPY: one connection
and transaction from memory, without connecting. "start s": until the first commit.
"""


class Contest:
    def __init__(self, stage, arguments):
        self.stage = stage
        self.arguments = arguments
        self.contestants = [each for each in CONTESTANTS
                            if not arguments.only or each.key in arguments.only]
        for contestant in self.contestants:
            contestant.prepare()

    def measure(self, fleet):
        """All rounds of one fleet, its table, its results."""
        machine = results.machine()
        topic = self._prepare(fleet)
        peer_topic = None
        if any(each.is_peer for each in self.contestants):
            peer_topic = self.stage.fill(f"peers-{fleet}", self.arguments.peer_events)
        runs = {each.key: [] for each in self.contestants}
        for number in range(self.arguments.rounds):
            for contestant in rotated(self.contestants, number):
                run = contestant.run(self.stage, peer_topic if contestant.is_peer else topic)
                runs[contestant.key].append(run)
                say(f"{fleet}, round {number + 1}, {contestant.title}:"
                    f" {run.rate:,.0f} events/s")
        self._hand_over(fleet, machine,
                        Figures([Line(each, runs[each.key]) for each in self.contestants]))

    def _prepare(self, name):
        """Fills the topic, and has kansen store it once, unmeasured: the broker gets warm, the rows
        for COPY are there, and `db verify` compares what was counted with what was stored."""
        began = time.monotonic()
        stage = self.stage
        stage.set_fleet(name, self.arguments.events)
        topic = stage.fill(f"detections-{name}", self.arguments.events)
        Kansen(1).run(stage, topic)
        stage.kansen("db", "verify", "--db", stage.postgres.conninfo("run"))
        stage.keep_rows()
        say(f"{name}: {topic.events:,} events in the topic, stored and verified once,"
            f" {len(stage.rows) / topic.events:.0f} bytes a row"
            f" ({time.monotonic() - began:.0f} s)")
        return topic

    def _hand_over(self, fleet, machine, figures):
        versions = self._versions()
        notes = EXPLAINED.format(rounds=self.arguments.rounds) + versions_line(versions)
        print(f"\n{fleet} fleet\n{figures.table()}\n{notes}", flush=True)
        results.write(self.arguments.output, f"ingest-{fleet}", {
            "fleet": fleet, "machine": machine, "versions": versions,
            "postgresql_settings": postgres_settings(), "contestants": figures.data()},
            f"# Ingest, {fleet} fleet\n\n{facts(machine)}\n\n{figures.markdown()}\n\n{notes}")

    def _versions(self):
        stage = self.stage
        return {"kansen": version_of(stage.program, "--version"),
                "PostgreSQL": stage.postgres.version(), "Apache Kafka": stage.kafka.version(),
                "kcat": version_of("kcat", "-V")}


def rotated(contestants, number):
    """Each round begins with the next one, so that nobody always follows the same one."""
    start = number % len(contestants)
    return contestants[start:] + contestants[:start]


def versions_line(versions):
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def facts(machine):
    return "\n".join(f"- {name}: {value}" for name, value in machine.items())


def say(text):
    print(text, file=sys.stderr, flush=True)

"""Rounds of all contestants in turn, and what they come to."""

import subprocess
import sys
import textwrap
import time

import results
from ingesting.contestants import (Again, ByHand, CopyRows, EmptyMonth, Kansen, Kcat,
                                   said_version)
from ingesting.daemons import Connect, Rsyslog
from ingesting.figures import Figures, Line
from ingesting.fleets import GROWN
from servers import Missing
from tuned import postgres_settings

CONTESTANTS = (CopyRows(), Kansen(1), Kansen(2), Again(), EmptyMonth(),
               Kansen(1, before=True), Kansen(2, before=True), Again(before=True),
               EmptyMonth(before=True), Kcat(), ByHand(), Rsyslog(), Connect("insert", "plain"),
               Connect("upsert", "plain_keyed"))

EXPLAINED = """\
Medians of {rounds} rounds in which all ran in turn. CPU in seconds per million events, MiB of the
largest process, of the pipeline together; bytes an event on disk, keys included, and of WAL. COPY:
one connection and transaction, without connecting. kansen, kcat and by hand: whole runs, from the
start of the process to its end; its start: until the first commit. rsyslog and Kafka Connect: from
the time when a third is stored.
"""
GREW = ("Before the clock starts {machines:,} machines are infected in the month. Checkpoints that began in"
        " a run: {checkpoints}.")


class Contest:
    def __init__(self, stage, arguments):
        self.stage = stage
        self.arguments = arguments
        self.contestants = []
        self.left_out = {}
        for contestant in CONTESTANTS:
            if arguments.only and contestant.key not in arguments.only:
                continue
            if contestant.before and stage.before is None:
                continue
            try:
                contestant.prepare(may_fetch=not arguments.no_fetch)
            except Missing as reason:
                self.left_out[contestant.title] = str(reason)
                say(f"left out: {contestant.title}: {reason}")
            else:
                self.contestants.append(contestant)

    def measure(self, fleet):
        """All rounds of one fleet, its table, its results."""
        machine = {**results.machine(), "file_system": file_system(self.stage.folder)}
        topics = self._prepare(fleet)
        takes_part = [each for each in self.contestants if each.takes_part(fleet)]
        runs = {each.key: [] for each in takes_part}
        for number in range(self.arguments.rounds):
            for contestant in rotated(takes_part, number):
                run = contestant.run(self.stage, topics[contestant.is_peer])
                runs[contestant.key].append(run)
                say(f"{fleet}, round {number + 1}, {contestant.title}: {run.rate:,.0f} events/s")
        self._hand_over(fleet, machine,
                        Figures([Line(each, runs[each.key]) for each in takes_part]))

    def _prepare(self, name):
        """Fills the topics, that of the peers by True. Has kansen store its own once, unmeasured:
        the broker gets warm, the rows for COPY are there, and `db verify` compares what was counted
        with what was stored."""
        began = time.monotonic()
        stage = self.stage
        stage.set_fleet(name, self.arguments.events)
        topics = {False: stage.fill(f"detections-{name}", self.arguments.events)}
        if any(each.is_peer and each.takes_part(name) for each in self.contestants):
            topics[True] = stage.fill(f"peers-{name}", self.arguments.peer_events)
        first = Kansen(1).run(stage, topics[False])
        stage.kansen("db", "verify", "--db", stage.postgres.conninfo("run"))
        stage.keep_rows()
        if name == GROWN:
            stage.grow(self.arguments.grown_machines, first.space["wal"])
        say(f"{name}: {topics[False].events:,} events in the topic, stored and verified once, in"
            f" {time.monotonic() - began:.0f} s; {len(stage.rows) / topics[False].events:.0f}"
            " bytes a row")
        return topics

    def _hand_over(self, fleet, machine, figures):
        versions, ratios = self._versions(), figures.ratios()
        grew = [GREW.format(machines=self.arguments.grown_machines,
                            checkpoints=listed(figures.checkpoints(), "{} {:.0f}"))]
        said = (*(grew if fleet == GROWN else []),
                *([f"Before: kansen of {self.arguments.before[0]}."] if self.stage.before else []),
                *(f"Left out: {title}: {reason}" for title, reason in self.left_out.items()),
                "One worker of kansen ÷ " + listed(ratios, "{}: {:.3g}", "; "),
                listed(versions, "{} {}"))
        notes = EXPLAINED.format(rounds=self.arguments.rounds) + "\n".join(map(filled, said))
        print(f"\n{fleet} fleet\n{figures.table()}\n{notes}", flush=True)
        results.write(self.arguments.output, f"ingest-{fleet}", {
            "fleet": fleet, "machine": machine, "versions": versions,
            "postgresql_settings": postgres_settings(), "left_out": self.left_out,
            "contestants": figures.data(), "kansen1_ratios": ratios},
            f"# Ingest, {fleet} fleet\n\n{listed(machine, '{}: {}')}\n\n{figures.markdown()}"
            f"\n\n{notes}\n\nPostgreSQL: {listed(postgres_settings(), '{} = {}')}")

    def _versions(self):
        versions = {"kansen": said_version(self.stage.now.program, "--version"),
                    "PostgreSQL": self.stage.postgres.version(),
                    "Apache Kafka": self.stage.kafka.version()}
        for contestant in self.contestants:
            versions.update(contestant.versions())
        return versions


def file_system(folder):
    """Its kind: in memory (tmpfs), fsync costs nothing."""
    done = subprocess.run(["stat", "--file-system", "--format=%T", folder], capture_output=True,
                          text=True, check=True)
    return done.stdout.strip()


def rotated(contestants, number):
    """Each round begins with the next one, so that nobody always follows the same one."""
    start = number % len(contestants)
    return contestants[start:] + contestants[:start]


def listed(values, form, between=", "):
    return between.join(form.format(name, value) for name, value in values.items())


def filled(text):
    return textwrap.fill(text, results.WIDTH)


def say(text):
    print(text, file=sys.stderr, flush=True)

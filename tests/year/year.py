"""The simulated year: months of events, each with its monthly work, and an upgrade in the middle."""

import collections
import dataclasses
import datetime
import json
import os
import pathlib
import random
import subprocess
import time

import psycopg2
from confluent_kafka import Producer

import sizes
from books import Books
from calendar_clock import Clock, ClockedKansen, ClockedPostgres
from events import DETECTIONS, HEARTBEATS, THREATS, TOPICS, Agents, instant
from fleet import Fleet
from oracle import DIMENSIONS, assert_says, rate
from program import Database
from servers import Kafka, wait_until

FIRST_MONTH = (2025, 1)
PARTITIONS, MACHINES = 3, 250
# What each worker reads.
WORKERS = (DETECTIONS, DETECTIONS, HEARTBEATS)
PUBLISHED = "miner"
WINDOW_MONTHS = 3
# Of twelve months, how many keep their events, and their infections.
KEPT_OF_12, INFECTIONS_KEPT_OF_12 = 4, 8
# A month is sent in so many portions, between which the calendar jumps: workers are amid something then.
PORTIONS = 4
# How often workers are looked after while events are sent, and how long all that was sent may take to be stored.
TICK_S = 0.05
SETTLE_S = 180
# Bytes of a dropped month's file.
ARCHIVE_EMPTY, ARCHIVE_PER_EVENT = 1000, 150
A_MOMENT = datetime.timedelta(minutes=5)
# After the end of a month, when the monthly work is done.
MONTHLY_WORK_MS = 3 * 3600 * 1000

DIMENSION_COUNTS = """
select to_char(month, 'YYYY-MM'), dimension, value, infections, detections
from report.dimension_infections where threat = %s"""
ACTIVE_COUNTS = """
select to_char(month, 'YYYY-MM'), dimension, value, devices from report.active_devices
where to_char(month, 'YYYY-MM') >= %s"""
COMPLETE = """
select c.state = 'complete' and a.state = 'complete'
from report.completeness c
join report.active_completeness a using (month)
where month = %s"""
LETTERS = "select value from kansen.dead_letter"
STORED = "select count(*) from report.detections"
# Everything that has no name.
ANY = ("*",)


@dataclasses.dataclass
class Edition:
    threat: str
    first: str
    last: str
    number: int
    files: dict  # name: bytes

    def __str__(self):
        return f"edition {self.number} of {self.threat}, {self.first} to {self.last}"


class Worries:
    """Faults of one portion: (when, as a part of it; what)."""

    def __init__(self, random, slots):
        self.due = sorted((random.random(), random.choice(("kill", "leave", "pause", "kill", "leave", "pause",
                                                           "crash")),
                           random.choice(slots), random.uniform(0.2, 5)) for _ in range(random.randint(1, 2)))

    def strike(self, part, year):
        while self.due and self.due[0][0] <= part:
            _, kind, slot, seconds = self.due.pop(0)
            done = {"kill": lambda: year.fleet.kill(slot=slot),
                    "leave": lambda: year.fleet.leave(slot, seconds / 4),
                    "pause": lambda: year.fleet.pause(seconds, slot=slot),
                    "crash": year.crash_postgres}[kind]()
            year.faults += bool(done)


def compare(what, rows, expected):
    """Rows (month, dimension, value, figures…) with {(month, dimension, value): figures}."""
    counted = {(month, dimension, value): tuple(map(int, figures)) for month, dimension, value, *figures in rows
               if dimension in DIMENSIONS}
    differing = [f"{key}: {counted.get(key)}, must be {expected.get(key)}"
                 for key in sorted(counted.keys() | expected.keys()) if counted.get(key) != expected.get(key)]
    assert not differing, f"{what}: {differing[:9]}"


class Year:
    """`program` runs it, from `upgraded_at` (a number of a month) on; until then `older` does, where there is one."""

    def __init__(self, seed, months, per_month, program, older, mmdb, folder):
        self.random = random.Random(seed)
        self.months = months
        self.upgraded_at = months // 2
        self.mmdb = mmdb
        self.folder = pathlib.Path(folder)
        self.timezone = self.random.choice(("UTC", "Asia/Tokyo"))
        self.agents = Agents(self.random, FIRST_MONTH, self.timezone, MACHINES)
        self.messages = self.agents.year(months, per_month)
        self.clock = Clock(self.folder)
        self.newer = ClockedKansen(program, self.clock)
        self.kansen = ClockedKansen(older, self.clock) if older else self.newer
        self.programs = (self.kansen, self.newer)
        self.older = older
        # Programs up to the schema 29 took months of active machines for each other behind a lost connection.
        self.active_from = self._name(self.upgraded_at + 1 if older else 0)
        self.postgres = ClockedPostgres(self.clock, max_wal_size="64MB", min_wal_size="32MB")
        self.kafka = Kafka()
        self.database = None
        self.books = Books(self.timezone)
        self.keep = max(1, months * KEPT_OF_12 // 12)
        self.keep_infections = max(2, months * INFECTIONS_KEPT_OF_12 // 12)
        self.archive = self.folder / "archive"
        self.ends = {}
        self.editions = []
        self.faults = 0
        self.fleet = None
        self.present = 0  # the number of the month
        self.portion_s = 3.0

    # ---- the whole

    def run(self, say):
        """Calls say with a line (a tuple) a month. What is wrong is an AssertionError."""
        self.clock.move(instant(self.agents.start_ms(0)))
        self._set_up()
        for place in range(self.months):
            began = time.monotonic()
            before = self.faults, len(self.editions)
            upgrade = place == self.upgraded_at and self.older is not None
            self._send_month(place, upgrade)
            self._settle(place)
            self._monthly_work(place)
            measured = self._check(place)
            say((self._name(place), self.books.sent, self.faults - before[0], "yes" if upgrade else "",
                 len(self.editions) - before[1], measured.database // sizes.MB, measured.wal // sizes.MB,
                 measured.log // sizes.KB, measured.partitions, len(self.books.dropped),
                 round(time.monotonic() - began)))
        self.fleet.finish()
        self._no_findings()
        self._archive_is_whole()
        self._editions_are_as_they_were()

    def close(self):
        if self.fleet is not None:
            self.fleet.save_logs()
        for kansen in self.programs:
            kansen.close()
        self.postgres.close()
        self.kafka.close()

    def keep_evidence(self):
        (self.folder / "postgresql.log").write_text(self.postgres.log(), encoding="utf-8")
        (self.folder / "kafka.log").write_text(self.kafka.log(), encoding="utf-8")
        if self.database is not None:
            with open(self.folder / "year.sql", "wb") as dump:
                subprocess.run([self.postgres.bin / "pg_dump", "--no-owner", "--dbname", self.database.conninfo],
                               env=self.postgres.environment, stdout=dump, check=False)

    def _set_up(self):
        self.postgres.start()
        self.kafka.start()
        self._is_on_time()
        # The brokers' clock is the machine's: by it the events are years old.
        for topic in TOPICS:
            self.kafka.create_topic(topic, PARTITIONS, retention_ms=-1, message_timestamp_type="CreateTime")
        self.database = self._new_database("year")
        for threat, patterns in THREATS.items():
            self.database.set_threat(threat, *patterns, en=threat.title())
        self.producer = Producer({"bootstrap.servers": self.kafka.brokers, "acks": "all", "linger.ms": 5,
                                  "partitioner": "murmur2_random", "log_level": 0})
        self.pending = iter(self.messages)
        self.next = next(self.pending, None)
        self.fleet = Fleet(self.kansen, self._worker, range(len(WORKERS)), self.folder)

    def _is_on_time(self):
        """PostgreSQL goes by the calendar, also when it has come back."""
        connection = self.postgres.connect("postgres")
        with connection.cursor() as cursor:
            cursor.execute("select now()")
            ((now,),) = cursor.fetchall()
        connection.close()
        assert abs(now - self.clock.now()) < A_MOMENT, f"PostgreSQL says {now}, the calendar {self.clock.now()}"

    def _new_database(self, name):
        connection = self.postgres.connect("postgres")
        with connection.cursor() as cursor:
            cursor.execute(f"create database {name}")
        connection.close()
        database = Database(self.kansen, self.postgres, name)
        database.command("db", "init", "--timezone", self.timezone)
        return database

    def _worker(self, slot):
        topic = WORKERS[slot]
        return [*self.database.ingest_options(self.kafka, topic, group=f"{topic}-readers"), "--geoip", self.mmdb,
                *(["--heartbeats"] if topic == HEARTBEATS else []),
                "-X", "session.timeout.ms=3000", "-X", "heartbeat.interval.ms=500"]

    def _name(self, place):
        year, month = FIRST_MONTH[0], FIRST_MONTH[1] + place
        return f"{year + (month - 1) // 12:04}-{(month - 1) % 12 + 1:02}"

    # ---- what happens in a month

    def _send_month(self, place, upgrade):
        start, end = self.agents.start_ms(place), self.agents.start_ms(place + 1)
        for portion in range(PORTIONS):
            until = start + (end - start) * (portion + 1) // PORTIONS
            self.clock.move(instant(until))
            self._send_until(until, Worries(self.random, range(len(WORKERS))))
            if upgrade and portion == PORTIONS // 2:
                self._upgrade()

    def _send_until(self, until_ms, worries):
        """The messages that come in front of it, over portion_s seconds, while workers have their worries."""
        due = []
        while self.next is not None and self.next.arrival_ms < until_ms:
            due.append(self.next)
            self.next = next(self.pending, None)
        began = time.monotonic()
        gone = 0
        part = 0.0
        while part < 1.0:
            part = min(1.0, (time.monotonic() - began) / self.portion_s)
            for message in due[gone:int(len(due) * part)]:
                self.producer.produce(message.topic, message.value, message.key, timestamp=message.arrival_ms,
                                      on_delivery=self._delivered)
            gone = int(len(due) * part)
            self.producer.poll(0)
            worries.strike(part, self)
            self.fleet.tend()
            self._no_findings()
            time.sleep(TICK_S)
        self.producer.flush()
        for message in due:
            self.books.note(message)

    def _delivered(self, error, message):
        assert error is None, f"Kafka took no message: {error}"
        place = message.topic(), message.partition()
        self.ends[place] = max(self.ends.get(place, 0), message.offset() + 1)

    def crash_postgres(self):
        """As when its machine loses power, and comes back."""
        self.postgres.kill()
        self.postgres.start()
        self._is_on_time()
        return True

    def _upgrade(self):
        """The schema moves under running workers of the older program. They may end by themselves, or go on with it
        for a while; at the end of the month they are told to make room."""
        self.kansen = self.database.kansen = self.newer
        said = self.database.command("db", "migrate").stderr
        assert " applied" in said, said
        self.fleet.upgrade(self.newer)

    # ---- the end of a month

    def _settle(self, place):
        """Everything sent is stored, and the month known to be complete."""
        self.clock.move(instant(self.agents.start_ms(place + 1) + MONTHLY_WORK_MS))
        self.fleet.settle()
        self.fleet.relieve()
        wait_until(lambda: self._tended(lambda: self.fleet.outdated() == 0), "workers of the older program to end",
                   patience_s=SETTLE_S)
        wait_until(self._all_stored, "everything sent to be stored", patience_s=SETTLE_S)
        wait_until(lambda: self._tended(lambda: self.database.sql(COMPLETE, (self._name(place) + "-01",)) == [(True,)]),
                   f"{self._name(place)} to be complete", patience_s=SETTLE_S)

    def _tended(self, condition):
        self.fleet.tend()
        self._no_findings()
        try:
            return condition()
        except psycopg2.OperationalError:
            return False

    def _all_stored(self):
        return self._tended(lambda: all(self.database.stored_offsets(topic).get(partition, 0) >= end
                                        for (topic, partition), end in self.ends.items()))

    def _monthly_work(self, place):
        """What an operator has done on the first of the month: the counts verified, the report of the last three
        months, the one of a month ago again, should late events have changed it; old months dropped."""
        self.database.verify()
        self.oracle, self.active = self.books.oracles()
        self._publish(PUBLISHED, place - WINDOW_MONTHS + 1, place)
        if place > 0:
            self._publish(PUBLISHED, place - WINDOW_MONTHS, place - 1)
        self.present = place + 1
        if "--keep-months" in self.database.kansen.run("db", "maintain", "--help").stdout:
            self._drop_months()
            self.database.verify()
        else:  # an older program
            self.database.command("db", "maintain")

    def _drop_months(self):
        """Events of old months go into a file each; what was counted of them stands in an edition of each threat."""
        leaving = [place for place in range(self.present - self.keep) if self._name(place) not in self.books.dropped]
        for place in leaving:
            for threat in THREATS:
                self._publish(threat, place, place)
        self.database.command("db", "maintain", "--keep-months", self.keep, "--keep-infections", self.keep_infections,
                              "-o", self.archive)
        for month in map(self._name, leaving):
            count = self.books.drop(month, self.oracle)
            assert self._file(month).stat().st_size < count * ARCHIVE_PER_EVENT + ARCHIVE_EMPTY, f"{month} is large"
        self.books.forget_infections(self._name(self.present - self.keep_infections))

    def _file(self, month):
        return self.archive / f"detections-{month}.ndjson.zst"

    def _publish(self, threat, first_place, last_place):
        """An edition, or the next one of this window."""
        first, last = self._name(max(0, first_place)), self._name(last_place)
        before = [edition for edition in self.editions
                  if (edition.threat, edition.first, edition.last) == (threat, first, last)]
        context = f"edition {len(before) + 1} of {threat}, {first} to {last}"
        folder = self.folder / context.replace(" ", "-")
        # --restate asks for the formats of the edition before.
        options = ("--restate",) if before else ("--lang", "en,ja", "--format", "text,json")
        said = self.database.command("publish", threat, "--from", first, "--to", last, *options, "-o", folder)
        expected = self.oracle.figures(THREATS[threat], first, last)
        if not said.stdout:
            # Of active machines alone no edition is made anew.
            assert before and "nothing has changed" in said.stderr, f"{context}: {said}"
            assert_says(self._figures(before[-1]), expected, f"{context}, which was not made")
            return
        files = {pathlib.Path(name).name: pathlib.Path(name).read_bytes() for name in said.stdout.split()}
        edition = Edition(threat, first, last, len(before) + 1, files)
        if first >= self.active_from:
            expected["rates"] = self._rates(threat, first, last)
        assert_says(self._figures(edition), expected, context)
        self.editions.append(edition)

    @staticmethod
    def _figures(edition):
        (name,) = (name for name in edition.files if name.endswith(".en.json"))
        return json.loads(edition.files[name])

    # ---- comparisons

    def _rates(self, threat, first, last):
        """Infected machines of 1,000 that are active, by month."""
        infected = collections.Counter(month for month, _ in self.oracle.machines(THREATS[threat], first, last))
        active = collections.Counter(month for month, _ in self.active.machines(ANY, first, last))
        return [{"month": month, "infections": infected[month], "active": count,
                 "per_1000": rate(infected[month], count)} for month, count in sorted(active.items())]

    def _no_findings(self):
        assert not self.fleet.findings, self.fleet.findings

    def _check(self, place):
        """Every count of every threat and of active machines, all that was rejected, and how much of everything there
        is."""
        window = self._name(0), self._name(place)
        for threat, patterns in THREATS.items():
            rows = self.database.sql(DIMENSION_COUNTS, (threat,))
            compare(f"counts of {threat}", rows, self.oracle.dimensions(patterns, *window))
        active = {key: (machines,) for key, (machines, _) in self.active.dimensions(ANY, *window).items()
                  if key[1] != "name" and machines and key[0] >= self.active_from}
        compare("counts of active machines", self.database.sql(ACTIVE_COUNTS, (self.active_from,)), active)
        letters = collections.Counter(bytes(value) for value, in self.database.sql(LETTERS))
        wrong = self.books.wrong_letters(letters)
        assert not wrong, f"dead letters: {wrong[:9]}"
        expected = len(self.oracle.detections) - sum(self.books.dropped.values())
        stored = self.database.value(STORED)
        assert stored == expected, f"{stored} detections of {expected} are stored"
        measured = sizes.measure(self.database, self._log_bytes())
        starts = sum(path.read_text(encoding="utf-8").count("---- pid") for path in self.folder.glob("worker-*.log"))
        beyond = measured.beyond(place + 1, self.books.sent, starts + len(WORKERS), len(WORKERS))
        assert not beyond, f"{self._name(place)}: {beyond}"
        return measured

    def _log_bytes(self):
        running = sum(os.fstat(worker.running.err.fileno()).st_size for worker in self.fleet.workers.values())
        return running + sum(path.stat().st_size for path in self.folder.glob("worker-*.log"))

    def _archive_is_whole(self):
        """Files of dropped months, loaded into another database, are counted there as they were. Loaded into their own,
        the newest is as if it had never been dropped."""
        if not self.books.dropped:
            return
        files = {month: self._file(month) for month in self.books.dropped}
        other = self._new_database("again")
        for month, path in files.items():
            other.load(path)
        for threat, patterns in THREATS.items():
            other.set_threat(threat, *patterns)
            compare(f"archived counts of {threat}", other.sql(DIMENSION_COUNTS, (threat,)),
                    self.oracle.dimensions(patterns, min(files), max(files)))
        newest = max(files)
        said = self.database.load(files[newest]).stderr
        assert "it is open again" in said, said
        self.database.verify()
        expected = len(self.oracle.detections) - sum(self.books.dropped.values()) + self.books.dropped[newest]
        assert self.database.value(STORED) == expected, f"not all of {files[newest]} is back"

    def _editions_are_as_they_were(self):
        """Each is had again bit by bit, whatever came since, also those of the older program."""
        for edition in self.editions:
            folder = self.folder / f"again-{edition}".replace(" ", "-")
            self.database.command("editions", "render", edition.threat, edition.number, "--from", edition.first, "--to",
                                  edition.last, "-o", folder)
            again = {path.name: path.read_bytes() for path in folder.iterdir()}
            assert again == edition.files, f"{edition} has changed"

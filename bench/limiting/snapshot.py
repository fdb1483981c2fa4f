"""The statements of a batch on the rows that every batch touches, offsets and counts, as a worker sends
them: how long they take without a snapshot that somebody holds, and at the end of one."""

import itertools
import pathlib
import statistics
import time

from ground import ROOT

PARTITIONS = 8
COUNTRIES = 25
MONTHS = (15949, 15979)  # 2013-09-01 and 2013-10-01 in days since 1970
EDGE = 200               # transactions whose mean stands for the beginning, and for the end
GOAL = 1.5
# As ingest/store/counts.h: changes until they are folded, counted twice, and transactions' worth of them.
UNFOLDED, UNFOLDED_TRANSACTIONS = 4096, 16
# Dimensions besides the country, in each of which the events have no value.
DIMENSIONS = range(1, 6)

TYPES = {
    "offsets_add": "text, text, text, integer[], boolean",
    "offsets_take": "text, text, text, integer[], boolean, text, bigint[]",
    "offsets_advance": "integer[], bigint[], bigint[], bigint[], bigint[], bytea[], tid[], bigint[], bigint[], bigint[],"
                       " integer, timestamptz",
    "catalogue_share": "",
    "catalogue_version": "",
    "counts_add": "integer[], integer[], smallint[], text[], bigint[], bigint[], integer",
    "counts_fold": "integer[]",
}


class Worker:
    """One connection that does what a worker of eight partitions does between BEGIN and COMMIT, without
    detections."""

    def __init__(self, connection, threat_id):
        self.cursor = connection.cursor()
        self._run("set search_path = kansen, report, pg_temp")
        self._run("set plan_cache_mode = force_custom_plan")
        for name, types in TYPES.items():
            text = (ROOT / "sql/queries" / f"{name}.sql").read_text(encoding="utf-8")
            self._run(f"prepare {name}{f' ({types})' if types else ''} as {text}")
        self._run("select pid, backend_start from pg_stat_activity where pid = pg_backend_pid()")
        self.backend = self.cursor.fetchone()
        self.threat_id = threat_id
        self.numbers = itertools.count(1)
        self._take()

    def _run(self, statement, *parameters):
        self.cursor.execute(statement, parameters or None)

    def _call(self, name, *parameters):
        marks = ", ".join(["%s"] * len(parameters))
        self._run(f"execute {name}{f' ({marks})' if marks else ''}", *parameters)

    def _take(self):
        partitions = list(range(PARTITIONS))
        self._call("offsets_add", "bench", "bench", "bench", partitions, False)
        self._call("offsets_take", "bench", "bench", "bench", partitions, False, "bench", [0] * PARTITIONS)
        self.rows = [row[1:4] for row in sorted(self.cursor.fetchall())]
        self._run("select slot, ctid from kafka_offset")
        places = dict(self.cursor.fetchall())
        self.places = {number: places[row[0]] for number, row in enumerate(self.rows)}
        self.stored = [row[2] for row in self.rows]

    def _advance(self):
        slots, epochs = [row[0] for row in self.rows], [row[1] for row in self.rows]
        moved = [stored + 10 for stored in self.stored]
        places = ", ".join(f'"{self.places[number]}"' for number in range(PARTITIONS))
        now = [int(time.time() * 1e6)] * PARTITIONS
        self._call("offsets_advance", slots, epochs, self.stored, moved,
                   [each - 1 for each in moved], [b"0123456789abcdef"] * PARTITIONS, f"{{{places}}}",
                   now, now, moved, *self.backend)
        self.places = dict(self.cursor.fetchall())
        assert len(self.places) == PARTITIONS, "a partition was lost"
        self.stored = moved

    def _count(self, number):
        keys = [(day, 0, f"{chr(65 + country)}A", 1) for day in MONTHS for country in range(COUNTRIES)]
        keys += [(day, dimension, "0", COUNTRIES) for day in MONTHS for dimension in DIMENSIONS]
        counts = [count for *_, count in keys]
        self._call("counts_add", [day for day, *_ in keys], [self.threat_id] * len(keys),
                   [dimension for _, dimension, *_ in keys], [label for _, _, label, _ in keys],
                   counts, counts, self.rows[0][0])
        if number % max(UNFOLDED // (2 * len(keys)) + 1, UNFOLDED_TRANSACTIONS) == 0:
            self._call("counts_fold", [row[0] for row in self.rows[:1]])

    def _cpu_s(self):
        """What the connection's process has used of a processor, whoever else wants one."""
        return int(pathlib.Path(f"/proc/{self.backend[0]}/schedstat").read_text().split()[0]) / 1e9

    def store(self):
        """Seconds of CPU that a transaction's statements took."""
        began = self._cpu_s()
        self._run("begin")
        self._advance()
        self._call("catalogue_share")
        self._call("catalogue_version")
        self._count(next(self.numbers))
        self._run("commit")
        return self._cpu_s() - began


def measure(stage, transactions):
    """Milliseconds of a transaction's statements before the snapshot, and at the end of it."""
    database = stage.database("snapshot")
    worker = Worker(stage.connect(database.name), database.value("select threat_id from kansen.threat"))
    for _ in range(EDGE):
        worker.store()
    before = statistics.fmean(worker.store() for _ in range(EDGE))
    holder = stage.connect(database.name, "begin isolation level repeatable read")
    with holder.cursor() as cursor:
        cursor.execute("select from kansen.kafka_offset")
    for _ in range(transactions - EDGE):
        worker.store()
    after = statistics.fmean(worker.store() for _ in range(EDGE))
    holder.close()
    counted = database.value("select sum(detections) from report.country_infections")
    expected = (transactions + 2 * EDGE) * len(MONTHS) * COUNTRIES
    assert counted == expected, f"{counted} detections were counted instead of {expected}"
    return {"what": f"offsets and counts, CPU; {transactions:,} under a snapshot",
            "before_ms": round(before * 1000, 3), "after_ms": round(after * 1000, 3),
            "ratio": round(after / before, 2), "goal": GOAL}

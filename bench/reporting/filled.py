"""A database of kansen with as many detections as wanted, made in PostgreSQL itself and counted by
`kansen threat set`."""

import concurrent.futures
import csv
import os
import pathlib
import time

from ground import ROOT
from program import Database

HERE = pathlib.Path(__file__).resolve().parent
MONTHS = ("2013-09", "2013-10", "2013-11")
THREAT = "bitcoin-miner"
PATTERNS = ("BKDR_BTMINE*", "TROJ_COINMINE*", "HKTL_BITCOINMINE*")
# Half of the names, and of the detections, belong to the threat.
NAMES = ("BKDR_BTMINE.A", "BKDR_BTMINE.DDOS", "TROJ_COINMINE.A", "TROJ_COINMINE.AX",
         "HKTL_BITCOINMINE", "TROJ_GENERIC.ADV", "ADW_TOOLBAR.B", "WORM_DOWNAD.AD",
         "JS_COINMINE.A", "HKTL_KEYGEN")
ACTIONS = ("cleaned", "deleted", "passed", "quarantined")
PRODUCTS = 12
# Detections of a device in a month, and the part of a month's devices that was not there before.
PER_DEVICE = 20
NEW_DEVICES = 0.8
# Of the topic that such a database would have been filled from.
PARTITIONS = 8


def sql(name):
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


def countries():
    """Those of the simulator, the ones with most devices first."""
    with open(ROOT / "simulate/geo/networks.csv", encoding="utf-8") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return list(dict.fromkeys(row["iso_code"] for row in rows))


class Filled:
    """`took` says how many seconds each step took."""

    def __init__(self, kansen, postgres, rows):
        self.rows = rows
        self.took = {}
        self.name = f"bench{rows}"
        self.postgres = postgres
        self._admin(f"create database {self.name}")
        self.database = Database(kansen, postgres, self.name)

    def fill(self):
        database = self.database
        database.command("db", "init", "--timezone", "UTC")
        database.command("db", "maintain", "--from", MONTHS[0], "--to", MONTHS[-1])
        self._add_labels()
        self._timed("fill", self._add_detections)
        # As autovacuum would in time; before the recount, which is planned by what is known then.
        self._timed("vacuum", lambda: database.sql("vacuum (analyze)"))
        self._timed("threat_set", lambda: database.set_threat(
            THREAT, *PATTERNS, en="Bitcoin-mining malware"))
        database.sql("select fold_counts('{0}')")
        database.sql(sql("spread"), {"rows": self.rows, "partitions": PARTITIONS})
        database.sql("vacuum (analyze) infection, infection_count")
        self._timed("verify", database.verify)
        database.sql("checkpoint")

    def drop(self):
        self._admin(f"drop database if exists {self.name} with (force)")

    def bytes(self):
        """Of each of the large tables with its indexes, over the partitions."""
        return {table: int(self.database.value(
            "select sum(pg_total_relation_size(relid)) from pg_partition_tree(%s) where isleaf",
            (table,))) for table in ("detection", "infection")}

    def _timed(self, step, run):
        began = time.monotonic()
        run()
        self.took[step] = round(time.monotonic() - began, 3)

    def _add_labels(self):
        self.database.sql("insert into malware_name (name) select unnest(%s)", (list(NAMES),))
        self.database.sql("insert into action (action) select unnest(%s)", (list(ACTIONS),))
        self.database.sql("insert into product (vendor, product, version) select 'Example',"
                          " 'Endpoint', '11.0.' || n from generate_series(1, %s) n", (PRODUCTS,))

    def _add_detections(self):
        # Each month is a partition, so that as many connections fill as there are cores.
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            try:
                for done in [pool.submit(self._add_month, each) for each in range(len(MONTHS))]:
                    done.result()
            except BaseException:
                # The others would go on for minutes.
                self.drop()
                raise

    def _add_month(self, number):
        share = self.rows // len(MONTHS)
        rows = self.rows - share * number if number == len(MONTHS) - 1 else share
        devices = max(1, share // PER_DEVICE)
        partition = "detection_" + MONTHS[number].replace("-", "_")
        self.database.sql(sql("fill").format(partition=partition), {
            "rows": rows, "devices": devices, "month": MONTHS[number] + "-01",
            "first_device": int(number * devices * NEW_DEVICES), "countries": countries()})

    def _admin(self, statement):
        connection = self.postgres.connect("postgres")
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()

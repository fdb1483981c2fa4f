"""What a year leaves on the disk, and how much of it may be there.

Bounds are those of a small rate, where what is there without an event weighs most: partitions of eighteen months with
their indexes, PostgreSQL's catalogue. What grows without end, such as versions of rows that nothing clears away, a line
of the log that is said again and again or files that are left behind, passes them within months."""

import dataclasses

KB, MB = 1 << 10, 1 << 20

# Of the database: what it is without an event, and for each of them, indexes and counts included.
DATABASE_EMPTY = 20 * MB
DATABASE_PER_EVENT = 1 * KB
# PostgreSQL's own: its `max_wal_size` and what comes between two checkpoints.
WAL = 128 * MB
# Of the log: a worker that starts, tells what it reads and ends; and what it says in a month.
LOG_PER_START = 4 * KB
LOG_PER_MONTH = 6 * KB
# Partitions of a table: 14 months back, the present, 3 ahead, those of the months that went by, and the default.
PARTITIONS_AT_FIRST = 14 + 1 + 3 + 1

DATABASE_SIZE = "select pg_database_size(current_database())"
WAL_SIZE = "select coalesce(sum(size), 0) from pg_ls_waldir()"
PARTITIONS = "select count(*) from pg_inherits where inhparent = to_regclass('kansen.detection')"
DEFAULT_ROWS = "select count(*) from kansen.detection_default"


@dataclasses.dataclass(frozen=True)
class Sizes:
    database: int  # bytes
    wal: int
    log: int
    partitions: int  # of detection
    default_rows: int

    def beyond(self, months, events, starts, workers):
        """What there is too much of, as texts."""
        bounds = (
            ("bytes in the database", self.database, DATABASE_EMPTY + events * DATABASE_PER_EVENT),
            ("bytes of WAL", self.wal, WAL),
            ("bytes in the log", self.log, starts * LOG_PER_START + months * workers * LOG_PER_MONTH),
            ("partitions", self.partitions, PARTITIONS_AT_FIRST + months),
            ("rows in the default partition", self.default_rows, 0),
        )
        return [f"{is_} {what}, at most {most} were expected" for what, is_, most in bounds if is_ > most]


def measure(database, log_bytes):
    return Sizes(int(database.value(DATABASE_SIZE)), int(database.value(WAL_SIZE)), log_bytes,
                 database.value(PARTITIONS), database.value(DEFAULT_ROWS))

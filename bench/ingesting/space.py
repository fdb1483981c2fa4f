"""What a run leaves on PostgreSQL's disk and writes to its log."""

# What may be stored: kansen's, and those of the peers.
TABLES = ("kansen.detection", "kansen.infection", "plain", "plain_keyed")
# Of a table, over its partitions when it has any: with what belongs to it, and its keys.
SIZES = """
select sum(pg_table_size(relid))::bigint, sum(pg_indexes_size(relid))::bigint
from (select relid from pg_partition_tree(to_regclass('{table}'))
  union select to_regclass('{table}')) parts
"""
# A full page is the image of one that is changed for the first time since the last checkpoint.
WAL = """
select pg_current_wal_insert_lsn() - '0/0', wal_fpi, checkpoints_timed + checkpoints_req
from pg_stat_wal, pg_stat_bgwriter
"""


def space(stage):
    """The bytes of tables ("detection heap", "detection key") and of the log; its full pages, and
    checkpoints that began, since the server was made: the difference of two is a run."""
    wal, full_pages, checkpoints = stage.sql(WAL)[0]
    found = {"wal": int(wal), "full_pages": full_pages, "checkpoints": checkpoints}
    for table in TABLES:
        heap, key = stage.sql(SIZES.format(table=table))[0]
        if heap is not None:
            name = table.removeprefix("kansen.")
            found[f"{name} heap"], found[f"{name} key"] = heap, key
    return found


def taken(before, after):
    """{what: how much of it} between two."""
    return {name: after[name] - before[name] for name in after}


def on_disk(run):
    """Bytes of all tables and keys, of a run or an event."""
    return sum(size for name, size in run.items() if name.endswith((" heap", " key")))

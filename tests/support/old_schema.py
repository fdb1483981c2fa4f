"""The database as an older program made it, empty or with data in place."""

import io
import pathlib
import re

SQL = pathlib.Path(__file__).resolve().parents[2] / "sql"
NEWEST = max(int(path.name[:3]) for path in (SQL / "migrations").glob("*.sql"))

# The migrations that brought counts in changes, labels, heartbeats.
CHANGES, LABELS, HEARTBEATS = 9, 17, 20
# From here on partitions are made by another function.
STEPS = 25
PARTITIONS = """
select add_partitions(parent, array(
  select month from calendar_month
  where month between %(first)s and %(last)s
    or month between now() - interval '14 months' and now() + interval '3 months'))
from (values ('detection'), ('infection')) parents (parent)"""
# What put_back fills itself.
OWN = ("setting", "calendar_month", "migration", "catalogue", "threat_catalogue", "forgotten_salt")
COUNTS = ("infection_count", "count_change", "count_fold")
TABLES = """
    select relname from pg_class
    where relnamespace = 'kansen'::regnamespace and relkind in ('r', 'p') and not relispartition
    order by 1"""
COLUMNS = """
    select attname from pg_attribute
    where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''
    order by attnum"""
IDENTITIES = """
    select attrelid::regclass::text, attname from pg_attribute join pg_class on oid = attrelid
    where relnamespace = 'kansen'::regnamespace and attidentity <> '' and not relispartition"""


def put_back(database, version):
    """Makes the database what `db init` of a program with this newest migration made of it."""
    connection = database.postgres.connect(database.name)
    connection.autocommit = False
    cursor = connection.cursor()
    cursor.execute("drop schema if exists kansen, report cascade")
    cursor.execute((SQL / "queries/schema_bootstrap.sql").read_text(encoding="utf-8"))
    cursor.execute("set local search_path = kansen; set local role kansen_owner")
    cursor.execute((SQL / "queries/schema_migrations.sql").read_text(encoding="utf-8"))
    for number in range(1, version + 1):
        (path,) = SQL.glob(f"migrations/{number:03}_*.sql")
        text = path.read_text(encoding="utf-8")
        cursor.execute(text)
        cursor.execute("insert into migration values (%s, %s, md5(%s))", (number, path.stem, text))
    for name in ("timezone_fix", "calendar_fill"):
        text = (SQL / f"queries/{name}.sql").read_text(encoding="utf-8")
        cursor.execute(re.sub(r"--.*|%", "", text).replace("$1", "'UTC'"))
    connection.commit()
    connection.close()


class Rows:
    """What a query returns, as fields of COPY's text, in which every value of every type is whole."""

    def __init__(self, cursor, query):
        text = io.StringIO()
        cursor.copy_expert(f"copy ({query}) to stdout with (header)", text)
        header, *lines = text.getvalue().splitlines()
        self.columns = header.split("\t")
        self.rows = [line.split("\t") for line in lines]

    def values(self, column):
        place = self.columns.index(column)
        return [row[place] for row in self.rows]

    def without(self, column, *values):
        """Without the rows that have one of these there."""
        kept = Rows.__new__(Rows)
        kept.columns = self.columns
        kept.rows = [row for row, value in zip(self.rows, self.values(column)) if value not in values]
        return kept

    def store(self, cursor, table):
        """In the columns of the same names, as far as the table has them."""
        cursor.execute(COLUMNS, (table,))
        names = [name for name, in cursor.fetchall() if name in self.columns]
        places = [self.columns.index(name) for name in names]
        lines = "".join("\t".join(row[place] for place in places) + "\n" for row in self.rows)
        quoted = ", ".join(f'"{name}"' for name in names)
        cursor.copy_expert(f"copy {table} ({quoted}) from stdin", io.StringIO(lines))


class Stored:
    """All rows of a database, to be put into one of an older version."""

    def __init__(self, database):
        tables = [table for table, in database.sql(TABLES) if table not in OWN]
        connection = database.postgres.connect(database.name)
        cursor = connection.cursor()
        cursor.execute("set search_path = kansen")
        self.rows = {table: Rows(cursor, f"select * from {table}") for table in tables}
        self.rows["threat"] = Rows(cursor, "select *, name as name_en, name as name_ja from threat")
        self.counts = Rows(cursor, """
            select month, threat_id, value as country, greatest(slot, 0) as slot,
              sum(infections) as infections, sum(detections) as detections
            from current_count where dimension = 0 and threat_id <> 0 group by 1, 2, 3, 4""")
        self.slots = Rows(cursor, "select distinct greatest(slot, 0) as slot from current_count")
        self.beats = Rows(cursor, "select topic from kafka_offset where heartbeats").values("topic")
        connection.close()

    def put_back(self, database, version, first, last):
        """Makes the database what a program with this newest migration would have made of what is
        stored, as far as it could: it knows no labels and no heartbeats in front of the migrations
        that brought them. The months from first to last have partitions."""
        put_back(database, version)
        connection = database.postgres.connect(database.name)
        cursor = connection.cursor()
        cursor.execute("set search_path = kansen; set session_replication_role = replica; set role kansen_owner")
        cursor.execute(PARTITIONS if version >= STEPS else "select make_partitions(%(first)s, %(last)s)",
                       {"first": f"{first}-01", "last": f"{last}-01"})
        cursor.execute("reset role")
        cursor.execute(TABLES)
        for table, in cursor.fetchall():
            if table in self.rows and (version >= LABELS or table not in COUNTS):
                self._rows_of(table, version).store(cursor, table)
        if version < CHANGES:
            self.counts.store(cursor, "infection_count")
        elif version < LABELS:
            self.slots.store(cursor, "count_fold")
            self.counts.store(cursor, "count_change")
        cursor.execute(IDENTITIES)
        for table, column in cursor.fetchall():
            # Numbers of changes go on behind those that are folded and gone.
            folded = "select max(folded_to) from count_fold" if table == "count_change" else "select 0"
            cursor.execute(f"select setval(pg_get_serial_sequence('{table}', '{column}'), greatest(max({column}),"
                           f" ({folded}), 0) + 1, false) from {table}")
        connection.close()

    def _rows_of(self, table, version):
        rows = self.rows[table]
        if version < HEARTBEATS and table in ("kafka_offset", "kafka_partition"):
            return rows.without("topic", *self.beats)
        if version < HEARTBEATS and table in ("infection", *COUNTS) and "threat_id" in rows.columns:
            return rows.without("threat_id", "0")
        return rows

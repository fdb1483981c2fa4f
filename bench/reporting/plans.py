"""The questions of README.md, asked of the large database: their time, their plans, and what the
plans say about partitions and indexes."""

import re

import psycopg2.errors

from ground import ROOT

from reporting.analyst import fetch

SECTION = "## Questions in SQL"
QUESTION = re.compile(r"^([^\n]+\?)\n\n```sql\n(.*?)```", re.MULTILINE | re.DOTALL)
SCAN = re.compile(
    r"(?P<kind>(?:Parallel )?(?:Seq|Index|Index Only|Bitmap Heap) Scan)(?: using \S+)?"
    r" on (?P<table>\S+).*?\((?P<actual>actual [^)]*|never executed)\)$")
REMOVED = re.compile(r"Rows Removed by Filter: (\d+)")
ACTUAL = re.compile(r"rows=([\d.]+) loops=(\d+)")
EXECUTION = re.compile(r"Execution Time: ([\d.]+) ms")
# A question that takes longer is asked once; one that takes still longer gets no answer.
ONCE_S = 60
QUERY_PATIENCE_S = 1800
# Smaller ones fit into a few pages, where no index is faster.
LARGE_TABLE_ROWS = 10000


def questions():
    """[(question, SQL)] as README.md has them."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split(SECTION, 1)[1].split("\n## ", 1)[0]
    found = [(" ".join(question.split()), query) for question, query in QUESTION.findall(section)]
    assert found, f"README.md has no SQL below {SECTION}"
    return found


def explain(connection, query):
    """EXPLAIN (ANALYZE, BUFFERS) as lines; of a query that goes on for too long, what it was going
    to do."""
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = %s", (QUERY_PATIENCE_S * 1000,))
        try:
            _, rows = fetch(connection, "explain (analyze, buffers) " + query)
        except psycopg2.errors.QueryCanceled:
            _, rows = fetch(connection, "explain " + query)
        cursor.execute("reset statement_timeout")
    return [line for line, in rows]


def explained_seconds(plan):
    """How long EXPLAIN (ANALYZE) took to execute it; None when it went on for too long."""
    times = [float(found[1]) for found in map(EXECUTION.match, plan) if found]
    return times[0] / 1000 if times else None


def time_question(connection, query, runs):
    """(plan, seconds of each run). One that takes long is run once: by EXPLAIN (ANALYZE), whose
    watching costs a little."""
    plan = explain(connection, query)
    took = explained_seconds(plan)
    if took is None:
        return plan, []
    if took > ONCE_S:
        return plan, [took]
    return plan, [fetch(connection, query)[0] for _ in range(runs)]


def scans(plan):
    """[{kind, table, executed, kept, removed}] of the tables that a plan mentions; rows are those
    of all loops and workers."""
    found = []
    for line in plan:
        scan = SCAN.search(line)
        if scan:
            actual = ACTUAL.search(scan["actual"])
            found.append({"kind": scan["kind"], "table": scan["table"], "executed": bool(actual),
                          "loops": int(actual[2]) if actual else 0,
                          "kept": round(float(actual[1]) * int(actual[2])) if actual else 0,
                          "removed": 0})
        elif found and REMOVED.search(line):
            found[-1]["removed"] = int(REMOVED.search(line)[1]) * found[-1]["loops"]
    return found


def partitions(plan, table):
    """The partitions of a table that were read."""
    return sorted({scan["table"] for scan in scans(plan)
                   if scan["executed"]
                   and re.fullmatch(rf"{table}_(\d{{4}}_\d\d|default)", scan["table"])})


def sequential(plan):
    """{large table: per cent of its rows that were read and kept} of those read from end to end."""
    read = {}
    for scan in scans(plan):
        rows = scan["kept"] + scan["removed"]
        if "Seq Scan" in scan["kind"] and rows >= LARGE_TABLE_ROWS:
            read[scan["table"]] = round(100 * scan["kept"] / rows)
    return read

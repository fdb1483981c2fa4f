"""The course of bench/report: for each size fill a database, ask in turn, explain, write down."""

import shutil
import statistics
import sys

import program as programs
from facts import where
from ground import EX_UNAVAILABLE
from program import Kansen
from results import machine, markdown_table, seconds, table, write, write_page
from servers import Missing
from tuned import TunedPostgres, postgres_settings

from reporting import analyst, plans
from reporting.asked import Duck, DuckQuery, PostgresQuery, Stats
from reporting.filled import Filled, sql

MILLION = 1000000
# Measured: tables and indexes 200, DuckDB 20; the rest is for changes logged and sorts that spill.
DISK_BYTES_PER_ROW = 400
DISK_BYTES_BESIDE = 1 << 30
# `threat set` and `db verify` of 100 million detections on a slow disk.
PATIENCE_S = 4 * 3600
# A run of `kansen stats` is short: several for one of the others.
STATS_RUNS = 7
HEADINGS = ("detections", "kansen stats", "its SQL", "COUNT(DISTINCT)", "GROUP BY",
            "DuckDB", "DuckDB GROUP BY", "ratio")
STORED = ("detection", "infection", "DuckDB")
KEYS = ("kansen_stats", "server", "postgres_count_distinct", "postgres_group_by",
        "duckdb_count_distinct", "duckdb_group_by")


def measure(arguments, kansen_program, scratch):
    programs.RUN_PATIENCE_S = PATIENCE_S
    with_duck = not arguments.no_fetch or Duck.is_installed()
    if not arguments.no_fetch:
        Duck.install()
    facts = {"machine": machine(), "settings": postgres_settings(), "runs": arguments.runs}
    kansen = Kansen(kansen_program)
    try:
        postgres = TunedPostgres()
    except Missing as reason:
        print(reason, file=sys.stderr)
        return EX_UNAVAILABLE
    sizes = []
    try:
        postgres.start()
        facts["versions"] = {"kansen": kansen.run("--version").stdout.split()[1],
                             "PostgreSQL": postgres.version()}
        for millions in arguments.rows:
            sizes.append(measure_size(round(millions * MILLION), facts, with_duck, kansen, postgres,
                                      scratch))
            report(arguments.output, facts, sizes)
    finally:
        postgres.close()
    print(result_text(sizes, table))
    return 0 if any("medians" in size for size in sizes) else EX_UNAVAILABLE


def say(words):
    print(words, file=sys.stderr, flush=True)


def measure_size(rows, facts, with_duck, kansen, postgres, scratch):
    free = shutil.disk_usage(scratch).free
    needed = rows * DISK_BYTES_PER_ROW + DISK_BYTES_BESIDE
    if free < needed:
        return {"rows": rows, "left_out": f"needs {needed >> 30:,} GiB of disk,"
                                          f" {free >> 30:,} are free"}
    say(f"{rows} detections: filling")
    filled = Filled(kansen, postgres, rows)
    size = {"rows": rows}
    duck = None
    connection = None
    try:
        filled.fill()
        size["bytes"] = filled.bytes()
        size["took_s"] = filled.took
        connection = analyst.connect(postgres, filled.name)
        if with_duck:
            duck = load_duck(scratch, connection, rows)
            facts["versions"]["DuckDB"] = duck.version
            size["bytes"]["DuckDB"] = duck.bytes()
        ask_all(size, facts["runs"], filled, connection, duck)
        explain_all(size, facts["runs"], connection)
    finally:
        if duck is not None:
            drop_duck(duck)
        if connection is not None:
            connection.close()
        filled.drop()
    return size


def load_duck(scratch, connection, rows):
    folder = scratch / "duckdb"
    folder.mkdir()
    duck = Duck(folder)
    say(f"{rows} detections: loading DuckDB")
    loaded = duck.load(connection)
    assert loaded == rows, f"DuckDB has {loaded} rows of {rows}"
    return duck


def drop_duck(duck):
    duck.close()
    shutil.rmtree(duck.folder)


def ask_all(size, runs, filled, connection, duck):
    """Medians of runs that take turns; every answer must be the same."""
    stats = Stats(filled.database)
    askers = [(stats, STATS_RUNS), (PostgresQuery("postgres_count_distinct", connection), 1),
              (PostgresQuery("postgres_group_by", connection), 1)]
    if duck is not None:
        askers += [(DuckQuery("duckdb_count_distinct", duck), 1),
                   (DuckQuery("duckdb_group_by", duck), 1)]
    times = {asker.key: [] for asker, _ in askers}
    times["server"] = []
    expected = None
    for run in range(runs):
        say(f"{size['rows']} detections: run {run + 1} of {runs}")
        for asker, repeats in askers:
            for _ in range(repeats):
                took, figures = asker.ask()
                times[asker.key].append(took)
                expected = expected or figures
                assert figures == expected, f"{asker.key} says {figures}, others {expected}"
        times["server"].append(stats.server_seconds())
    size["figures"] = expected
    size["seconds"] = times
    size["medians"] = {key: statistics.median(values) for key, values in times.items()}


def explain_all(size, runs, connection):
    say(f"{size['rows']} detections: plans")
    size["plans"] = {name: plans.explain(connection, sql(name))
                     for name in ("count_distinct", "group_by")}
    size["questions"] = []
    for question, query in plans.questions():
        plan, times = plans.time_question(connection, query, runs)
        size["questions"].append({
            "question": question, "sql": query, "seconds": times,
            "median": statistics.median(times) if times else None, "plan": plan,
            "partitions": [*plans.partitions(plan, "detection"),
                           *plans.partitions(plan, "infection")],
            "sequential": plans.sequential(plan)})


# ---- what is handed over

def result_text(sizes, as_table):
    """The tables, of text columns or of Markdown."""
    measured = [size for size in sizes if "medians" in size]
    rows = [row_of(size) for size in measured]
    if len(measured) > 1:
        rows.append(growth_row(measured[0], measured[-1]))
    parts = [as_table(HEADINGS, rows)] if measured else []
    parts += [f"{size['rows']:,} detections: left out, {size['left_out']}"
              for size in sizes if "left_out" in size]
    if measured:
        parts.append(as_table(("database", "fill", "threat set", "verify", *STORED),
                              [filled_row(size) for size in measured]))
        parts.append(as_table(("question of README.md",
                               *(f"{size['rows']:,}" for size in measured)),
                              question_rows(measured)))
    return "\n\n".join(parts)


def row_of(size):
    medians = size["medians"]
    ratio = medians["kansen_stats"] / medians["postgres_count_distinct"]
    return (f"{size['rows']:,}",
            *(seconds(medians[key]) if key in medians else "-" for key in KEYS),
            f"1/{1 / ratio:,.0f}" if ratio < 1 else f"{ratio:.1f}")


def growth_row(first, last):
    """How many times the first size's figures the last one's are."""
    return (f"x {last['rows'] / first['rows']:,.0f}",
            *(times(last["medians"][key] / first["medians"][key]) if key in last["medians"]
              else "-" for key in KEYS), "")


def times(factor):
    return f"x {factor:.2f}" if factor < 10 else f"x {factor:,.0f}"


def filled_row(size):
    took = size["took_s"]
    stored = [f"{size['bytes'][name] / 2**20:,.0f} MiB" if name in size["bytes"] else "-"
              for name in STORED]
    return (f"{size['rows']:,}", seconds(took["fill"]), seconds(took["threat_set"]),
            seconds(took["verify"]), *stored)


def question_rows(measured):
    width = 60
    for number, question in enumerate(measured[0]["questions"]):
        words = question["question"]
        yield (words if len(words) <= width else words[:width - 1] + "…",
               *(question_seconds(size["questions"][number]) for size in measured))


def question_seconds(question):
    if question["median"] is None:
        return f"> {seconds(plans.QUERY_PATIENCE_S)}"
    return seconds(question["median"])


def report(folder, facts, sizes):
    """Written behind each size, so that a long run that is stopped has not been in vain."""
    data = {**facts, "sizes": [{key: value for key, value in size.items() if key != "plans"}
                               for size in sizes]}
    heading = "# bench/report\n\n" + where(facts)
    write(folder, "report", data, f"{heading}\n\n{result_text(sizes, markdown_table)}")
    text = "\n\n".join(part for size in sizes if "plans" in size for part in plan_parts(size))
    write_page(folder, "report-plans", f"# Plans of bench/report\n\n{where(facts)}\n\n{text}")


def plan_parts(size):
    yield f"## {size['rows']:,} detections"
    yield markdown_table(("question", "median", "partitions read", "read from end to end: kept"),
                         [finding(question) for question in size["questions"]])
    for name, plan in size["plans"].items():
        yield f"### {name}.sql\n\n" + fenced(plan)
    for question in size["questions"]:
        yield f"### {question['question']}\n\n" + fenced(question["plan"])


def finding(question):
    kept = ", ".join(f"{name}: {share} %" for name, share in question["sequential"].items())
    return (question["question"], question_seconds(question),
            ", ".join(question["partitions"]) or "none", kept or "none")


def fenced(plan):
    return "```text\n" + "\n".join(plan) + "\n```"

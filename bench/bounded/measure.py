"""Runs every case, one worker each."""

import sys
import time

import results
from bounded.cases import CASES, FLEET, stalled, stop_postgres
from facts import place
from ingesting.contestants import MAX_AGE
from ingesting.stage import Stage
from meter import Watched

HEADINGS = ("case", "messages", "seconds", "MiB")


def measure(arguments, program, mmdb, folder):
    """The names of the cases that were above the cap."""
    machine = results.machine()
    stage = Stage(program, mmdb, folder)
    try:
        stage.start()
        stage.set_fleet(FLEET, arguments.events)
        runs = {case: run(stage, case, arguments.events) for case in CASES}
    finally:
        stage.close()
    rows = [(case.__doc__, f"{each['messages']:,}", f"{each['seconds']:.1f}", f"{each['mib']:.0f}")
            for case, each in runs.items()]
    print(results.table(HEADINGS, rows))
    results.write(arguments.output, "memory", {
        "machine": machine, "cap_mib": arguments.cap,
        "cases": {case.__name__: {"what": case.__doc__, **each} for case, each in runs.items()}},
        f"# Memory of one worker, cap {arguments.cap} MiB\n\n{place(machine)}\n\n"
        f"{results.markdown_table(HEADINGS, rows)}")
    above = [case.__doc__ for case, each in runs.items() if each["mib"] > arguments.cap]
    for each in above:
        print(f"above {arguments.cap} MiB: {each}", file=sys.stderr)
    return above


def run(stage, case, events):
    """Stores the case's topic to its end, in a fresh database."""
    topic = case(stage, events)
    database = stage.postgres.conninfo(stage.fresh(stage.now.empty))
    command = [stage.now.program, "ingest", "--until-end", "--db", database, "-b",
               stage.kafka.brokers, "-t", topic.name, "-G", topic.name, "--geoip", stage.mmdb,
               *MAX_AGE]
    worker = Watched([command], stage.folder / f"{topic.name}.log", stage.environment())
    began = time.monotonic()
    try:
        if case is stalled:
            stop_postgres(stage, worker)
        worker.wait()
        seconds = time.monotonic() - began
    finally:
        worker.close()
    kept = stage.value("select (select count(*) from kansen.detection)"
                       " + (select count(*) from kansen.dead_letter)")
    assert kept == topic.events, f"{case.__doc__}: {kept} kept of {topic.events} messages"
    return {"messages": topic.events, "seconds": round(seconds, 3), "mib": worker.peak_mib()}

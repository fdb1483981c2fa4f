"""The course of bench/latency: for each number of workers the time to be seen, then a backlog."""

import datetime
import math
import shutil
import statistics
import sys
import time

from facts import where
from ground import EX_UNAVAILABLE
from results import machine, markdown_table, seconds, table, write
from servers import Missing, wait_until
from tuned import postgres_settings

from visibility.stage import MARKER_EVERY_S, PARTITIONS, Stage, cpu_shares
from visibility.watch import Program, Watch

# Kafka keeps every topic to the end; a database with its indexes goes with its measurement. Beside
# them lies PostgreSQL's log of changes (max_wal_size).
TOPIC_BYTES_PER_EVENT = 420
DATABASE_BYTES_PER_EVENT = 220
DISK_BYTES_BESIDE = 9 << 30
# Of the last events, once no more are sent.
SEEN_PATIENCE_S = 120
# A worker has caught up when what was sent a second ago can be seen, and goes on like that.
CAUGHT_UP_S = 1.0
STEADY_S = 3.0
# Past so many times the backlog's own length it is given up.
DRAIN_PATIENCE = 2
DRAIN_PATIENCE_BESIDE_S = 60
HOUR_S = 3600
CPU_OF = ("kansen", "PostgreSQL", "Kafka", "producer")


def measure(arguments, program, mmdb, scratch):
    facts = {"machine": machine(), "settings": postgres_settings(), "rate": arguments.rate,
             "seconds": arguments.seconds, "backlog_minutes": arguments.backlog_minutes,
             "marker_every_s": MARKER_EVERY_S, "partitions": PARTITIONS}
    backlog = round(arguments.rate * arguments.backlog_minutes * 60)
    short = disk_missing(arguments, backlog, scratch)
    if short:
        print(short, file=sys.stderr)
        return EX_UNAVAILABLE
    try:
        stage = Stage(program, mmdb)
    except Missing as reason:
        print(reason, file=sys.stderr)
        return EX_UNAVAILABLE
    seen, drained = [], []
    try:
        stage.start()
        facts["versions"] = stage.versions()
        for workers in arguments.workers:
            seen.append(measure_seen(stage, arguments, workers))
        for workers in arguments.workers if backlog else []:
            drained.append(measure_backlog(stage, arguments, workers, backlog))
    finally:
        stage.close()
    hand_over(arguments.output, facts, seen, drained)
    return 0


def disk_missing(arguments, backlog, scratch):
    """What is to be said when the disk is too small for workers that never catch up."""
    live = arguments.rate * (arguments.seconds + arguments.warm_up)
    drain = backlog + arguments.rate * drain_patience_s(backlog, arguments.rate) if backlog else 0
    needed = round(len(arguments.workers) * (live + drain) * TOPIC_BYTES_PER_EVENT
                   + max(live, drain) * DATABASE_BYTES_PER_EVENT) + DISK_BYTES_BESIDE
    free = shutil.disk_usage(scratch).free
    if free >= needed:
        return None
    return (f"{scratch} has {free >> 30} GiB free, up to {needed >> 30} may be needed; TMPDIR names"
            " another place, --backlog-minutes a smaller backlog")


def say(words):
    print(words, file=sys.stderr, flush=True)


def window():
    """The month and the next: midnight may pass."""
    first = datetime.datetime.now(datetime.timezone.utc).date().replace(day=1)
    following = (first + datetime.timedelta(days=31)).replace(day=1)
    return first.strftime("%Y-%m"), following.strftime("%Y-%m")


# ---- from sent to seen

def measure_seen(stage, arguments, count):
    say(f"{count} worker(s), {arguments.rate} events/s for {arguments.seconds} s")
    with stage.scene(arguments.rate, 0) as (database, producer, topic):
        workers = stage.start_workers(database, topic, count)
        stage.wait_until_shared(database, workers)
        watch = Watch(database, window(), arguments.poll_ms / 1000)
        program = Program(database, window())
        watch.start()
        producer.go()
        program.start()
        live_through(arguments.warm_up, watch, workers)
        began, cpu = time.monotonic(), stage.cpu(workers, producer)
        live_through(arguments.seconds, watch, workers)
        ended = time.monotonic()
        shares = cpu_shares(cpu, stage.cpu(workers, producer), ended - began)
        sent = producer.stop()
        wait_until(lambda: watch.seen() >= len(sent["markers"]), "the last markers to be seen",
                   workers, SEEN_PATIENCE_S)
        program.stop()
        watch.stop()
        stage.stop_workers(workers)
        check_stored(database, sent)
    return {"workers": count, **latencies(watch, sent, began, ended),
            **rate_held(sent, arguments.warm_up), **agreement(program, watch),
            "poll_ms": intervals_ms(watch.polls), "cpu_percent": shares}


def live_through(duration, watch, workers):
    deadline = time.monotonic() + duration
    while time.monotonic() < deadline:
        watch.seen()
        for worker in workers:
            assert worker.alive(), f"a worker has ended: {worker.said()[-3000:]}"
        time.sleep(min(0.1, max(0.0, deadline - time.monotonic())))


def latencies(watch, sent, began, ended):
    """Of the markers sent in the measured time: seconds until an answer that has it was there."""
    found = [each for each in watch.sightings(sent["markers"]) if began <= each[0] < ended]
    took = sorted(seen - sent_at for sent_at, _, seen in found)
    return {"markers": len(took), "p50_s": percentile(took, 50), "p99_s": percentile(took, 99),
            "max_s": took[-1],
            # How much earlier it may have been visible: what looking again and again can't tell.
            "resolution_s": statistics.median(seen - before for _, before, seen in found),
            "latencies_s": [round(each, 4) for each in took]}


def percentile(ordered, percent):
    """The smallest value that so many per cent don't exceed."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def rate_held(sent, warm_up):
    """Events of each whole second behind the warm-up; the last one was cut."""
    whole = sent["per_second"][warm_up:-1]
    return {"per_second": {"least": min(whole), "mean": round(statistics.mean(whole), 1),
                           "most": max(whole)},
            "late_s": max(sent["late_s"][warm_up:-1]), "sent": sent["sent"]}


def agreement(program, watch):
    wrong = program.disagreements(watch.polls)
    assert not wrong, f"kansen stats and its SQL disagree: {wrong}"
    took = [ended - began for began, ended, _ in program.runs]
    return {"program_runs": len(took), "program_s": statistics.median(took) if took else None}


def intervals_ms(polls):
    gaps = sorted(1000 * (after.began - before.began)
                  for before, after in zip(polls, polls[1:]))
    return {"polls": len(polls), "median": round(percentile(gaps, 50), 2),
            "p99": round(percentile(gaps, 99), 2), "max": round(gaps[-1], 2)}


def check_stored(database, sent):
    """No figure counts unless everything was stored, once."""
    assert sent["failed"] == 0, f"{sent['failed']} events did not get into Kafka"
    stored = database.value("select count(*) from kansen.detection")
    assert stored == sent["sent"], f"{stored} events are stored of {sent['sent']}"
    database.verify()


# ---- a backlog

def measure_backlog(stage, arguments, count, backlog):
    say(f"{count} worker(s), a backlog of {backlog} events: sending")
    with stage.scene(arguments.rate, backlog) as (database, producer, topic):
        say(f"{count} worker(s), a backlog of {backlog} events: draining")
        watch = Watch(database, window(), arguments.poll_ms / 1000)
        watch.start()
        producer.go()
        began = time.monotonic()
        workers = stage.start_workers(database, topic, count)
        cpu = stage.cpu(workers, producer)
        patience_s = drain_patience_s(backlog, arguments.rate)
        caught_up = wait_until_steady(watch, began, patience_s, workers)
        shares = cpu_shares(cpu, stage.cpu(workers, producer), time.monotonic() - began)
        sent = producer.stop()
        if caught_up:
            wait_until(lambda: watch.seen() >= len(sent["markers"]), "the last markers to be seen",
                       workers, SEEN_PATIENCE_S)
        watch.stop()
        stage.stop_workers(workers)
        stored = database.value("select sum(next_offset) from report.offsets")
        if caught_up:
            check_stored(database, sent)
            took = drained_after(watch, sent, began)
            stored = backlog + took * arguments.rate
        else:
            took = time.monotonic() - began
    return {"workers": count, "backlog": backlog, "caught_up": caught_up, "took_s": took,
            "events_per_s": float(stored) / took, "cpu_percent": shares,
            "hour_s": hour_s(float(stored) / took, arguments.rate), **rate_held(sent, 0)}


def drain_patience_s(backlog, rate):
    return DRAIN_PATIENCE * backlog / rate + DRAIN_PATIENCE_BESIDE_S


def wait_until_steady(watch, began, patience_s, workers):
    """Whether what was sent a second ago has been visible for some seconds on end."""
    steady_since = None
    while time.monotonic() < began + patience_s:
        for worker in workers:
            assert worker.alive(), f"a worker has ended: {worker.said()[-3000:]}"
        now = time.monotonic()
        due = (now - began - CAUGHT_UP_S) / MARKER_EVERY_S
        if due <= 0 or watch.seen() < due:
            steady_since = None
        elif steady_since is None:
            steady_since = now
        elif now - steady_since >= STEADY_S:
            return True
        time.sleep(0.05)
    return False


def drained_after(watch, sent, began):
    """Seconds until the last marker that took longer than a second was seen."""
    late = [seen for sent_at, _, seen in watch.sightings(sent["markers"])
            if seen - sent_at > CAUGHT_UP_S]
    return max(late, default=began + CAUGHT_UP_S) - began


def hour_s(events_per_s, rate):
    """How long an hour's events would take, more arriving meanwhile; None: for ever."""
    return rate * HOUR_S / (events_per_s - rate) if events_per_s > rate else None


# ---- what is handed over

def hand_over(folder, facts, seen, drained):
    text = result_text(facts, seen, drained, table)
    print(text)
    write(folder, "latency", {**facts, "seen": seen, "drained": drained},
          "# bench/latency\n\n" + where(facts) + "\n\n"
          + result_text(facts, seen, drained, markdown_table))


def result_text(facts, seen, drained, as_table):
    parts = [f"From produce to visible at {facts['rate']:,} events/s, {facts['seconds']} s:",
             as_table(("workers", "p50", "p99", "max", "markers", "resolution", "kansen stats runs",
                       "each"), [seen_row(each) for each in seen]),
             as_table(("workers", "events/s: least", "mean", "most", "late by at most"),
                      [rate_row(each) for each in seen])]
    if drained:
        parts += [f"A backlog of {facts['backlog_minutes']:g} minutes, {facts['rate']:,} events/s"
                  " more arriving; the hour is extrapolated:",
                  as_table(("workers", "backlog", "caught up after", "events/s", "an hour's"),
                           [drained_row(each) for each in drained])]
    parts += ["CPU while that was measured, in per cent of one core:",
              as_table(("what", "workers", *CPU_OF),
                       [cpu_row(what, each) for what, list_of in (("steady", seen),
                                                                  ("backlog", drained))
                        for each in list_of])]
    return "\n\n".join(parts)


def seen_row(each):
    return (each["workers"], *(seconds(each[key]) for key in ("p50_s", "p99_s", "max_s")),
            each["markers"], seconds(each["resolution_s"]), f"{each['program_runs']} agree",
            seconds(each["program_s"]) if each["program_runs"] else "-")


def rate_row(each):
    held = each["per_second"]
    return (each["workers"], f"{held['least']:,}", f"{held['mean']:,.0f}", f"{held['most']:,}",
            seconds(each["late_s"]))


def cpu_row(what, each):
    return (what, each["workers"], *(f"{each['cpu_percent'][name]:.0f}" for name in CPU_OF))


def drained_row(each):
    after = seconds(each["took_s"]) if each["caught_up"] else f"not in {seconds(each['took_s'])}"
    hour = "never" if each["hour_s"] is None else f"{each['hour_s'] / 60:.1f} min"
    return (each["workers"], f"{each['backlog']:,}", after, f"{each['events_per_s']:,.0f}", hour)

"""What the runs of one fleet come to: medians, ratios, the table."""

import statistics

import results
from ingesting.space import on_disk

HEADINGS = ("", "events", "events/s", "÷ limit", "worker", "postgres", "broker", "MiB", "disk",
            "WAL")
AFTER_START = "  after {:.2f} s of start"
SERVERS = ("worker", "postgres", "broker")
MILLION = 1e6
LIMIT, FLOOR, OURS, EMPTY, BEFORE = "copy", "kcat", "kansen1", "empty", "before1"


def median(values):
    """Of those that are known; None when none is."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


class Line:
    """The medians of one contestant's rounds."""

    def __init__(self, contestant, runs):
        self.key, self.title, self.runs = contestant.key, contestant.title, runs
        self.is_peer = contestant.is_peer
        self.events = runs[0].events
        self.rate = median([run.rate for run in runs])
        self.steady_rate = median([run.steady[0] / run.steady[1] for run in runs if run.steady])
        self.start_s = median([run.start_s for run in runs])
        self.cpu = {name: median([None if run.cpu[i] is None
                                  else run.cpu[i] / run.cpu_events * MILLION for run in runs])
                    for i, name in enumerate(SERVERS)}
        self.peak_mib = median([run.peak_mib for run in runs])
        self.space = {what: median([run.space[what] / self.events for run in runs])
                      for what in runs[0].space or ()}
        self.disk = on_disk(self.space) if self.space else None

    def cells(self, limit):
        return [self.title, f"{self.events:,}", f"{self.rate:,.0f}", ratio(self.rate, limit),
                *(shown(self.cpu[name]) for name in SERVERS), shown(self.peak_mib, "{:.0f}"),
                shown(self.disk, "{:.0f}"), shown(self.space.get("wal"), "{:.0f}")]

    def data(self, limit):
        return {"title": self.title, "events": self.events, "events_per_s": self.rate,
                "ratio_to_limit": self.rate / limit if limit else None,
                "events_per_s_after_start": self.steady_rate, "start_s": self.start_s,
                "cpu_s_per_million": self.cpu, "peak_mib": self.peak_mib,
                "disk_bytes_per_event": self.disk, "per_event": self.space,
                "rounds": [vars(run) for run in self.runs]}


def shown(value, form="{:.2f}"):
    return "-" if value is None else form.format(value)


def ratio(rate, limit):
    return "-" if not limit else f"{rate / limit:.3f}"


class Figures:
    def __init__(self, lines):
        self.lines = {line.key: line for line in lines}
        self.limit = self.lines[LIMIT].rate if LIMIT in self.lines else None

    def rows(self):
        rows = []
        for line in self.lines.values():
            rows.append(line.cells(self.limit))
            if not line.is_peer and line.steady_rate:
                rows.append([AFTER_START.format(line.start_s), "", f"{line.steady_rate:,.0f}",
                             ratio(line.steady_rate, self.limit), *[""] * 6])
        return rows

    def table(self):
        return results.table(HEADINGS, self.rows())

    def markdown(self):
        return results.markdown_table(HEADINGS, self.rows())

    def ratios(self):
        """One worker's rate in those of the others, its CPU in that of the floor, and what a month that
        isn't empty does to it."""
        ours = self.lines.get(OURS)
        if ours is None:
            return {}
        found = {line.title: ours.rate / line.rate for line in self.lines.values()
                 if line.is_peer or line.key in (LIMIT, BEFORE)}
        if FLOOR in self.lines:
            found["kcat, CPU of the worker"] = (
                ours.cpu["worker"] / self.lines[FLOOR].cpu["worker"])
        if EMPTY in self.lines:
            empty = self.lines[EMPTY]
            found["empty month, events/s"] = ours.rate / empty.rate
            found["empty month, WAL an event"] = ours.space["wal"] / empty.space["wal"]
        return found

    def checkpoints(self):
        """How many began in a run of each."""
        return {line.title: line.space["checkpoints"] * line.events
                for line in self.lines.values() if line.space}

    def data(self):
        return {key: line.data(self.limit) for key, line in self.lines.items()}

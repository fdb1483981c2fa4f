"""What the runs of one fleet come to: medians, ratios, the table."""

import statistics

import results

HEADINGS = ("", "events", "events/s", "÷ limit", "start s", "worker", "postgres", "broker", "MiB")
AFTER_START = "  after its start"
SERVERS = ("worker", "postgres", "broker")
MILLION = 1e6
LIMIT, FLOOR, OURS = "copy", "kcat", "kansen1"


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

    def cells(self, limit):
        return [self.title, f"{self.events:,}", f"{self.rate:,.0f}", ratio(self.rate, limit),
                shown(self.start_s), *(shown(self.cpu[name]) for name in SERVERS),
                shown(self.peak_mib, "{:.0f}")]

    def data(self, limit):
        return {"title": self.title, "events": self.events, "events_per_s": self.rate,
                "ratio_to_limit": self.rate / limit if limit else None,
                "events_per_s_after_start": self.steady_rate, "start_s": self.start_s,
                "cpu_s_per_million": self.cpu, "peak_mib": self.peak_mib,
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
                rows.append([AFTER_START, "", f"{line.steady_rate:,.0f}",
                             ratio(line.steady_rate, self.limit), "", "", "", "", ""])
        return rows

    def table(self):
        return results.table(HEADINGS, self.rows())

    def markdown(self):
        return results.markdown_table(HEADINGS, self.rows())

    def ratios(self):
        """One worker's rate in those of the others, and its CPU in that of the floor."""
        ours = self.lines.get(OURS)
        if ours is None:
            return {}
        found = {line.title: ours.rate / line.rate for line in self.lines.values()
                 if line.is_peer or line.key == LIMIT}
        if FLOOR in self.lines:
            found["kcat, CPU of the worker"] = (
                ours.cpu["worker"] / self.lines[FLOOR].cpu["worker"])
        return found

    def data(self):
        return {key: line.data(self.limit) for key, line in self.lines.items()}

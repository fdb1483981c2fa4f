"""What the runs of one fleet come to: medians, ratios to the limit, the table."""

import statistics

import results
from ingesting.contestants import CopyRows

HEADINGS = ("", "events", "events/s", "÷ limit", "start s", "worker", "postgres", "broker", "MiB")
AFTER_START = "  after its start"
MILLION = 1e6


def median(values):
    """Of those that are known; None when none is."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


class Line:
    """The medians of one contestant's rounds."""

    def __init__(self, contestant, runs):
        self.key, self.title, self.runs = contestant.key, contestant.title, runs
        self.events = runs[0].events
        self.rate = median([run.rate for run in runs])
        self.steady_rate = median([run.steady[0] / run.steady[1] for run in runs if run.steady])
        self.start_s = median([run.start_s for run in runs])
        self.worker = self._per_million("worker_cpu")
        self.postgres = self._per_million("postgres_cpu")
        self.broker = self._per_million("broker_cpu")
        self.peak_mib = median([run.peak_mib for run in runs])

    def _per_million(self, what):
        return median([None if getattr(run, what) is None
                       else getattr(run, what) / run.events * MILLION for run in self.runs])

    def cells(self, limit):
        return [self.title, f"{self.events:,}", f"{self.rate:,.0f}", ratio(self.rate, limit),
                shown(self.start_s), shown(self.worker), shown(self.postgres), shown(self.broker),
                shown(self.peak_mib, "{:.0f}")]

    def data(self, limit):
        return {
            "title": self.title, "events": self.events, "events_per_s": self.rate,
            "ratio_to_limit": self.rate / limit if limit else None,
            "events_per_s_after_start": self.steady_rate, "start_s": self.start_s,
            "cpu_s_per_million": {"worker": self.worker, "postgresql": self.postgres,
                                  "broker": self.broker},
            "peak_mib": self.peak_mib, "rounds": [vars(run) for run in self.runs]}


def shown(value, form="{:.2f}"):
    return "-" if value is None else form.format(value)


def ratio(rate, limit):
    return "-" if not limit else f"{rate / limit:.3f}"


class Figures:
    def __init__(self, lines):
        self.lines = lines
        self.limit = next((line.rate for line in lines if line.key == CopyRows.key), None)

    def rows(self):
        rows = []
        for line in self.lines:
            rows.append(line.cells(self.limit))
            if line.key.startswith("kansen") and line.steady_rate:
                rows.append([AFTER_START, "", f"{line.steady_rate:,.0f}",
                             ratio(line.steady_rate, self.limit), "", "", "", "", ""])
        return rows

    def table(self):
        return results.table(HEADINGS, self.rows())

    def markdown(self):
        return results.markdown_table(HEADINGS, self.rows())

    def data(self):
        return {line.key: line.data(self.limit) for line in self.lines}

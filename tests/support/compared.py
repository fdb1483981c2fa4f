"""What `kansen stats` must say of counts by dimension and of what was before, worked out from a table of
counts alone. Written from the meaning of the numbers (docs/numbers.md), not from the program.

Counts are {dimension: {(month, value): infections}}; months are "YYYY-MM"."""

import oracle

NONE = {"country": {"ZZ"}, **{each: {"", " "} for each in ("name", "product", "version", "os", "segment")}}
BASES = ("previous-window", "year-ago", "previous-month")


def number(month):
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month(index):
    return f"{index // 12:04}-{index % 12 + 1:02}"


def span(first, last):
    return [month(index) for index in range(number(first), number(last) + 1)]


def hundredths(before, after):
    """The change in hundredths of a percent, halves away from zero, as text."""
    size = (abs(after - before) * 20000 + before) // (2 * before)
    return f"{'-' if after < before and size else ''}{size // 100}.{size % 100:02}"


def points(now, before):
    difference = int(now.replace(".", "")) - int(before.replace(".", ""))
    return f"{'-' if difference < 0 else ''}{abs(difference) // 100}.{abs(difference) % 100:02}"


def nearest(part, total):
    share = (part * 20000 + total) // (2 * total) if total else 0
    return f"{share // 100}.{share % 100:02}"


class Table:
    """One dimension summed over some months."""

    def __init__(self, dimension, counts, months, top):
        self.sums = {}
        for (when, value), infections in counts.items():
            if when in months:
                self.sums[value] = self.sums.get(value, 0) + infections
        self.total = sum(self.sums.values())
        known = {value: count for value, count in self.sums.items()
                 if count > 0 and value not in NONE[dimension]}
        self.order = sorted(known, key=lambda value: (-known[value], value.encode()))
        self.listed = self.order[:top]
        parts = [known[value] for value in self.listed]
        self.percent = oracle.shares([*parts, self.total - sum(parts)])

    def count(self, value):
        return self.sums.get(value, 0)

    def rank(self, value):
        return self.order.index(value) + 1 if value in self.order else None

    def share(self, value):
        if value in self.listed:
            return self.percent[self.listed.index(value)]
        return nearest(self.count(value), self.total)


class Model:
    """The counts, and the months that are complete; others are not compared."""

    def __init__(self, counts, detections, complete):
        self.counts = counts
        self.detections = detections  # {month: detections}
        self.complete = set(complete)
        self.months = {}
        for (when, _), infections in counts["country"].items():
            self.months[when] = self.months.get(when, 0) + infections

    def periods(self, first, last):
        """{base: (months of now, months before)} of those that may be compared."""
        window = span(first, last)
        latest = [when for when in window if when in self.complete]
        asked = {}
        if latest:
            asked["previous-month"] = ([latest[-1]], [month(number(latest[-1]) - 1)])
        if len(window) > 1:
            asked["previous-window"] = (window, [month(number(each) - len(window)) for each in window])
        if len(window) < 12:
            asked["year-ago"] = (window, [month(number(each) - 12) for each in window])
        return {base: both for base, both in asked.items()
                if self.complete.issuperset(both[0] + both[1])}

    def comparison(self, first, last):
        """The lines of "comparison" but for their order."""
        lines = {}
        for base, (now, before) in self.periods(first, last).items():
            totals = [sum(self.months.get(when, 0) for when in side) for side in (now, before)]
            found = {"period": f"{before[0]}/{before[-1]}", "infections": totals[1],
                     "change": totals[0] - totals[1],
                     "change_percent": hundredths(totals[1], totals[0]) if totals[1] else None,
                     "detections": sum(self.detections.get(when, 0) for when in before)}
            found["detections_per_machine"] = (
                self.per_machine(found["detections"], totals[1]) if totals[1] else None)
            lines[base] = found
        return lines

    @staticmethod
    def per_machine(detections, infections):
        ratio = (detections * 200 + infections) // (2 * infections)
        return f"{ratio // 100}.{ratio % 100:02}"

    def changes(self, dimension, first, last, top):
        """{base: lines} of "by_DIMENSION_BASE"."""
        answers = {}
        for base, (now, before) in self.periods(first, last).items():
            one = Table(dimension, self.counts[dimension], now, top)
            other = Table(dimension, self.counts[dimension], before, top)
            values = one.listed + [value for value in other.listed if value not in one.listed]
            answers[base] = [{
                "rank": one.rank(value), dimension: value, "infections": one.count(value),
                "before": other.count(value), "change": one.count(value) - other.count(value),
                "change_percent": (hundredths(other.count(value), one.count(value))
                                   if other.count(value) else None),
                "points": points(one.share(value), other.share(value)),
                "rank_before": other.rank(value)} for value in values]
        return answers

    def dimension(self, dimension, first, last, top):
        """One of "dimensions"."""
        window = span(first, last)
        table = Table(dimension, self.counts[dimension], window, top)
        counts = self.counts[dimension]
        left = table.order[len(table.listed):]

        def monthly(value):
            return [counts.get((when, value), 0) for when in window]

        rest = [self.months.get(when, 0) - sum(counts.get((when, value), 0) for value in table.listed)
                for when in window]
        unknown = "ZZ" if dimension == "country" else ""
        tied = [value for value in table.order
                if left and table.listed and table.count(value) == table.count(table.listed[-1])]
        tie = None
        if tied and table.count(left[0]) == table.count(table.listed[-1]):
            tie = {"rank": len(table.listed), "values": len(tied),
                   "listed": sum(value in table.listed for value in tied)}
        return {
            "dimension": dimension,
            "lines": [{"rank": place + 1, "value": value, "infections": table.count(value),
                       "share": table.percent[place], "months": monthly(value)}
                      for place, value in enumerate(table.listed)],
            "other": {"infections": sum(rest), "share": table.percent[-1], "values": len(left),
                      "unknown": table.count(unknown),
                      "beyond": table.count(" "), "months": rest},
            "tie": tie,
        }

    def trend(self, first, last):
        """"trend", or None."""
        latest = [when for when in span(first, last) if when in self.complete]
        if not latest:
            return None
        since = number(latest[-1])
        while month(since - 1) in self.complete:
            since -= 1
        run = span(month(since), latest[-1])
        counts = [self.months.get(when, 0) for when in run]
        if len(run) == 1:
            return None

        def row(sign):
            length = 0
            while length + 1 < len(run) and sign * (counts[-1 - length] - counts[-2 - length]) > 0:
                length += 1
            return length

        high = [when for when, count in zip(run[:-1], counts) if count >= counts[-1]]
        low = [when for when, count in zip(run[:-1], counts) if count <= counts[-1]]
        return {"month": latest[-1], "infections": counts[-1], "since": run[0],
                "as_high": high[-1] if high else None, "as_low": low[-1] if low else None,
                "rises": row(1), "falls": row(-1)}

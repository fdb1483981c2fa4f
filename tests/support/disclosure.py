"""Whether a report that was made with --suppress-below lets anybody work out what it hides: all figures
that its JSON prints are equations, and a count below the minimum must not follow from them.

Nothing of this knows how the program hides."""

import collections
import fractions
import math

import oracle

UNKNOWN = {"country": "ZZ"}
BASES = ("previous_window", "year_ago", "previous_month")


class System:
    """Unknown numbers, none of them negative, and sums of them that are known."""

    def __init__(self):
        self.names = {}
        self.rows = []

    def say(self, cells, known):
        """The sum of these cells is known; the same cell may not stand there twice."""
        self.rows.append(({self.names.setdefault(cell, len(self.names)) for cell in cells}, known))

    def solve(self):
        """Finds some solution, from which `range` goes on. A tableau of the simplex method, in fractions:
        nothing is rounded."""
        size = len(self.names)
        rows = [[fractions.Fraction(column in cells) for column in range(size)] + [fractions.Fraction(known)]
                for cells, known in self.rows]
        self.basis = [None] * len(rows)
        # Artificial columns are implied: one for each row that has no basis yet, at the cost of its value.
        while True:
            open_rows = [place for place, column in enumerate(self.basis) if column is None]
            gain = [sum(rows[place][column] for place in open_rows) for column in range(size)]
            entering = next((column for column in range(size) if gain[column] > 0), None)
            if entering is None:
                break
            self._pivot(rows, entering)
        assert all(rows[place][-1] == 0 for place in open_rows), "the figures contradict each other"
        for place in open_rows:  # what says nothing new has no column left
            entering = next((column for column in range(size) if rows[place][column] != 0), None)
            if entering is not None:
                self._eliminate(rows, place, entering)
        self.table = [(row, column) for row, column in zip(rows, self.basis) if column is not None]

    def _pivot(self, rows, entering):
        ratios = [(row[-1] / row[entering], -1 if self.basis[place] is None else self.basis[place], place)
                  for place, row in enumerate(rows) if row[entering] > 0]
        if not ratios:
            return False
        self._eliminate(rows, min(ratios)[2], entering)
        return True

    def _eliminate(self, rows, place, entering):
        scale = rows[place][entering]
        rows[place] = [each / scale for each in rows[place]]
        for other, row in enumerate(rows):
            if other != place and row[entering] != 0:
                factor = row[entering]
                rows[other] = [a - factor * b for a, b in zip(row, rows[place])]
        self.basis[place] = entering

    def most(self, cells, sign):
        """The largest that sign × the sum of the cells can be; None: without a bound."""
        rows = [list(row) for row, _ in self.table]
        self.basis = [column for _, column in self.table]
        size = len(self.names)
        wanted = [fractions.Fraction(sign) if name in cells else fractions.Fraction(0) for name in self.names]
        if any(cell not in self.names for cell in cells):
            return None
        while True:
            price = [wanted[column] - sum(wanted[basic] * row[column] for basic, row in zip(self.basis, rows))
                     for column in range(size)]
            entering = next((column for column in range(size) if price[column] > 0), None)
            if entering is None:
                return sum(wanted[basic] * row[-1] for basic, row in zip(self.basis, rows))
            if not self._pivot(rows, entering):
                return None

    def follows(self, cells):
        """Whether these figures leave one whole number alone for the sum of the cells."""
        least, most = self.most(cells, -1), self.most(cells, 1)
        return least is not None and most is not None and math.ceil(-least) >= math.floor(most)


def _periods(report):
    periods = {"window": oracle.months_between(report["from"], report["to"])}
    for row in report.get("comparison", []):
        periods[row["line"].replace("-", "_")] = oracle.months_between(*row["period"].split("/"))
    if "previous_month" not in periods and len(periods["window"]) > 1:  # two of its own months
        complete = [each["month"] for each in report["months"] if each["state"] == "complete"]
        periods["month"], periods["previous_month"] = [complete[-1]], [complete[-2]]
    return periods


class _Reading:
    """What a report says of one dimension, as sums of cells (value, month)."""

    def __init__(self, report, dimension, values):
        self.report = report
        self.dimension = dimension
        self.values = values
        self.periods = _periods(report)
        self.sums = []
        self.asked = next((each for each in report.get("dimensions", [])
                           if each["dimension"] == dimension), None)

    def add(self, values, months, known):
        if known is not None:
            self.sums.append(([(value, month) for value in values for month in months], known))

    def _totals(self):
        for month in self.report["months"]:
            self.add(self.values, [month["month"]], month["infections"])
        for row in self.report.get("comparison", []):
            self.add(self.values, self.periods[row["line"].replace("-", "_")], row["infections"])

    def _ranking(self):
        window = self.periods["window"]
        lines = ([(each["country"], each["infections"]) for each in self.report["countries"]]
                 if self.dimension == "country"
                 else [(each["value"], each["infections"]) for each in self.asked["lines"]])
        for value, infections in lines:
            self.add([value], window, infections)
        other = self.report["other"] if self.dimension == "country" else self.asked["other"]
        self.add([UNKNOWN.get(self.dimension, "")], window, other["unknown"])
        for row in self.report.get(f"by_{self.dimension}_rates", []):
            self.add([row[self.dimension]], window, row["infections"])

    def _months(self):
        window = self.periods["window"]
        shown = [each for each in self.asked["lines"] if each["months"] is not None]
        for each in shown:
            for month, infections in zip(window, each["months"]):
                self.add([each["value"]], [month], infections)
        left = set(self.values) - {each["value"] for each in shown}
        for month, infections in zip(window, self.asked["other"]["months"]):
            self.add(left, [month], infections)

    def _changes(self):
        for base in BASES:
            of_months = base == "previous_month" and "month" in self.periods
            now = self.periods["month" if of_months else "window"]
            for row in self.report.get(f"by_{self.dimension}_{base}", []):
                self.add([row[self.dimension]], now, row["infections"])
                self.add([row[self.dimension]], self.periods[base], row["before"])

    def _restatement(self):
        for row in self.report.get(f"restated_{self.dimension}", []):
            if row.get("month") is not None:
                self.add([row[self.dimension]], [row["month"]], row["infections"])

    def read(self):
        self._totals()
        self._ranking()
        if self.asked is not None:
            self._months()
        self._changes()
        self._restatement()
        return self


def _is_named(report, dimension, value):
    """Whether any table of the report names the value, be it without a number."""
    tables = [rows for key, rows in report.items() if key.startswith((f"by_{dimension}_", f"restated_{dimension}"))]
    tables.append(report["countries"] if dimension == "country" else [])
    tables += [each["lines"] for each in report.get("dimensions", []) if each["dimension"] == dimension]
    return any(value in (row.get("value"), row.get(dimension)) for rows in tables for row in rows)


def _cells_of(reading):
    """Months that stand in the same sums are one cell: {(value, month): cell}."""
    marks = collections.defaultdict(set)
    for number, (cells, _) in enumerate(reading.sums):
        for cell in cells:
            marks[cell[1]].add(frozenset(month for _, month in cells))
    return {month: frozenset(each) for month, each in marks.items()}


def disclosed(report, counts):
    """[(dimension, value, period, count)] of what is below report["suppress_below"] and follows from it.
    counts(dimension, month) is {value: infections} of all that there is."""
    minimum = report["suppress_below"]
    found = []
    for dimension in ["country", *(each["dimension"] for each in report.get("dimensions", [])
                                   if each["dimension"] != "country")]:
        months = sorted({month for period in _periods(report).values() for month in period})
        truth = {month: counts(dimension, month) for month in months}
        unknown = UNKNOWN.get(dimension, "")
        values = sorted({unknown}.union(*truth.values()))
        reading = _Reading(report, dimension, values).read()
        group = _cells_of(reading)
        system = System()
        for cells, known in reading.sums:
            right = sum(truth[month].get(value, 0) for value, month in cells)
            assert right == known, f"{dimension}: {known} is printed, {right} is right: {cells}"
            system.say({(value, group[month]) for value, month in cells}, known)
        system.solve()
        wanted = {(name, tuple(period)) for name, period in reading.periods.items()}
        wanted |= {(month, (month,)) for month in reading.periods["window"]}
        for value in values:
            for name, period in sorted(wanted):
                count = sum(truth[month].get(value, 0) for month in period)
                cells = {(value, group[month]) for month in period}
                # Of a group that reaches beyond the period, nothing is known but its sum.
                whole = all(month in period for month in months if (value, group[month]) in cells)
                # The threat as a whole is never hidden: what is all of it must not be named.
                whole &= (count < sum(sum(truth[month].values()) for month in period)
                          or _is_named(report, dimension, value))
                if value != unknown and 0 < count < minimum and whole and system.follows(cells):
                    found.append((dimension, value, name, count))
    return found

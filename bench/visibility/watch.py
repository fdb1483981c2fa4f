"""Sees markers appear: asks again and again what `kansen stats` asks, on a connection that is kept;
now and then runs the program itself, which must agree."""

import bisect
import datetime
import threading
import time

from ground import ROOT

from visibility.events import MARKER_COUNTRIES, MARKER_THREAT

QUERY = ROOT / "sql/queries/stats_dimension.sql"
PROGRAM_EVERY_S = 2.0


class Poll:
    """One answer: seen between `began` and `ended`, markers by partition."""

    def __init__(self, began, ended, counts):
        self.began = began
        self.ended = ended
        self.counts = counts
        self.total = sum(counts)


class Watch:
    """Polls in a thread of its own from start to stop."""

    def __init__(self, database, window, every_s):
        self.database = database
        self.window = window
        self.every_s = every_s
        self.polls = []
        self.stopped = threading.Event()
        self.failure = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        self.stopped.set()
        self.thread.join()
        if self.failure is not None:
            raise self.failure

    def seen(self):
        """Markers that could be seen a moment ago."""
        if self.failure is not None:
            raise self.failure
        return self.polls[-1].total if self.polls else 0

    def _run(self):
        try:
            self._poll_on()
        except Exception as failure:  # told by seen and stop, in the main thread
            self.failure = failure

    def _poll_on(self):
        connection = self.database.postgres.connect(self.database.name)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"prepare figures ({', '.join(['text'] * 11)}) as "
                               + QUERY.read_text(encoding="utf-8"))
                while not self.stopped.is_set():
                    began = time.monotonic()
                    cursor.execute(f"execute figures ({', '.join(['%s'] * 11)})", self._parameters())
                    found = {country: count or 0 for country, count, *_ in cursor.fetchall()}
                    counts = [int(found.get(country, 0)) for country in MARKER_COUNTRIES]
                    self.polls.append(Poll(began, time.monotonic(), counts))
                    time.sleep(max(0.0, began + self.every_s - time.monotonic()))
        finally:
            connection.close()

    def _parameters(self):
        """Those of the query, of a window that is compared with nothing."""
        first, last = self.window
        return MARKER_THREAT, "country", first, last, *[None] * 6, first

    def sightings(self, markers):
        """[(sent, not yet seen, seen)] in seconds of each marker: it became visible between the
        last two. A marker that was never seen is a failure."""
        found = []
        numbers = [0] * len(MARKER_COUNTRIES)
        columns = [[poll.counts[partition] for poll in self.polls]
                   for partition in range(len(MARKER_COUNTRIES))]
        for partition, sent in markers:
            number = numbers[partition]
            numbers[partition] += 1
            place = bisect.bisect_right(columns[partition], number)
            assert place < len(self.polls), f"marker {number} of partition {partition} is missing"
            before = self.polls[place - 1].began if place else sent
            found.append((sent, max(sent, before), self.polls[place].ended))
        return found


class Program(threading.Thread):
    """Runs `kansen stats` every few seconds; `runs` holds (began, ended, markers)."""

    def __init__(self, database, window):
        super().__init__(daemon=True)
        self.database = database
        self.window = window
        self.runs = []
        self.stopped = threading.Event()
        self.failure = None

    def run(self):
        try:
            while not self.stopped.wait(PROGRAM_EVERY_S):
                began = time.monotonic()
                # The program takes no month of the future.
                now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m")
                figures = self.database.stats(MARKER_THREAT, self.window[0], now)
                self.runs.append((began, time.monotonic(), figures["total"]))
        except Exception as failure:  # told by stop, in the main thread
            self.failure = failure

    def stop(self):
        self.stopped.set()
        self.join()
        if self.failure is not None:
            raise self.failure

    def disagreements(self, polls):
        """Runs that saw less than a poll before them, or more than a poll behind them."""
        ended = [poll.ended for poll in polls]
        began = [poll.began for poll in polls]
        wrong = []
        for run in self.runs:
            before = bisect.bisect_right(ended, run[0]) - 1
            behind = bisect.bisect_left(began, run[1])
            least = polls[before].total if before >= 0 else 0
            most = polls[behind].total if behind < len(polls) else run[2]
            if not least <= run[2] <= most:
                wrong.append((least, run[2], most))
        return wrong

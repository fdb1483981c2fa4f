"""Sends the fleet's events into Kafka at a steady rate, in a process of its own so that nobody's
clock suffers. Reads from standard input when to begin and when to stop; what it writes to standard
output is at the end of Stream.finish."""

import json
import pathlib
import sys
import threading
import time

# Also run as a program of its own.
BENCH = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(BENCH), str(BENCH / "support")]

from confluent_kafka import Producer  # noqa: E402

from visibility.events import Fleet, rfc3339  # noqa: E402

TICK_S = 0.005
FLUSH_PATIENCE_S = 120


class Stream:
    def __init__(self, brokers, topic, rate, marker_every_s, seed):
        self.topic = topic
        self.rate = rate
        self.marker_every_s = marker_every_s
        self.fleet = Fleet(seed)
        self.failed = 0
        self.markers = []
        self.per_second = []
        self.late_s = []
        # As librdkafka sends unless told otherwise: every broker of the partition acknowledges,
        # five milliseconds are waited for more.
        self.producer = Producer({
            "bootstrap.servers": brokers, "partitioner": "murmur2_random",
            "queue.buffering.max.messages": 500000, "delivery.report.only.error": True,
            "on_delivery": self._delivered})

    def _delivered(self, error, _message):
        self.failed += error is not None

    def fill(self, count):
        """A backlog, as fast as it can be sent."""
        now = rfc3339(time.time())
        for number in range(count):
            if number % 1000 == 0:
                now = rfc3339(time.time())
                self.producer.poll(0)
            key, value = self.fleet.event(now)
            self._send(value, key)
        self._flush()

    def run(self, stop):
        """Sends at the rate until `stop` is set: every few milliseconds what has become due."""
        began = time.monotonic()
        sent = 0
        while not stop.is_set():
            elapsed = time.monotonic() - began
            due = int(elapsed * self.rate)
            now = rfc3339(time.time())
            if elapsed >= self.fleet.markers * self.marker_every_s:
                self._send_marker(now)
            for _ in range(due - sent):
                key, value = self.fleet.event(now)
                self._send(value, key)
            self._count(int(elapsed), due - sent, elapsed - sent / self.rate)
            sent = due
            self.producer.poll(0)
            time.sleep(max(0.0, TICK_S - (time.monotonic() - began - elapsed)))

    def _send_marker(self, now):
        partition, key, value = self.fleet.marker(now)
        self.markers.append([partition, time.monotonic()])
        self._send(value, key, partition)

    def _send(self, value, key, partition=-1):
        while True:
            try:
                self.producer.produce(self.topic, value, key, partition)
                return
            except BufferError:
                self.producer.poll(0.01)

    def _count(self, second, events, late_s):
        while len(self.per_second) <= second:
            self.per_second.append(0)
            self.late_s.append(0.0)
        self.per_second[second] += events
        self.late_s[second] = max(self.late_s[second], late_s)

    def _flush(self):
        left = self.producer.flush(FLUSH_PATIENCE_S)
        assert left == 0, f"{left} messages can't be sent"

    def finish(self):
        """What was sent: events and markers in all, the markers as [partition, when], and of each
        second of the steady rate its events, and by how much the oldest of them was late. Times are
        those of CLOCK_MONOTONIC, which all processes share."""
        self._flush()
        return {"sent": self.fleet.made + self.fleet.markers, "failed": self.failed,
                "markers": self.markers, "per_second": self.per_second, "late_s": self.late_s}


def main():
    settings = json.loads(sys.argv[1])
    count = settings.pop("fill")
    stream = Stream(**settings)
    stream.fill(count)
    print(json.dumps({"filled": count}), flush=True)
    stop = threading.Event()
    if sys.stdin.readline():

        def wait_for_stop():
            sys.stdin.readline()
            stop.set()
        threading.Thread(target=wait_for_stop, daemon=True).start()
        stream.run(stop)
    print(json.dumps(stream.finish()), flush=True)


if __name__ == "__main__":
    main()

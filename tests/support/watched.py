"""A worker's own word on how it is: its pages by HTTP, and its metrics as a dictionary."""

import http.client
import json
import re

from servers import wait_until

LISTENING = "answers /metrics, /livez and /readyz"
SAMPLE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


class Watched:
    """A running worker that was started with --listen 0 --log-format json."""

    def __init__(self, worker):
        self.worker = worker
        wait_until(lambda: LISTENING in worker.said(), "the worker to listen", [worker])
        line, = [each for each in map(json.loads, worker.said().rpartition("\n")[0].splitlines())
                 if each["msg"] == LISTENING]
        self.url = line["url"]
        self.port = int(self.url.rpartition(":")[2])

    def ask(self, path, method="GET", body=None):
        """(status, headers, text)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def is_ready(self):
        return self.ask("/readyz")[0] == 200

    def metrics(self):
        """{name: {labels: value}}, the labels as a sorted tuple of pairs."""
        status, _, text = self.ask("/metrics")
        assert status == 200
        return parse(text)

    def value(self, name, **labels):
        return self.metrics().get(name, {}).get(tuple(sorted(labels.items())))


def parse(text):
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = SAMPLE.match(line).groups()
        pairs = tuple(sorted(LABEL.findall(labels or "")))
        found.setdefault(name, {})[pairs] = float(value)
    return found


def families(text):
    """{name: type} of the families that a scrape names."""
    return dict(line.split()[2:4] for line in text.splitlines() if line.startswith("# TYPE "))

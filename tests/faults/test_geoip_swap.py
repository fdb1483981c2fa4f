"""The MaxMind DB changes under a worker that looks addresses up: swapped whole, or the old one stays."""

import json
import pathlib
import random
import subprocess
import threading
import time

import pytest

from servers import wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
OLD = ("--max-age", "9000")
NOT_GOOD = "has changed but is not good"
SWAPPED = "has changed and was read again"
# Of the networks for documentation.
ADDRESS, NETWORK = "203.0.113.7", "203.0.113.0/24"


def make_mmdb(path, country):
    """A file with a thousand networks around the one that matters."""
    networks = path.with_suffix(".csv")
    networks.write_text("network,iso_code\n" + f"{NETWORK},{country}\n" + "".join(
        f"10.{number // 250}.{number % 250}.0/24,{('DE', 'IT', 'ES')[number % 3]}\n"
        for number in range(1000)), encoding="ascii")
    subprocess.run([ROOT / "simulate/geo/make-mmdb", networks, path], check=True)
    return path.read_bytes()


class Fleet(threading.Thread):
    """Sends events without a country until it is told to stop; `sent` are on their way."""

    def __init__(self, kafka, topic):
        super().__init__(daemon=True)
        self.kafka = kafka
        self.topic = topic
        self.sent = 0
        self.told = threading.Event()
        self.start()

    def run(self):
        while not self.told.wait(0.2):
            lines = [json.dumps({
                "id": f"event-{number}", "device": f"device-{number}", "name": "WORM.A",
                "ip": ADDRESS, "time": "2024-05-06T00:00:00Z"}).encode()
                for number in range(self.sent, self.sent + 100)]
            self.sent += len(lines)
            self.kafka.produce_lines(self.topic, lines)

    def stop(self):
        self.told.set()
        self.join()


@pytest.fixture
def fleet(kafka, topic):
    fleet = Fleet(kafka, topic(1))
    yield fleet
    fleet.stop()


def countries(database):
    return dict(database.sql("select country, count(*) from report.detections group by country"))


def times_said(worker, words):
    return worker.said().count(words)


def rewrite(path, content, pause_s=0.0):
    """In place, as a careless download does; a pause makes that slow enough to be seen."""
    with open(path, "wb", buffering=0) as file:
        for start in range(0, len(content), 1024):
            file.write(content[start:start + 1024])
            time.sleep(pause_s)


def test_a_file_cut_and_rewritten_under_a_worker(kafka, database, fleet, tmp_path):
    """A bad state is named and the old file stays in use, down to the last look-up; the good one is
    taken whole. No event gets a country that neither file has."""
    path = tmp_path / "countries.mmdb"
    first, second = make_mmdb(path, "FR"), make_mmdb(tmp_path / "second.mmdb", "JP")
    assert len(first) == len(second) and first != second
    path.write_bytes(first)
    database.set_threat("worms", "WORM*")
    worker = database.start_ingest(kafka, fleet.topic, "--geoip", path, *OLD)
    wait_until(lambda: countries(database), "events", [worker])

    quarter = len(second) // 4
    noise = random.Random(1).randbytes(2 * quarter)
    for name, content in (("cut", second[:2 * quarter]),
                          ("damaged", second[:quarter] + noise + second[3 * quarter:])):
        before = times_said(worker, NOT_GOOD)
        rewrite(path, content)
        wait_until(lambda: times_said(worker, NOT_GOOD) > before, f"{name} to be noticed", [worker])
    expected = fleet.sent
    wait_until(lambda: countries(database).get("FR", 0) > expected, "look-ups go on", [worker])
    assert set(countries(database)) == {"FR"} and times_said(worker, SWAPPED) == 0

    rewrite(path, second, pause_s=0.05)
    wait_until(lambda: times_said(worker, SWAPPED) == 1, "the good file to be taken", [worker])
    wait_until(lambda: countries(database).get("JP", 0) > 200, "the new country", [worker])
    fleet.stop()
    wait_until(lambda: database.stored_offsets(fleet.topic) == {0: fleet.sent}, "all", [worker])
    worker.terminate()
    found = countries(database)
    assert set(found) == {"FR", "JP"} and sum(found.values()) == fleet.sent
    assert database.stats("worms", "2024-05", "2024-05")["total"] == fleet.sent
    database.verify()

"""Events of a steady fleet, as the README has them, made in a few microseconds each; and markers,
which tell when they can be seen."""

import csv
import random
import time
import zlib

from ground import ROOT

THREAT = "bitcoin-miner"
PATTERNS = ("BKDR_BTMINE*", "TROJ_COINMINE*", "HKTL_BITCOINMINE*")
MARKER_THREAT = "bench-marker"
MARKER_NAME = "BENCH_MARKER.A"
# A marker says its partition as its country, so that the program's own query by country tells them
# apart; a partition keeps their order.
MARKER_COUNTRIES = ("JP", "US", "AU", "IN", "FR", "TW", "DE", "CA")
# Of twenty events 17 belong to the threat, as in the published fleet.
NAMES = ("BKDR_BTMINE.A", "BKDR_BTMINE.DDOS", "TROJ_COINMINE.A", "TROJ_COINMINE.AX",
         "HKTL_BITCOINMINE") * 4
NAMES = NAMES[:17] + ("TROJ_GENERIC.ADV", "WORM_DOWNAD.AD", "JS_COINMINE.A")
ACTIONS = ("cleaned", "deleted", "passed", "quarantined")
# Detections of a device: every so many events, one is a device's first.
PER_DEVICE = 20
SAMPLES = 512


def addresses():
    """One address of each network of IPv4 that the MaxMind DB knows."""
    with open(ROOT / "simulate/geo/networks.csv", encoding="utf-8") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return [row["network"].rsplit(".", 1)[0] + ".7" for row in rows
                if "." in row["network"] and row["iso_code"] != "ZZ"]


def device_id(number):
    # Scattered over the index, as devices' ids are.
    return f"{number * 2654435761 % 2**32:08x}-0001-4000-8000-{number % 2**48:012x}"


def rfc3339(now_s):
    milliseconds = int(now_s * 1000)
    return (time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000))
            + f".{milliseconds % 1000:03d}Z")


class Fleet:
    def __init__(self, seed):
        self.made = 0
        self.markers = 0
        self.random = random.Random(seed)
        samples = [f"{zlib.crc32(bytes([n % 256, n // 256])):08x}" * 8 for n in range(SAMPLES)]
        # Everything behind the name: drawn from a pool, which is larger than what the worker's
        # dictionaries would find the same.
        self.tails = [
            f'"ip":"{address}","sha256":"{samples[n % SAMPLES]}","vendor":"Example",'
            f'"product":"Endpoint","version":"11.0.{n % 12}","action":"{ACTIONS[n % 4]}"}}'
            for n, address in enumerate(addresses() * 4)]

    def event(self, now):
        """(key, value) of the next event, found at `now` (RFC 3339)."""
        number = self.made
        self.made += 1
        newest = number // PER_DEVICE
        if number % PER_DEVICE:
            device = device_id(int(self.random.random() * (newest + 1)))
        else:
            device = device_id(newest)
        return device, (
            f'{{"id":"{number * 40503 % 2**32:08x}-0002-4000-8000-{number:012x}","time":"{now}",'
            f'"device":"{device}","name":"{NAMES[number % len(NAMES)]}",'
            + self.tails[number * 7 % len(self.tails)])

    def marker(self, now):
        """(partition, key, value) of the next marker, a device of its own."""
        number = self.markers
        self.markers += 1
        partition = number % len(MARKER_COUNTRIES)
        device = f"{number:08x}-0003-4000-8000-000000000000"
        return partition, device, (
            f'{{"id":"{number:08x}-0004-4000-8000-000000000000","time":"{now}",'
            f'"device":"{device}","name":"{MARKER_NAME}",'
            f'"country":"{MARKER_COUNTRIES[partition]}"}}')

"""What agents send in a year, made from a seed: when each message gets to Kafka, and what it holds.

Most events come within a minute, some after days, a few after months; some are sent again, up to a year later; some
messages are none. Heartbeats come alike. Months are those of the report's time zone, and many events lie close to their
edges."""

import dataclasses
import datetime
import json
import uuid
import zoneinfo

UTC = datetime.timezone.utc
THREATS = {
    "miner": ("TROJ_COINMINE*", "BKDR_BTMINE*"),
    "backdoor": ("BKDR_*",),
    "worm": ("WORM_?.*",),
}
NAMES = ("TROJ_COINMINE.A", "troj_coinmine.b", "BKDR_BTMINE.SM", "BKDR_POISON.A", "WORM_A.B", "WORM_B.C",
         "WORM_LONG.X", "PE_PARITE.A", "ADW_感染.A")
COUNTRIES = ("JP", "US", "AU", "TW", "IN", "DE", "FR", "GB", "BR", "KR", "TH", "IT", "CA", "MX")
# Addresses of the MaxMind DB of the build (simulate/geo/networks.csv).
NETWORKS = (("203.0.113.%d", "JP"), ("198.51.100.%d", "US"), ("198.18.13.%d", "IN"), ("198.18.21.%d", "TW"),
            ("::ffff:198.18.25.%d", "DE"), ("10.1.2.%d", "ZZ"))
SYSTEMS = ("Windows 11", "Windows 10", "macOS", "Linux")
SEGMENTS = ("retail", "bank", "学校")

# Of a thousand events, how many …
AT_AN_EDGE = 60  # … lie within a minute of the edge of a month
DAYS_LATE, MONTHS_LATE = 100, 40  # … come after up to three days, up to four months
RESENT, RESENT_MUCH_LATER = 60, 10  # … are sent again within two weeks, within a year
WITHOUT_ID = 100
# … and of a thousand messages, how many are none.
REJECTED = 12

DETECTIONS, HEARTBEATS = TOPICS = ("detections", "heartbeats")
# For each event, so many heartbeats.
HEARTBEAT_SHARE = 0.4

MINUTE_MS, DAY_MS = 60000, 86400000


@dataclasses.dataclass(frozen=True)
class Message:
    """`event` is None of what must become a dead letter; one without a name is a heartbeat."""

    topic: str
    arrival_ms: int
    key: bytes
    value: bytes
    event: dict = None


def month_start_ms(month, timezone):
    """Milliseconds since 1970; `month` is (year, month), and month 13 the next year's first."""
    year, number = month
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    start = datetime.datetime(year, number, 1, tzinfo=zoneinfo.ZoneInfo(timezone))
    return int(start.timestamp()) * 1000


def instant(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, UTC)


def country_of(event):
    """What the MaxMind DB says of an event without a country."""
    for address, country in NETWORKS:
        if event["ip"].startswith(address.removesuffix("%d")):
            return country
    return "ZZ"


class Agents:
    """A fleet of `count` machines in time zone `timezone` that begins in `first` (year, month)."""

    def __init__(self, random, first, timezone, count):
        self.random = random
        self.first = first
        self.timezone = timezone
        self.devices = [f"host-{number}" if number % 3 == 0 else self._uuid() for number in range(count)]
        self.sent = 0

    def year(self, months, per_month):
        """All messages of so many months, as they arrive; those that would come behind the end are lost with it."""
        messages = []
        for place in range(months):
            for _ in range(per_month):
                messages += self._messages_of(place, self._event)
            for _ in range(int(per_month * HEARTBEAT_SHARE)):
                messages += self._messages_of(place, self._heartbeat)
        end = self.start_ms(months)
        return sorted((message for message in messages if message.arrival_ms < end),
                      key=lambda message: message.arrival_ms)

    def start_ms(self, place):
        """Where the month of this number begins, counted from 0."""
        return month_start_ms((self.first[0], self.first[1] + place), self.timezone)

    def _uuid(self):
        return str(uuid.UUID(int=self.random.getrandbits(128)))

    def _messages_of(self, place, make):
        begin, end = self.start_ms(place), self.start_ms(place + 1)
        at = begin + self.random.randrange(end - begin)
        if self.random.randrange(1000) < AT_AN_EDGE:
            # Nothing is older than the year: its months would not be whole.
            at = self.random.choice((begin, end - MINUTE_MS)) + self.random.randrange(MINUTE_MS)
        if self.random.randrange(1000) < REJECTED:
            return [self._no_event(at)]
        first = make(at)
        messages = [first]
        chance = self.random.randrange(1000)
        if chance < RESENT + RESENT_MUCH_LATER:
            days = 14 if chance < RESENT else 365
            again = first.arrival_ms + self.random.randrange(days * DAY_MS)
            messages.append(dataclasses.replace(first, arrival_ms=again))
        return messages

    def _delay_ms(self):
        chance = self.random.randrange(1000)
        if chance < MONTHS_LATE:
            return self.random.randrange(120 * DAY_MS)
        if chance < MONTHS_LATE + DAYS_LATE:
            return self.random.randrange(3 * DAY_MS)
        return self.random.randrange(MINUTE_MS)

    def _event(self, at):
        return self._message(DETECTIONS, {"time": at, "name": self.random.choice(NAMES)})

    def _heartbeat(self, at):
        return self._message(HEARTBEATS, {"time": at})

    def _message(self, topic, event):
        event["device"] = device = self.random.choice(self.devices)
        # Without one the content tells events apart: nothing but the millisecond is sure to differ.
        if self.random.randrange(1000) >= WITHOUT_ID:
            event["id"] = self._uuid()
        else:
            event["sha256"] = f"{self.sent:064x}"
        self.sent += 1
        address, _ = self.random.choice(NETWORKS)
        kind = self.random.randrange(3)
        if kind != 0:
            event["ip"] = address % self.random.randrange(256)
        if kind != 1:
            event["country"] = self.random.choice(COUNTRIES)
        if self.random.randrange(2):
            event.update(product="Endpoint", version=f"11.{self.random.randrange(9)}")
        for key, values in (("os", SYSTEMS), ("segment", SEGMENTS)):
            if self.random.randrange(3):
                event[key] = self.random.choice(values)
        value = json.dumps(event, ensure_ascii=False).encode()
        return Message(topic, event["time"] + self._delay_ms(), device.encode(), value, event)

    def _no_event(self, at):
        good = {"device": "host-0", "time": at, "name": "WORM_A.B", "country": "JP"}
        self.sent += 1
        value = self.random.choice((
            b"{\"device\": \"host-%d\"" % self.sent,
            json.dumps({**good, "country": "Japan", "number": self.sent}).encode(),
            json.dumps({**good, "time": at + 90 * DAY_MS, "number": self.sent}).encode()))
        return Message(DETECTIONS, at, b"host-0", value)

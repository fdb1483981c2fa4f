"""The ledger: every message that a round sends, made from a seed, with what must become of it.

Events lie in several months, close to the edges of months too; some come without an id, some are
sent again later, some share a device and an instant. Each carries a SHA-256 of its own, by which
the checker finds its row. In between are messages that must become dead letters. Some messages are
arrays of several events and dead letters.

Heartbeats have a ledger of their own: of machines that are infected, and of others.
"""

import calendar
import dataclasses
import datetime
import hashlib
import itertools
import json
import uuid

import bad_events
from oracle import LABELS, NAMED_DEVICES, NAMED_EVENTS, as_uuid, month_of

FIRST_MONTH = (2024, 1)
MONTHS = 5
UTC = datetime.timezone.utc

# Of a thousand messages, how many are …
RESENT = 60
REPEATED_AT_ONCE = 10
REJECTED = 15
TWINS = 15
# … and begin an array of this many, at most.
ARRAYS = 60
ARRAY_MAX = 40
# … and of a thousand events, how many lie within a minute of the edge of a month.
AT_AN_EDGE = 100


# Threats that share names, and names of no threat.
THREATS = {
    "miner": ("TROJ_COINMINE*", "BKDR_BTMINE*"),
    "backdoor": ("BKDR_*",),
    "worm": ("WORM_?.*",),
}
NAMES = ("TROJ_COINMINE.A", "troj_coinmine.b", "BKDR_BTMINE.SM", "BKDR_POISON.A", "WORM_A.B",
         "WORM_B.C", "WORM_LONG.X", "PE_PARITE.A", "ADW_感染.A", "TROJ_GENERIC.%d")
COUNTRIES = ("JP", "US", "AU", "TW", "IN", "DE", "FR", "GB", "BR", "KR", "TH", "IT", "CA", "MX")
SYSTEMS = ("Windows 11", "Windows 10", "macOS", "Linux", " ")
SEGMENTS = ("retail", "bank", "学校")
# Addresses of the MaxMind DB of the build (simulate/geo/networks.csv).
NETWORKS = (("203.0.113.%d", "JP"), ("198.51.100.%d", "US"), ("198.18.1.%d", "JP"),
            ("198.18.13.%d", "IN"), ("198.18.21.%d", "TW"), ("::ffff:198.18.25.%d", "DE"),
            ("10.1.2.%d", "ZZ"))
# Of another one, which knows some of them, and others than these.
OTHER_NETWORKS = {"203.0.113.0/24": "US", "198.51.100.0/24": "DE", "198.18.0.0/16": "BR",
                  "10.0.0.0/8": "FR"}


@dataclasses.dataclass(frozen=True)
class Event:
    """What an event must look like once it is stored."""

    time_us: int
    device: str
    identity: str  # "" when it is derived from the content
    name: str  # "" of a heartbeat
    country: str
    sha256: str
    labels: tuple = ()  # pairs: product, version, os, segment, those that it has


@dataclasses.dataclass(frozen=True)
class Message:
    """One message of the topic: an event, perhaps sent before, or a dead letter, by its reason; or an
    array of such."""

    value: bytes
    key: bytes
    event: Event = None
    reason: str = None
    elements: tuple = ()

    def parts(self):
        """[(number of the element or 0, message)]."""
        return list(enumerate(self.elements, 1)) if self.elements else [(0, self)]


class Ledger:
    """`messages` in the order in which they are sent."""

    def __init__(self, random, count):
        self.random = random
        self.sent = 0
        self.devices = self._devices(max(50, count // 20))
        self.bad = self._bad_messages()
        self.messages = []
        waiting = {}
        for place in range(count):
            self.messages += waiting.pop(place, [])
            chance = random.randrange(1000)
            if chance < REJECTED:
                self.messages.append(self._letter())
                continue
            message = self._event()
            self.messages.append(message)
            if chance < REJECTED + TWINS and message.event.identity:
                self.messages.append(self._twin(message))
            elif REJECTED + TWINS <= chance < REJECTED + TWINS + RESENT:
                later = place + 1 + int(random.paretovariate(0.5)) % count
                waiting.setdefault(later, []).append(self._again(message))
            elif 0 <= chance - REJECTED - TWINS - RESENT < REPEATED_AT_ONCE:
                self.messages.append(message)
        self.messages += [message for late in waiting.values() for message in late]
        self.messages = list(self._with_arrays(self.messages))

    def events(self):
        """Each event once, by its SHA-256."""
        return {part.event.sha256: part.event for message in self.messages
                for _, part in message.parts() if part.event}

    def letters(self):
        """{value of a message: {number of the element or 0: (reason, value)}}, where there are any."""
        found = {message.value: {number: (part.reason, part.value or None)
                                 for number, part in message.parts() if part.reason}
                 for message in self.messages}
        return {value: letters for value, letters in found.items() if letters}

    def _with_arrays(self, messages):
        """The same events and dead letters, some of them put together."""
        rest = iter(messages)
        for message in rest:
            if self.random.randrange(1000) >= ARRAYS or not is_element(message):
                yield message
                continue
            elements, behind = [message], None
            for behind in itertools.islice(rest, self.random.randrange(ARRAY_MAX)):
                if not is_element(behind):
                    break
                elements.append(behind)
                behind = None
            yield Message(b"[" + b", ".join(each.value for each in elements) + b"]", message.key,
                          elements=tuple(elements))
            if behind is not None:
                yield behind

    def _devices(self, count):
        return [self._device(number) for number in range(count)]

    def _device(self, number):
        if number % 3 == 0:
            return f"host-{number}"
        return str(uuid.UUID(int=self.random.getrandbits(128)))

    def _event(self):
        number = self.sent
        device = self.random.choice(self.devices)
        instant = self._instant()
        kind = self.random.randrange(4)
        identity = "" if kind == 0 else f"event-{number}" if kind == 1 else self._uuid()
        return self._message(device, instant, identity, self._name(number))

    def _twin(self, message):
        """Another event of the same device and instant: its id decides which one is the earlier."""
        document = json.loads(message.value)
        return self._message(document["device"], message.event.time_us // 1000, self._uuid(),
                             document.get("name", ""))

    def _again(self, message):
        """As an agent resends: the same event, with a word more that means nothing."""
        document = {**json.loads(message.value), "resent": self.random.randrange(9)}
        return dataclasses.replace(message, value=bad_events.encode(document))

    def _name(self, number):
        name = self.random.choice(NAMES)
        return name % (number % 200) if "%" in name else name

    def _uuid(self):
        return str(uuid.UUID(int=self.random.getrandbits(128)))

    def _instant(self):
        """Milliseconds since 1970."""
        year, month = FIRST_MONTH
        month += self.random.randrange(MONTHS)
        start = calendar.timegm((year, month, 1, 0, 0, 0)) * 1000
        if self.random.randrange(1000) < AT_AN_EDGE:
            hours = self.random.choice((0, 9))  # the edge in UTC, and in Tokyo
            return start - hours * 3600000 + self.random.randrange(-60000, 60000)
        return start + self.random.randrange(calendar.monthrange(year, month)[1] * 86400000)

    def _message(self, device, instant, identity, name):
        document = {"device": device}
        if name:
            document["name"] = name
        if identity:
            document["id"] = identity
        document["time"] = self._spell(instant)
        country = self._place(document)
        # The only thing in which two events can't be alike.
        sha256 = hashlib.sha256(b"%d" % self.sent).hexdigest()
        document["sha256"] = sha256
        if self.random.randrange(2):
            document.update(vendor="Example", product="Endpoint", action="quarantined",
                            version=f"11.{self.random.randrange(30)}")
        for key, values in (("os", SYSTEMS), ("segment", SEGMENTS)):
            if self.random.randrange(3):
                document[key] = self.random.choice(values)
        self.sent += 1
        labels = tuple((key, document[key]) for key in LABELS if key in document)
        event = Event(instant * 1000, as_uuid(device, NAMED_DEVICES),
                      as_uuid(identity, NAMED_EVENTS) if identity else "", name, country, sha256, labels)
        return Message(bad_events.encode(document), device.encode(), event=event)

    def _spell(self, instant):
        kind = self.random.randrange(3)
        if kind == 0:
            return instant
        zone = datetime.timezone(datetime.timedelta(hours=9)) if kind == 1 else UTC
        moment = datetime.datetime.fromtimestamp(instant / 1000, UTC).astimezone(zone)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _place(self, document):
        """Adds the address or country, or both; returns the country that counts."""
        address, country = self.random.choice(NETWORKS)
        kind = self.random.randrange(3)
        if kind != 0:
            document["ip"] = address % self.random.randrange(256)
        if kind != 1:
            country = self.random.choice(COUNTRIES)
            document["country"] = country
        return country

    def _letter(self):
        reason, value = self.random.choice(self.bad)
        return Message(value, self.random.choice(self.devices).encode(), reason=reason)

    @staticmethod
    def _bad_messages():
        table = bad_events.Table(datetime.datetime(2024, 4, 1, tzinfo=UTC))
        # Which times are out of range depends on today; those of a megabyte would be all traffic.
        return [(reason, value) for reason, value in table.rows
                if reason != "time_out_of_range" and (value is None or len(value) < 70000)]


class HeartbeatLedger(Ledger):
    """`infected` are devices of the ledger of detections: one machine in two is one of them."""

    def __init__(self, random, count, infected):
        self.infected = infected
        super().__init__(random, count)

    def _devices(self, count):
        return [self.random.choice(self.infected) if number % 2 else self._device(number)
                for number in range(count)]

    def _name(self, number):
        return ""

    @staticmethod
    def _bad_messages():
        bad = [as_heartbeat(*each) for each in Ledger._bad_messages()]
        good = bad_events.Table(datetime.datetime(2024, 4, 1, tzinfo=UTC)).good
        named = [("not_a_heartbeat", bad_events.encode({**good, "name": name}))
                 for name in ("TROJ_COINMINE.A", "", 5, "x" * 257)]
        return [each for each in bad if each] + 6 * named


# What is wrong with one field, where the rest is an event.
OF_A_FIELD = {"missing_field", "wrong_type", "bad_time", "bad_name", "bad_device", "bad_id", "bad_address",
              "bad_country", "bad_hash", "bad_label"}


def as_heartbeat(reason, value):
    """The same fault in a heartbeat, which has no name; None when it was the name's."""
    if reason not in OF_A_FIELD:
        return reason, value
    document = json.loads(value)
    name = document.pop("name", None)
    return (reason, bad_events.encode(document)) if name == bad_events.GOOD["name"] else None


# Nothing that harms the whole array.
OF_AN_ELEMENT = OF_A_FIELD - {"bad_address"} | {"not_an_object", "duplicate_key", "not_a_heartbeat"}


def is_element(message):
    """May it stand in an array, with others below 64 KiB together?"""
    if message.reason and message.reason not in OF_AN_ELEMENT:
        return False
    return len(message.value) < 1000 and message.value == message.value.strip()


def month_in(event, timezone):
    return month_of(datetime.datetime.fromtimestamp(0, UTC)
                    + datetime.timedelta(microseconds=event.time_us), timezone)


def oracle_events(ledger):
    """The events as tests/support/oracle.py wants them: once each, with the country that counts."""
    return [{"time": event.time_us // 1000, "device": event.device,
             "id": event.identity or str(uuid.uuid5(NAMED_EVENTS, event.sha256)),
             "name": event.name, "country": event.country, **dict(event.labels)}
            for event in ledger.events().values()]

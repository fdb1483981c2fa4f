"""What a round does, from its seed: settings, and faults with their times. The same seed gives the
same plan; when a fault meets what is going on is up to the machine."""

import dataclasses
import random

import traps

# Faults of each kind in a round of this length.
NUMBERS_OF_S = 40
NUMBERS = {
    "kill": 5,
    "kill-in-copy": 4,
    "kill-at-commit": 4,
    "stop": 2,
    "stop-in-batch": 3,
    "cut-before-commit": 3,
    "cut-behind-commit": 3,
    "cut-before-answer": 3,
    "late-commit": 3,
    "refused-commit": 3,
    "connection-end": 3,
    "postgres-crash": 2,
    "rebalance": 3,
    "partitions": 3,
    "threat": 1,
    "relocate": 4,
    "backend-stop": 3,
    "snapshot": 1,
    "lock": 3,
}
# In rounds with three brokers.
BROKER_NUMBERS = {
    "broker-kill": 3,
    "broker-stop": 3,
    "broker-freeze": 2,
}
KINDS = (*NUMBERS, *BROKER_NUMBERS)
# Of a whole round, and behind it.
POOLED, TOPIC_LOSS = "pgbouncer", "topic-loss"

# A round has a topic of detections and one of heartbeats, each with workers of its own. A worker's slot says what it
# reads; of each ten, the last ones are for who stays for a while.
DETECTIONS, HEARTBEATS = FEEDS = (0, 1)
SLOTS = 10
WORKERS_MAX = 4
VISITOR, HELPER = 8, 9

# The last faults strike while there is still something to be sent.
CALM_START_S = 3
CALM_END_S = 2


@dataclasses.dataclass(frozen=True)
class Fault:
    at_s: float
    kind: str
    values: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class FeedPlan:
    partitions: int
    workers: int
    messages: int


@dataclasses.dataclass(frozen=True)
class TopicLoss:
    """The topic of a feed is deleted under idle workers, away for a while, then there again with other
    partitions (0: it stays away); they are told to stop some seconds later."""
    feed: int
    away_s: float
    partitions: int
    stop_after_s: float


@dataclasses.dataclass(frozen=True)
class Plan:
    seed: str
    seconds: int
    brokers: int
    feeds: tuple  # FeedPlan of DETECTIONS and HEARTBEATS
    session_ms: int
    static: bool  # static members of the group
    timezone: str
    faults: tuple
    pooled: bool  # workers reach PostgreSQL through PgBouncer
    loss: TopicLoss


def slots_of(feeds):
    return [feed * SLOTS + number for feed in FEEDS for number in range(feeds[feed].workers)]


def slot_beside(slot, place):
    """That of the VISITOR or HELPER who reads what this one reads."""
    return slot // SLOTS * SLOTS + place


def plan_round(seed, number, seconds, only=(), brokers=None):
    """`only` are kinds of faults; all when empty."""
    name = f"{seed}/{number}"
    source = random.Random(name)
    three = source.random() < 0.6
    settings = {
        "feeds": (FeedPlan(source.randint(1, 8),
                           source.choice((1, 2, 2, 3, 3, WORKERS_MAX, WORKERS_MAX)),
                           seconds * source.randint(150, 450)),
                  FeedPlan(source.randint(1, 6), source.choice((1, 2, 2, 3)),
                           seconds * source.randint(80, 250))),
        # Short, most of the time: until a dead worker is missed, its partitions wait. Those of a
        # static member go on with its successor.
        "session_ms": source.choice((1500, 1500, 1500, 1500, 3000, 6000)),
        "static": source.random() < 0.7,
        "timezone": source.choice(("UTC", "Asia/Tokyo")),
    }
    size = brokers or (3 if three else 1)
    numbers = {**NUMBERS, **(BROKER_NUMBERS if size == 3 else {})}
    faults = [fault for kind, count in numbers.items() if kind in only or not only
              for fault in plan_kind(source, kind, count, seconds, settings)]
    return Plan(seed=name, seconds=seconds, brokers=size,
                faults=tuple(sorted(faults, key=lambda fault: fault.at_s)),
                pooled=source.random() < 0.3, loss=plan_loss(source), **settings)


def plan_loss(source):
    """Of one topic in two."""
    loss = TopicLoss(feed=source.choice(FEEDS), away_s=round(source.choice((source.uniform(0, 3), source.uniform(3, 30))), 1),
                     partitions=source.choice((0, source.randint(1, 12))),
                     stop_after_s=round(source.uniform(0, 20), 1))
    return loss if source.random() < 0.5 else None


def plan_kind(source, kind, count, seconds, settings):
    """Spread over the round, so that faults that take long don't meet their own kind."""
    count = max(1, round(count * seconds / NUMBERS_OF_S))
    span = (seconds - CALM_START_S - CALM_END_S) / count
    for turn in range(count):
        at = CALM_START_S + span * (turn + source.random())
        yield Fault(round(at, 2), kind, values_of(source, kind, settings))


def values_of(source, kind, settings):
    slot = source.choice(slots_of(settings["feeds"]))
    session_s = settings["session_ms"] / 1000
    # Often so long that the group gives the partitions to somebody else, who waits 5 s for the lock
    # of a transaction and then ends it.
    stopped_s = round(source.choice((source.uniform(0.2, session_s),
                                     source.uniform(session_s, session_s + 3),
                                     source.uniform(session_s + 3, session_s + 9))), 1)
    if kind == "kill":
        return {"slot": slot}
    if kind == "kill-at-commit":
        return {"moment": source.choice((traps.COMMIT, traps.SENT, traps.ANSWERED))}
    if kind == "stop":
        return {"slot": slot, "seconds": stopped_s}
    if kind == "stop-in-batch":
        return {"moment": source.choice((traps.BEGIN, traps.BEGIN, traps.COPY, traps.COMMIT)),
                "seconds": stopped_s}
    if kind == "late-commit":
        return {"seconds": round(source.uniform(0.0, 7.0), 1)}
    if kind == "connection-end":
        return {"all": source.random() < 0.5}
    if kind in ("postgres-crash", "broker-kill", "broker-stop"):
        return {"seconds": round(source.choice((0, source.uniform(0, 4))), 1),
                **({"node": source.randrange(3)} if kind != "postgres-crash" else {})}
    if kind == "backend-stop":
        # The longest ones are cut off by whoever waits.
        return {"seconds": round(source.choice((source.uniform(0.2, 3), source.uniform(5, 40))), 1)}
    if kind == "broker-freeze":
        return {"node": source.randrange(3), "seconds": round(source.uniform(0.5, 8), 1)}
    if kind == "snapshot":
        return {"seconds": round(source.uniform(5, 30), 1)}
    if kind == "lock":
        return {"table": source.choice(("kafka_offset", "infection_count", "detection")),
                "seconds": round(source.choice((source.uniform(0.2, 2), source.uniform(4, 9))), 1)}
    if kind == "rebalance":
        return {"slot": slot, "visit": source.random() < 0.4,
                "seconds": round(source.uniform(0.5, 6), 1)}
    if kind == "partitions":
        return {"feed": source.choice(FEEDS), "more": source.randint(1, 2)}
    if kind == "relocate":
        # Half of them are killed at some time; the last one brings everything to where it belongs.
        return {"other": source.random() < 0.6, "country": source.choice((None, None, "ZZ", "JP")),
                "kill_after_s": source.choice((None, round(source.uniform(0.05, 1.5), 2)))}
    if kind == "threat":
        return {"pick": source.random()}
    return {}

"""What a round sends of one kind, detections or heartbeats: a ledger of its own, in a topic of its own, that workers
of its own read in a group of its own."""

import random

from ledger import HeartbeatLedger, Ledger
from plan import DETECTIONS, HEARTBEATS
from producer import PacedProducer, read_log


class Feed:
    """`number` is DETECTIONS or HEARTBEATS; `plan` its FeedPlan."""

    def __init__(self, number, plan, name, ledger):
        self.number = number
        self.plan = plan
        self.topic = name
        self.group = f"{name}-readers"
        self.options = ["--heartbeats"] if number == HEARTBEATS else []
        self.ledger = ledger
        self.producer = None
        self.log = {}  # what the topic holds: {partition: [value]}

    def begin(self, brokers, seconds):
        self.producer = PacedProducer(brokers, self.topic, self.ledger.messages, seconds)
        self.producer.start()

    def finish(self, brokers, patience_s):
        """Everything is sent when this returns."""
        self.producer.finish(patience_s)
        self.log = read_log(brokers, self.topic)


def make_feeds(plan, name):
    """The feeds of a round, by number; the same for the same seed."""
    source = random.Random(plan.seed)
    detections, heartbeats = plan.feeds
    ledger = Ledger(source, detections.messages)
    return (Feed(DETECTIONS, detections, name, ledger),
            Feed(HEARTBEATS, heartbeats, f"{name}-heartbeats",
                 HeartbeatLedger(source, heartbeats.messages, ledger.devices)))

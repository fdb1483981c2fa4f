"""What must have become of the messages that were sent: counted, or dead letters."""

import collections

from events import DETECTIONS, TOPICS, country_of
from oracle import Oracle, event_time, month_of


class Books:
    """Months are "YYYY-MM" in `timezone`. A month that was dropped keeps its counts; what comes of it later is a dead
    letter, since nobody could tell it from what was counted. Heartbeats are, when its machines are forgotten too."""

    def __init__(self, timezone):
        self.timezone = timezone
        self.sent = 0
        # Values of messages: those that are no events, and events of closed months.
        self.letters = collections.Counter()
        self.late = collections.Counter()
        self.counted = {topic: [] for topic in TOPICS}  # events
        self.dropped = {}  # month: how many detections went with it
        self.forgotten = set()

    def note(self, message):
        """To be called in the order of sending."""
        self.sent += 1
        if message.event is None:
            self.letters[message.value] += 1
        elif self._is_closed(message):
            self.late[message.value] += 1
        else:
            self.counted[message.topic].append(message.event)

    def wrong_letters(self, letters):
        """What of these values is there too often, or not. Of a late event that comes again in the same batch there is
        one letter: the other is a repeat, as it is of any event."""
        return [f"{letters[value]} of {value}" for value in letters.keys() | self.letters.keys() | self.late.keys()
                if not self.letters[value] + bool(self.late[value]) <= letters[value]
                <= self.letters[value] + self.late[value]]

    def _is_closed(self, message):
        month = month_of(event_time(message.event), self.timezone)
        return month in (self.dropped if message.topic == DETECTIONS else self.forgotten)

    def oracles(self):
        """Of detections and of heartbeats, as of now."""
        return tuple(Oracle(self.counted[topic], self.timezone, country_of) for topic in TOPICS)

    def drop(self, month, detections):
        """How many events go with it, by the oracle of detections."""
        count = sum(month_of(instant, self.timezone) == month for instant, _, _ in detections.detections)
        self.dropped[month] = count
        return count

    def forget_infections(self, before):
        """Those of dropped months that lie before this one."""
        self.forgotten = {month for month in self.dropped if month < before}

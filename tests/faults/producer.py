"""Sends a ledger into Kafka at a steady rate, and knows where every message has come to lie."""

import threading
import time

from confluent_kafka import KafkaError, Producer

# A broker that has just come back may not know of the newest partitions yet, and librdkafka gives up
# what is meant for them before it has sent it.
NOT_SENT = (KafkaError._UNKNOWN_PARTITION, KafkaError._UNKNOWN_TOPIC)
# Between two portions.
PAUSE_S = 0.05


class PacedProducer:
    """`places` holds (partition, offset) of each message of the ledger, once it is acknowledged."""

    def __init__(self, brokers, topic, messages, seconds):
        self.topic = topic
        self.messages = messages
        self.seconds = seconds
        self.places = [None] * len(messages)
        self.failure = None
        self.again = []
        # Idempotent: each message lies in the log once, so the log is the ledger.
        self.producer = Producer({
            "bootstrap.servers": brokers, "enable.idempotence": True, "linger.ms": 5,
            "message.timeout.ms": 0, "topic.metadata.refresh.interval.ms": 1000, "log_level": 0,
            "message.max.bytes": 4194304, "partitioner": "murmur2_random"})
        self.hurry = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.thread.start()

    def lengthen(self, seconds):
        """The rest may take that much longer."""
        self.seconds += seconds

    def finish(self, patience_s):
        """Sends the rest at once and waits until the brokers have everything."""
        self.hurry.set()
        self.thread.join(patience_s)
        assert self.failure is None, f"the producer failed: {self.failure}"
        assert not self.thread.is_alive() and None not in self.places, (
            f"{self.places.count(None)} messages could not be sent in {patience_s} s")

    def _run(self):
        try:
            self._send_all()
        except Exception as failure:  # told by finish, in the main thread
            self.failure = failure

    def _send_all(self):
        began = time.monotonic()
        sent = 0
        while sent < len(self.messages):
            due = len(self.messages)
            if not self.hurry.is_set():
                share = (time.monotonic() - began) / self.seconds
                due = max(sent, min(due, int(due * share) + 1))
            for number in range(sent, due):
                self._send(number)
            sent = due
            self._send_again()
            self.producer.poll(0)
            self.hurry.wait(PAUSE_S)
        self.producer.flush()
        while self.again:
            self._send_again()
            self.producer.flush()

    def _send_again(self):
        again, self.again = self.again, []
        for number in again:
            self._send(number)

    def _send(self, number):
        message = self.messages[number]

        def acknowledged(error, place):
            if error is not None and error.code() in NOT_SENT:
                self.again.append(number)
            elif error is not None:
                self.failure = error
            else:
                self.places[number] = (place.partition(), place.offset())

        while True:
            try:
                self.producer.produce(self.topic, value=message.value, key=message.key,
                                      on_delivery=acknowledged)
                return
            except BufferError:  # a broker is away, and the queue is full
                self.producer.poll(0.1)

"""Sends a ledger into Kafka at a steady rate; reads what the log holds in the end."""

import threading
import time

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

# Between two portions.
PAUSE_S = 0.05
# Until a broker hands out what it has.
READ_PATIENCE_S = 60


class PacedProducer:
    """Each message gets into the log at least once: some may get there twice when a broker dies.

    librdkafka gives up messages now and then although it has all the time in the world: those of a
    partition that a broker which has just come back does not know yet, or of a broker that it has
    forgotten. They are sent again."""

    def __init__(self, brokers, topic, messages, seconds):
        self.topic = topic
        self.messages = messages
        self.seconds = seconds
        self.acknowledged = 0
        self.failure = None
        self.refusal = None
        self.again = []
        self.producer = Producer({
            # Not idempotent: that producer gives up for good when a broker that came back does not
            # know its sequence any more.
            "bootstrap.servers": brokers, "acks": "all", "linger.ms": 5,
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
        assert not self.thread.is_alive() and self.acknowledged == len(self.messages), (
            f"only {self.acknowledged} messages could be sent in {patience_s} s: {self.refusal}")

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
            time.sleep(PAUSE_S)
            self._send_again()
            self.producer.flush()

    def _send_again(self):
        again, self.again = self.again, []
        for number in again:
            self._send(number)

    def _send(self, number):
        message = self.messages[number]

        def delivered(error, _message):
            if error is None:
                self.acknowledged += 1
            else:
                self.refusal = error
                self.again.append(number)

        while True:
            try:
                self.producer.produce(self.topic, value=message.value, key=message.key,
                                      on_delivery=delivered)
                return
            except BufferError:  # a broker is away, and the queue is full
                self.producer.poll(0.1)


def read_log(brokers, topic):
    """{partition: [value]}, in order from offset 0: nothing is ever deleted in a round."""
    consumer = Consumer({
        "bootstrap.servers": brokers, "group.id": "checker", "enable.auto.commit": False,
        "enable.partition.eof": True, "log_level": 0})
    try:
        partitions = consumer.list_topics(topic, READ_PATIENCE_S).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
        log = {number: [] for number in partitions}
        open_ends = set(partitions)
        while open_ends:
            message = consumer.poll(READ_PATIENCE_S)
            assert message is not None, f"{topic} could not be read"
            if message.error() is None:
                assert message.offset() == len(log[message.partition()]), "a gap in the log"
                log[message.partition()].append(message.value())
            elif message.error().code() == KafkaError._PARTITION_EOF:
                open_ends.discard(message.partition())
        return log
    finally:
        consumer.close()

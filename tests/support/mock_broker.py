"""The broker built into librdkafka, through its C functions: it answers with errors when it is told
to, at requests at which a real one would have to be killed at the right microsecond."""

import ctypes

PRODUCER, OK = 0, 0
JOIN_GROUP = 11              # Kafka's number of the request
FENCED_INSTANCE_ID = 82      # and of the error


def _load():
    kafka = ctypes.CDLL("librdkafka.so.1")
    for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_handle_mock_cluster"):
        getattr(kafka, name).restype = ctypes.c_void_p
    kafka.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    return kafka


class MockBroker:
    """Has the topics that it is given, keeps some 5 MiB a partition."""

    def __init__(self, **topics):
        self.library = _load()
        why = ctypes.create_string_buffer(512)
        conf = ctypes.c_void_p(self.library.rd_kafka_conf_new())
        for key, value in ((b"test.mock.num.brokers", b"1"), (b"log_level", b"3")):
            assert self.library.rd_kafka_conf_set(conf, key, value, why, len(why)) == OK, why.value
        self.handle = ctypes.c_void_p(self.library.rd_kafka_new(PRODUCER, conf, why, len(why)))
        assert self.handle, why.value
        self.cluster = ctypes.c_void_p(self.library.rd_kafka_handle_mock_cluster(self.handle))
        self.brokers = self.library.rd_kafka_mock_cluster_bootstraps(self.cluster).decode()
        for topic, partitions in topics.items():
            assert self.library.rd_kafka_mock_topic_create(
                self.cluster, topic.encode(), partitions, 1) == OK

    def fail_next(self, request, *errors):
        """The next requests of that kind are answered with these errors, one each."""
        self.library.rd_kafka_mock_push_request_errors(
            self.cluster, ctypes.c_int16(request), ctypes.c_size_t(len(errors)), *errors)

    def close(self):
        self.library.rd_kafka_destroy(self.handle)

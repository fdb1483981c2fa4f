"""The versions that are tested are those that were asked for: `tests/versions/run` says so in the environment."""

import os
import pathlib
import re

from kafka_cases import OLD, make_lines
from servers import wait_until

DEBIAN_LIBRDKAFKA = re.compile(r"/usr/lib/\S*/librdkafka\.so\.1")


def test_versions(kafka, topic, database):
    name = topic(1)
    kafka.produce_lines(name, make_lines(1))
    worker = database.start_ingest(kafka, name, *OLD)
    wait_until(lambda: database.stored_offsets(name) == {0: 1}, "an event", [worker])
    mapped = pathlib.Path(f"/proc/{worker.process.pid}/maps").read_text(encoding="utf-8")
    worker.terminate()

    library = {path for path in re.findall(r"(/\S*librdkafka\S*)", mapped)}
    part = os.environ.get("KANSEN_LIBRDKAFKA")
    assert len(library) == 1 and bool(DEBIAN_LIBRDKAFKA.match(library.pop())) == (part is None)
    major = (os.environ.get("KANSEN_POSTGRES") or f"x-{database.postgres.bin.parent.name}").split("-")[1]
    assert database.value("select current_setting('server_version')").split(".")[0] == major
    jars = pathlib.Path(kafka.classes).parent.name
    assert jars.startswith("kafka-4-" if os.environ.get("KANSEN_KAFKA") else "kafka-3")

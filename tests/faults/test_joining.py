"""A worker whose group waits for one that died without a word says so, and for how long at most."""

import re

from kafka_cases import OLD, check, make_lines
from servers import wait_until

# Long enough for the worker to speak, and to be told later that the group has answered.
SESSION_S = 20
SESSION = ("-X", f"session.timeout.ms={SESSION_S * 1000}", *OLD)


def test_a_worker_says_that_its_group_waits_for_one_that_died(kafka, topic, database):
    name = topic(1)
    kafka.produce_lines(name, make_lines(10))
    killed = database.start_ingest(kafka, name, *SESSION)
    wait_until(lambda: sum(database.stored_offsets(name).values()) == 10, "the first events", [killed])
    assert "no partitions yet" not in killed.said()
    killed.process.kill()
    killed.process.wait()
    kafka.produce_lines(name, make_lines(10, 10))
    worker = database.start_ingest(kafka, name, *SESSION)
    wait_until(lambda: "the group gives this worker no partitions yet, waiting" in worker.said(),
               "the worker to say for whom it waits", [worker])
    line = next(line for line in worker.said().splitlines() if "no partitions yet" in line)
    assert "group=tests" in line and "a worker that died" in line
    assert f"dead_at_most_s={SESSION_S} storing_at_most_s=300" in line
    wait_until(lambda: "the group has answered" in worker.said(), "the group's answer", [worker])
    assert 10 <= int(re.search(r'"the group has answered" after_s=(\d+)', worker.said())[1]) < 120
    wait_until(lambda: sum(database.stored_offsets(name).values()) == 20, "the rest", [worker])
    assert worker.said().count("no partitions yet") == 1
    worker.terminate()
    check(database, 20)

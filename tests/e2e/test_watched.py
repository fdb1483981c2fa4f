"""A worker that is watched: its pages, what they say of it, and `kansen status --worker`."""

import contextlib
import http.client
import pathlib
import signal
import socket
import subprocess
import time

import pytest

from servers import need, wait_until
from test_intake_lines import make_lines
from watched import Watched, families

JSON = ("--log-format", "json")
OLD = ("--max-age", "9000")
LISTEN = ("--listen", "0")


@pytest.fixture
def watch(kafka, database):
    """Starts a worker of a topic, in a group of its own: one that is killed keeps no other waiting."""
    def start(name, *options):
        return Watched(database.start_ingest(kafka, name, *LISTEN, *JSON, *OLD, *options, group=f"of-{name}"))
    return start


def ready(watched):
    wait_until(watched.is_ready, "the worker to be ready", [watched.worker])
    return watched


def test_a_worker_counts_what_it_stores(kafka, topic, watch, mmdb):
    name = topic(2)
    kafka.produce_lines(name, make_lines(40) + make_lines(10) + [b"nonsense"] * 3, 0)
    watched = ready(watch(name, "--geoip", mmdb))
    offset = "kansen_partition_stored_offset"
    wait_until(lambda: watched.value(offset, topic=name, partition="0") == 53, "all to be stored",
               [watched.worker])
    metrics = watched.metrics()
    assert metrics["kansen_events_accepted_total"] == {(): 40}
    assert metrics["kansen_events_repeated_total"] == {(): 10}
    rejected = metrics["kansen_events_rejected_total"]
    assert rejected[(("reason", "bad_json"),)] == 3 and sum(rejected.values()) == 3
    # Every reason is there from the beginning, so that its rate is one.
    assert len(rejected) > 20
    assert metrics["kansen_messages_read_total"] == {(): 53}
    assert metrics["kansen_partitions"] == {(): 2}
    assert metrics["kansen_ready"] == {(): 1} and sum(metrics["kansen_waiting"].values()) == 0
    assert metrics["kansen_geoip_build_timestamp_seconds"][()] > 1e9
    (labels,) = metrics["kansen_worker_info"]
    assert dict(labels) == {"topic": name, "group": f"of-{name}", "kind": "detections"}
    for part in ("0", "1"):
        where = (("partition", part), ("topic", name))
        assert metrics["kansen_partition_lag_events"][where] == 0
        assert metrics["kansen_partition_lag_seconds"][where] == 0
        assert abs(metrics["kansen_partition_read_until_timestamp_seconds"][where] - time.time()) < 600
    for histogram in ("kansen_batch_seconds", "kansen_copy_seconds", "kansen_commit_seconds"):
        assert metrics[f"{histogram}_count"][()] >= 1 and metrics[f"{histogram}_sum"][()] > 0, histogram
        assert metrics[f"{histogram}_bucket"][(("le", "+Inf"),)] == metrics[f"{histogram}_count"][()]
    assert metrics["kansen_batch_events_sum"][()] == 53 - 10
    assert metrics["process_resident_memory_bytes"][()] > 1 << 20
    watched.worker.terminate()


def test_pages_are_read_and_nothing_else(kafka, topic, watch):
    watched = ready(watch(topic(1)))
    status, headers, text = watched.ask("/metrics")
    assert status == 200 and headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert watched.ask("/livez")[::2] == (200, "alive\n")
    assert watched.ask("/readyz")[::2] == (200, "ready\n")
    assert watched.ask("/readyz?verbose")[0] == 200
    status, headers, text = watched.ask("/readyz", "HEAD")
    assert (status, headers["Content-Length"], text) == (200, "6", "")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        status, headers, _ = watched.ask("/readyz", method, b"x" * 4000)
        assert (status, headers["Allow"]) == (405, "GET, HEAD"), method
    status, _, text = watched.ask("/")
    assert status == 404 and "/metrics" in text
    assert watched.ask("/metrics/../etc/passwd")[0] == 404
    # Only the loopback address is listened at.
    assert watched.url.startswith("http://127.0.0.1:")


def test_those_who_ask_and_are_silent_do_no_harm(kafka, topic, watch):
    name = topic(1)
    watched = ready(watch(name))
    silent = [socket.create_connection(("127.0.0.1", watched.port)) for _ in range(40)]
    try:
        kafka.produce_lines(name, make_lines(10))
        wait_until(watched.is_ready, "an answer among the silent", [watched.worker])
        wait_until(lambda: watched.value("kansen_events_accepted_total") == 10, "events to be stored",
                   [watched.worker])
        silent[0].sendall(b"GET /" + b"x" * 100000)
    finally:
        for each in silent:
            each.close()
    assert watched.is_ready()
    watched.worker.terminate()


def test_requests_that_trickle_in_keep_nobody_away(kafka, topic, watch):
    """Not silent, and never whole: whoever comes takes the place of the one that has been there for longest."""
    name = topic(1)
    watched = ready(watch(name))
    begun = set()
    slow = [socket.create_connection(("127.0.0.1", watched.port)) for _ in range(40)]
    try:
        # Longer than a connection may be silent.
        until = time.monotonic() + 8
        while time.monotonic() < until:
            for each in slow:
                with contextlib.suppress(OSError):
                    each.sendall(b"GET /livez HTTP/1.1\r\nX: " if each not in begun else b"x")
                    begun.add(each)
            connection = http.client.HTTPConnection("127.0.0.1", watched.port, timeout=3)
            connection.request("GET", "/readyz")
            assert connection.getresponse().status == 200
            connection.close()
    finally:
        for each in slow:
            each.close()
    watched.worker.terminate()


def test_promtool_has_nothing_to_say_against_the_metrics(kafka, topic, watch):
    need("promtool")
    name = topic(1)
    kafka.produce_lines(name, make_lines(5))
    _, _, text = ready(watch(name)).ask("/metrics")
    checked = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), check=False,
                             capture_output=True)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
    assert set(families(text).values()) == {"counter", "gauge", "histogram"}


def test_the_status_of_a_worker(kafka, topic, watch, kansen):
    watched = ready(watch(topic(1)))
    assert kansen.run("status", "--worker", watched.port).stdout == "ready\n"
    assert kansen.run("status", "--worker", f"localhost:{watched.port}").stdout == "ready\n"
    watched.worker.stop()
    stopped = kansen.run("status", "--worker", watched.port, code=69)
    assert "no answer within 3 s" in stopped.stderr
    watched.worker.go_on()
    watched.worker.terminate()
    gone = kansen.run("status", "--worker", watched.port, code=69)
    assert "Connection refused" in gone.stderr and gone.stdout == ""


def blocked(task, signal_number):
    line, = [line for line in (task / "status").read_text().splitlines() if line.startswith("SigBlk:")]
    return int(line.split()[1], 16) >> (signal_number - 1) & 1


def test_signals_are_for_the_main_thread(kafka, topic, watch):
    worker = ready(watch(topic(1))).worker
    tasks = list(pathlib.Path(f"/proc/{worker.process.pid}/task").iterdir())
    assert len(tasks) > 4, "the writer's, the watchdog's, the page's, and librdkafka's"
    # Any thread that doesn't block a signal may get it, and the handlers' variables are the main one's.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        assert [task.name for task in tasks if not blocked(task, number)] == [str(worker.process.pid)], number
    worker.terminate()


def test_a_worker_without_its_topic_is_alive_and_not_ready(kafka, watch, kansen):
    watched = watch("nobody-has-made-it")
    wait_until(lambda: "topic" in watched.ask("/readyz")[2], "the reason", [watched.worker])
    assert watched.ask("/readyz")[0] == 503 and watched.ask("/livez")[0] == 200
    assert watched.value("kansen_waiting", **{"for": "topic"}) == 1
    assert watched.value("kansen_ready") == 0
    said = kansen.run("status", "--worker", watched.port, code=69).stdout
    assert said.startswith("start: ") and "topic: the topic can't be read" in said
    kafka.create_topic("nobody-has-made-it", 1)
    ready(watched).worker.terminate()


def test_a_worker_whose_postgresql_is_away_says_so(kafka, topic, database, proxy, kansen):
    name = topic(1)
    watched = Watched(kansen.start("ingest", "--db", proxy.conninfo(database.name), "-b", kafka.brokers,
                                   "-t", name, *LISTEN, *JSON, *OLD))
    ready(watched)
    proxy.refusals = 100000
    database.sql("select pg_terminate_backend(pid) from pg_stat_activity"
                 " where application_name like 'kansen%%' and datname = current_database()")
    kafka.produce_lines(name, make_lines(10))
    wait_until(lambda: not watched.is_ready(), "the worker to notice", [watched.worker])
    assert watched.ask("/readyz")[2].startswith("postgresql: PostgreSQL is away for ")
    assert watched.ask("/livez")[0] == 200
    assert watched.value("kansen_waiting", **{"for": "postgresql"}) == 1
    lag = {"topic": name, "partition": "0"}
    wait_until(lambda: watched.value("kansen_partition_lag_events", **lag) == 10, "the lag",
               [watched.worker])
    before = watched.value("kansen_partition_lag_seconds", **lag)
    time.sleep(1.1)
    assert watched.value("kansen_partition_lag_seconds", **lag) > before + 1
    proxy.refusals = 0
    ready(watched)
    wait_until(lambda: watched.value("kansen_partition_lag_seconds", **lag) == 0, "no lag",
               [watched.worker])
    metrics = watched.metrics()
    assert metrics["kansen_postgres_connections_total"][()] >= 2
    assert metrics["kansen_batch_retries_total"][()] >= 1
    assert metrics["kansen_events_accepted_total"] == {(): 10}
    watched.worker.terminate()


def test_an_address_that_somebody_else_has(kafka, topic, database):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = database.ingest(kafka, topic(1), "--listen", port, code=69)
    assert f"can't listen at port {port} of 127.0.0.1: Address already in use" in result.stderr


@pytest.mark.parametrize("address, what", [
    ("http", "not [HOST:]PORT"), ("localhost:99999", "not [HOST:]PORT"), (":9464", "a host is missing"),
    ("::1", "in brackets"), ("localhost:", "not [HOST:]PORT"), ("-1", "not [HOST:]PORT")])
def test_what_is_no_address_is_refused(kansen, address, what):
    result = kansen.run("ingest", "-b", "localhost:1", "-t", "t", f"--listen={address}", code=64)
    assert f"--listen {address}" in result.stderr and what in result.stderr
    assert what in kansen.run("status", f"--worker={address}", code=64).stderr

"""`kansen ingest` as a service: what its supervisor hears, and SIGHUP."""

import contextlib
import ctypes
import itertools
import json
import os
import signal
import subprocess
import time

import pytest

from mmdb import Mmdb
from mock_broker import MockBroker
from notified import Supervisor
from program import Running
from servers import wait_until

JSON = ("--log-format", "json")
READ_AGAIN = "settings were read again"
NOT_READ = "settings can't be read again, the old ones stay"
NEED_RESTART = "settings have changed that count only after a restart"

PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
WAIT_ALL = 0x40000000  # __WALL: threads too


@pytest.fixture
def supervisor():
    made = Supervisor(watchdog_s=0.3)
    yield made
    made.close()


@pytest.fixture
def start(kansen):
    """Starts the program in a session of its own, without a terminal, as supervisors do."""
    def run(*arguments, env=None):
        arguments = [str(each) for each in arguments]
        process = Running(["setsid", "--", kansen.program, *arguments], arguments, kansen.environment(env))
        kansen.running.append(process)
        return process
    return run


@pytest.fixture
def worker(start, database, supervisor, tmp_path):
    """A worker at a broker that is there, whose settings are in a file: worker(text) starts it."""
    broker = MockBroker(detections=2)
    path = tmp_path / "ingest.conf"

    def run(text=""):
        path.write_text(f"db = {database.conninfo}\nbrokers = {broker.brokers}\ntopic = detections\n{text}",
                        encoding="utf-8")
        started = start("ingest", "--config", path, *JSON, env=supervisor.environment)
        started.path = path
        wait_until(lambda: "2 partitions" in supervisor.status(), "the worker to read", [started])
        return started
    yield run
    broker.close()


def heard(worker, message):
    whole = worker.said().rpartition("\n")[0].splitlines()
    return [line for line in map(json.loads, whole) if line["msg"] == message]


def rewrite(worker, *changes):
    """Other settings, and a SIGHUP; the line that comes of it."""
    text = worker.path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    worker.path.write_text(text, encoding="utf-8")
    known = len(heard(worker, READ_AGAIN) + heard(worker, NOT_READ))
    worker.process.send_signal(signal.SIGHUP)
    wait_until(lambda: len(heard(worker, READ_AGAIN) + heard(worker, NOT_READ)) > known,
               "the settings to be read", [worker])
    return heard(worker, READ_AGAIN), heard(worker, NOT_READ)


@contextlib.contextmanager
def hung(pid):
    """The main thread stands, and all others go on."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if libc.ptrace(PTRACE_SEIZE, pid, None, None) != 0:
        pytest.skip(f"ptrace: {os.strerror(ctypes.get_errno())}")
    assert libc.ptrace(PTRACE_INTERRUPT, pid, None, None) == 0
    os.waitpid(pid, WAIT_ALL)
    try:
        yield
    finally:
        libc.ptrace(PTRACE_DETACH, pid, None, None)


# ---- what a supervisor hears

def test_a_worker_says_that_it_is_there_that_it_lives_and_that_it_stops(worker, supervisor):
    running = worker()
    assert supervisor.names() == ["READY"]
    assert supervisor.status() == "2 partitions, lag 0; 0 stored, 0 repeated, 0 rejected"
    alive = supervisor.count("WATCHDOG")
    wait_until(lambda: supervisor.count("WATCHDOG") > alive + 2, "signs of life", [running])
    running.terminate()
    wait_until(lambda: supervisor.names() == ["READY", "STOPPING"], "the last word")


def test_a_worker_without_kafka_is_started_and_says_what_it_waits_for(start, database, supervisor):
    running = start("ingest", "--db", database.conninfo, "-b", "127.0.0.1:1", "-t", "x", *JSON,
                    env=supervisor.environment)
    wait_until(lambda: "asking the Kafka brokers" in supervisor.status(), "words", [running])
    assert supervisor.names() == ["READY"]
    alive = supervisor.count("WATCHDOG")
    wait_until(lambda: supervisor.count("WATCHDOG") > alive, "a sign of life", [running])
    running.terminate()


def test_a_loop_that_hangs_gives_no_sign_of_life(worker, supervisor):
    running = worker()
    with hung(running.process.pid):
        time.sleep(0.5)  # what was said before is heard
        alive = supervisor.count("WATCHDOG")
        time.sleep(2)  # twenty signs of life, were they given by another thread
        assert supervisor.count("WATCHDOG") == alive
    wait_until(lambda: supervisor.count("WATCHDOG") > alive, "the loop to go on", [running])
    running.terminate()


def test_a_supervisor_that_cannot_be_reached_is_an_error(database, kansen):
    said = database.command("ingest", "-b", "127.0.0.1:1", "-t", "x", code=70,
                            env={"NOTIFY_SOCKET": "vsock:2:1234"}).stderr
    assert "NOTIFY_SOCKET=vsock:2:1234" in said


def test_whoever_is_no_service_says_nothing(database, supervisor):
    database.command("db", "status", env=supervisor.environment)
    assert supervisor.heard == []


def test_lines_in_the_journal_have_their_priority(program, kansen, tmp_path):
    """systemd names the journal's socket by device and inode; elsewhere a line begins with its time."""
    with open(tmp_path / "journal", "wb") as journal, open(tmp_path / "other", "wb") as other:
        about = os.fstat(journal.fileno())
        env = kansen.environment({"JOURNAL_STREAM": f"{about.st_dev}:{about.st_ino}", "KANSEN_NONSENSE": "x"})
        for file, form in itertools.product((journal, other), ("logfmt", "json")):
            subprocess.run([program, "stats", "--db", "host=/nowhere", "--log-format", form], env=env, stderr=file,
                           stdout=subprocess.DEVNULL, check=False)
    lines = (tmp_path / "journal").read_text(encoding="utf-8").splitlines()
    assert [line[:3] for line in lines] == ["<4>", "<3>"] * 2 and json.loads(lines[3][3:])["level"] == "error"
    assert "<" not in {line[0] for line in (tmp_path / "other").read_text(encoding="utf-8").splitlines()}


# ---- SIGHUP

def test_sighup_takes_over_what_can_be_and_names_what_cannot(worker, supervisor):
    running = worker("max-age = 100\n[kafka]\nclient.id = one\n")
    again, refused = rewrite(running, ("max-age = 100", "max-age = 9000\nstats-interval = 7"),
                             ("topic = detections", "topic = others"), ("client.id = one", "client.id = two"))
    assert [line["changed"] for line in again] == ["max-age, stats-interval"] and refused == []
    line, = heard(running, NEED_RESTART)
    assert line["level"] == "warning" and line["settings"] == "property, topic"
    wait_until(lambda: supervisor.names() == ["READY", "RELOADING", "READY"], "the reload to be told", [running])
    again, _ = rewrite(running, ("topic = others", "topic = detections"), ("client.id = two", "client.id = one"))
    assert again[-1]["changed"] == "nothing" and len(heard(running, NEED_RESTART)) == 1
    running.terminate()


def test_sighup_changes_the_level_of_log_lines(worker):
    running = worker("log-level = warning\n")
    assert heard(running, READ_AGAIN) == [] and all(json.loads(line)["level"] != "info"
                                                    for line in running.said().splitlines())
    again, _ = rewrite(running, ("log-level = warning", "log-level = info"))
    assert again[-1]["changed"] == "log-level"
    result = running.terminate()
    assert '"msg":"stopped"' in result.stderr.replace(" ", "")


MISTAKES = [
    ("max-agee = 100", "did you mean max-age?"),
    ("max-age = 99999999", "--max-age is a whole number"),
    ("log-level = loud", "--log-level loud: not one of info, warning, error"),
    ("log-level = error\nstats-interval = 1\ngeoip = /nowhere.mmdb", "--geoip /nowhere.mmdb"),
]


def test_a_mistake_changes_nothing(worker, supervisor):
    running = worker("max-age = 100\n")
    for number, (mistake, said) in enumerate(MISTAKES):
        _, refused = rewrite(running, ("max-age = 100", mistake))
        assert len(refused) == number + 1 and said in refused[-1]["reason"] and refused[-1]["level"] == "error"
        again, _ = rewrite(running, (mistake, "max-age = 100"))
        assert [line["changed"] for line in again] == ["nothing"] * (number + 1)
    told = ["READY"] + ["RELOADING", "READY"] * 2 * len(MISTAKES)
    wait_until(lambda: supervisor.names() == told, "the reloads to be told", [running])
    running.terminate()


def test_sighup_takes_another_maxmind_db(start, kafka, topic, database, tmp_path):
    files = [Mmdb(tmp_path / f"{country}.mmdb", {"203.0.113.0/24": country}) for country in ("JP", "DE")]
    name = topic(1)
    path = tmp_path / "ingest.conf"
    path.write_text(f"geoip = {files[0].path}\n", encoding="utf-8")
    running = start(*database.ingest_options(kafka, name, "--config", path, "--max-age", "9000", *JSON))
    running.path = path

    def locate(number):
        kafka.produce_lines(name, [json.dumps({"id": f"e{number}", "device": f"d{number}", "name": "X",
                                               "ip": "203.0.113.7", "time": "2024-05-06T00:00:00Z"}).encode()])
        wait_until(lambda: database.value("select count(*) from report.detections") == number,
                   "the event to be stored", [running])

    locate(1)
    again, _ = rewrite(running, ("JP.mmdb", "DE.mmdb"))
    assert again[-1]["changed"] == "geoip"
    locate(2)
    running.terminate()
    assert [row[0] for row in database.sql("select country from report.detections order by event_id")] == ["JP", "DE"]


def test_sighup_at_a_terminal_stops_a_worker(database, kansen):
    """It was closed. `script` gives the worker a terminal."""
    broker = MockBroker(detections=1)
    command = " ".join(["exec", str(kansen.program), "ingest", "--db", f"'{database.conninfo}'", "-b",
                        broker.brokers, "-t", "detections", "--stats-interval", "1"])
    running = Running(["script", "--quiet", "--return", "--command", command, "/dev/null"], ["ingest"],
                      kansen.environment())
    kansen.running.append(running)

    def pid():
        children = f"/proc/{running.process.pid}/task/{running.process.pid}/children"
        with open(children, encoding="ascii") as file:
            return int((file.read().split() or ["0"])[0])

    wait_until(lambda: pid() > 0 and database.value(
        "select count(*) from report.offsets where topic = 'detections'") == 1, "the worker to read", [running])
    os.kill(pid(), signal.SIGHUP)
    running.wait(0)
    broker.close()

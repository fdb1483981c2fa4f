"""Brokers that never answer: a run that somebody waits for gives up, and says how long it waited."""

import contextlib
import socket
import time

import pytest

from servers import free_ports

EX_USAGE = 64
EX_UNAVAILABLE = 69
WAIT_S = 3
COMMANDS = [("ingest", "-t", "events", "--until-end"), ("dead-letters", "relay", "-t", "rejected")]


@contextlib.contextmanager
def closed():
    """Nobody listens."""
    yield f"127.0.0.1:{free_ports(1)[0]}"


@contextlib.contextmanager
def mute():
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
@pytest.mark.parametrize("broker", [closed, mute], ids=lambda kind: kind.__name__)
def test_a_run_until_the_end_gives_up_after_its_wait(database, words, broker):
    with broker() as address:
        began = time.monotonic()
        result = database.command(*words, "-b", address, "--wait", WAIT_S, code=EX_UNAVAILABLE)
        took = time.monotonic() - began
    assert f"no answer from the Kafka brokers {address} within {WAIT_S} s" in result.stderr
    assert WAIT_S <= took < WAIT_S + 15


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
@pytest.mark.parametrize("wait", ["0", "soon", "-1", "86401"])
def test_a_wait_is_some_seconds(kansen, words, wait):
    result = kansen.run(*words, "-b", "127.0.0.1:1", "--wait", wait, code=EX_USAGE)
    assert "--wait" in result.stderr


def test_a_relay_that_follows_says_it_once(database):
    """librdkafka repeats itself every half a minute."""
    with closed() as address:
        relay = database.kansen.start("dead-letters", "relay", "--follow", "-t", "rejected", "-b",
                                      address, "--db", database.conninfo)
        time.sleep(40)
        said = relay.terminate().stderr
    assert said.count("no answer from the Kafka brokers") == 1
    # One of them counts those that it kept to itself.
    assert said.count("Connection refused") <= 2


def test_a_worker_waits_on_and_ends_when_told(database):
    with mute() as address:
        # The wait of a file or variable for all commands; on its command line it would be refused.
        worker = database.kansen.start("ingest", "-t", "events", "-b", address, "--db",
                                       database.conninfo, env={"KANSEN_WAIT": "1"})
        time.sleep(8)
        assert worker.alive()
        worker.terminate()

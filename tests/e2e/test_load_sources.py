"""`kansen load` from sources that are no plain files."""

import os
import subprocess
import time

import pytest

from load_cases import count, event, lines
from servers import need, wait_until


@pytest.mark.parametrize("squeeze", ["cat", "gzip", "zstd"])
def test_a_named_pipe_arrives_whole(database, tmp_path, squeeze):
    need(squeeze)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    source = tmp_path / "events"
    source.write_bytes(lines(*(event(number) for number in range(3000))))
    with open(source, "rb") as events, subprocess.Popen(
            ["sh", "-c", f"{squeeze} > '{path}'"], stdin=events) as writer:
        database.load(path)
        assert writer.wait() == 0
    assert count(database) == 3000
    assert database.value("select count(*) from kansen.dead_letter") == 0


def test_an_event_newer_than_the_start_of_the_load_is_not_ahead_of_its_time(database, kansen):
    """A silent source may wait for days; what is too far ahead is decided when the event comes."""
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [kansen.program, "load", "-", "--max-ahead", "0", "--db", database.conninfo],
        stdin=reader, stderr=subprocess.PIPE, env=kansen.environment())
    os.close(reader)
    wait_until(lambda: database.value(
        "select count(*) from pg_stat_activity where application_name like 'kansen%'"
        f" and datname = '{database.name}'") > 0, "the load to start")
    time.sleep(3)  # older than this is what the event below must be measured by
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
    os.write(writer, lines(event(1, time=now)))
    os.close(writer)
    said = process.communicate()[1]
    assert process.returncode == 0, said
    assert database.sql("select reason, detail from kansen.dead_letter") == []
    assert count(database) == 1

"""`kansen dead-letters remove`: which letters go, who may, who is asked, and what a kill leaves."""

import json
import os
import pty
import re
import select

import pytest

from servers import wait_until
from test_dead_letters import event, lines, listed
from test_json_log import lines_of

EX_USAGE, EX_TEMPFAIL, EX_NOPERM = 64, 75, 77
JSON = ("--log-format", "json")
GOOD = lines(event(50))  # a file without any event is refused whole


def remove(database, *words, code=0):
    """How many went, as the command says it."""
    result = database.command("dead-letters", "remove", *words, "--yes", *JSON, code=code)
    said = [line for line in lines_of(result.stderr) if "removed" in line]
    return said[0]["removed"] if said else 0


def left(database):
    return database.sql("select topic, \"offset\", reason from kansen.dead_letter order by letter_id")


@pytest.fixture
def letters(database, tmp_path):
    """Two reasons in each of two files, and one that was replayed."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"{}\n{\nnonsense\n" + GOOD)
        database.load(tmp_path / name, code=None)
    database.load("-", "--max-age", "1", stdin=lines(event(1)), code=None)
    database.command("dead-letters", "replay", "--max-age", "9000", "--reason", "time_out_of_range")
    return database, str(tmp_path / "a"), str(tmp_path / "b")


def test_filters_choose(letters):
    database, first, second = letters
    assert len(left(database)) == 7
    assert remove(database, "--until", "2020-01-01") == 0
    assert remove(database, first, "--reason", "bad_json") == 2
    assert left(database) == [(first, 1, "missing_field"), (second, 1, "missing_field"),
                              (second, 2, "bad_json"), (second, 3, "bad_json"),
                              ("-", 1, "time_out_of_range")]
    numbers = [row["letter"] for row in listed(database, second, "--each")]
    assert remove(database, "--letter", numbers[0], "--letter", numbers[1]) == 2
    assert remove(database, "--replayed") == 1
    assert left(database) == [(first, 1, "missing_field"), (second, 1, "missing_field")]
    database.sql("update kansen.dead_letter set rejected_at = '2020-02-03' where topic = %s", (first,))
    assert remove(database, "--until", "2020-02-04", "--since", "2020-02-03") == 1
    assert left(database) == [(second, 1, "missing_field")]


def test_those_that_were_replayed_stay_unless_they_are_meant(letters):
    database, *_ = letters
    assert remove(database, "--since", "2020-01-01") == 6
    assert left(database) == [("-", 1, "time_out_of_range")]
    number = database.value("select letter_id from kansen.dead_letter")
    assert remove(database, "--letter", number) == 1


def test_all_of_them(letters):
    database, *_ = letters
    assert remove(database, "--all") == 7 and left(database) == []
    result = database.command("dead-letters", "remove", "--all", "--yes")
    assert result.stderr == "there is no such dead letter; nothing was removed\n"


def test_a_filter_that_was_forgotten_removes_nothing(letters):
    database, first, _ = letters
    for words in ((), ("--all", first), ("--all", "--replayed"), ("--reason", "nonsense"),
                  ("--letter", "x"), ("--letter", "-1"), (first, "two")):
        result = database.command("dead-letters", "remove", *words, "--yes", code=EX_USAGE)
        assert result.stderr.count("\n") == 1, result
    assert len(left(database)) == 7


def test_without_a_terminal_it_has_to_be_told(letters):
    database, first, _ = letters
    result = database.command("dead-letters", "remove", first, code=EX_USAGE)
    assert "this would remove 3 dead letters for good (2 bad_json, 1 missing_field); --yes" in result.stderr
    assert len(left(database)) == 7


def on_terminal(database, answer, *words):
    """What it says on a terminal on which somebody answers, and its exit code."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(database.kansen.environment())
        os.execv(database.kansen.program, ["kansen", "dead-letters", "remove", *words, "--db",
                                           database.conninfo])
    said = b""
    while b"[y/N]" not in said:
        said += os.read(terminal, 4096)
    os.write(terminal, answer)
    while select.select([terminal], [], [], 60)[0]:
        try:
            said += os.read(terminal, 4096)
        except OSError:
            break
    os.close(terminal)
    return said.decode(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_on_a_terminal_it_asks(letters):
    database, first, _ = letters
    for answer in (b"\n", b"n\n", b"yesterday\n", b"\x04"):
        said, code = on_terminal(database, answer, first)
        assert "3 dead letters: 2 bad_json, 1 missing_field" in said
        assert "nothing was removed" in said and code == 0
    assert len(left(database)) == 7
    said, code = on_terminal(database, b"y\n", first)
    assert re.search(r"msg=removed removed=3", said) and code == 0
    assert len(left(database)) == 4


def test_marks_of_relays_go_with_their_letters(letters):
    database, first, _ = letters
    database.sql("insert into kansen.relay (cluster, topic) values ('c', 'one'), ('c', 'two')")
    database.sql("insert into kansen.relayed_letter (relay_id, letter_id) select relay_id, letter_id"
                 " from kansen.relay, kansen.dead_letter")
    remove(database, first)
    assert database.value("select count(*) from kansen.relayed_letter") == 2 * 4
    assert database.value("select count(*) from kansen.relayed_letter m where not exists ("
                          "select from kansen.dead_letter d where d.letter_id = m.letter_id)") == 0


def test_only_the_owner_may(letters):
    database, *_ = letters
    for role in ("kansen_loader", "kansen_reader"):
        name = f"{role}_remove"
        database.sql(f"create role {name} login in role {role}")
        try:
            result = database.kansen.run("dead-letters", "remove", "--all", "--yes", "--db",
                                         database.postgres.conninfo(database.name, name),
                                         code=EX_NOPERM)
            assert "has to be a member of kansen_owner" in result.stderr
        finally:
            database.sql(f"drop role {name}")
    assert len(left(database)) == 7
    assert database.value("select count(*) from information_schema.role_table_grants"
                          " where grantee = 'kansen_loader' and privilege_type = 'DELETE'") == 0


def test_what_came_meanwhile_stays_and_a_signal_ends_it_between_chunks(database, tmp_path):
    """5,000 letters are three chunks; somebody holds one of the last."""
    (tmp_path / "bad").write_bytes(b"nonsense\n" * 500 + GOOD + b"nonsense\n" * 4500)
    database.load(tmp_path / "bad", code=None)
    holder = database.postgres.connect(database.name)
    holder.autocommit = False
    holder.cursor().execute("select letter_id from kansen.dead_letter order by letter_id desc limit 1"
                            " for update")
    worker = database.kansen.start("dead-letters", "remove", "--reason", "bad_json", "--yes", *JSON,
                                   "--db", database.conninfo)
    wait_until(lambda: len(left(database)) == 1000, "two chunks to go", [worker])
    database.load("-", stdin=b"nonsense\n" + GOOD, code=None)
    result = worker.terminate(code=EX_TEMPFAIL)
    said = [json.loads(line) for line in result.stderr.splitlines()]
    assert [line["removed"] for line in said if line["msg"] == "stopped early"] == [4000]
    holder.close()
    assert len(left(database)) == 1001
    assert remove(database, str(tmp_path / "bad")) == 1000
    assert [topic for topic, *_ in left(database)] == ["-"]


def test_what_is_removed_comes_back_when_its_topic_is_read_again(kafka, topic, database):
    name = topic(1)
    kafka.produce_lines(name, [b"nonsense", b"{}"])
    database.ingest(kafka, name)
    assert remove(database, name) == 2
    database.ingest(kafka, name)
    assert left(database) == []
    database.command("db", "reread", "-G", "tests", "-t", name)
    database.ingest(kafka, name)
    assert [(offset, reason) for _, offset, reason in left(database)] == [
        (0, "bad_json"), (1, "missing_field")]

"""What members of each role may do: every command says which role is missing, and ends with 77."""

import json

import pytest

EX_DATAERR, EX_NOPERM = 65, 77
EVENT = json.dumps({"id": "e1", "device": "d1", "name": "WORM.A", "country": "JP",
                    "time": "2024-05-06T00:00:00Z"})
NOWHERE = ("-b", "127.0.0.1:1", "-t", "topic", "--wait", "1")
EX_UNAVAILABLE = 69

OWNER, LOADER, READER, STRANGER = "kansen_owner", "kansen_loader", "kansen_reader", None
PUBLISHER = "kansen_publisher"
# A command, what it needs, the exit code of one who may.
COMMANDS = [
    (("stats", "worms", "--from", "2024-05", "--to", "2024-05"), READER, 0),
    (("report", "worms", "--from", "2024-05", "--to", "2024-05", "--format", "text"), READER, 0),
    (("dead-letters", "list"), READER, 0),
    (("dead-letters", "list", "--each"), READER, 0),
    (("publish", "worms", "--from", "2024-05", "--to", "2024-05", "--provisional", "--format",
      "text"), PUBLISHER, 0),
    (("editions", "list"), READER, 0),
    (("dead-letters", "show", "1"), LOADER, 0),
    (("dead-letters", "replay"), LOADER, 0),
    (("dead-letters", "relay", *NOWHERE), LOADER, EX_UNAVAILABLE),
    (("load", "-"), LOADER, 65),
    (("ingest", *NOWHERE, "--until-end"), LOADER, EX_UNAVAILABLE),
    (("threat", "list"), LOADER, 0),
    (("db", "status"), LOADER, 0),
    (("db", "verify"), LOADER, 0),
    (("db", "reread", "--group", "tests", "--topic", "topic"), LOADER, 0),
    (("dead-letters", "remove", "--reason", "bad_json", "--yes"), OWNER, 0),
    (("threat", "set", "others", "--match", "OTHER*"), OWNER, 0),
    (("threat", "remove", "worms"), OWNER, 0),
    (("db", "maintain"), OWNER, 0),
    (("db", "migrate"), OWNER, 0),
    (("db", "init"), OWNER, 0),
]
# Who has the rights of whom.
INCLUDES = {OWNER: {OWNER, PUBLISHER, LOADER, READER}, PUBLISHER: {PUBLISHER, READER}, LOADER: {LOADER, READER},
            READER: {READER}, STRANGER: set()}


@pytest.fixture(scope="module")
def users(postgres):
    """A login role for each, named after it."""
    names = {role: f"some_{(role or 'stranger').removeprefix('kansen_')}" for role in INCLUDES}
    yield names
    connection = postgres.connect("postgres")
    for name in names.values():
        connection.cursor().execute(f"drop role if exists {name}")
    connection.close()


@pytest.fixture
def filled(database, users):
    """With a threat, a detection, a dead letter, an offset; and the users."""
    database.set_threat("worms", "WORM*")
    database.load("-", stdin=f"{EVENT}\nbad\n".encode(), code=65)
    for table in ("kafka_partition", "kafka_offset"):
        database.sql(f"insert into kansen.{table} (cluster, group_id, topic, incarnation, partition)"
                     " values ('cluster', 'tests', 'topic', 1, 0)")
    for role, name in users.items():
        database.sql(f"drop role if exists {name}")
        database.sql(f"create role {name} login" + (f" in role {role}" if role else ""))
    return database


@pytest.mark.parametrize(("words", "needs", "code"), COMMANDS, ids=lambda value: (
    " ".join(value[:2]) if isinstance(value, tuple) else ""))
def test_a_command_names_the_role_that_is_missing(filled, users, tmp_path, words, needs, code):
    once = iter([code])  # an edition is there for whoever comes second
    for role in (STRANGER, READER, LOADER, PUBLISHER, OWNER):
        may = needs in INCLUDES[role]
        expected = next(once, EX_DATAERR) if may and needs == PUBLISHER else code
        result = filled.kansen.run(
            *words, "--db", filled.postgres.conninfo(filled.name, users[role]),
            stdin=f"{EVENT}\nbad\n".encode(), cwd=tmp_path, code=expected if may else EX_NOPERM)
        if not may:
            named = ("permission denied", needs)
            if words == ("db", "init"):
                named = ("42501", "a superuser may do this")
            assert all(each in result.stderr for each in named), result
            assert "does not exist" not in result.stderr and result.stdout == "", result
        else:
            assert "permission denied" not in result.stderr, result

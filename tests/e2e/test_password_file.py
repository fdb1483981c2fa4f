"""--db-password-file: PostgreSQL's password from a file, read anew for each connection."""

import pytest

from mock_broker import MockBroker
from secure_servers import Certificates, SecurePostgres
from servers import wait_until
from shared_fixtures import served

FIRST, SECOND = "canary-1-5d0c", "canary-2-77ab"
EX_CONFIG = 78


@pytest.fixture(scope="module")
def certificates():
    made = Certificates()
    yield made
    made.close()


@pytest.fixture(scope="module")
def postgres(certificates):
    yield from served(lambda: SecurePostgres(certificates))


@pytest.fixture
def login(database, postgres, certificates):
    """A role with a password that may load, and the conninfo that it connects by."""
    name = f"login_{database.name}"
    database.sql(f"create role {name} login password '{FIRST}' in role kansen_loader")
    yield name, postgres.tls_conninfo(database.name, name, certificates["ca.pem"])
    database.sql(f"drop role {name}")


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"

    def write(text, mode=0o600):
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path
    return write


def status(kansen, conninfo, path, code=0, **extra):
    return kansen.run("db", "status", "--db", conninfo, "--db-password-file", path, code=code, **extra)


def test_the_first_line_is_the_password(kansen, login, secret):
    _, conninfo = login
    for text in (FIRST, FIRST + "\n", FIRST + "\r\n", FIRST + "\nanother line\n"):
        assert status(kansen, conninfo, secret(text)).stderr == ""
    env = {"KANSEN_DB_PASSWORD_FILE": str(secret(FIRST))}
    kansen.run("db", "status", "--db", conninfo, env=env)


def test_a_password_of_the_conninfo_counts_and_an_empty_file_says_nothing(kansen, login, secret, tmp_path):
    _, conninfo = login
    config = tmp_path / "kansen.conf"
    config.write_text(f"db = {conninfo} password={FIRST}\ndb-password-file = {secret('wrong')}\n", encoding="utf-8")
    config.chmod(0o600)
    kansen.run("db", "status", "--config", config)
    status(kansen, conninfo, secret(""), env={"PGPASSWORD": FIRST})


@pytest.mark.parametrize(("text", "mode", "said"), [
    ("wrong", 0o600, "password authentication failed"),
    (FIRST, 0o604, "everyone may read it: chmod 600"),
    ("x" * 20000, 0o600, "more than 16383 bytes"),
    (FIRST + "\0more", 0o600, "its first line is no text"),
], ids=["wrong", "open", "long", "binary"])
def test_what_is_no_password_is_refused(kansen, login, secret, text, mode, said):
    result = status(kansen, login[1], secret(text, mode), code=EX_CONFIG)
    assert said in result.stderr and "canary" not in result.stderr


def test_a_file_that_is_missing_is_named(kansen, login, tmp_path):
    said = status(kansen, login[1], tmp_path / "gone", code=EX_CONFIG).stderr
    assert f"--db-password-file {tmp_path}/gone: No such file or directory" in said
    # It is no matter of commands without a database.
    kansen.run("version", env={"KANSEN_DB_PASSWORD_FILE": "/nowhere"})
    kansen.run("geoip", "check", "/nowhere", code=66, env={"KANSEN_DB_PASSWORD_FILE": "/nowhere"})


def test_a_worker_takes_a_new_password_without_a_new_start(kansen, database, login, secret):
    name, conninfo = login
    broker = MockBroker(detections=1)
    worker = kansen.start("ingest", "--db", conninfo, "--db-password-file", secret(FIRST), "-b", broker.brokers,
                          "-t", "detections", "--log-format", "json")
    connections = f"select count(*) from pg_stat_activity where usename = '{name}'"
    wait_until(lambda: database.value("select count(*) from report.offsets") == 1, "the worker to read", [worker])
    database.sql(f"alter role {name} password '{SECOND}'")
    secret(SECOND)
    before = database.value(f"select max(pid) from pg_stat_activity where usename = '{name}'")
    database.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{name}'")
    wait_until(lambda: database.value(f"{connections} and pid <> {before}") > 0, "a new connection", [worker])
    # One that everybody may read is none, also later.
    secret(SECOND, 0o604)
    database.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{name}'")
    wait_until(lambda: "everyone may read it: chmod 600" in worker.said(), "the open file to be refused", [worker])
    secret(SECOND)
    wait_until(lambda: database.value(connections) > 0, "a connection", [worker])
    result = worker.terminate()
    broker.close()
    assert FIRST not in result.stderr and SECOND not in result.stderr

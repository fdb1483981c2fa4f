"""Who gets in: TLS that is verified, passwords from files, and no trace of a secret anywhere."""

import base64
import json
import pathlib
import resource
import shutil
import signal
import time
import urllib.request

import pytest

from secure_servers import KAFKA_USER, Certificates, SecureKafka, SecurePostgres
from servers import free_ports, wait_until
from shared_fixtures import served

SECRET = "canary-9f2b7c"
SCENARIO = pathlib.Path(__file__).resolve().parents[2] / "simulate/scenarios/small.scenario"
EVENTS = [json.dumps({"id": f"e{number}", "device": f"d{number}", "name": "WORM.A", "country": "JP",
                      "time": "2024-05-01T00:00:00Z"}).encode() for number in range(50)]


@pytest.fixture(scope="module")
def certificates():
    made = Certificates()
    yield made
    made.close()


@pytest.fixture(scope="module")
def postgres(certificates):
    yield from served(lambda: SecurePostgres(certificates))


@pytest.fixture(scope="module")
def kafka(certificates):
    yield from served(lambda: SecureKafka(certificates, SECRET))


@pytest.fixture
def loader(database, postgres):
    """A login role with a password that may load and nothing else."""
    name = f"loader_{database.name}"
    database.sql(f"create role {name} login password '{SECRET}' in role kansen_loader")
    yield name
    database.sql(f"drop role {name}")


def private_file(path, text):
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def config_of(path, conninfo, brokers, topic, properties):
    lines = "".join(f"{key} = {value}\n" for key, value in properties.items())
    return private_file(path, f"db = {conninfo}\nbrokers = {brokers}\ntopic = {topic}\n"
                              f"max-age = 9000\n[kafka]\n{lines}")


def stored(database):
    return database.value("select count(*) from kansen.detection")


def scram(certificates, **more):
    return {"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": KAFKA_USER, "sasl.password": SECRET,
            "ssl.ca.location": certificates["ca.pem"], **more}


def mutual(certificates):
    return {"security.protocol": "SSL", "ssl.ca.location": certificates["ca.pem"],
            "ssl.certificate.location": certificates["client.pem"],
            "ssl.key.location": certificates["client.key"]}


def oauth(certificates):
    """Tokens that librdkafka makes itself: the way of a token is what is tested, not its issuer."""
    return {"security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER",
            "ssl.ca.location": certificates["ca.pem"],
            "enable.sasl.oauthbearer.unsecure.jwt": "true",
            "sasl.oauthbearer.config": "principal=agent"}


@pytest.mark.parametrize("way", ["scram", "mutual", "oauth"])
def test_kafka_behind_tls(kafka, topic, database, certificates, kansen, tmp_path, way):
    name = topic(2)
    kafka.produce_lines(name, EVENTS)
    properties = {"scram": scram, "mutual": mutual, "oauth": oauth}[way](certificates)
    brokers = kafka.mutual if way == "mutual" else kafka.sasl
    config = config_of(tmp_path / "kansen.conf", database.conninfo, brokers, name, properties)
    kansen.run("ingest", "--config", config, "--until-end")
    assert stored(database) == len(EVENTS)


def test_kafka_refuses_or_is_not_believed(kafka, topic, database, certificates, kansen, tmp_path):
    """A wrong certificate authority, host name, time, password, and no or a wrong certificate of ours: each ends
    within seconds, without an event, and says which broker and why. A worker that would run for ever as well: who
    begins has nothing to wait for."""
    name = topic(1)
    kafka.produce_lines(name, EVENTS)
    other_name = kafka.sasl.replace("127.0.0.1", "localhost")
    strange = {"ssl.certificate.location": certificates["stranger.pem"],
               "ssl.key.location": certificates["stranger.key"]}
    cases = {
        "authority": (kafka.sasl, scram(certificates, **{
            "ssl.ca.location": certificates["other-ca.pem"]}), "unable to get local issuer certificate"),
        "name": (other_name, scram(certificates), "hostname mismatch"),
        "time": (kafka.expired, mutual(certificates), "certificate has expired"),
        "password": (kafka.sasl, scram(certificates, **{"sasl.password": SECRET + "x"}), "authentication failed"),
        "user": (kafka.sasl, scram(certificates, **{"sasl.username": "nobody"}), "authentication failed"),
        "no certificate": (kafka.mutual, {"security.protocol": "SSL",
                                          "ssl.ca.location": certificates["ca.pem"]}, "ssl alert number"),
        "other certificate": (kafka.mutual, {**mutual(certificates), **strange}, "ssl alert number"),
    }
    workers = {}
    for number, (case, (brokers, properties, _)) in enumerate(cases.items()):
        config = config_of(tmp_path / f"{case}.conf", database.conninfo, brokers, name, properties)
        workers[case] = kansen.start("ingest", "--config", config, *(["--until-end"] if number % 2 else []))
    wait_until(lambda: not any(worker.alive() for worker in workers.values()), "all to end", patience_s=60)
    for case, (brokers, _, reason) in cases.items():
        refused = workers[case].wait(code=78)
        last = refused.stderr.splitlines()[-1].lower()
        assert reason in last and brokers in last, f"{case}: {refused}"
        assert SECRET not in refused.stderr
    assert stored(database) == 0
    relay = kansen.run("dead-letters", "relay", "--config", tmp_path / "password.conf", code=78)
    assert "authentication failed" in relay.stderr.splitlines()[-1].lower() and SECRET not in relay.stderr


@pytest.mark.parametrize("name", ["ssl.key.location", "ssl.keystore.location", "sasl.kerberos.keytab"])
def test_a_key_that_everybody_may_read_is_none(kansen, database, tmp_path, name):
    """As libpq has it for its own."""
    key = private_file(tmp_path / "key", "none")
    key.chmod(0o644)
    for words in (("ingest", "--db", database.conninfo, "-t", "t", "--until-end"), ("simulate", SCENARIO)):
        said = kansen.run(*words, "-b", "127.0.0.1:1", "-X", f"{name}={key}", code=78).stderr
        assert f"-X {name}: {key}: holds a key, and everyone may read it: chmod 600" in said
    said = kansen.run("config", "ingest", "-X", f"{name}={key}", code=64).stderr
    assert "everyone may read it" in said


def test_postgresql_behind_tls(database, postgres, certificates, loader, kansen, tmp_path):
    """verify-full with a password from ~/.pgpass; a wrong authority, host name or time gets no password."""
    passfile = private_file(tmp_path / "pgpass", f"*:*:*:{loader}:{SECRET}\n")
    good = postgres.tls_conninfo(database.name, loader, certificates["ca.pem"])
    lines = b"".join(line + b"\n" for line in EVENTS)

    def load(conninfo, code):
        return kansen.run("load", "-", "--db", conninfo, stdin=lines, env={"PGPASSFILE": str(passfile)}, code=code)

    def refused(conninfo, *reasons):
        said = load(conninfo, 78).stderr
        assert all(reason in said for reason in reasons) and SECRET not in said, said
        assert stored(database) == 0

    refused(postgres.tls_conninfo(database.name, loader, certificates["other-ca.pem"]),
            "certificate verify failed", "sslrootcert", "expired")
    refused(postgres.tls_conninfo(database.name, loader, certificates["ca.pem"], "localhost"),
            "does not match host name")
    refused(postgres.tls_conninfo(database.name, loader, "/nonexistent/ca.pem"),
            'root certificate file "/nonexistent/ca.pem" does not exist')
    postgres.show_certificate("expired")
    refused(good, "certificate verify failed", "expired")
    postgres.show_certificate("server")
    passfile.write_text(f"*:*:*:{loader}:{SECRET}x\n", encoding="utf-8")
    refused(good, "password authentication failed")
    passfile.write_text(f"*:*:*:{loader}:{SECRET}\n", encoding="utf-8")
    load(good, 0)
    assert stored(database) == len(EVENTS)


def token_of(lifetime_s):
    """Unsigned, as Kafka's own validator takes it, which looks at nothing but the claims."""
    def part(claims):
        return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()

    now = time.time()
    return f"{part({'alg': 'none'})}.{part({'sub': 'agent', 'iat': now - 1, 'exp': now + lifetime_s})}."


def by_token(certificates):
    return {"security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER", "ssl.ca.location": certificates["ca.pem"]}


def test_a_token_comes_from_a_file(kafka, topic, database, certificates, kansen, tmp_path):
    """A worker goes on when the token is replaced, long before and just when it expires; one that is wrong from the
    beginning says so, and one that has expired meanwhile is what the broker and the log name."""
    name = topic(1)
    kafka.produce_lines(name, EVENTS)
    config = config_of(tmp_path / "kansen.conf", database.conninfo, kafka.sasl, name, by_token(certificates))
    token = private_file(tmp_path / "token", token_of(-60))
    words = ("ingest", "--config", config, "--oauth-token-file", token, "--until-end")
    assert f"--oauth-token-file {token}: the token has expired at 20" in kansen.run(*words, code=78).stderr
    token.write_text("first\nsecond\n", encoding="ascii")
    assert "more than one line of text" in kansen.run(*words, code=78).stderr
    token.write_text(token_of(60), encoding="ascii")
    token.chmod(0o644)
    assert "everyone may read it" in kansen.run(*words, code=78).stderr
    token.chmod(0o600)
    kansen.run(*words)
    assert stored(database) == len(EVENTS)


def test_a_fleet_is_sent_behind_tls(kafka, topic, certificates, kansen, tmp_path):
    """By a password and by a token of files; who is refused has nothing to wait for."""
    name = topic(1)
    password = private_file(tmp_path / "password", SECRET + "\n")
    token = private_file(tmp_path / "token", token_of(60))
    by_password = {key: value for key, value in scram(certificates).items() if key != "sasl.password"}
    ways = [(by_password, "--sasl-password-file", password), (by_token(certificates), "--oauth-token-file", token)]
    for number, (properties, option, secret) in enumerate(ways, 1):
        words = ["simulate", SCENARIO, "-b", kafka.sasl, "-t", name, option, secret]
        for key, value in properties.items():
            words += ["-X", f"{key}={value}"]
        lines = kansen.run("simulate", SCENARIO).stdout.splitlines()
        kansen.run(*words)
        assert len(kafka.consume(name)) >= number * len(lines)
        good = secret.read_text(encoding="ascii")
        secret.write_text({"--sasl-password-file": SECRET + "x", "--oauth-token-file": token_of(-60)}[option],
                          encoding="ascii")
        said = kansen.run(*words, "--log-format", "json", code=78).stderr
        assert SECRET not in said and all(json.loads(line) for line in said.splitlines())
        assert ("the token has expired" if number == 2 else "Authentication failed") in said, said
        secret.write_text(good, encoding="ascii")
        secret.chmod(0o644)
        assert "everyone may read it" in kansen.run(*words, code=78).stderr
    untrusting = {**by_password, "ssl.ca.location": certificates["other-ca.pem"]}
    words = [word for key, value in untrusting.items() for word in ("-X", f"{key}={value}")]
    password.chmod(0o600)
    said = kansen.run("simulate", SCENARIO, "-b", kafka.sasl, "-t", name, *words, "--sasl-password-file", password,
                      code=78).stderr
    assert "certificate" in said.splitlines()[-1], said


def test_no_secret_shows(kafka, topic, database, postgres, certificates, loader, kansen, tmp_path):
    """Not in the command line or environment of any process, not in logs, however talkative, not in what a worker
    tells those who watch it or `kansen config` whoever asks, and no core is written that could hold it."""
    name = topic(1)
    kafka.produce_lines(name, EVENTS)
    conninfo = (postgres.tls_conninfo(database.name, loader, certificates["ca.pem"])
                + f" password={SECRET}")
    properties = scram(certificates, debug="security,broker,conf,cgrp,protocol")
    config = config_of(tmp_path / "kansen.conf", conninfo, kafka.sasl, name, properties)
    password = private_file(tmp_path / "password", SECRET + "\n")
    port = free_ports(1)[0]
    worker = kansen.start("ingest", "--config", config, "--log-format", "json", "--listen", port,
                          "--sasl-password-file", password)
    wait_until(lambda: stored(database) == len(EVENTS), "the events", [worker])
    for page in ("metrics", "livez", "readyz"):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=60) as answer:
            assert SECRET.encode() not in answer.read(), page
    shown_config = kansen.run("config", "ingest", "--config", config, "--sasl-password-file", password)
    assert SECRET not in shown_config.stdout + shown_config.stderr
    shown = resource.prlimit(worker.process.pid, resource.RLIMIT_CORE)
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes()
            if process.name == str(worker.process.pid):
                told += (process / "environ").read_bytes()
        except OSError:  # gone meanwhile
            continue
        assert SECRET.encode() not in told, told
    result = worker.terminate()
    assert "debug" in result.stderr.lower() or "sasl" in result.stderr.lower(), "it was talkative"
    assert SECRET not in result.stderr and SECRET not in result.stdout
    assert shown[0] == 0, "cores may be written"
    assert SECRET not in database.sql("select string_agg(query, '') from pg_stat_activity")[0][0]


@pytest.mark.parametrize("conninfo", [
    f"host=/nonexistent password=with blank-{SECRET}",
    f"host=/nonexistent password=with blank\"{SECRET} x",
    f"host=/nonexistent password=with a={SECRET}",
    f"host=/nonexistent password='{SECRET}",
    f"postgresql://user:%zz{SECRET}@host/database",
    f"postgresql://user:{SECRET}@[host/database",
    f"postgresql://user:{SECRET}@host/database?option=x",
    f"postgresql://user:{SECRET}@nowhere.invalid/database",
])
def test_a_mistake_in_a_conninfo_repeats_no_password(kansen, tmp_path, conninfo):
    """libpq quotes what it can't read."""
    config = private_file(tmp_path / "kansen.conf", f"db = {conninfo}\n")
    for words in (("stats", "worms"), ("config", "stats")):
        said = kansen.run(*words, "--config", config, code=None)
        assert SECRET not in said.stdout + said.stderr, said


class Changing:
    """Workers whose secrets are replaced while they run, each in a way of its own."""

    def __init__(self, kafka, database, certificates, kansen, folder, topics, conninfos):
        tls = {name: folder / f"{name}.pem" for name in ("ca", "client", "key")}
        self.tls, self.certificates = tls, certificates
        self.show_tls("ca", "client")
        self.password = private_file(folder / "password", SECRET + "\n")
        self.token = private_file(folder / "token", token_of(12))
        ways = {
            "password": (kafka.sasl, {key: value for key, value in scram(certificates).items()
                                      if key != "sasl.password"}, ("--sasl-password-file", self.password)),
            "token": (kafka.sasl, by_token(certificates), ("--oauth-token-file", self.token)),
            "tls": (kafka.mutual, {"security.protocol": "SSL", "ssl.ca.location": tls["ca"],
                                   "ssl.certificate.location": tls["client"], "ssl.key.location": tls["key"],
                                   # Who is refused can't leave the group, and is missed by it after this.
                                   "session.timeout.ms": "6000"}, ()),
        }
        self.workers = {}
        for way, (brokers, properties, options) in ways.items():
            config = config_of(folder / f"{way}.conf", conninfos[way], brokers, topics[way], properties)
            self.workers[way] = kansen.start("ingest", "--config", config, "-G", way, *options,
                                             env={"PGPASSFILE": str(folder / "pgpass")})

    def show_tls(self, authority, client):
        for name, source in (("ca", f"{authority}.pem"), ("client", f"{client}.pem"), ("key", f"{client}.key")):
            shutil.copyfile(self.certificates[source], self.tls[name])
            self.tls[name].chmod(0o600)

    def said(self, way, words):
        wait_until(lambda: words in self.workers[way].said(), f"{way}: {words}", [self.workers[way]])


def numbered(way, start, count=20):
    return [json.dumps({"id": f"{way}{number}", "device": f"d{number}", "name": "WORM.A", "country": "JP",
                        "time": "2024-05-01T00:00:00Z"}).encode() for number in range(start, start + count)]


def test_secrets_are_replaced_under_workers(kafka, topic, database, postgres, certificates, loader, kansen, tmp_path):
    """A password of Kafka's and one of PostgreSQL's, a token that expires, an authority with all that it issued: new
    ones in the files, then at the servers, which end every connection. No worker is started anew, none is refused
    for good, no event is lost. The last test of the file: the servers have other secrets then."""
    ways = ("password", "token", "tls")
    topics = {way: topic(1) for way in ways}
    passfile = private_file(tmp_path / "pgpass", f"*:*:*:{loader}:{SECRET}\n")
    secured = postgres.tls_conninfo(database.name, loader, certificates["ca.pem"])
    changing = Changing(kafka, database, certificates, kansen, tmp_path, topics, {way: secured for way in ways})
    workers = list(changing.workers.values())
    for way in ways:
        kafka.produce_lines(topics[way], numbered(way, 0))
    wait_until(lambda: stored(database) == 60, "events by the first secrets", workers)

    changing.password.write_text(SECRET + "-new", encoding="ascii")
    changing.token.write_text(token_of(3600), encoding="ascii")
    changing.show_tls("other-ca", "stranger")
    changing.said("password", "a secret has changed and was read again")
    changing.said("token", "a secret has changed and was read again")
    passfile.write_text(f"*:*:*:{loader}:{SECRET}-new\n", encoding="utf-8")
    database.sql(f"alter role {loader} password '{SECRET}-new'")
    database.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{loader}'")
    kafka.set_password(SECRET + "-new")
    kafka.show_mutual("other-server", "other-ca")
    kafka.stop()
    kafka.start_again()
    for way in ways:
        kafka.produce_lines(topics[way], numbered(way, 20))
    wait_until(lambda: stored(database) == 120, "events by the second secrets", workers)
    changing.said("tls", "refused, and files of TLS have changed: reading them again")
    for worker in workers:
        worker.process.send_signal(signal.SIGTERM)
    for worker in workers:
        assert SECRET not in worker.wait().stderr

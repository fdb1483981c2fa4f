"""Who gets in: TLS that is verified, passwords from files, and no trace of a secret anywhere."""

import json
import pathlib
import resource

import pytest

from secure_servers import KAFKA_USER, Certificates, SecureKafka, SecurePostgres
from servers import wait_until
from shared_fixtures import served

SECRET = "canary-9f2b7c"
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


def test_no_secret_shows(kafka, topic, database, postgres, certificates, loader, kansen, tmp_path):
    """Not in the command line or environment of any process, not in logs, however talkative, and no
    core is written that could hold it."""
    name = topic(1)
    kafka.produce_lines(name, EVENTS)
    conninfo = (postgres.tls_conninfo(database.name, loader, certificates["ca.pem"])
                + f" password={SECRET}")
    config = config_of(tmp_path / "kansen.conf", conninfo, kafka.sasl, name,
                       scram(certificates, debug="security,broker,conf,cgrp,protocol"))
    worker = kansen.start("ingest", "--config", config, "--log-format", "json")
    wait_until(lambda: stored(database) == len(EVENTS), "the events", [worker])
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

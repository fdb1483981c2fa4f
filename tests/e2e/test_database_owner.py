"""A database whose owner has CREATEROLE and is no superuser: hosted PostgreSQL gives no more."""

import json

import pytest

from program import Database
from servers import Postgres
from shared_fixtures import served

EVENT = json.dumps({"id": "e1", "device": "d1", "name": "TROJ_COINMINE.A", "country": "JP",
                    "time": "2013-09-01T00:00:00Z"})


@pytest.fixture(scope="module")
def postgres():
    """A cluster without kansen's roles, which the owner has to create."""
    yield from served(Postgres)


class Owned(Database):
    def __init__(self, kansen, postgres, owner):
        super().__init__(kansen, postgres, f"{owner}_database")
        self.owner = owner
        self.conninfo = postgres.conninfo(self.name, owner)
        for statement in (f"create role {owner} login createrole",
                          f"create database {self.name} owner {owner}"):
            connection = postgres.connect("postgres")
            connection.autocommit = True
            connection.cursor().execute(statement)
            connection.close()

    def by(self, user):
        return self.postgres.conninfo(self.name, user)


def test_owner_initialises_and_runs_it(kansen, postgres):
    database = Owned(kansen, postgres, "first_owner")
    database.command("db", "init", "--timezone", "Asia/Tokyo")
    database.command("db", "init")
    database.command("db", "maintain", "--from", "2013-09", "--to", "2013-11")
    database.set_threat("bitcoin-miner", "TROJ_COINMINE*")
    for name, role in (("worker", "kansen_loader"), ("analyst", "kansen_reader")):
        database.sql(f"create role {name} login in role {role}", user=database.owner)
    kansen.run("load", "-", "--db", database.by("worker"), stdin=f"{EVENT}\nbad\n".encode(),
               code=65)
    figures = kansen.run("stats", "bitcoin-miner", "--from", "2013-09", "--to", "2013-09",
                         "--format", "json", "--db", database.by("analyst")).json()
    assert figures["total"] == 1
    assert database.sql("select malware_name from report.detections", user="analyst") == [
        ("TROJ_COINMINE.A",)]
    database.verify()


def test_another_owner_needs_the_first_ones_leave(kansen, postgres):
    """The roles are the cluster's. Since PostgreSQL 16 CREATEROLE alone gives no hold on them."""
    database = Owned(kansen, postgres, "second_owner")
    if int(database.value("show server_version_num")) >= 160000:
        refused = database.command("db", "init", code=77)
        way_on = "grant kansen_owner to second_owner"
        assert f"has to say: {way_on} " in refused.stderr
        database.sql(way_on)
    database.command("db", "init")
    database.command("db", "status")

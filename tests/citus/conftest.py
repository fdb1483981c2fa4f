"""Fixtures of the tests on Citus: a cluster of three a file, databases of it a test."""

import itertools

import pytest

from citus import Citus
from shared_fixtures import served

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def citus():
    yield from served(Citus)


@pytest.fixture
def new_citus_database(citus, kansen):
    """Makes databases on the coordinator and all nodes: by `kansen db init`, and not yet distributed."""
    made = []

    def make(init=True, join=True):
        name = f"citus{next(_numbers)}"
        made.append(name)
        citus.create(name)
        database = citus.database(kansen, name)
        if init:
            database.command("db", "init")
        if join:
            citus.join(name)
        return database

    yield make
    kansen.close()
    for name in made:
        citus.drop(name)

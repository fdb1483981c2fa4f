"""Fixtures of the end-to-end tests. Servers live as long as the test file, databases one test."""

import contextlib
import itertools
import os
import pathlib

import pytest

from browser import Browser, axe_script
from on_citus import database_server
from pgproxy import PgProxy
from program import Database, Kansen
from published_report import PUBLISHED, SCENARIO
from servers import Kafka, Missing

ROOT = pathlib.Path(__file__).resolve().parents[2]
_numbers = itertools.count(1)

def served(make):
    """A server that `make` makes, while a fixture lasts; a test without it is skipped."""
    try:
        server = make()
    except Missing as reason:
        pytest.skip(str(reason))
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def postgres():
    yield from served(database_server)


@pytest.fixture
def proxy(postgres):
    """Stands in front of PostgreSQL: see pgproxy.py."""
    proxy = PgProxy(postgres)
    try:
        yield proxy
    finally:
        proxy.close()


@pytest.fixture(scope="session")
def kafka():
    yield from served(Kafka)


@pytest.fixture(scope="session")
def program():
    path = os.environ.get("KANSEN", str(ROOT / "build/asan/kansen"))
    if not os.access(path, os.X_OK):
        pytest.skip(f"{path} is not built; KANSEN names the program to test")
    return path


@pytest.fixture
def kansen(program):
    runner = Kansen(program)
    try:
        yield runner
    finally:
        runner.close()


@pytest.fixture(scope="session")
def mmdb():
    """The project's own MaxMind DB, made by the build."""
    path = pathlib.Path(os.environ.get("KANSEN_MMDB", ROOT / "build/asan/share/kansen/demo.mmdb"))
    if not path.is_file():
        pytest.skip(f"{path} is not built")
    return path


@pytest.fixture(scope="session")
def axe():
    """The script of axe-core."""
    try:
        return axe_script()
    except Missing as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    try:
        chromium = Browser(tmp_path_factory.mktemp("chromium"))
    except Missing as reason:
        pytest.skip(str(reason))
    yield chromium
    chromium.close()


def initialise(database, timezone):
    database.command("db", "init", *(["--timezone", timezone] if timezone else []))
    database.postgres.distribute(database)


class Initialised:
    """Databases of a server as `kansen db init` makes them. It makes one for each time zone, and the others are
    copies of it: running every migration again is most of what a short test would do."""

    def __init__(self, kansen, postgres):
        self.kansen = kansen
        self.postgres = postgres
        self.models = {}

    def make(self, name, timezone):
        model = self.models.get(timezone)
        if model is None:
            model = f"model{next(_numbers)}"
            self.postgres.create_database(model)
            initialise(Database(self.kansen, self.postgres, model), timezone)
            self.models[timezone] = model
        self.postgres.create_database(name, template=model)

    def close(self):
        for model in self.models.values():
            self.postgres.drop_database(model)


@contextlib.contextmanager
def databases(kansen, postgres, initialised=None):
    """Makes databases of a server, and drops them at the end; without `initialised`, each by its own
    `kansen db init`."""
    made = []

    def make(timezone=None, init=True):
        name = f"test{next(_numbers)}"
        made.append(name)
        database = Database(kansen, postgres, name)
        if init and initialised:
            initialised.make(name, timezone)
            return database
        postgres.create_database(name)
        if init:
            initialise(database, timezone)
        return database

    yield make
    kansen.close()
    for name in made:
        postgres.drop_database(name)


@pytest.fixture(scope="module")
def initialised(program, postgres):
    each = Initialised(Kansen(program), postgres)
    yield each
    each.close()


@pytest.fixture
def new_database(kansen, postgres, initialised):
    """Makes databases: new_database(timezone="Asia/Tokyo"); new_database(init=False) has no tables."""
    with databases(kansen, postgres, initialised) as make:
        yield make


@pytest.fixture(scope="module")
def shared_database(program, postgres):
    """One database for a whole file of tests that only read it."""
    with databases(Kansen(program), postgres) as make:
        yield make()


@pytest.fixture(scope="module")
def published_fleet(shared_database, mmdb):
    """The shared database with the fleet of the published report, and its threat."""
    database = shared_database
    database.load("-", "--geoip", mmdb, stdin=database.kansen.run("simulate", SCENARIO).bytes, code=65)
    database.set_threat(PUBLISHED["threat"], *PUBLISHED["patterns"], en=PUBLISHED["name_en"],
                        ja=PUBLISHED["name_ja"])
    return database


@pytest.fixture
def database(new_database):
    return new_database()


@pytest.fixture
def topic(kafka):
    """Makes topics of names that no other test uses: topic(4) or topic(1, max_message_bytes=…)."""
    def make(partitions, **config):
        name = f"detections-{next(_numbers)}"
        kafka.create_topic(name, partitions, **config)
        return name

    return make

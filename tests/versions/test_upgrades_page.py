"""docs/upgrades.md: its commands as they stand there. Behind each of them ingestion goes on where it was."""

import os
import pathlib
import re
import subprocess

import pytest

from kafka_cases import OLD, count
from kept import filled, programs, running
from old_schema import NEWEST, put_back
from program import FINDING, Database
from servers import Postgres

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/upgrades.md"
SECTION = re.compile(r"^## (.*?)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BIN = re.compile(r"/usr/lib/postgresql/(\d+)/bin")
PATIENCE_S = 600


def blocks(heading):
    return BLOCK.findall(dict(SECTION.findall(PAGE.read_text(encoding="utf-8")))[heading])


@pytest.fixture
def perform(kansen, folder):
    """Runs a block of commands in front of a server, as its user."""
    def run(text, server):
        text = BIN.sub(lambda match: str(programs(match[1])), text)
        identity = [f"--reuid={server.user}", f"--regid={server.user}", "--init-groups"] if server.user else []
        # What the machine's own settings would say: where a new server listens. kansen has its own libraries.
        own = (f"kansen() {{ env -u LD_LIBRARY_PATH {libraries(kansen)} {program(kansen, folder)} \"$@\"; }}\n"
               f"initdb() {{ command initdb --username postgres --no-sync --set listen_addresses="
               f" --set unix_socket_directories={server.folder} \"$@\"; }}\n")
        environment = kansen.environment({"PATH": f"{server.bin}:{os.environ['PATH']}", "PGHOST": str(server.folder),
                                          "PGUSER": "postgres", "LD_LIBRARY_PATH": str(programs("18").parent / "lib")})
        # Into a file: a server that was started keeps it open.
        with open(folder / "said", "w+b") as said:
            done = subprocess.run(["setpriv", *identity, "--", "sh", "-exc", own + text], cwd=folder, env=environment,
                                  stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=PATIENCE_S, check=False)
            said.seek(0)
            words = said.read()
        assert done.returncode == 0 and not FINDING.search(words), words.decode("utf-8", "replace")[-4000:]
        return words.decode("utf-8", "replace")

    return run


def libraries(kansen):
    return " ".join(f"{name}={value}" for name, value in kansen.environment().items() if name == "LD_LIBRARY_PATH")


def program(kansen, folder):
    """Where PostgreSQL's user can go."""
    copy = folder / "kansen"
    if not copy.exists():
        copy.write_bytes(kansen.program.read_bytes())
        copy.chmod(0o755)
    return copy


def is_verified(said):
    """The database that has the events, and not another one."""
    assert "verified 2024-05 to 2024-07" in said, said[-2000:]


def goes_on(database, fleet, worker):
    """The worker that was there all the time."""
    fleet.send(100)
    fleet.is_stored(database, worker)
    worker.terminate()
    fleet.check(database)


def test_a_newer_kansen(kansen, fleet, perform):
    with running(Postgres()) as server:
        database, worker = filled(kansen, server, fleet, "kansen")
        worker.terminate()
        put_back(database, NEWEST - 1)
        (migrate,) = blocks("A newer kansen")
        assert "1 migration applied" in perform(migrate, server)
        database.command("db", "status")


def test_a_dump_and_back_from_it(kansen, fleet, perform):
    with running(Postgres()) as old, running(Postgres()) as new:
        database, worker = filled(kansen, old, fleet, "kansen")
        (both,) = blocks("Backup and restore")
        dump, restore = both.split("\n\n")
        perform(dump, old)
        fleet.send(200)
        fleet.is_stored(database, worker)
        worker.terminate()
        stored = count(database)
        is_verified(perform(restore, new))
        database = Database(kansen, new, "kansen")
        assert database.value("select has_table_privilege('kansen_loader', 'kansen.detection', 'insert')")
        assert count(database) < stored
        goes_on(database, fleet, fleet.start(database))


def test_in_place(kansen, fleet, folder, perform):
    """The worker waits, and finds the new server at the old address."""
    in_place, _ = blocks("A newer PostgreSQL")
    old = Postgres(programs=programs("15"))
    new = folder / "new"
    try:
        old.start()
        database, worker = filled(kansen, old, fleet, "kansen")
        (folder / "old").symlink_to(old.data)
        old.stop()
        fleet.send(200)
        try:
            is_verified(perform(in_place, old))
            assert database.value("show server_version").startswith("18.")
            goes_on(database, fleet, worker)
        finally:
            if (new / "postmaster.pid").exists():
                old.run(programs("18") / "pg_ctl", "--pgdata", new, "--mode", "immediate", "stop")
    finally:
        old.close()


def test_by_a_dump(kansen, fleet, perform):
    _, dump = blocks("A newer PostgreSQL")
    (both,) = blocks("Backup and restore")
    with running(Postgres(programs=programs("15"))) as old, running(Postgres(programs=programs("18"))) as new:
        database, worker = filled(kansen, old, fleet, "kansen")
        worker.terminate()
        perform(dump.replace("host=old", f"host={old.folder}"), new)
        is_verified(perform(both.split("\n\n")[1], new))
        database = Database(kansen, new, "kansen")
        goes_on(database, fleet, fleet.start(database))


def test_the_commands_of_versions_are_those_of_the_script():
    (text,) = blocks("Versions")
    script = (PAGE.parents[1] / "tests/versions/run").read_text(encoding="utf-8")
    options = set(re.findall(r" (--\w+)", text))
    assert options == {"--newest", "--postgres"} and all(f"{option})" in script for option in options)

"""A Citus that stands in for PostgreSQL in tests that know nothing of it: each database that they make is distributed
over the nodes of a private coordinator, and they speak with that."""

import os

import psycopg2
import pytest

from citus import NODES, Citus, citus_programs
from servers import Postgres, wait_until

# Few: a partition of each table is a table for each shard.
SHARDS = "4"


class Node(Postgres):
    SETTINGS = {**Postgres.SETTINGS, **Citus.SETTINGS, "citus.multi_shard_modify_mode": "sequential",
                "max_connections": "300",
                # One for each database: without its own, nobody ends a deadlock of several nodes there.
                "max_worker_processes": "64"}

    def __init__(self, **settings):
        super().__init__(programs=citus_programs(), **settings)
        with open(self.data / "postgresql.auto.conf", "a", encoding="utf-8") as file:
            file.write(f"citus.local_hostname = '{self.folder}'\n")

    def create_database(self, name, template=None):
        """Citus has a process of its own in each database, which would be in the way of a copy: nobody else needs
        the template."""
        if template:
            self.admin(f"alter database {template} allow_connections false")
            self.admin(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{template}'")
        super().create_database(name, template)

    def drop_database(self, name):
        """What it has in the database comes back as soon as it was ended."""
        def drop():
            try:
                Postgres.drop_database(self, name)
            except psycopg2.errors.ObjectInUse:
                return False
            return True
        wait_until(drop, f"{name} to be dropped")


class DistributedPostgres(Node):
    """The coordinator, with its nodes. stop() and kill() are of the coordinator alone."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.nodes = []
        try:
            for _ in range(NODES):
                self.nodes.append(Node(**settings))
        except BaseException:
            self.close()
            raise

    def everyone(self):
        return [self, *self.nodes]

    def start(self):
        for node in self.nodes:
            if node.process is None:
                node.start()
        super().start()

    def close(self):
        super().close()
        for node in self.nodes:
            node.close()

    def create_database(self, name, template=None):
        for node in self.nodes:
            node.create_database(name, template)
        super().create_database(name, template)

    def drop_database(self, name):
        super().drop_database(name)
        for node in self.nodes:
            node.drop_database(name)

    def distribute(self, database):
        for server in self.everyone():
            server.admin("create extension citus", database=database.name)
        database.sql("select citus_set_coordinator_host(%s, 5432)", (str(self.folder),))
        for node in self.nodes:
            database.sql("select citus_add_node(%s, 5432)", (str(node.folder),))
        database.command("db", "distribute", "--shards", SHARDS, "--yes")


def skip_on_citus(reason):
    """For what its databases can't be asked for; the test's own way, or the program's."""
    if os.environ.get("KANSEN_DISTRIBUTED"):
        pytest.skip(reason)


def database_server(**settings):
    """What tests take for PostgreSQL: with KANSEN_DISTRIBUTED, a Citus (tests/citus/run)."""
    return DistributedPostgres(**settings) if os.environ.get("KANSEN_DISTRIBUTED") else Postgres(**settings)

"""A Citus of three private clusters: a coordinator and two nodes, that reach each other by their sockets."""

import os
import pathlib

from other_versions import Missing
from program import Database
from servers import Postgres

NODES = 2


def citus_programs():
    """The folder of the programs of a PostgreSQL that has Citus: of KANSEN_CITUS_PG."""
    place = os.environ.get("KANSEN_CITUS_PG")
    if not place:
        raise Missing("KANSEN_CITUS_PG names no folder of a PostgreSQL with Citus")
    return pathlib.Path(place) / "bin"


class Citus:
    # Sockets know no TLS.
    SETTINGS = {"shared_preload_libraries": "citus", "citus.node_conninfo": "sslmode=disable",
                "max_prepared_transactions": "200", "max_connections": "100"}

    def __init__(self, **settings):
        programs = citus_programs()
        self.servers = []
        try:
            for _ in range(1 + NODES):
                self.servers.append(Postgres(programs=programs, **self.SETTINGS, **settings))
        except BaseException:
            self.close()
            raise
        self.coordinator, *self.nodes = self.servers

    def start(self):
        for server in self.servers:
            server.start()

    def close(self):
        for server in self.servers:
            server.close()

    def sql(self, server, database, statement, parameters=None):
        connection = server.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def create(self, name):
        for server in self.servers:
            self.sql(server, "postgres", f"create database {name}")

    def drop(self, name):
        for server in self.servers:
            self.sql(server, "postgres", f"drop database if exists {name} with (force)")

    def join(self, name):
        """The extension in a database of this name, and the nodes in its list."""
        for server in self.servers:
            self.sql(server, name, "create extension citus")
        self.sql(self.coordinator, name, "select citus_set_coordinator_host(%s, 5432)",
                 (str(self.coordinator.folder),))
        for node in self.nodes:
            self.sql(self.coordinator, name, "select citus_add_node(%s, 5432)", (str(node.folder),))

    def database(self, kansen, name):
        return Database(kansen, self.coordinator, name)

"""A private PgBouncer in front of a private PostgreSQL, on a Unix socket of its own."""

import os
import pathlib
import pwd
import shutil
import signal
import tempfile

import psycopg2

from servers import end, need, spawn, wait_until


class PgBouncer:
    """`mode` is session, transaction or statement; `settings` are further ones of pgbouncer.ini."""

    # Its socket is called like PostgreSQL's, so that a proxy can stand in front of either.
    PORT = 5432

    def __init__(self, postgres, mode, **settings):
        need("pgbouncer", "setpriv")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pb"))
        self.user = None
        if os.geteuid() == 0:
            # It refuses to run as root.
            account = pwd.getpwnam("postgres")
            self.user = "postgres"
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.process = None
        chosen = {
            "listen_port": self.PORT, "unix_socket_dir": self.folder, "auth_type": "any",
            "pool_mode": mode, "admin_users": "nobody", **settings}
        file = self.folder / "pgbouncer.ini"
        file.write_text(
            f"[databases]\n* = host={postgres.folder} user=postgres\n[pgbouncer]\n"
            + "".join(f"{name} = {value}\n" for name, value in chosen.items()), encoding="utf-8")
        with open(self.folder / "log", "ab") as log:
            self.process = spawn(["pgbouncer", str(file)], log, self.user)
        wait_until(self._answers, "PgBouncer to start")

    def conninfo(self, database, user="postgres"):
        return f"host={self.folder} port={self.PORT} user={user} dbname={database}"

    def connect(self, database):
        connection = psycopg2.connect(self.conninfo(database))
        connection.autocommit = True
        return connection

    def _answers(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            self.connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def close(self):
        end(self.process, signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

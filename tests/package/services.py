"""The package's units as systemd runs them, in a root where it is installed: ROOT, by tests/package/run.

PostgreSQL and the broker are the tests' own, outside; passwords reach the units as credentials.
"""

import contextlib
import datetime
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "support"))

from mock_broker import MockBroker  # noqa: E402
from secure_servers import Certificates, SecurePostgres  # noqa: E402
from servers import wait_until  # noqa: E402

PASSWORDS = {"owner": "canary-owner", "ingest": "canary-ingest", "publish": "canary-publish"}
ROLES = {"owner": "kansen_admin", "ingest": "kansen_ingest", "publish": "kansen_press"}
EVENT = '{"id":"e1","device":"d1","name":"WORM.A","country":"JP","time":"%sT00:00:00Z"}\n'


class Machine:
    """systemd in a root, and a way to ask it."""

    def __init__(self, root):
        self.root = root
        self.process = subprocess.Popen([TESTS / "package/boot", root])
        self.init = wait_until(self._find_init, "systemd to start")
        wait_until(lambda: self.ask("systemctl", "is-system-running", code=None) in ("running", "degraded"),
                   "the machine to run")

    def _find_init(self):
        """The child of unshare that became systemd; where it can't be started, nothing is to be tested."""
        if self.process.poll() is not None:
            print("SKIP: systemd can't be run in namespaces here")
            raise SystemExit(77)
        parent = self.process.pid
        try:
            children = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        except FileNotFoundError:
            return None
        for child in children:
            if b"/lib/systemd/systemd" in pathlib.Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[0]:
                return int(child)
        return None

    def ask(self, *command, code=0):
        done = subprocess.run(
            ["nsenter", "-t", str(self.init), "-m", "-p", "-u", "-i", "-C", "-r", "-w", "--", "env", "-i",
             "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if code is not None and done.returncode != code:
            raise AssertionError(f"{' '.join(command)}: {done.returncode}, {done.stdout}{done.stderr}\n"
                                 + self.journal())
        return done.stdout.strip()

    def property(self, unit, name):
        return self.ask("systemctl", "show", "--property", name, "--value", unit)

    def journal(self, *options):
        return self.ask("journalctl", "--no-pager", "--quiet", "-o", "cat", "-n", "60", *options, code=None)

    def start(self, unit):
        self.ask("systemctl", "start", unit)

    def close(self):
        os.kill(self.init, signal.SIGKILL)
        self.process.wait()
        # The group that tests/package/boot made, with those that systemd made in it.
        group = pathlib.Path(f"/sys/fs/cgroup/systemd/kansen-package-{self.process.pid}")
        for folder in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()
        with contextlib.suppress(OSError):
            group.rmdir()


def write(path, text, mode=None):
    path.write_text(text, encoding="utf-8")
    if mode is not None:
        path.chmod(mode)


def change(path, before, after):
    """In place: owner and mode stay what the package made them."""
    text = path.read_text(encoding="utf-8")
    assert re.search(before, text, re.MULTILINE), f"{path}: no {before}"
    path.write_text(re.sub(before, after, text, count=1, flags=re.MULTILINE), encoding="utf-8")


def sql(postgres, statement, database="kansen"):
    connection = postgres.connect(database)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def set_up(root, postgres, broker):
    """As docs/service.md says."""
    sql(postgres, "create database kansen", "postgres")
    sql(postgres, f"create role kansen_admin login password '{PASSWORDS['owner']}' createrole")
    sql(postgres, "alter database kansen owner to kansen_admin")
    folder = root / "etc/kansen"
    for name, password in PASSWORDS.items():
        write(folder / "secrets" / name, password + "\n", 0o600)
        change(folder / f"{name}.conf", r"^db = .*$",
               f"db = host=127.0.0.1 port={postgres.port} dbname=kansen user={ROLES[name]} sslmode=require")
    change(folder / "ingest.conf", r"^brokers = .*$", f"brokers = {broker.brokers}")


def check_maintenance(machine):
    """Also with a number of months as the only setting that an administrator gives."""
    machine.start("kansen-maintain")
    settings = machine.root / "etc/kansen/owner.conf"
    change(settings, r"^#keep-months", "keep-months")
    machine.start("kansen-maintain")
    assert "no events are older than 24 months" in machine.journal("-u", "kansen-maintain")
    change(settings, r"^keep-months", "#keep-months")
    assert machine.property("kansen-maintain", "Result") == "success"


def check_migration(machine, postgres):
    machine.start("kansen-migrate")
    for name, group in (("ingest", "kansen_loader"), ("publish", "kansen_publisher")):
        sql(postgres, f"create role {ROLES[name]} login password '{PASSWORDS[name]}' in role {group}")


def check_worker(machine):
    """Started, watched, reloaded, hung, ended."""
    unit = "kansen-ingest@1.service"
    machine.start(unit)
    wait_until(lambda: "2 partitions, lag 0" in machine.property(unit, "StatusText"), "the worker to read")
    assert machine.property(unit, "WatchdogUSec") == "2min 30s"
    settings = machine.root / "etc/kansen/ingest.conf"
    change(settings, r"^topic = detections$", "topic = detections\nmax-age = 9000")
    machine.ask("systemctl", "reload", unit)
    wait_until(lambda: "max-age" in machine.journal("-u", unit), "the settings to be read again")
    # By its priority, which the journal would not have of bare lines.
    assert "settings were read again" not in machine.journal("-u", unit, "-p", "warning")
    change(settings, r"^topic = detections$", "topic = other")
    machine.ask("systemctl", "reload", unit)
    wait_until(lambda: "count only after a restart" in machine.journal("-u", unit, "-p", "warning"), "the warning")
    change(settings, r"^topic = other$", "topic = detections\nmax-agee = 3")
    machine.ask("systemctl", "reload", unit, code=1)
    assert "did you mean max-age" in machine.journal("-u", unit)
    change(settings, r"^max-agee = 3\n", "")

    pid = machine.property(unit, "MainPID")
    environment = machine.ask("cat", f"/proc/{pid}/environ")
    status = machine.ask("cat", f"/proc/{pid}/status")
    assert "canary" not in environment and "canary" not in machine.ask("cat", f"/proc/{pid}/cmdline")
    assert re.search(r"^CapBnd:\s0+$", status, re.MULTILINE) and "Seccomp:\t2" in status, status
    assert machine.ask("stat", "--format", "%U", f"/proc/{pid}") == "kansen"
    machine.ask("systemctl", "stop", unit)
    assert machine.property(unit, "Result") == "success"


def check_watchdog(machine):
    """A worker that stands is killed and started again: with a patience that a test can have."""
    unit = "kansen-ingest@hung.service"
    folder = machine.root / "etc/systemd/system/kansen-ingest@hung.service.d"
    folder.mkdir(parents=True)
    write(folder / "patience.conf", "[Service]\nWatchdogSec=3\nRestartSec=0\n")
    machine.ask("systemctl", "daemon-reload")
    machine.start(unit)
    first = machine.property(unit, "MainPID")
    machine.ask("systemctl", "kill", "--signal", "STOP", unit)
    wait_until(lambda: machine.property(unit, "NRestarts") != "0", "systemd to start it again")
    wait_until(lambda: machine.property(unit, "ActiveState") == "active", "the worker to be there again")
    assert machine.property(unit, "MainPID") != first
    machine.ask("systemctl", "stop", unit)


def check_refusal(machine):
    """A wrong setting is not tried again and again."""
    unit = "kansen-ingest@wrong.service"
    write(machine.root / "etc/kansen/ingest@wrong.env", "KANSEN_MAX_AGE=soon\n")
    machine.ask("systemctl", "start", unit, code=1)
    assert machine.property(unit, "ExecMainStatus") == "64" and machine.property(unit, "ActiveState") == "failed"
    assert "--max-age is a whole number" in machine.journal("-u", unit)
    # A role that has a password all the same; one without (peer, certificates) needs no file.
    secret = machine.root / "etc/kansen/secrets/ingest"
    secret.rename(secret.with_suffix(".away"))
    unit = "kansen-ingest@bare.service"
    machine.ask("systemctl", "start", unit, code=1)
    assert machine.property(unit, "ExecMainStatus") == "78", machine.journal("-u", unit)
    assert "no password supplied" in machine.journal("-u", unit)
    secret.with_suffix(".away").rename(secret)


def check_publication(machine):
    """The monthly report, of a month that is not complete; charts and PDF when what makes them is there. Run again, it
    finds nothing to do."""
    formats = ["text", "csv"] + ["html", "pdf"] * (machine.root / "usr/bin/weasyprint").exists()
    settings = machine.root / "etc/kansen/publish.conf"
    write(settings, settings.read_text(encoding="utf-8")
          + f"provisional = true\nsettle = 1\nformat = {','.join(formats)}\nlang = en,ja\n")
    loader = ["setpriv", "--reuid", "kansen", "--regid", "kansen", "--init-groups"]
    kansen = [*loader, "env", "KANSEN_CONFIG=/etc/kansen/owner.conf", f"PGPASSWORD={PASSWORDS['owner']}", "kansen"]
    machine.ask(*kansen, "threat", "set", "worms", "--match", "WORM*")
    write(machine.root / "var/tmp/events", EVENT % (datetime.date.today() - datetime.timedelta(days=40)), 0o644)
    machine.ask(*kansen, "load", "/var/tmp/events")
    machine.start("kansen-publish@worms.service")
    written = {path.suffix for path in (machine.root / "var/lib/kansen/reports").iterdir()}
    assert written >= {{"text": ".txt"}.get(name, "." + name) for name in formats}, written
    assert "nothing to do" not in machine.journal("-u", "kansen-publish@worms")
    machine.start("kansen-publish@worms.service")
    assert "edition 1 of worms" in machine.journal("-u", "kansen-publish@worms", "-n", "3")
    assert "nothing to do" in machine.journal("-u", "kansen-publish@worms")
    # Open to everybody, and so they stay when partitions have been made.
    machine.start("kansen-maintain")
    nobody = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
    assert ".csv" in machine.ask(*nobody, "ls", "/var/lib/kansen/reports")
    machine.ask("systemctl", "enable", "--now", "kansen-publish@worms.timer", "kansen-maintain.timer")
    assert machine.property("kansen-publish@worms.timer", "NextElapseUSecRealtime")


def take_back(machine):
    """What an administrator has made is none of the package's."""
    machine.ask("systemctl", "disable", "--now", "kansen-publish@worms.timer", "kansen-maintain.timer")
    (machine.root / "etc/kansen/ingest@wrong.env").unlink()
    shutil.rmtree(machine.root / "etc/systemd/system/kansen-ingest@hung.service.d")


def main():
    root = pathlib.Path(sys.argv[1])
    certificates = Certificates()
    postgres = SecurePostgres(certificates)
    broker = MockBroker(detections=2)
    postgres.start()
    try:
        set_up(root, postgres, broker)
        machine = Machine(root)
        try:
            check_migration(machine, postgres)
            check_maintenance(machine)
            check_worker(machine)
            check_watchdog(machine)
            check_refusal(machine)
            check_publication(machine)
            assert "canary" not in machine.journal("-n", "all")
            take_back(machine)
        finally:
            machine.close()
    finally:
        broker.close()
        postgres.close()
        certificates.close()


if __name__ == "__main__":
    main()

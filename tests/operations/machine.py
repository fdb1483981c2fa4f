"""A machine on which kansen's package lies, as far as docs/operations.md sees of it: settings in /etc/kansen, units of
packaging/systemd, and as much of systemctl and journalctl as runs what these units say.

Run as a program it is systemctl or journalctl itself, of the machine whose folder MACHINE names."""

import fnmatch
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
STOP_PATIENCE_S = 60
NOTIFIED_S = 0.5
EX_UNKNOWN = 5  # systemctl's, for a unit that isn't there


class Machine:
    """`folder` is its root. Paths of the machine are those below it; see `here`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    # ---- made by the tests

    def set_up(self, program, postgres, kafka, mmdb):
        etc, secrets, commands = (self.folder / name for name in ("etc/kansen", "etc/kansen/secrets", "bin"))
        for path in (secrets, commands, self.folder / "run", self.folder / "log",
                     self.folder / "var/lib/kansen/reports", self.folder / "var/lib/kansen/archive",
                     self.folder / "var/lib/GeoIP"):
            path.mkdir(parents=True)
        for path in (PACKAGING / "etc").glob("*.conf"):
            text = path.read_text(encoding="utf-8").replace("host=localhost", f"host={postgres.folder}")
            (etc / path.name).write_text(text.replace("localhost:9092", kafka.brokers), encoding="utf-8")
            (secrets / path.stem).write_text("no password is asked for\n", encoding="utf-8")
            (etc / path.name).chmod(0o640)
            (secrets / path.stem).chmod(0o600)
        with open(etc / "ingest.conf", "a", encoding="utf-8") as file:
            # A worker that dies is missed sooner than on a real machine.
            file.write(f"geoip = {self.here('/var/lib/GeoIP/GeoLite2-Country.mmdb')}\n"
                       "[kafka]\nsession.timeout.ms = 3000\n")
        (self.folder / "var/lib/GeoIP/GeoLite2-Country.mmdb").symlink_to(mmdb)
        (commands / "kansen").symlink_to(program)
        for name in ("systemctl", "journalctl"):
            script = commands / name
            script.write_text(f"#!/bin/sh\nexec /usr/bin/python3 -B {__file__} {name} \"$@\"\n", encoding="utf-8")
            script.chmod(0o755)

    def environment(self, postgres, kansen):
        """Of whoever logs in: as PostgreSQL's superuser."""
        paths = f"{self.folder / 'bin'}:{postgres.bin}:{os.environ['PATH']}"
        return kansen.environment({"PATH": paths, "MACHINE": str(self.folder), "PGHOST": str(postgres.folder),
                                   "PGUSER": "postgres"})

    def here(self, text):
        """The same text with paths of the machine's where they are on ours."""
        return re.sub(r"/(?=(?:etc/kansen|var/lib/(?:kansen|GeoIP))\b)", f"{self.folder}/", text)

    def close(self):
        for name in self.running():
            self.stop(name)

    def log(self, name):
        return (self.folder / "log" / name).read_text(encoding="utf-8", errors="replace")

    # ---- units

    def running(self):
        names = []
        for path in sorted((self.folder / "run").iterdir()):
            if self._is_alive(int(path.read_text(encoding="ascii"))):
                names.append(path.name)
            else:
                path.unlink()
        return names

    def _is_alive(self, pid):
        try:
            state = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state != "Z"

    def names(self, pattern):
        """Names of units that are meant: with `*` those that run."""
        name = pattern.removesuffix(".service")
        if "*" in name:
            return [each for each in self.running() if fnmatch.fnmatch(each, name)]
        return [name]

    def unit(self, name):
        """{key: [values]} of the unit's file, and what stands behind its @."""
        stem, _, instance = name.partition("@")
        stem, dot, kind = stem.partition(".") if "." in stem else (stem, ".", "service")
        if "." in instance:
            instance, _, kind = instance.rpartition(".")
        path = PACKAGING / "systemd" / f"{stem}{'@' if instance else ''}.{kind}.in"
        if not path.exists():
            raise SystemExit(f"Unit {name} could not be found: {path}")
        said = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            key, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                said.setdefault(key.strip(), []).append(self._expanded(value.strip(), instance))
        return kind, said

    def _expanded(self, value, instance):
        for sign, text in (("%i", instance), ("%I", instance), ("%d", f"{self.folder}/credentials"),
                           ("%S", "/var/lib"), ("%C", "/var/cache"), ("@KANSEN_BIN@/", "")):
            value = value.replace(sign, text)
        return self.here(value)

    def start(self, name):
        kind, said = self.unit(name)
        if kind == "timer" or name in self.running():
            return 0
        credentials = self.folder / "credentials"
        credentials.mkdir(exist_ok=True)
        for words in said.get("LoadCredential", []):
            called, _, path = words.partition(":")
            (credentials / called).write_bytes(pathlib.Path(path).read_bytes())
            (credentials / called).chmod(0o600)
        environment = {**os.environ, **dict(word.partition("=")[::2] for words in said["Environment"]
                                            for word in shlex.split(words))}
        # What the shell of whoever started it would not hand on.
        for key in ("PGHOST", "PGUSER", "MACHINE"):
            environment.pop(key, None)
        (command,) = said["ExecStart"]
        with open(self.folder / "log" / name, "ab") as log:
            process = subprocess.Popen(shlex.split(command), env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=log, start_new_session=True)
        if said["Type"] == ["oneshot"]:
            return process.wait()
        (self.folder / "run" / name).write_text(str(process.pid), encoding="ascii")
        time.sleep(NOTIFIED_S)
        return process.poll() or 0

    def stop(self, name):
        path = self.folder / "run" / name
        if not path.exists():
            return 0
        pid = int(path.read_text(encoding="ascii"))
        if self._is_alive(pid):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_PATIENCE_S
        while self._is_alive(pid):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        path.unlink()
        return 0

    # ---- the two commands

    def systemctl(self, words):
        verb, *rest = words
        names = [name for word in rest if not word.startswith("--") for name in self.names(word)]
        if verb == "status":
            print("\n".join(f"{name} active (running)" for name in names))
            return 0
        if verb in ("start", "enable"):
            # Without --now a unit is only begun with the machine.
            return max([0, *(self.start(name) for name in names if verb == "start" or "--now" in rest)])
        if verb == "stop":
            return max([0, *map(self.stop, names)])
        if verb == "restart":
            # In order, those that have died by themselves too.
            return max([0, *(self.stop(name) or self.start(name) for name in names)])
        print(f"systemctl {verb} is not known here", file=sys.stderr)
        return EX_UNKNOWN

    def journalctl(self, words):
        (pattern,) = (words[place + 1] for place, word in enumerate(words) if word == "-u")
        count = int(words[words.index("-n") + 1])
        paths = [path for path in sorted((self.folder / "log").iterdir()) if fnmatch.fnmatch(path.name, pattern)]
        print("\n".join("\n".join(self.log(path.name).splitlines()[-count:]) for path in paths))
        return 0


if __name__ == "__main__":
    here = Machine(os.environ["MACHINE"])
    sys.exit(here.systemctl(sys.argv[2:]) if sys.argv[1] == "systemctl" else here.journalctl(sys.argv[2:]))

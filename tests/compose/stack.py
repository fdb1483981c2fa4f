"""The stack of docker/compose.yaml in a copy of the tree, so that nobody's own passwords and reports are
touched, under a name of its own."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from engine import DEBIAN, KAFKA, POSTGRES, PROMETHEUS, ROOT, quiet, run

PATIENCE_S = 240


def wait_until(condition, what, patience_s=PATIENCE_S):
    deadline = time.monotonic() + patience_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {patience_s} s in vain: {what}"
        time.sleep(1)


def _left_out(folder, names):
    if pathlib.Path(folder) == ROOT:
        return {"build", ".git", "kansen-report", *(name for name in names if name.startswith("build-"))}
    if pathlib.Path(folder) == ROOT / "docker":
        return {"secrets", "certificates", ".env", "geoip", "reports", "archive"}
    return {"__pycache__"}


class Stack:
    """One project of compose. `settings` are lines of docker/.env."""

    def __init__(self, name, **settings):
        self.name = name
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kansen-compose."))
        self.tree = self.folder / "tree"
        shutil.copytree(ROOT, self.tree, symlinks=True, ignore=_left_out)
        self.docker = self.tree / "docker"
        self.reports = self.docker / "reports"
        self.environment = {**os.environ, "COMPOSE_PROJECT_NAME": name, "DOCKER_BUILDKIT": "0",
                            "COMPOSE_DOCKER_CLI_BUILD": "0"}
        quiet(self.docker / "prepare", env=self.environment)
        self.set(**{"BASE": DEBIAN, "KAFKA_IMAGE": KAFKA, "POSTGRES_IMAGE": POSTGRES,
                    "PROMETHEUS_IMAGE": PROMETHEUS, **settings})

    def set(self, **settings):
        """Changes lines of docker/.env."""
        path = self.docker / ".env"
        text = path.read_text(encoding="utf-8")
        for key, value in settings.items():
            text = re.sub(rf"^#?{key}=.*\n", "", text, flags=re.M) + f"{key}={value}\n"
        path.write_text(text, encoding="utf-8")

    def script(self, name, *words):
        """One of those in docker/: `up`, `new-passwords`, …"""
        return quiet(self.docker / name, *words, env=self.environment)

    def compose(self, *words):
        return self.script("dc", *words)

    def output(self, *words):
        """What a command of compose prints, without what compose says of it."""
        return run(self.docker / "dc", *words, env=self.environment, stderr=subprocess.DEVNULL)

    def containers(self, service=None, all_of_them=True):
        words = ["ps", "--quiet", "--filter", f"label=com.docker.compose.project={self.name}",
                 "--filter", "label=com.docker.compose.oneoff=False"]
        if service is not None:
            words += ["--filter", f"label=com.docker.compose.service={service}"]
        if all_of_them:
            words += ["--all"]
        return run("docker", *words).split()

    def inspected(self, service=None):
        found = self.containers(service)
        return json.loads(run("docker", "inspect", *found)) if found else []

    def is_healthy(self, service, number=1):
        states = [each["State"] for each in self.inspected(service)]
        return len(states) == number and all(
            state["Running"] and state.get("Health", {}).get("Status", "healthy") == "healthy"
            for state in states)

    def ended(self, service):
        """Whether a service of one run is over; it has to end well."""
        states = [each["State"] for each in self.inspected(service)]
        over = bool(states) and all(state["Status"] == "exited" for state in states)
        assert not over or all(state["ExitCode"] == 0 for state in states), self.log(service)
        return over

    def wait_for_health(self, service, number=1):
        wait_until(lambda: self.is_healthy(service, number), f"{number} {service} to be healthy")

    def log(self, service):
        return self.output("logs", "--no-color", service)

    def sql(self, statement):
        """Rows as text, asked inside of the database's own container."""
        printed = self.output("exec", "-T", "-u", "postgres", "postgres", "psql", "-XAtq", "-d", "kansen",
                              "-c", statement)
        return printed.strip()

    def secret(self, name):
        """A password as it stands in its file."""
        return (self.docker / "secrets" / name).read_text(encoding="utf-8").strip().rpartition("=")[2]

    def close(self):
        subprocess.run([self.docker / "dc", "--profile", "demo", "--profile", "observability", "down",
                        "--volumes", "--remove-orphans", "--timeout", "5"], env=self.environment, check=False,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.folder)

"""A Docker Engine, and images for those of the compose file that can't be pulled where tests run: a
Debian from debootstrap, PostgreSQL and Prometheus of Debian's packages, Apache Kafka of tests/kafka."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "kansen/docker"
SUITE = "bookworm"

DEBIAN = "kansen-test/debian:12"
POSTGRES = "kansen-test/postgres:15"
# Debian's version with the outside of the image of PostgreSQL 18.
POSTGRES_18 = "kansen-test/postgres:like-18"
KAFKA = "kansen-test/kafka:3.9"
PROMETHEUS = "kansen-test/prometheus:2"

START_PATIENCE_S = 60


class Missing(Exception):
    """Something that the test needs isn't there; the message says what."""


def run(*words, **more):
    """The output of a command; its errors are shown, and one that fails ends the test."""
    return subprocess.run([str(word) for word in words], check=True, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **more).stdout


def quiet(*words, **more):
    """The same, for what says much: it is shown only when the command fails."""
    done = subprocess.run([str(word) for word in words], check=False, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    if done.returncode != 0:
        print(done.stdout[-6000:], file=sys.stderr)
        raise subprocess.CalledProcessError(done.returncode, done.args)
    return done.stdout


def answers():
    return subprocess.run(["docker", "version"], check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


@contextlib.contextmanager
def engine():
    """The engine that runs, or one of our own until the test is over. Its images stay in the cache: what
    has not changed is not built again."""
    for program in ("docker", "docker-compose"):
        if shutil.which(program) is None:
            raise Missing(f"{program} is not installed")
    if answers():
        yield
        return
    if shutil.which("dockerd") is None or os.geteuid() != 0:
        raise Missing("no Docker Engine runs, and only root could start dockerd")
    with tempfile.TemporaryDirectory(prefix="kansen-dockerd.") as folder:
        log = pathlib.Path(folder) / "log"
        socket = f"unix://{folder}/socket"
        with open(log, "wb") as output:
            # Its own process group: an interrupt from the terminal ends the test, which then ends it.
            process = subprocess.Popen(
                ["dockerd", "--host", socket, "--data-root", str(CACHE / "engine"),
                 "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/pid"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        os.environ["DOCKER_HOST"] = socket
        try:
            deadline = time.monotonic() + START_PATIENCE_S
            while not answers():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Missing("dockerd doesn't start: " + log.read_text(errors="replace")[-1500:])
                time.sleep(0.5)
            yield
        finally:
            # What became stale, e.g. the build of a tree that has changed.
            subprocess.run(["docker", "image", "prune", "--force"], check=False,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            process.terminate()
            process.wait()
            del os.environ["DOCKER_HOST"]


def make_debian():
    """A Debian like debian:12-slim: without manuals, and with nothing that differs between two runs."""
    # An import is another image each time, and all that is built from it would be built again.
    if _has(DEBIAN):
        return
    if shutil.which("debootstrap") is None:
        raise Missing("debootstrap is not installed")
    archive = CACHE / f"{SUITE}.tar"
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            quiet("debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, f"{folder}/root")
            root = pathlib.Path(folder) / "root"
            for path in ("var/cache/apt", "var/lib/apt/lists", "var/log", "usr/share/doc",
                         "usr/share/man", "usr/share/info", "usr/share/locale"):
                for each in (root / path).iterdir():
                    shutil.rmtree(each) if each.is_dir() else each.unlink()
            # As in that image: dpkg syncs nothing, and manuals are not unpacked.
            (root / "etc/dpkg/dpkg.cfg.d/docker").write_text("force-unsafe-io\n" + "".join(
                f"path-exclude /usr/share/{name}/*\n" for name in ("doc", "man", "info", "locale"))
                + "path-include /usr/share/doc/*/copyright\n", encoding="ascii")
            quiet("tar", "--directory", root, "--numeric-owner", "--sort=name", "--mtime=@0",
                  "--create", "--file", f"{folder}/tar", ".")
            os.rename(f"{folder}/tar", archive)
    quiet("docker", "import", "--change", "CMD [\"bash\"]", archive, DEBIAN)


def _has(image):
    return subprocess.run(["docker", "image", "inspect", image], check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def _build(kind, tag, *options, fill=lambda folder: None):
    with tempfile.TemporaryDirectory(prefix="kansen-image.") as folder:
        shutil.copytree(HERE / "images" / kind, folder, dirs_exist_ok=True)
        shutil.copy(HERE / "images/setup", folder)
        fill(pathlib.Path(folder))
        quiet("docker", "build", "--build-arg", f"BASE={DEBIAN}", "--tag", tag, *options, folder,
              env={**os.environ, "DOCKER_BUILDKIT": "0"})


def _fill_kafka(folder):
    jars = run(ROOT / "tests/kafka/fetch").strip()
    shutil.copytree(jars, folder / "jars")
    shutil.copy(ROOT / "tests/kafka/log4j.properties", folder)


def make_images():
    make_debian()
    _build("postgres", POSTGRES, "--target", "postgres")
    _build("postgres", POSTGRES_18, "--target", "postgres18")
    _build("kafka", KAFKA, fill=_fill_kafka)
    _build("prometheus", PROMETHEUS)

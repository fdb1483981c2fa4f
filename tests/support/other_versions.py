"""PostgreSQL, Apache Kafka and librdkafka of other versions than Debian's, as tests/versions/fetch brings them."""

import atexit
import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]


class Missing(Exception):
    """A part that the tests need can't be had; the message says which."""


def fetched(fetch, *words):
    """What a script of this name prints: the folder of what it has brought."""
    done = subprocess.run([TESTS / fetch, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise Missing(f"{' '.join(map(str, words)) or 'Apache Kafka'} can't be had: {done.stderr.strip()[-500:]}")
    return pathlib.Path(done.stdout.strip())


@functools.cache
def postgres(part):
    """The folder of PostgreSQL's programs of this part (postgres-18)."""
    programs = fetched("versions/fetch", part)
    if os.geteuid() != 0:
        return programs
    # The cache may lie in root's folder, where PostgreSQL's own user can't go.
    copy = pathlib.Path(tempfile.mkdtemp(prefix=part))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    copy.chmod(0o755)
    shutil.copytree(programs.parent, copy / part, symlinks=True)
    return copy / part / "bin"


def chosen_postgres():
    """That of KANSEN_POSTGRES, None: Debian's."""
    part = os.environ.get("KANSEN_POSTGRES")
    return postgres(part) if part else None


def kafka_classes():
    """The folder of Apache Kafka's jars: that of KANSEN_KAFKA, a folder with a pom.xml, else the usual one."""
    chosen = os.environ.get("KANSEN_KAFKA")
    return fetched("kafka/fetch", *([chosen] if chosen else []))


@functools.cache
def libraries():
    """What the program's environment needs for the librdkafka of KANSEN_LIBRDKAFKA, a part (librdkafka)."""
    part = os.environ.get("KANSEN_LIBRDKAFKA")
    return {"LD_LIBRARY_PATH": str(fetched("versions/fetch", part))} if part else {}

"""Demos in folders of their own, and what is left of them."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

PSQL = re.compile(r"^ *psql 'host=(\S+) user=(\S+) dbname=(\S+)'$", re.MULTILINE)


@contextlib.contextmanager
def scratch_folder():
    """For the demo's temporary files; PostgreSQL's user can walk through it."""
    folder = tempfile.mkdtemp(prefix="demo")
    os.chmod(folder, 0o711)
    try:
        yield pathlib.Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def processes_of(folder):
    """Command lines of processes that have to do with the folder."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue  # gone since
        if str(folder) in line:
            found.append(line)
    return found


class KeptDemo:
    """`kansen demo --keep`, and the lines that it prints."""

    def __init__(self, kansen, scratch, *options):
        self.kansen = kansen
        self.environment = {"TMPDIR": str(scratch)}
        self.said = kansen.run("demo", "--keep", "-o", scratch / "report", *options,
                               env=self.environment).stderr
        (self.folder, self.reader, self.name), (_, self.owner, _) = PSQL.findall(self.said)

    def conninfo(self, user):
        return f"host={self.folder} user={user} dbname={self.name}"

    def psql(self, statements, user, *options):
        """What psql prints, run as its line says; the first mistake fails."""
        done = subprocess.run(
            ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *options, self.conninfo(user)],
            input=statements, text=True, capture_output=True, check=False,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
        assert done.returncode == 0, f"{done.stderr}{statements}"
        return done.stdout

    def stop(self):
        return self.kansen.run("demo", "--stop", env=self.environment).stderr

"""A small file system of its own, in memory, that a test can fill."""

import os
import subprocess

from servers import Missing, need

BLOCK_BYTES = 4096


class Disk:
    """Mounted at `folder`, which must exist. Needs root; `Missing` says so."""

    def __init__(self, folder, megabytes, uid=0, gid=0):
        need("mount", "umount")
        if os.geteuid() != 0:
            raise Missing("only root can mount a small file system")
        self.folder = folder
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700,uid={uid},gid={gid}",
             "kansen-test", str(folder)], capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            raise Missing(f"no small file system here: {mounted.stderr.strip()}")
        self.ballast = folder / "ballast"

    def free_bytes(self):
        about = os.statvfs(self.folder)
        return about.f_bavail * about.f_frsize

    def fill(self, leave_bytes=0):
        """Leaves room for about so many bytes."""
        with open(self.ballast, "ab", buffering=0) as ballast:
            while self.free_bytes() > leave_bytes:
                room = max(self.free_bytes() - leave_bytes, BLOCK_BYTES)
                try:
                    ballast.write(bytes(min(room, 1 << 20)))
                except OSError:
                    return

    def make_room(self):
        self.ballast.unlink(missing_ok=True)

    def close(self):
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

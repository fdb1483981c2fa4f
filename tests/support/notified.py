"""A supervisor as systemd is one for units of Type=notify: hears what a service says of itself."""

import os
import socket
import tempfile
import threading


class Supervisor:
    """`environment` is what a unit with WatchdogSec=watchdog_s gives a service."""

    def __init__(self, watchdog_s):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": str(round(watchdog_s * 1e6))}
        # Pairs of variable and value, in the order in which they came.
        self.heard = []
        # A socket's queue holds ten messages: somebody has to listen all the time, as systemd does.
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def _listen(self):
        while message := self.socket.recv(4096):
            self.heard += [tuple(line.split("=", 1)) for line in message.decode().splitlines()]

    def count(self, name):
        return sum(variable == name for variable, _ in self.heard)

    def names(self):
        """In order, without signs of life and words."""
        return [name for name, _ in self.heard if name not in ("WATCHDOG", "STATUS", "MONOTONIC_USEC")]

    def status(self):
        said = [value for name, value in self.heard if name == "STATUS"]
        return said[-1] if said else ""

    def close(self):
        """An empty message is the end."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.environment["NOTIFY_SOCKET"])
        self.thread.join()
        self.socket.close()
        self.folder.cleanup()

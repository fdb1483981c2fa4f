"""A supervisor as systemd is one for units of Type=notify: hears what a service says of itself."""

import os
import socket
import tempfile


class Supervisor:
    """`environment` is what a unit with WatchdogSec=watchdog_s gives a service."""

    def __init__(self, watchdog_s):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(path)
        self.environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": str(round(watchdog_s * 1e6))}
        self.heard = []

    def listen(self):
        """All that was said since the start, a list of (variable, value)."""
        while True:
            try:
                message = self.socket.recv(4096).decode()
            except BlockingIOError:
                return self.heard
            self.heard += [tuple(line.split("=", 1)) for line in message.splitlines()]

    def count(self, name):
        return sum(variable == name for variable, _ in self.listen())

    def names(self):
        """In order, without signs of life and words."""
        return [name for name, _ in self.listen() if name not in ("WATCHDOG", "STATUS", "MONOTONIC_USEC")]

    def status(self):
        said = [value for name, value in self.listen() if name == "STATUS"]
        return said[-1] if said else ""

    def close(self):
        self.socket.close()
        self.folder.cleanup()

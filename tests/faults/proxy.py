"""A proxy between workers and PostgreSQL that can strike at a moment of the protocol.

It listens on a socket in a folder of its own, as PostgreSQL does, and understands just as much of
the wire format as it needs to see a transaction begin, a COPY under way, a COMMIT pass, and its
answer come back. A trap waits for such a moment on any connection and then does its deed once: cut
the connection, hold COMMIT back and deliver it late, make it a ROLLBACK, stop or kill the worker at
the other end.
"""

import os
import pathlib
import shutil
import socket
import struct
import tempfile
import threading
import time

BEGIN = "begin"  # the worker has said BEGIN, and nothing of the batch
COPY = "copy"  # rows are on their way
COMMIT = "commit"  # the worker has sent COMMIT, PostgreSQL has not got it
SENT = "sent"  # PostgreSQL has got COMMIT, its answer will not arrive
ANSWERED = "answered"  # PostgreSQL has said COMMIT, the worker has not heard it

ROLLBACK = b"Q" + struct.pack("!I", 4 + len(b"rollback\0")) + b"rollback\0"
PORT_FILE = ".s.PGSQL.5432"
# How long the answer of a late COMMIT is waited for; it may wait for a lock, or never come.
LATE_PATIENCE_S = 10
PEER_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


class Trap:
    """`deed(link)` says whether the connection is to be cut. At COMMIT: with late_s it is delivered
    that much later, when the worker's side has long been cut; with refused it becomes a ROLLBACK,
    as PostgreSQL makes of it when the transaction has failed."""

    def __init__(self, moment, deed, late_s=None, refused=False):
        self.moment = moment
        self.deed = deed
        self.late_s = late_s
        self.refused = refused


class Messages:
    """Splits a stream of the protocol into whole messages (type, bytes)."""

    def __init__(self, stream, has_startup):
        self.stream = stream
        self.buffer = bytearray()
        # A client's first message has no type.
        self.head = 0 if has_startup else 1

    def __iter__(self):
        while self._fill(self.head + 4):
            size = self.head + struct.unpack_from("!I", self.buffer, self.head)[0]
            if not self._fill(size):
                return
            message = bytes(self.buffer[:size])
            del self.buffer[:size]
            yield message[:self.head], message
            self.head = 1

    def _fill(self, size):
        while len(self.buffer) < size:
            received = self.stream.recv(65536)
            if not received:
                return False
            self.buffer += received
        return True


class Link:
    """One connection through the proxy: a thread for each direction."""

    def __init__(self, proxy, client):
        self.proxy = proxy
        self.client = client
        self.server = socket.socket(socket.AF_UNIX)
        self.deaf = False  # nothing reaches the worker any more
        self.committing = False
        self.answered = False  # PostgreSQL has answered COMMIT
        self.pid = PEER_CREDENTIALS.unpack(client.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, PEER_CREDENTIALS.size))[0]

    def run(self):
        try:
            self.server.connect(self.proxy.target)
            threading.Thread(target=self._guarded, args=(self._downwards,), daemon=True).start()
            self._upwards()
        except OSError:
            pass
        finally:
            self.close()

    def close(self):
        for end in (self.client, self.server):
            shut(end)

    def _guarded(self, direction):
        try:
            direction()
        except OSError:
            pass
        finally:
            self.close()

    def _upwards(self):
        for kind, message in Messages(self.client, has_startup=True):
            statement = message[5:-1].lower() if kind == b"Q" else b""
            if kind == b"d" and self._strikes(COPY):
                return
            if statement.startswith(b"begin") and self._strikes(BEGIN):
                return
            if statement != b"commit":
                self.server.sendall(message)
            elif not self._pass_commit(message):
                return

    def _pass_commit(self, message):
        """Forwards COMMIT; False when the connection is to be closed."""
        trap = self.proxy.spring(COMMIT)
        if trap is not None and trap.deed(self):
            if trap.late_s is not None:
                self._deliver_late(message, trap.late_s)
            return False
        if trap is not None and trap.refused:
            message = ROLLBACK
        trap = self.proxy.spring(SENT)
        self.deaf = trap is not None
        self.committing = True
        self.server.sendall(message)
        if trap is not None:
            trap.deed(self)
        return trap is None

    def _deliver_late(self, message, late_s):
        """PostgreSQL may answer, or have ended the connection; the worker hears nothing of it."""
        self.deaf = True
        shut(self.client)
        time.sleep(late_s)
        self.server.sendall(message)
        deadline = time.monotonic() + LATE_PATIENCE_S
        while not self.answered and time.monotonic() < deadline:
            time.sleep(0.01)

    def _strikes(self, moment):
        trap = self.proxy.spring(moment)
        return trap is not None and trap.deed(self)

    def _downwards(self):
        for kind, message in Messages(self.server, has_startup=False):
            if kind == b"C" and (self.committing or self.deaf):
                self.answered = True
                if self.committing and not self.deaf and self._strikes(ANSWERED):
                    return
                self.committing = False
            if not self.deaf:
                self.client.sendall(message)


class Proxy:
    """Listens in `folder`; `target` is the socket of PostgreSQL."""

    def __init__(self, target):
        self.target = str(target)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="px"))
        self.lock = threading.Lock()
        self.traps = []
        self.refusals = 0  # of the next connections
        self.links = set()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / PORT_FILE))
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.disarm()
        shut(self.listener)
        with self.lock:
            links = list(self.links)
        for link in links:
            link.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def arm(self, trap):
        with self.lock:
            self.traps.append(trap)

    def disarm(self):
        with self.lock:
            self.traps.clear()

    def spring(self, moment):
        """The oldest trap, disarmed, when this is its moment. They take turns: a trap for an early
        moment of each batch would keep those for later ones from ever having theirs."""
        with self.lock:
            if self.traps and self.traps[0].moment == moment:
                return self.traps.pop(0)
        return None

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.refusals > 0:
                self.refusals -= 1
                shut(client)
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        link = Link(self, client)
        with self.lock:
            self.links.add(link)
        try:
            link.run()
        finally:
            with self.lock:
                self.links.discard(link)


def shut(end):
    """Closes a socket also under another thread that waits for it."""
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()

"""pgproxy with traps: strikes between workers and PostgreSQL at a moment of the protocol.

A trap waits for its moment on any connection and then does its deed once: cut the connection, hold
COMMIT back and deliver it late, make it a ROLLBACK, stop or kill the worker at the other end.
"""

import socket
import struct
import time

from pgproxy import HEADER, Link, Messages, PgProxy, message

BEGIN = "begin"  # the worker has said BEGIN, and nothing of the batch
COPY = "copy"  # rows are on their way
COMMIT = "commit"  # the worker has sent COMMIT, PostgreSQL has not got it
SENT = "sent"  # PostgreSQL has got COMMIT, its answer will not arrive
ANSWERED = "answered"  # PostgreSQL has said COMMIT, the worker has not heard it

ROLLBACK = message(b"Q", b"rollback\0")
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


class TrappedLink(Link):
    """`pid` is that of the worker."""

    def __init__(self, proxy, client, server):
        self.deaf = False  # nothing reaches the worker any more
        self.committing = False
        self.answered = False  # PostgreSQL has answered COMMIT
        self.pid = PEER_CREDENTIALS.unpack(client.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, PEER_CREDENTIALS.size))[0]
        super().__init__(proxy, client, server)

    def _upwards(self):
        messages = Messages(self.client)
        self.server.sendall(messages.first())
        while True:
            kind, whole = messages.next()
            statement = whole[HEADER.size:-1].lower() if kind == b"Q" else b""
            if kind == b"d":
                self._pass(COPY)
            if statement.startswith(b"begin"):
                self._pass(BEGIN)
            if statement == b"commit":
                self._commit(whole)
            else:
                self.server.sendall(whole)

    def _pass(self, moment):
        trap = self.proxy.spring(moment)
        if trap is not None and trap.deed(self):
            raise ConnectionError("cut")

    def _commit(self, whole):
        trap = self.proxy.spring(COMMIT)
        if trap is not None and trap.deed(self):
            if trap.late_s is not None:
                self._deliver_late(whole, trap.late_s)
            raise ConnectionError("cut")
        if trap is not None and trap.refused:
            whole = ROLLBACK
        trap = self.proxy.spring(SENT)
        self.deaf = trap is not None
        self.committing = True
        self.server.sendall(whole)
        if trap is not None:
            trap.deed(self)
            raise ConnectionError("cut")

    def _deliver_late(self, whole, late_s):
        """PostgreSQL may answer, or have ended the connection; the worker hears nothing of it."""
        self.deaf = True
        self.client.shutdown(socket.SHUT_RDWR)
        time.sleep(late_s)
        self.server.sendall(whole)
        deadline = time.monotonic() + LATE_PATIENCE_S
        while not self.answered and time.monotonic() < deadline:
            time.sleep(0.01)

    def _downwards(self):
        messages = Messages(self.server)
        while True:
            kind, whole = messages.next()
            if kind == b"C" and (self.committing or self.deaf):
                self.answered = True
                if not self.deaf:
                    self._pass(ANSWERED)
                self.committing = False
            if not self.deaf:
                self.client.sendall(whole)


class TrapProxy(PgProxy):
    link = TrappedLink

    def __init__(self, postgres):
        self.traps = []
        super().__init__(postgres)

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

"""A proxy in front of PostgreSQL that understands just enough of its protocol to see COMMIT and the
answer to it, and can make a connection die, or a transaction fail, at exactly that point."""

import collections
import contextlib
import enum
import pathlib
import shutil
import socket
import struct
import tempfile
import threading

from servers import wait_until

CHUNK_BYTES = 65536
SOCKET_NAME = ".s.PGSQL.5432"
HEADER = struct.Struct("!cI")  # type; length, which counts itself
# A statement that fails; what it is does not matter to the transaction.
FAILING = b"select 1/0"


class Fate(enum.Enum):
    """What becomes of a COMMIT."""
    PASS = "pass"
    CUT_BEFORE = "cut before"  # COMMIT never reaches PostgreSQL: nothing is stored
    CUT_AFTER = "cut after"    # PostgreSQL has committed; the client never hears of it
    CUT_SENT = "cut sent"      # COMMIT is sent and the connection cut at once: either outcome
    SWALLOW = "swallow"        # PostgreSQL has committed; the connection stays, and stays silent
    FAIL = "fail"              # a statement fails before COMMIT: PostgreSQL answers ROLLBACK
    HOLD = "hold"              # COMMIT waits in the proxy, its transaction stays open


def message(kind, body):
    return HEADER.pack(kind, len(body) + 4) + body


class Messages:
    """Cuts a stream into messages."""

    def __init__(self, source):
        self.source = source
        self.received = b""
        self.place = 0

    def _peek(self, length):
        while len(self.received) - self.place < length:
            more = self.source.recv(CHUNK_BYTES)
            if not more:
                raise ConnectionError("closed")
            self.received = self.received[self.place:] + more
            self.place = 0
        return self.received[self.place:self.place + length]

    def _take(self, length):
        taken = self._peek(length)
        self.place += length
        return taken

    def first(self):
        """What opens a connection has no type."""
        return self._take(int.from_bytes(self._peek(4), "big"))

    def next(self):
        """(type, whole message)"""
        kind, length = HEADER.unpack(self._peek(HEADER.size))
        return kind, self._take(length + 1)


class Link:
    """One connection: a thread for each direction."""

    def __init__(self, proxy, client, server):
        self.proxy = proxy
        self.ends = (client, server)
        self.client, self.server = self.ends
        self.fate = Fate.PASS
        self.running = 2
        for pump in (self._upwards, self._downwards):
            threading.Thread(target=self._run, args=(pump,), daemon=True).start()

    def _run(self, pump):
        with contextlib.suppress(OSError):
            pump()
        self.cut()
        with self.proxy.lock:
            self.running -= 1
            if self.running == 0:
                self.client.close()
                self.server.close()
                self.proxy.links.discard(self)

    def cut(self):
        for each in self.ends:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _upwards(self):
        messages = Messages(self.client)
        self.server.sendall(messages.first())
        while True:
            kind, whole = messages.next()
            if kind == b"Q" and whole[HEADER.size:].strip(b"\0; ").lower() == b"commit":
                self._commit(whole)
            else:
                self.server.sendall(whole)

    def _commit(self, whole):
        """The client is silent until it is answered, so nothing but the answer to this comes down."""
        fate = self.proxy.decide()
        if fate is Fate.FAIL:
            whole = message(b"Q", FAILING + b"\0") + whole
        self.fate = fate
        if fate not in (Fate.CUT_BEFORE, Fate.HOLD):
            self.server.sendall(whole)
        if fate in (Fate.PASS, Fate.CUT_BEFORE, Fate.CUT_SENT, Fate.HOLD):
            self.proxy.note(fate)
        if fate in (Fate.CUT_BEFORE, Fate.CUT_SENT):
            raise ConnectionError("cut")

    def _downwards(self):
        messages = Messages(self.server)
        while True:
            kind, whole = messages.next()
            if self.fate is Fate.PASS:
                self.client.sendall(whole)
            elif kind == b"Z":
                self._answered()

    def _answered(self):
        """PostgreSQL is done with what the client must not hear of: the COMMIT, or the statement
        that failed in front of it."""
        fate = self.fate
        if fate is Fate.CUT_SENT:  # noted when it was sent; the answer was faster than the cut
            return
        if fate is Fate.FAIL:
            self.fate = Fate.PASS
        self.proxy.note(fate)
        if fate is Fate.CUT_AFTER:
            raise ConnectionError("cut")


class PgProxy:
    """Stands in front of a `servers.Postgres`; `conninfo` leads through it.

    `choose` is called for every COMMIT, from any thread but never twice at once, and returns its
    fate; fates given to `plan` come first, in order. `happened` counts those that have come true,
    so that a test can wait for one. `refusals`: so many of the next connections end at once."""

    link = Link

    def __init__(self, postgres, choose=lambda: Fate.PASS):
        self.postgres = postgres
        self.choose = choose
        self.planned = collections.deque()
        self.happened = collections.Counter()
        self.lock = threading.Lock()
        self.links = set()
        self.refusals = 0
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pgproxy"))
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / SOCKET_NAME))
        self.listener.listen(64)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def conninfo(self, database, user="postgres"):
        return f"host={self.folder} user={user} dbname={database}"

    def plan(self, *fates):
        self.planned.extend(fates)

    def decide(self):
        with self.lock:
            return self.planned.popleft() if self.planned else self.choose()

    def note(self, fate):
        with self.lock:
            self.happened[fate] += 1

    def kill_at_commit(self, commits, start):
        """Starts a process behind the proxy, kills it when it sends so many COMMITs and one more."""
        self.plan(*[Fate.PASS] * commits, Fate.HOLD)
        before = self.happened[Fate.HOLD]
        process = start()
        wait_until(lambda: self.happened[Fate.HOLD] > before, "the next COMMIT", [process])
        process.kill()
        self.cut()

    def cut(self):
        """Cuts every connection, whatever it is doing."""
        with self.lock:
            links = set(self.links)
        for link in links:
            link.cut()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
        self.cut()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.refusals > 0:
                self.refusals -= 1
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self.postgres.folder / SOCKET_NAME))
            except OSError:
                client.close()
                server.close()
                continue
            with self.lock:
                self.links.add(self.link(self, client, server))

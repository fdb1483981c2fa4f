"""The calendar of a simulated year: one clock for PostgreSQL and every kansen, moved as one likes. Kafka keeps the
machine's: all that it tells anybody of time is what the producer wrote on a message."""

import datetime
import os
import pathlib
import struct
import subprocess
import time

from program import Kansen
from servers import Postgres

SOURCE = pathlib.Path(__file__).resolve().parent / "shifted_clock.c"
US_PER_S = 1000000


class Clock:
    """`folder` may be read by every user: PostgreSQL has one of its own."""

    def __init__(self, folder):
        self.file = folder / "clock"
        self.library = folder / "shifted_clock.so"
        self.file.write_bytes(struct.pack("q", 0))
        subprocess.run([os.environ.get("CC", "cc"), "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-shared",
                        "-fPIC", "-o", self.library, SOURCE], check=True)
        self.file.chmod(0o644)
        self.library.chmod(0o755)

    def environment(self):
        return {"LD_PRELOAD": str(self.library), "YEAR_CLOCK": str(self.file)}

    def move(self, instant):
        """It is this instant (aware) for everybody from now on, and time goes by."""
        ahead = int(instant.timestamp() * US_PER_S) - time.time_ns() // 1000
        with open(self.file, "r+b", buffering=0) as file:
            file.write(struct.pack("q", ahead))

    def now(self):
        (ahead,) = struct.unpack("q", self.file.read_bytes())
        return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(microseconds=ahead))


class ClockedPostgres(Postgres):
    """Has its time from the clock."""

    def __init__(self, clock, **settings):
        super().__init__(**settings)
        self.environment = {**self.environment, **clock.environment()}


class ClockedKansen(Kansen):
    """Has its time from the clock."""

    def __init__(self, program, clock):
        super().__init__(program)
        self.clock = clock

    def environment(self, extra=None):
        own = super().environment({**self.clock.environment(), **(extra or {})})
        # The clock stands in front of the sanitizer and takes none of its functions for memory.
        own["ASAN_OPTIONS"] += ":verify_asan_link_order=0"
        return own

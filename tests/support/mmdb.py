"""MaxMind DBs for tests, made by the project's own writer."""

import calendar
import datetime
import ipaddress
import pathlib
import struct
import subprocess

WRITER = pathlib.Path(__file__).resolve().parents[2] / "simulate/geo/make-mmdb"
# build_epoch as an unsigned integer of 64 bits, of which the writer keeps four bytes.
BUILT = b"build_epoch\x04\x02"


class Mmdb:
    """`networks` are countries by network; `built` is a date, that of the writer when None."""

    def __init__(self, path, networks, built=None):
        self.path = path
        self.networks = {ipaddress.ip_network(network): country
                         for network, country in networks.items()}
        listed = path.with_suffix(".csv")
        listed.write_text("network,iso_code\n" + "".join(
            f"{network},{country}\n" for network, country in networks.items()), encoding="ascii")
        subprocess.run([WRITER, listed, path], check=True)
        if built is not None:
            self._date(built)

    def _date(self, built):
        content = self.path.read_bytes()
        place = content.index(BUILT) + len(BUILT)
        day = datetime.date.fromisoformat(built)
        content = (content[:place] + struct.pack(">I", calendar.timegm(day.timetuple()))
                   + content[place + 4:])
        self.path.write_bytes(content)

    def country_of(self, event):
        """What a look-up says of an event's address."""
        address = ipaddress.ip_address(event["ip"])
        for network, country in self.networks.items():
            if address in network:
                return country
        return "ZZ"

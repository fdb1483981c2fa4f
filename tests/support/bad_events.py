"""Messages that must be rejected, each with its reason: what the event format forbids, and what
real agents, proxies and attackers send.

Each is a whole message, bytes as they come. Those of time are made around `now`, because the range
of accepted times moves with the clock.
"""

import datetime
import json

GOOD = {
    "id": "c386bbc4-cd61-3e30-d8f1-6adf91b7584a",
    "device": "8b8be822-b922-3a25-f9ce-4c54a6f263ac",
    "name": "TROJ_COINMINE.A",
    "ip": "203.0.113.7",
    "sha256": "0741" * 16,
    "vendor": "Example",
    "product": "Endpoint",
    "version": "11.0.1028",
    "action": "quarantined",
}
MESSAGE_MAX = 64 * 1024


def spell(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def encode(event):
    return json.dumps(event, ensure_ascii=False).encode()


class Table:
    """Collects (reason, message); `now` is an aware datetime."""

    def __init__(self, now):
        self.now = now
        self.good = {**GOOD, "time": spell(now - datetime.timedelta(hours=1))}
        self.rows = []
        for fill in (self.sizes, self.json, self.no_objects, self.encodings, self.nuls,
                     self.surrogates, self.duplicates, self.missing, self.types, self.times,
                     self.ranges, self.texts, self.addresses, self.countries, self.hashes):
            fill()

    def add(self, reason, *messages):
        self.rows += [(reason, message) for message in messages]

    def changed(self, reason, key, *values):
        """The good event with another value of one key."""
        self.add(reason, *(encode({**self.good, key: value}) for value in values))

    def raw(self, key, value):
        """The good event with a value that no encoder would write; value is bytes of JSON."""
        rest = encode({name: text for name, text in self.good.items() if name != key})
        return rest[:-1] + b', "' + key.encode() + b'": ' + value + b"}"

    def sizes(self):
        self.add("empty", None, b"")
        short = encode({**self.good, "note": ""})
        for size in (MESSAGE_MAX + 1, MESSAGE_MAX + 2, 2 * MESSAGE_MAX, 1 << 20):
            self.add("too_large", encode({**self.good, "note": "x" * (size - len(short))}))
        self.add("too_large", b"x" * (MESSAGE_MAX + 1), b"[" * (1 << 20))

    def json(self):
        whole = encode(self.good)
        self.add("bad_json", whole[:1], whole[:2], whole[:17], whole[:-1], whole[1:],
                 whole[:-3] + b"}")
        self.add("bad_json", b" ", b"\t \r", b"}", b"{]", b"[", b'"', b"-", b"nul", b"True",
                 b"undefined", b"NaN", b"hello", b"<event/>", b"id,time,device", b"\\", b"{,}",
                 b'{"a"}', b'{"a":}', b'{"a":1,}', b'{"a" 1}', b"{'a':1}", b"{a:1}", b"{1:1}",
                 b"// note\n{}", b"/**/{}")
        self.add("bad_json", whole + b",", whole + b"}", whole + b"{}", whole + whole,
                 whole + b" x", b"\xef\xbb\xbf" + whole, b"x" + whole)
        for value in (b"01", b"+1", b".5", b"1.", b"1e", b"0x10", b"1_000", b"- 1", b"Infinity",
                      b"-NaN", b"1e999x", b"-+123456789012345678901234567890", b"--1", b"1.2.3"):
            self.add("bad_json", self.raw("note", value))
        for value in (b'"a\tb"', b'"a\x01b"', b'"\\x41"', b'"\\u12"', b'"\\u12G4"',
                      b'"\\U00000041"', b"\"\\'\"", b'"\\', b'"a" "b"', b"[1,]", b"[,1]",
                      b'{"b":1,}', b"tru", b"nulll"):
            self.add("bad_json", self.raw("note", value))
        self.add("bad_json", self.raw("note", b"[" * 1025 + b"]" * 1025),
                 self.raw("note", b'{"a":' * 5000 + b"1" + b"}" * 5000), b"[" * 5000)

    def no_objects(self):
        self.add("empty", b"[]", b" [ ] ")
        self.add("not_an_object", b"1", b"-0", b"1.5",
                 b"true", b"false", b"null", b'""', b'"text"',
                 json.dumps(encode(self.good).decode()).encode())

    def encodings(self):
        for text in (b"\xff", b"\xfe", b"\x80", b"\xc0\xaf", b"\xc1\xbf", b"\xc3", b"\xe0\x80\x80",
                     b"\xe2\x82", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf0\x80\x80\x80",
                     b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", "é".encode("latin-1"),
                     "日本".encode("shift_jis"), "日本".encode("euc_jp")):
            self.add("bad_utf8", self.raw("name", b'"' + text + b'"'))
        self.add("bad_utf8", self.raw("note", b'"\xff"'),
                 self.raw("note", b'["deep", {"a": "\xc3"}]'),
                 encode(self.good).replace(b'"vendor"', b'"vend\xf6r"'), b"\xff\xfe{\x00}\x00",
                 b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03")

    def nuls(self):
        for key in ("name", "device", "id", "ip", "country", "vendor", "note", "time"):
            self.add("nul", self.raw(key, b'"a\\u0000b"'))
        self.add("nul", self.raw("name", b'"a\x00b"'), self.raw("no\\u0000te", b"1"),
                 encode(self.good) + b"\x00", b"\x00", b"\x00" * 64,
                 encode(self.good).decode().encode("utf-16-le"), self.raw("note", b'[["\\u0000"]]'))

    def surrogates(self):
        for text in (b"\\ud800", b"\\uDBFF", b"\\udc00", b"\\uDFFF", b"\\ud800x", b"\\ud800\\ud800",
                     b"\\udc00\\ud800", b"\\ud83d\\u0041", b"\\ud83d\\n", b"\\ud83d\\\\ude00"):
            self.add("lone_surrogate", self.raw("name", b'"' + text + b'"'))
        self.add("lone_surrogate", self.raw("note", b'"\\ud800"'), self.raw("\\ud800", b"1"),
                 self.raw("device", b'"\\udfff"'), self.raw("note", b'{"a":["\\udead"]}'))

    def duplicates(self):
        whole = encode({**self.good, "country": "JP", "note": 1, "": 1})
        for key in [*json.loads(whole)]:
            value = json.dumps(json.loads(whole)[key]).encode()
            self.add("duplicate_key", whole[:-1] + b', "' + key.encode() + b'": ' + value + b"}")
        self.add("duplicate_key", whole[:-1] + b', "\\u0074ime": 1}',
                 whole[:-1] + b', "n\\u006fte": 2}', whole[:-1] + b', "name": null}')

    def missing(self):
        for key in ("time", "device", "name", "ip"):
            self.add("missing_field",
                     encode({name: text for name, text in self.good.items() if name != key}))
            self.changed("missing_field", key, None)
        self.add("missing_field", b"{}", b' { } ',
                 encode({**self.good, "ip": None, "country": None}),
                 encode({"Time": self.good["time"], **{key: text for key, text in self.good.items()
                                                       if key != "time"}}))

    def types(self):
        for key in ("device", "name", "ip", "country", "id", "sha256", "vendor", "product",
                    "version", "action", "os", "segment"):
            self.changed("wrong_type", key, 5, [])
        self.changed("wrong_type", "name", 1.5, True, False, {}, ["TROJ_COINMINE.A"], {"text": "A"})
        self.changed("wrong_type", "time", True, False, [], {}, [self.good["time"]])
        self.changed("wrong_type", "version", 11.0)

    def times(self):
        day, whole = self.good["time"][:10], self.good["time"]
        self.changed("bad_time", "time", "", " ", "now", "today", "infinity", "-infinity", "epoch",
                     "0", "1379088328000", day, f"{day}T", f"{day}T16", f"{day}T16:05",
                     f"{day}T16:05Z", f"{day}T16:05:28", f"{day}T16:05:28.000", f"{day} 16:05:28",
                     f"{day}T16:05:60Z", f"{day}T16:60:00Z", f"{day}T24:00:00Z", f"{day}T25:00:00Z",
                     f"{day}T23:59:61Z", f"{day}T16:05:28,5Z", f"{day}T16:05:28.Z",
                     f"{day}T16:05:28+09", f"{day}T16:05:28+0900", f"{day}T16:05:28+09:60",
                     f"{day}T16:05:28 09:00", f"{day}T16:05:28UTC", f"{day}T16:05:28Z[Asia/Tokyo]",
                     f"{day}T1:05:28Z", f"{day}T16:5:28Z", f" {whole}", f"{whole} ", f"{whole}\n",
                     whole.replace("-", ""), whole.replace(":", ""), f"{whole[:5]}00{whole[7:]}",
                     f"{whole[:5]}13{whole[7:]}", f"{whole[:8]}00{whole[10:]}",
                     f"{whole[:8]}32{whole[10:]}", f"{whole[:4]}-02-30T00:00:00Z",
                     "2025-02-29T00:00:00Z", "2100-02-29T00:00:00Z", f"{whole[:4]}-04-31T00:00:00Z",
                     f"+{whole}", f"-{whole}", f"1{whole}", whole[2:], "13/09/2013 16:05",
                     "Fri, 13 Sep 2013 16:05:28 GMT", "2013-W37-5T16:05:28Z", "2013-256T16:05:28Z",
                     "２０１３-09-13T16:05:28Z", 1.5, 1e3, 1379088328.25)

    def ranges(self):
        days = datetime.timedelta(days=1)
        self.changed("time_out_of_range", "time", spell(self.now - 401 * days),
                     spell(self.now + 2 * days), spell(self.now - 4000 * days),
                     spell(self.now + 400 * days), "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
                     "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "1999-12-31T23:59:59Z",
                     "9999-12-31T23:59:59Z", 0, -1, 1, int(self.now.timestamp()),
                     # seconds are not guessed to be milliseconds
                     int(self.now.timestamp() * 1000000), 253402300800000, (1 << 63) - 1,
                     -(1 << 63), int((self.now + 2 * days).timestamp() * 1000))

    def texts(self):
        self.changed("bad_name", "name", "", "x" * 257, "ビ" * 86, "x" * 60000)
        self.changed("bad_device", "device", "", "x" * 129, "端" * 43)
        self.changed("bad_id", "id", "", "x" * 129, "番" * 43)
        for key in ("vendor", "product", "version", "action", "os", "segment"):
            self.changed("bad_label", key, "x" * 257, "ビ" * 86)

    def addresses(self):
        self.changed("bad_address", "ip", "", " ", "localhost", "example.com", "1", "1.2.3",
                     "1.2.3.4.5", "256.1.1.1", "1.2.3.-4", "01.2.3.4", "1.2.3.04", "1.2.3.4 ",
                     " 1.2.3.4", "1.2.3.4/24", "1.2.3.4:80", "1.2.3.4\n", "1,2,3,4", "0x7f.0.0.1",
                     "0x7f000001", "2130706433", "1..3.4", "1.2.3.", ".1.2.3", "１.2.3.4", ":",
                     ":::", "1::2::3", "12345::", "g::1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
                     "fe80::1%eth0", "[::1]", "::1/128", "::ffff:1.2.3", "::ffff:1.2.3.256",
                     "::ffff:1.2.3.4.5", "unknown", "-", "x" * 5000)

    def countries(self):
        self.changed("bad_country", "country", "", " ", "J", "jp", "Jp", "JPN", "JAPAN", "392",
                     "J1", "A1", "A2", "O1", "EU", "AP", "AN", "UK", "XX", "AA", "--", "??", "J ",
                     " JP", "JP ", "日本", "JP\n", "zz", "Z")

    def hashes(self):
        good = GOOD["sha256"]
        self.changed("bad_hash", "sha256", "", "0", good[:-1], good + "0", good[:-1] + "g",
                     good[:-1] + " ", "0x" + good[2:], good[:32], "B0GwMg" * 10 + "B0Gw", "Ａ" * 64,
                     ":".join(["07"] * 32))

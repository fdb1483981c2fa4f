"""Lines that a hostile or careless sender writes, and what must become of each.

Every line is a whole event but for one thing. STORED has what it must be in the database, REJECTED
the reason and a part of its detail. All are spelled by hand, since no encoder would write most of
them.
"""

import datetime
import uuid

UTC = datetime.timezone.utc
NOON = datetime.datetime(2013, 9, 13, 12, tzinfo=UTC)
LAST_OF_SEPTEMBER = datetime.datetime(2013, 9, 30, 23, 59, 59, tzinfo=UTC)
FIRST_OF_OCTOBER = datetime.datetime(2013, 10, 1, tzinfo=UTC)

# JSON of a name, and the name.
NAMES = [
    (r'"<script>alert(1)</script>"', "<script>alert(1)</script>"),
    (r'"</title></style><svg/onload=alert(1)>"', "</title></style><svg/onload=alert(1)>"),
    (r'"\"><img src=x onerror=alert(1)>"', '"><img src=x onerror=alert(1)>'),
    (r'"&lt;b&gt; &amp; &#60;"', "&lt;b&gt; &amp; &#60;"),
    (r'''"=cmd|'/C calc'!A1"''', "=cmd|'/C calc'!A1"),
    (r'"+1+1"', "+1+1"),
    (r'"-1+1"', "-1+1"),
    (r'"@SUM(A1:A9)"', "@SUM(A1:A9)"),
    (r'"\t=1+1"', "\t=1+1"),
    (r'"a,b;c\"d\"\"e"', 'a,b;c"d""e'),
    (r'"two\nlines"', "two\nlines"),
    (r'"two\r\nlines\r"', "two\r\nlines\r"),
    (r'"\u001b[31mred\u001b[0m\u0007"', "\x1b[31mred\x1b[0m\x07"),
    (r'"\u009b31mC1"', "\x9b31mC1"),
    (r'"\u202egnp.exe\u202c"', "\u202egnp.exe\u202c"),
    (r'"\u2066x\u2069\u200f"', "\u2066x\u2069\u200f"),
    (r'"zero\u200bwidth\u2060"', "zero\u200bwidth\u2060"),
    (r'"\ufeffmark"', "\ufeffmark"),
    (r'"\u0085\u2028\u2029"', "\x85\u2028\u2029"),
    (r'"\u007f\u0001\u001f"', "\x7f\x01\x1f"),
    (r'''"'; drop table kansen.detection; --"''', "'; drop table kansen.detection; --"),
    (r'"$(touch pwned) `touch pwned` ; touch pwned"', "$(touch pwned) `touch pwned` ; touch pwned"),
    (r'"%s%n%d %1$s"', "%s%n%d %1$s"),
    (r'"{{7*7}} ${jndi:ldap://x/y} <%= 1 %>"', "{{7*7}} ${jndi:ldap://x/y} <%= 1 %>"),
    (r'"| a | *b* __c__ [d](javascript:alert(1)) # e"',
     "| a | *b* __c__ [d](javascript:alert(1)) # e"),
    (r'"..\\..\\windows\\win.ini"', r"..\..\windows\win.ini"),
    (r'"../../../etc/passwd"', "../../../etc/passwd"),
    (r'"\\N"', r"\N"),
    (r'"\\."', r"\."),
    (r'"NULL"', "NULL"),
    (r'"\\u0000 is no NUL"', r"\u0000 is no NUL"),
    (r'" blanks around "', " blanks around "),
    (r'"*"', "*"),
    (r'"?"', "?"),
    ('"感染"', "感染"),
    (r'"\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67"', "\U0001F468\u200d\U0001F469\u200d\U0001F467"),
    (r'"e\u0301\u0301\u0301\u0301"', "e\u0301\u0301\u0301\u0301"),
    (r'"\uffff\ufffe\ufdd0"', "\uffff\ufffe\ufdd0"),
    (r'"\udbff\udfff\ue000"', "\U0010FFFF\ue000"),
    ('"' + "ビ" * 85 + '"', "ビ" * 85),
]

# JSON of a time, and the instant.
TIMES = [
    ('"2013-09-30T23:59:60Z"', LAST_OF_SEPTEMBER),
    ('"2013-10-01T08:59:60.25+09:00"', LAST_OF_SEPTEMBER.replace(microsecond=250000)),
    ('"2013-09-30T23:59:59.9999999999Z"', LAST_OF_SEPTEMBER.replace(microsecond=999999)),
    ('"2013-10-01t00:00:00z"', FIRST_OF_OCTOBER),
    ('"2013-10-01T00:00:00-00:00"', FIRST_OF_OCTOBER),
    ('"2013-10-01T23:59:00+23:59"', FIRST_OF_OCTOBER),
    ('"2013-09-30T00:01:00-23:59"', FIRST_OF_OCTOBER),
    ('"2013-10-01T05:45:00+05:45"', FIRST_OF_OCTOBER),
    (r'"\u0032013-10-01T00:00:00.000\u005A"', FIRST_OF_OCTOBER),
    ("1380585599999", LAST_OF_SEPTEMBER.replace(microsecond=999000)),
    ("1380585600000", FIRST_OF_OCTOBER),
]

# Another key's JSON, of which only the name and the instant stay as they are.
MEMBERS = [
    b'"device":"{8B8BE822-B922-3A25-F9CE-4C54A6F263AC}"',
    b'"ip":"unknown"', b'"ip":""', b'"ip":"203.0.113.7:443"', b'"ip":"<script>"', b'"ip":null',
    b'"":1', b'" time":1', b'"ti\\u006de2":1', b'"__proto__":{"name":1}',
]

# The shapes that JSON allows, as an unknown key's value.
SHAPES = [
    b"[]", b"[[]   ]", b'[""]', b"{}", b'{"":0}', b'{"a":"b","a":"b"}', b'{"a":"b","a":"c"}',
    b"[1,null,null,null,2]", b'[null, 1, "1", {}]', b" [1] ", b"[false]", b"null", b"true", b'""',
    b"-0", b"-0.0", b"[-0]", b"[20e1]", b"[123e65]", b"[0e+1]", b"[0e1]", b"[1E22]", b"[1E-2]",
    b"[1E+2]", b"[123e45]", b"[123.456e78]", b"[1e-2]", b"[1e+2]", b"[123]", b"[-123]",
    b"[123.456789]", b"[0.4e00669999999999999999999999999999999999999999999999969999999006]",
    b"[123.456e-789]", b"[1.5e+9999]", b"[-1e+9999]", b"[1e400]", b"[123123e100000]",
    b"[-123123123123123123123123123123]", b"[100000000000000000000]", b"[-237462374673276894279832]",
    b"[0." + b"0" * 100 + b"1]", b"1" + b"0" * 500, b'["\\u0060\\u012a\\u12AB"]',
    b'["\\uD801\\udc37"]', b'["\\ud83d\\ude39\\ud83d\\udc8d"]', b'["\\"\\\\\\/\\b\\f\\n\\r\\t"]',
    b'["\\\\u0000"]', b'["a/*b*/c//d#e"]', b'["\\u0012"]', b'["\\uFFFF"]', b'["\xf4\x8f\xbf\xbf"]',
    b'["\xef\xbf\xbf"]', b'["\\u0022"]', b'["\\uDBFF\\uDFFF"]', b'["\\u200B"]', b'["\xe2\x80\xa8"]',
    b'["new\\u000Aline"]', b'["\x7f"]', b'["\\uA66D"]', b'{"a\\nb\\tc":1}',
    b"[" * 1024 + b"]" * 1024, b'{"":' * 1024 + b"1" + b"}" * 1024, b'[{"a":' * 500 + b"[]" + b"}]" * 500,
]

# Reason, JSON of a time, a part of the detail.
BAD_TIMES = [
    ("time_out_of_range", "1379088328", "looks like seconds since 1970; milliseconds are expected"),
    ("time_out_of_range", "1379088328000000", "looks like microseconds since 1970"),
    ("time_out_of_range", "1379088328000000000", "looks like nanoseconds since 1970"),
    ("time_out_of_range", "130235619280000000", "looks like a Windows FILETIME"),
    ("time_out_of_range", "0", "1970-01-01T00:00:00Z is before"),
    ("time_out_of_range", "-1", "1969-12-31T23:59:59.999Z is before"),
    ("time_out_of_range", '"1970-01-16T23:04:48Z"', "were seconds taken for milliseconds?"),
    ("time_out_of_range", '"0000-01-01T00:00:00Z"', "is before"),
    ("time_out_of_range", '"9999-12-31T23:59:59Z"', "is after"),
    ("time_out_of_range", "9223372036854775807", "further from 1970"),
    ("bad_time", "18446744073709551616", "64 bits"),
    ("bad_time", "1e400", "64 bits"),
    ("bad_time", "1379088328.25", "looks like seconds since 1970"),
    ("bad_time", '"1379088328"', "and no quotes around a number"),
    ("bad_time", '"2013-09-13T16:05:60Z"', "second 60"),
    ("bad_time", '"2013-09-13 16:05:28"', "a blank instead of T"),
    ("bad_time", '"Fri, 13 Sep 2013 16:05:28 GMT"', "RFC 2822"),
    ("bad_time", '"9/13/2013"', "month or day first?"),
    ("bad_time", '"2013-02-29T00:00:00Z"', "no such day"),
    ("bad_time", r'"2013-09-13T16:05:28Z\u001b[31m"', "text after the offset"),
    ("bad_time", '"２０１３-09-13T16:05:28Z"', "not a date"),
    ("wrong_type", '{"$date":1379088328000}', "is an object"),
    ("missing_field", "null", "time: missing or null"),
]

# Reason, an unknown key's value, a part of the detail.
BAD_SHAPES = [
    ("bad_json", b"[1 true]", "neither a comma"), ("bad_json", b'["": 1]', "neither a comma"),
    ("bad_json", b"[,1]", "no value"), ("bad_json", b"[1,,2]", "no value"),
    ("bad_json", b"[1,]", "a comma too many"), ("bad_json", b"[1}", "neither a comma"),
    ("bad_json", b"[-]", "a number"), ("bad_json", b"[-01]", "a number"),
    ("bad_json", b"[.123]", "a number"), ("bad_json", b"[2.e3]", "a number"),
    ("bad_json", b"[1e]", "a number"), ("bad_json", b"[1e+]", "a number"),
    ("bad_json", b"[0x1]", "a number"), ("bad_json", b"[1+2]", "a number"),
    ("bad_json", b"[--1e400]", "a number"), ("bad_json", b"[1e400.5]", "a number"),
    ("bad_json", b"[Inf]", "without quotes"), ("bad_json", b"[NaN]", "NaN"),
    ("bad_json", b"[-Infinity]", "Infinity"), ("bad_json", b"[nul]", "without quotes"),
    ("bad_json", b"[True]", "Python"), ("bad_json", b"['a']", "a single quote"),
    ("bad_json", b"[a]", "without quotes"), ("bad_json", b'["\\u00A"]', "four hexadecimal"),
    ("bad_json", b'["\\x00"]', "a backslash"), ("bad_json", b'["\\a"]', "a backslash"),
    ("bad_json", b'["\\\\\\"]', "too early"), ("bad_json", b'["a\tb"]', "a tab"),
    ("bad_json", b'["a\x01b"]', "a control character"), ("bad_json", b'{"a" "b"}', "no colon"),
    ("bad_json", b'{"a"::"b"}', "no value"), ("bad_json", b'{a:"b"}', "a key without quotes"),
    ("bad_json", b"{'a':1}", "a single quote"), ("bad_json", b'{"a":"b",}', "a comma too many"),
    ("bad_json", b'{"a":"b",,"c":1}', "no key"), ("bad_json", b'{1:1}', "a key without quotes"),
    ("bad_json", b"[/**/1]", "a comment"), ("bad_json", b"[1] // x", "a comment"),
    ("bad_json", b"[1]]", "object's end"), ("bad_json", b"{}}", "text behind"),
    ("bad_json", b"1}{", "another value"), ("bad_json", b"[1\x0c]", "neither a comma"),
    ("bad_json", b"[\xe2\x81\xa0]", "no value"), ("bad_json", b"[" * 1025 + b"]" * 1025, "1,024"),
    ("bad_json", b'{"":' * 1025 + b"1" + b"}" * 1025, "1,024"), ("bad_json", b"[" * 60000, "1,024"),
    ("bad_utf8", b'["\xff"]', "not UTF-8 at byte"), ("bad_utf8", b'["\xe6\x97\xa5\xd1"]', "not UTF-8"),
    ("bad_utf8", b'["\xed\xa0\x80"]', "not UTF-8"), ("bad_utf8", b'["\xc0\xaf"]', "not UTF-8"),
    ("bad_utf8", b'["\xf4\x90\x80\x80"]', "not UTF-8"), ("bad_utf8", b"[\xe5]", "not UTF-8"),
    ("nul", b'["a\x00b"]', "NUL at byte"), ("nul", b'["\\u0000"]', "NUL, escaped"),
    ("lone_surrogate", b'["\\ud800"]', "surrogate"), ("lone_surrogate", b'["\\uDd1ea"]', "surrogate"),
    ("lone_surrogate", b'["\\ud800\\ud800\\n"]', "surrogate"),
    ("lone_surrogate", b'{"\\udfaa":0}', "surrogate"),
    ("duplicate_key", b'1,"note":2', '"note": more than once'),
    ("duplicate_key", b'1,"n\\u006fte":2', '"note": more than once'),
    ("duplicate_key", b'1,"\\u001b[31m\xe7\x97\x85":1,"\\u001b[31m\xe7\x97\x85":2',
     r'"\x1B[31m\xE7\x97\x85": more than once'),
]

# Whole messages.
BAD_MESSAGES = [
    ("bad_json", b"<134>1 2013-09-13T16:05:28Z host app - - - found", "syslog"),
    ("bad_json", b"CEF:0|Vendor|Product|1.0|100|worm|5|src=1.2.3.4", "CEF"),
    ("bad_json", b"2013-09-13T16:05:28Z,desk-1,TROJ_A,1.2.3.4", "CSV"),
    ("bad_json", b"<event><name>TROJ_A</name></event>", "XML"),
    ("bad_json", b"{'time': 1379088328000, 'name': None}", "a single quote at byte 1"),
    ("not_an_object", rb'"{\"time\":1379088328000,\"name\":\"TROJ_A\"}"', "encoded twice"),
    ("not_an_object", b"42", "a number, not an object"),
    ("missing_field", b'{"Time":1379088328000,"device":"a","name":"b","country":"JP"}',
     'the key is called time'),
    ("bad_utf8", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab", "looks like gzip"),
    ("nul", b"\x00\x00\x00\x00\x07\x02\x48\x12", "Confluent framing, schema id 7"),
]


def line(number, changed=b"", **values):
    """The event of this number as bytes, with other JSON for some keys, and more text in it."""
    identity = str(uuid.UUID(int=number)).encode()
    members = {"id": b'"%s"' % identity, "time": b'"2013-09-13T12:00:00Z"',
               "device": b'"%s"' % identity, "name": b'"PLAIN.A"', "country": b'"JP"', **values}
    written = [b'"%s":%s' % (key.encode(), value) for key, value in members.items()
               if changed[1:len(key) + 2] != key.encode() + b'"']
    return b"{" + b",".join([*written, changed] if changed else written) + b"}"


def stored():
    """(line, name, instant) of each that must be stored; each has its own event id."""
    rows = [(line(number, name=text.encode()), name, NOON)
            for number, (text, name) in enumerate(NAMES, 1)]
    rows += [(line(number, time=text.encode()), "PLAIN.A", instant)
             for number, (text, instant) in enumerate(TIMES, 1001)]
    rows += [(line(number, changed), "PLAIN.A", NOON) for number, changed in enumerate(MEMBERS, 2001)]
    rows += [(line(number, b'"note":' + shape), "PLAIN.A", NOON)
             for number, shape in enumerate(SHAPES, 3001)]
    rows.append((b"\x00\x00\x00\x00\x07" + line(4001), "PLAIN.A", NOON))
    return rows


def rejected():
    """(line, reason, part of the detail) of each that must be rejected."""
    rows = [(line(9000, time=text.encode()), reason, part) for reason, text, part in BAD_TIMES]
    rows += [(line(9000, b'"note":' + shape), reason, part) for reason, shape, part in BAD_SHAPES]
    return rows + [(message, reason, part) for reason, message, part in BAD_MESSAGES]

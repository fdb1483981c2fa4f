"""`kansen load` of files that hold no events: named, left alone, and the way on; and of files that are
told from these: a byte order mark, events among other lines."""

import gzip
import io
import json
import subprocess
import tarfile
import zipfile

import pytest

from load_cases import count, event, lines
from servers import need

PRETTY = json.dumps(event(1), indent=2).encode() + b"\n"
FOREIGN = json.dumps({"host": "a", "message": "hello"}).encode() + b"\n"
ALERT = {"@timestamp": "2024-05-06T07:08:09Z", "host": {"id": "a", "ip": ["203.0.113.7"]},
         "rule": {"name": "W"}, "event": {"kind": "alert"}}
HITS = json.dumps({"took": 1, "hits": {"total": 1, "hits": [{"_source": ALERT}]}}).encode() + b"\n"
JOINED = b"".join(json.dumps(event(number)).encode() for number in range(10))


def tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("events.ndjson")
        text = lines(*(event(number) for number in range(10)))
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return out.getvalue()


def zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:  # stored, so that its lines are events
        archive.writestr("events.ndjson", lines(*(event(number) for number in range(10))))
    return out.getvalue()


def letters(database):
    return database.value("select count(*) from kansen.dead_letter")


# What it is -> (its bytes, how it is named, the way on or None)
KINDS = {
    "tar": (tar(), "a tar archive", "tar -xOf {path} | kansen load -"),
    "tar.gz": (gzip.compress(tar()), "a tar archive", "tar -xOf {path} | kansen load -"),
    "zip": (zipped(), "a zip archive", "unzip -p {path} | kansen load -"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4" + bytes(100), "a 7z archive", "7z x -so {path} |"),
    "utf16": (lines(event(1)).decode().encode("utf-16"), "UTF-16", "iconv -f UTF-16 -t UTF-8 {path}"),
    "utf16le": (lines(event(1)).decode().encode("utf-16-le"), "UTF-16", "iconv -f UTF-16LE"),
    "utf16be": (lines(event(1)).decode().encode("utf-16-be"), "UTF-16", "iconv -f UTF-16BE"),
    "utf32": (lines(event(1)).decode().encode("utf-32"), "UTF-32", "iconv -f UTF-32 "),
    "utf32le": (lines(event(1)).decode().encode("utf-32-le"), "UTF-32", "iconv -f UTF-32LE"),
    "pretty": (PRETTY, "JSON with one object over several lines", "jq -c . {path} | kansen load -"),
    "pretty.gz": (gzip.compress(PRETTY), "one object over several lines",
                  "jq -c . <(gzip -dc {path}) | kansen load -"),
    "csv": (b"time,device,name,country\n2024-05-06T07:08:09Z,d,W,JP\n", "CSV", "mlr --icsv"),
    "semicolons": (b"time;device;name\n1;2;3\n", "CSV", None),
    "tsv": (b"time\tdevice\tname\n1\t2\t3\n", "TSV", "mlr --itsv"),
    "html": (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", "an HTML page", None),
    "xml": (b"<?xml version=\"1.0\"?>\n<events/>\n", "XML", None),
    "pdf": (b"%PDF-1.7\n" + bytes(range(256)), "a PDF document", None),
    "parquet": (b"PAR1" + bytes(range(256)), "a Parquet file", "duckdb"),
    "avro": (b"Obj\x01" + bytes(200), "an Avro file", "avrocat {path}"),
    "pcap": (b"\xd4\xc3\xb2\xa1\2\0\4\0" + bytes(64), "a packet capture", None),
    "evtx": (b"ElfFile\0" + bytes(500), "a Windows event log", "evtx_dump"),
    "sqlite": (b"SQLite format 3\0" + bytes(500), "an SQLite database", "sqlite3 -json {path}"),
    "json": (FOREIGN, "JSON in another format", "--event-format"),
    "ecs": (b'{"@timestamp":"2024-05-06T07:08:09Z","host":{"id":"a"}}\n', "ECS events",
            "kansen load --event-format ecs {path}"),
    "ocsf": (b'{"class_uid":2004,"metadata":{},"time":1714979289000}\n', "OCSF events",
             "kansen load --event-format ocsf {path}"),
    "cloudevents": (b'{"specversion":"1.0","id":"1","source":"a","type":"b"}\n', "CloudEvents",
                    "kansen load --event-format cloudevents {path}"),
    "own": (lines({**event(1), "ip": None, "country": None}), "events of kansen's own format\n", None),
    "joined": (JOINED, "JSON with several objects on one line", "jq -c . {path} | kansen load -"),
    "returns": (JOINED.replace(b"}{", b"}\r{"), "several objects on one line", "jq -c . {path} |"),
    "sequence": (b"".join(b"\x1e%s\n" % lines(event(number)) for number in range(10)),
                 "a JSON text sequence", "tr -d '\\036' < {path} | kansen load -"),
    "wrapped": (json.dumps({"count": 1, "events": [event(1)]}).encode(), "an array within an object",
                "jq -c '.[] | arrays | .[]' {path} | kansen load -"),
    "pretty_ecs": (json.dumps(ALERT, indent=1).encode(), "JSON with one object over several lines",
                   "jq -c . {path} | kansen load --event-format ecs -"),
    "records": (json.dumps({"Records": [ALERT]}).encode(), "an array within an object",
                "jq -c '.[] | arrays | .[]' {path} | kansen load --event-format ecs -"),
    "hits": (HITS, "an answer of Elasticsearch",
             "jq -c '.hits.hits[]._source' {path} | kansen load --event-format ecs -"),
    "sources": (json.dumps({"_index": "a", "_source": ALERT}).encode(), "documents of Elasticsearch",
                "jq -c ._source {path} | kansen load --event-format ecs -"),
    "syslog": (b"<34>1 2003-10-11T22:14:15.003Z host su - ID47 - failed\n", "syslog", None),
    "cef": (b"CEF:0|Vendor|Product|1|100|worm|10|src=10.0.0.1\n", "CEF", None),
    "text": (b"hello\nworld\n", "text that is no JSON", None),
    "binary": (b"\x01\x02\0\x03" * 100, "binary data", None),
}


def test_each_kind_is_named_with_the_way_on_and_leaves_nothing_behind(database, tmp_path):
    for name, (data, named, way_on) in KINDS.items():
        path = tmp_path / f"events.{name}"
        path.write_bytes(data)
        result = database.load(path, code=65)
        assert named in result.stderr, (name, result)
        assert str(path) in result.stderr, (name, result)
        if way_on is not None:
            assert way_on.format(path=path) in result.stderr, (name, result)
    assert count(database) == 0
    assert letters(database) == 0


def test_the_ways_on_lead_there(database, tmp_path):
    """Those whose tools are here, run as they are said."""
    for number, name in enumerate(("tar", "tar.gz", "utf16", "utf16le", "pretty", "pretty.gz",
                                  "joined", "returns", "sequence", "wrapped")):
        need("jq", "tar", "iconv", "bash")
        path = tmp_path / f"it's {number}.{name}"
        path.write_bytes(KINDS[name][0])
        said = database.load(path, code=65).stderr.splitlines()
        command = next(line for line in said if line.endswith("| kansen load -"))
        shell = command.replace("kansen load -", f"cat > '{tmp_path}/out'")
        subprocess.run(["bash", "-c", shell], check=True)
        database.load(tmp_path / "out")
    assert count(database) == 10


def test_the_way_on_keeps_the_format_and_is_never_the_same_command(database, tmp_path):
    path = tmp_path / "events"
    for data, options, way_on in (
            (json.dumps(ALERT, indent=1).encode(), ("ecs",), "--event-format ecs -"),
            (json.dumps({"a": 1}, indent=1).encode(), ("ecs",), "load --event-format ecs -"),
            (lines(event(1)), ("ecs",), "kansen load --event-format kansen {path}"),
            (json.dumps({**ALERT, "@timestamp": "yesterday"}).encode(), ("ecs",), None)):
        path.write_bytes(data)
        result = database.load(path, "--event-format", *options, code=65)
        assert ("the way on" in result.stderr) == (way_on is not None), result
        assert way_on is None or way_on.format(path=path) in result.stderr, result
    assert letters(database) == 0


def test_a_foreign_line_alone_and_a_thousand_of_them(database, tmp_path):
    path = tmp_path / "events"
    path.write_bytes(FOREIGN)
    assert "its only line is no event" in database.load(path, code=65).stderr
    path.write_bytes(FOREIGN * 1000 + lines(event(1)))
    result = database.load(path, "--allow-rejected", "100%", code=65)
    assert "none of its first 1000 lines is an event" in result.stderr
    assert "line 1: missing_field: " in result.stderr
    assert count(database) == 0
    assert letters(database) == 0
    database.load("-", stdin=FOREIGN * 3, code=65)
    assert letters(database) == 0


def test_an_event_among_the_first_thousand_lines_makes_it_a_file_of_events(database, tmp_path):
    path = tmp_path / "events"
    path.write_bytes(b"\n \n" * 500 + FOREIGN * 999 + lines(event(1)) + FOREIGN)
    database.load(path, code=65)
    assert count(database) == 1
    assert letters(database) == 1000
    assert database.value('select min("offset") from kansen.dead_letter') == 1001
    # What is stored already is an event all the same.
    database.load(path, code=65)
    assert letters(database) == 1000


def test_lines_that_are_only_too_old_are_events_of_ours(database, tmp_path):
    path = tmp_path / "events"
    path.write_bytes(lines(*(event(number) for number in range(3))))
    database.load(path, "--max-age", "1", code=65)
    assert database.sql("select reason, count(*) from kansen.dead_letter group by 1") == [
        ("time_out_of_range", 3)]


def test_an_endless_line_is_not_waited_for(database):
    """Nor kept in memory: of each line 8 MiB are, of all that is looked at 64."""
    result = database.load("-", stdin=(b"x" * (9 << 20) + b"\n") * 12 + lines(event(1)), code=65)
    assert "none of its first 8 lines is an event" in result.stderr
    assert letters(database) == 0


@pytest.mark.parametrize("packed", [False, True])
def test_a_byte_order_mark_in_front_is_no_part_of_the_first_line(database, packed):
    text = b"\xef\xbb\xbf" + lines(event(1), event(2))
    database.load("-", stdin=gzip.compress(text) if packed else text)
    assert count(database) == 2
    assert letters(database) == 0


def test_a_byte_order_mark_and_nothing_else_holds_no_events(database):
    assert "holds no events" in database.load("-", stdin=b"\xef\xbb\xbf").stderr
    assert "holds no events" in database.load("-", stdin=b"\n\r\n  \n").stderr

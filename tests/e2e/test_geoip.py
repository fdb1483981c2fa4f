"""MaxMind DB files of many makers: which are taken, which are refused, and what `geoip check` says of them."""

import gzip
import json
import os
import subprocess

import pytest

import mmdb_files as files
from servers import wait_until

EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_UNAVAILABLE, EX_IOERR, EX_CONFIG = 64, 65, 66, 69, 74, 78
NETWORK, ADDRESS = "203.0.113.0/24", "203.0.113.7"
ASN = {"autonomous_system_number": 64496, "autonomous_system_organization": "Example"}

# Records as the makers' own files have them.
LAYOUTS = {
    "maxmind": ({"continent": {"code": "AS"}, "country": {"iso_code": "JP", "names": {"en": "Japan"}},
                 "registered_country": {"iso_code": "US"}}, "country.iso_code"),
    "ipinfo": ({"continent": "AS", "continent_name": "Asia", "country": "JP", "country_name": "Japan"},
               "country"),
    "ipinfo-lite": ({"asn": "AS2519", "continent": "Asia", "continent_code": "AS", "country": "Japan",
                     "country_code": "JP"}, "country_code"),
    "ip-location-db": ({"country_code": "JP"}, "country_code"),
    "ip-location-db-city": ({"city": "Tokyo", "country_code": "JP", "latitude": 35.6, "state1": ""},
                            "country_code"),
    "small-letters": ({"country_code": "jp"}, "country_code"),
    "sing-geoip": ("jp", "the record itself"),
}
WITHOUT = {
    "GeoLite2-ASN": ASN,
    "GeoIP2-ISP": {"isp": "Example", "organization": "Example"},
    "GeoIP2-Anonymous-IP": {"is_anonymous": True},
    "GeoIP2-Connection-Type": {"connection_type": "Cellular"},
    "GeoIP2-Domain": {"domain": "example.com"},
}


def event(number, **members):
    return {"id": f"event-{number}", "device": f"device-{number}", "name": "WORM.A",
            "time": "2024-05-06T00:00:00Z", **members}


def lines(*events):
    return "".join(json.dumps(one) + "\n" for one in events).encode()


def check(kansen, path, *arguments, code=0):
    return kansen.run("geoip", "check", "--format", "json", path, *arguments, code=code)


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout_is_looked_up(database, tmp_path, name):
    """Through the whole path: what `geoip check` answers is what is stored."""
    record, layout = LAYOUTS[name]
    path = files.write(tmp_path / "countries.mmdb", {NETWORK: record}, kind=name)
    answer = check(database.kansen, path, ADDRESS, "198.51.100.7").json()
    assert (answer["type"], answer["usable"]) == (name, True)
    assert answer["layouts"] == [{"layout": layout, "networks": 1}]
    assert answer["addresses"] == [
        {"address": ADDRESS, "country": "JP", "network": NETWORK, "layout": layout},
        {"address": "198.51.100.7", "country": "ZZ", "network": None, "layout": None}]
    database.load("-", "--geoip", path, stdin=lines(event(1, ip=ADDRESS), event(2, ip="198.51.100.7")))
    stored = database.sql("select country from report.detections order by country")
    assert stored == [("JP",), ("ZZ",)]


@pytest.mark.parametrize("kind", WITHOUT)
def test_a_file_without_countries_is_refused_at_start(database, tmp_path, kind):
    path = files.write(tmp_path / "wrong.mmdb", {NETWORK: WITHOUT[kind]}, kind=kind)
    result = database.load("-", "--geoip", path, code=EX_CONFIG, stdin=lines(event(1, ip=ADDRESS)))
    assert f'"{kind}" without countries' in result.stderr and "GeoLite2-Country" in result.stderr
    assert next(iter(WITHOUT[kind])) in result.stderr and str(path) in result.stderr
    assert database.sql("select count(*) from report.detections") == [(0,)]


def test_a_worker_refuses_it_too_and_keeps_the_old_one_at_a_swap(kafka, database, topic, tmp_path):
    wrong = files.build({NETWORK: ASN}, kind="GeoLite2-ASN")
    path = tmp_path / "countries.mmdb"
    name = topic(1)
    path.write_bytes(wrong)
    result = database.ingest(kafka, name, "--geoip", path, code=EX_CONFIG)
    assert '"GeoLite2-ASN" without countries' in result.stderr

    files.write(path, {NETWORK: {"country_code": "JP"}})
    worker = database.start_ingest(kafka, name, "--geoip", path, "--max-age", "9000")
    kafka.produce_lines(name, [lines(event(1, ip=ADDRESS)).strip()])
    wait_until(lambda: database.stored_offsets(name) == {0: 1}, "the first event", [worker])
    fresh = tmp_path / "new"
    fresh.write_bytes(wrong)
    fresh.rename(path)
    wait_until(lambda: "has changed but is not good" in worker.said(), "the warning", [worker])
    assert "GeoLite2-ASN" in worker.said()
    kafka.produce_lines(name, [lines(event(2, ip=ADDRESS)).strip()])
    wait_until(lambda: database.stored_offsets(name) == {0: 2}, "the second event", [worker])
    worker.terminate()
    assert database.sql("select country, count(*) from report.detections group by country") == [("JP", 2)]


def test_check_says_what_a_file_is(kansen, mmdb):
    said = kansen.run("geoip", "check", mmdb, "203.0.113.7", "::ffff:203.0.113.7", "192.0.2.1").stdout
    fields = dict(line.split(maxsplit=1) for line in said.splitlines() if not line[:1].isdigit() and line)
    assert fields["type"] == "Kansen-Demo-Country"
    assert fields["built"] == "2013-09-01T00:00:00Z"
    assert fields["description"] == "Countries of reserved networks, for the kansen demo (en)"
    assert fields["languages"] == "en"
    assert "IPv6" in fields["format"] and "24 bits" in fields["format"]
    assert fields["layout"].startswith("country.iso_code (")
    assert fields["keys"] == "country"
    answers = said.split("\n\n")[1].splitlines()
    assert answers[0] == answers[1] == "203.0.113.7  JP  203.0.113.0/24, country.iso_code"
    assert len(answers) == 3


def test_check_answers_in_csv(kansen, mmdb):
    said = kansen.run("geoip", "check", "--format", "csv", mmdb, "203.0.113.7", "10.1.2.3").stdout
    assert said.split("\r\n") == [
        "address,country,network,layout", "203.0.113.7,JP,203.0.113.0/24,country.iso_code", "10.1.2.3,ZZ,,", ""]


def test_check_counts_networks(kansen, tmp_path):
    path = files.write(tmp_path / "some.mmdb", {
        "203.0.113.0/24": {"country_code": "JP"}, "198.51.100.0/24": {"country": "us"},
        "192.0.2.0/24": ASN, "2001:db8::/32": {"country_code": "FR"}})
    answer = check(kansen, path, "2001:db8::1", "192.0.2.1").json()
    assert answer["networks"] == {"ipv4": 3, "ipv6": 1, "with_country": 3}
    assert [one["country"] for one in answer["addresses"]] == ["FR", "ZZ"]
    assert answer["addresses"][1]["network"] == "192.0.2.0/24"


@pytest.mark.parametrize("kind", WITHOUT)
def test_check_shows_a_file_that_is_refused(kansen, tmp_path, kind):
    path = files.write(tmp_path / "wrong.mmdb", {NETWORK: WITHOUT[kind]}, kind=kind)
    result = check(kansen, path, ADDRESS, code=EX_DATAERR)
    answer = result.json()
    assert (answer["type"], answer["usable"], answer["layouts"]) == (kind, False, [])
    assert answer["keys"] == ", ".join(WITHOUT[kind]) and "without countries" in result.stderr
    assert answer["addresses"][0] == {"address": ADDRESS, "country": "ZZ", "network": NETWORK, "layout": None}


def test_an_empty_file_is_refused(kansen, tmp_path):
    result = check(kansen, files.write(tmp_path / "empty.mmdb", {}), code=EX_DATAERR)
    assert "it has no networks" in result.stderr


def test_owners_of_networks_are_told_apart(kansen, tmp_path):
    """Such a file is taken, since nothing in it tells whose country it is; but it is said."""
    record = {"asn": "AS64496", "country": "US", "name": "Example"}
    path = files.write(tmp_path / "asn.mmdb", {NETWORK: record}, kind="ipinfo standard_asn.mmdb")
    assert check(kansen, path).json()["about_owners"] is True
    assert "owner's, not the machine's" in kansen.run("geoip", "check", path).stdout
    path = files.write(tmp_path / "both.mmdb", {NETWORK: record}, kind="ipinfo country_asn.mmdb")
    assert check(kansen, path).json()["about_owners"] is False


@pytest.mark.parametrize(("arguments", "named"), [
    (["countries"], "countries"), (["203.0.113.0/24"], "network"), (["203.0.113"], "203.0.113"),
    ([""], '""'), (["203.0.113.7", "fe80::1%eth0"], "fe80::1%eth0"), (["1.2.3.04"], "1.2.3.04"),
])
def test_what_is_no_address_is_named_before_anything_is_said(kansen, mmdb, arguments, named):
    result = kansen.run("geoip", "check", mmdb, *arguments, code=EX_USAGE)
    assert named in result.stderr and result.stdout == ""


def test_what_is_no_database_is_named(kansen, mmdb, tmp_path):
    assert "FILE" in kansen.run("geoip", "check", code=EX_USAGE).stderr
    assert "No such file" in kansen.run("geoip", "check", tmp_path / "none", code=EX_NOINPUT).stderr
    assert "Is a directory" in kansen.run("geoip", "check", tmp_path, code=EX_NOINPUT).stderr
    packed = tmp_path / "countries.mmdb.gz"
    packed.write_bytes(gzip.compress(mmdb.read_bytes()))
    assert "gunzip" in kansen.run("geoip", "check", packed, code=EX_DATAERR).stderr
    cut = tmp_path / "cut.mmdb"
    cut.write_bytes(mmdb.read_bytes()[:-9])
    result = kansen.run("geoip", "check", cut, code=EX_DATAERR)
    assert str(cut) in result.stderr and result.stdout == ""


def test_hostile_words_of_a_file_stay_words(kansen, tmp_path):
    """The type and the keys are a stranger's: nothing of them acts on a terminal."""
    kind, key = "\x1b[2J\u202egnp.exe\n", "\x1b]0;title\x07"
    path = files.write(tmp_path / "hostile.mmdb", {NETWORK: {key: "x"}}, kind=kind)
    result = kansen.run("geoip", "check", path, code=EX_DATAERR)
    for character in "\x1b\x07\u202e":
        assert character not in result.stdout + result.stderr
    assert check(kansen, path, code=EX_DATAERR).json()["type"] == kind


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_an_answer_that_can_t_be_written_is_an_error(kansen, mmdb, form):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([kansen.program, "geoip", "check", "--format", form, mmdb], stdout=full,
                              stderr=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == EX_IOERR and b"standard output" in done.stderr


def test_a_worker_says_that_it_has_the_demos_own_file(kansen, database, mmdb, tmp_path):
    """Which knows no address of the internet; a run that ends, as the demo's, doesn't say so."""
    nowhere = ("ingest", "--db", database.conninfo, "-b", "127.0.0.1:1", "-t", "detections")
    words = "the MaxMind DB is the demo's and knows no address of the internet"
    worker = kansen.start(*nowhere, "--geoip", mmdb)
    wait_until(lambda: words in worker.said(), "the warning", [worker])
    said = kansen.run(*nowhere, "--geoip", mmdb, "--until-end", "--wait", "1", code=EX_UNAVAILABLE).stderr
    assert words not in said
    other = files.write(tmp_path / "countries.mmdb", {NETWORK: LAYOUTS["maxmind"][0]}, kind="GeoLite2-Country")
    worker = kansen.start(*nowhere, "--geoip", other)
    wait_until(lambda: "Kafka" in worker.said() or "broker" in worker.said(), "a word of Kafka", [worker])
    assert words not in worker.said()

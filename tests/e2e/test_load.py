"""`kansen load`: what becomes of the lines of a file. (test_load_packed.py, test_load_arrays.py,
test_load_foreign.py and test_load_ends.py: kinds of files, and how a load ends.)"""

import json

from load_cases import count, event, lines


def test_a_last_line_without_a_newline_counts(database):
    database.load("-", stdin=lines(event(1), event(2))[:-1])
    assert count(database) == 2


def test_an_empty_file_is_fine(database, tmp_path):
    path = tmp_path / "empty.ndjson"
    path.write_bytes(b"")
    database.load(path)
    assert count(database) == 0


def test_carriage_returns_at_line_ends_are_white_space(database):
    database.load("-", stdin=lines(event(1), event(2)).replace(b"\n", b"\r\n"))
    assert count(database) == 2


def test_an_event_without_an_id_counts_once_however_it_is_spelled(database):
    one = {key: value for key,
           value in event(1, ip="192.0.2.1").items() if key not in ("id", "country")}
    spelled = [
        one,
        {**one, "time": "2024-05-06T16:08:09.000+09:00"},
        {**one, "time": 1714979289000},
        {**one, "ip": "::ffff:192.0.2.1"},
        {**one, "unknown": [1, 2, 3]},
        dict(reversed(one.items())),
    ]
    database.load("-", stdin=lines(*spelled))
    database.load("-", stdin=lines(*spelled))
    assert count(database) == 1
    database.load("-",
                  stdin=lines({**one, "time": "2024-05-06T07:08:09.001Z"},
                              {**one, "name": "WORM.B"}))
    assert count(database) == 3


def test_the_first_of_two_events_with_one_identity_stands(database):
    database.load("-", stdin=lines(event(1), event(1, country="US"), event(1, name="OTHER")))
    database.load("-", stdin=lines(event(1, country="FR")))
    assert database.sql("select country, malware_name from report.detections") == [("JP", "WORM.A")]


def test_a_resend_that_names_another_machine_is_told(database):
    """os and segment are of the event: what is stored stands, in the batch or behind it."""
    said = database.load("-", stdin=lines(event(1, os="Windows 7"), event(1, os="Windows 8"),
                                          event(2, segment="a"))).stderr
    assert " conflicting=1" in said
    said = database.load("-", stdin=lines(event(1, os="Windows 7"), event(1), event(2, segment="a"),
                                          event(2, segment="b"))).stderr
    assert " repeated=4 conflicting=2" in said
    assert database.sql("select os, segment from report.detections order by 1, 2") == [
        ("Windows 7", None), (None, "a")]


def test_without_an_id_another_system_is_another_event(database):
    def anonymous(**changes):
        return {key: value for key, value in event(1, **changes).items() if key != "id"}

    database.load("-", stdin=lines(anonymous(), anonymous(os="a"), anonymous(segment="a"),
                                   anonymous(os="a", room="b")))
    assert database.sql("select os, segment from report.detections order by 1, 2") == [
        ("a", None), (None, "a"), (None, None)]


def test_identity_is_time_device_and_id(database):
    database.load("-", stdin=lines(event(1), event(1, device="another"), event(1, id="another"),
                                   event(1, time="2024-05-06T07:08:10Z")))
    assert count(database) == 4


def test_every_field_arrives(database):
    full = event(1, device="8B8BE822-B922-3A25-F9CE-4C54A6F263AC", ip="2001:db8::1",
                 sha256="Ab" * 32,
                 vendor="Éxample", product="Endpoint", version="11.0", action="quarantined",
                 os="Windows 7", segment="小売",
                 id="c386bbc4-cd61-3e30-d8f1-6adf91b7584a", time="2024-05-06T07:08:09.123456+02:00")
    database.load("-", stdin=lines(full))
    assert database.sql(
        "select event_time::text, month::text, device_id::text, event_id::text, malware_name,"
        " country, address::text, sha256, vendor, product, version, action,"
        " os, segment"
        " from report.detections") == [(
            "2024-05-06 05:08:09.123456+00", "2024-05-01", "8b8be822-b922-3a25-f9ce-4c54a6f263ac",
            "c386bbc4-cd61-3e30-d8f1-6adf91b7584a", "WORM.A", "JP", "2001:db8::1/128", "ab" * 32,
            "Éxample", "Endpoint", "11.0", "quarantined", "Windows 7", "小売")]


def test_the_country_comes_from_the_address_when_the_event_has_none(database, mmdb):
    database.load("-", "--geoip", mmdb, stdin=lines(
        {key: value for key, value in event(1, ip="10.0.0.1").items() if key != "country"},
        event(2, ip="10.0.0.1", country="FR")))
    assert sorted(country for (country,
                               ) in database.sql("select country from report.detections")) == [
        "FR", "ZZ"]


def test_a_bad_geoip_file_is_an_error(database, tmp_path):
    path = tmp_path / "bad.mmdb"
    path.write_bytes(b"not a database" * 100)
    result = database.load("-", "--geoip", path, code=78, stdin=lines(event(1)))
    assert f"--geoip {path}: " in result.stderr
    result = database.load("-", "--geoip", "nope", code=78, stdin=lines(event(1)))
    assert "--geoip nope: No such file or directory" in result.stderr
    assert count(database) == 0


def test_times_from_2000_on_are_taken(database):
    database.load("-", stdin=lines(event(1, time="2000-01-01T00:00:00Z"),
                                   event(2, time="1999-12-31T23:59:59.999Z")), code=65)
    assert count(database) == 1
    assert database.sql("select reason from kansen.dead_letter") == [("time_out_of_range",)]
    database.verify()


def test_a_batch_of_more_infections_than_are_stored_at_once(database):
    """Two threats count each machine: a full batch has more infections than are written in one turn. Some are
    stored already, by a later event."""
    machines = 80_000

    def line(number, minute=0):
        return json.dumps({"time": f"2024-05-02T10:{minute:02}:00Z", "device": f"pc-{number}",
                           "id": f"{number}-{minute}", "name": "WORM.A", "country": "JP"}) + "\n"
    for threat in ("worms", "all"):
        database.set_threat(threat, "WORM*")
    earlier = [line(number, 5) for number in range(machines // 2, machines, 100)]
    database.load("-", stdin="".join(earlier).encode())
    database.load("-", stdin="".join(map(line, range(machines))).encode())
    for threat in ("worms", "all"):
        month, = database.stats(threat, "2024-05", "2024-05")["months"]
        assert (month["infections"], month["detections"]) == (machines, machines + len(earlier))
    database.verify()

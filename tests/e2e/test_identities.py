"""One device, however its UUID is spelled; and one event, however its id is."""

import pytest

import oracle
from load_cases import count, event

UUID = "8b8be822-b922-3a25-f9ce-4c54a6f263ac"
SPELLINGS = [UUID, UUID.upper(), f"{{{UUID}}}", f"{{{UUID.upper()}}}", f"urn:uuid:{UUID}",
             f"URN:UUID:{UUID.upper()}", UUID.replace("-", ""), UUID.replace("-", "").upper()]
# Each of them is a name.
NEARLY = [f"({UUID})", f"{{{UUID}", f"{UUID}}}", f"{{{UUID.replace('-', '')}}}", UUID[:-1],
          UUID.replace("-", "")[:-1], UUID.replace("-", "") + "0", f"uuid:{UUID}", f" {UUID}",
          f"urn:uuid:{UUID.replace('-', '')}", UUID.replace("-", "_")]


def test_spellings_of_a_device_are_one_machine(database):
    events = [event(number, device=text) for number, text in enumerate(SPELLINGS)]
    database.load_events(events)
    database.set_threat("worm", "WORM.A")
    figures = database.stats("worm", "2024-05", "2024-05")
    assert figures["months"][0]["infections"] == 1
    assert figures["months"][0]["detections"] == len(SPELLINGS)
    oracle.assert_says(figures, oracle.Oracle(events).figures(["WORM.A"], "2024-05", "2024-05"))
    assert database.sql("select distinct device_id::text from report.detections") == [(UUID,)]


@pytest.mark.parametrize("with_device", [False, True])
def test_spellings_of_an_id_are_one_event(database, with_device):
    database.load_events([event(1, id=text, **({"device": text} if with_device else {}))
                          for text in SPELLINGS])
    assert count(database) == 1
    assert database.sql("select event_id::text from report.detections") == [(UUID,)]


def test_what_nearly_is_a_uuid_is_a_machine_of_its_own(database):
    events = [event(number, device=text) for number, text in enumerate([UUID, *NEARLY])]
    database.load_events(events)
    kept = {device for device, in database.sql("select device_id::text from report.detections")}
    assert kept == {oracle.as_uuid(text, oracle.NAMED_DEVICES) for text in [UUID, *NEARLY]}
    assert len(kept) == len(NEARLY) + 1


def test_an_event_without_id_is_the_same_in_each_spelling(database):
    """Its id is made of its content, in which the device is 16 bytes and a leap second none."""
    events = [event(1, device=text, time="2016-12-31T23:59:59.5Z") for text in SPELLINGS]
    events += [event(1, device=UUID, time=time) for time in
               ("2016-12-31T23:59:60.5Z", "2017-01-01T08:59:60.500+09:00", 1483228799500)]
    events += [event(1, device=UUID, time="2016-12-31T23:59:60.5Z", ip=ip)
               for ip in ("unknown", "", "203.0.113.256", None)]
    for each in events:
        del each["id"]
    database.load_events(events)
    assert count(database) == 1

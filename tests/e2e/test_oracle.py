"""The oracle itself, on cases small enough to be worked out by hand."""

import json
import pathlib

import pytest

import oracle

PUBLISHED = json.loads((pathlib.Path(__file__).resolve().parents[1]
                        / "published/bitcoin-miner-2013.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("parts", "expected"), [
    ([1, 1, 1], ["33.34", "33.33", "33.33"]),
    ([1, 2], ["33.33", "66.67"]),
    ([0, 0], ["0.00", "0.00"]),
    ([5, 0], ["100.00", "0.00"]),
    ([1, 1, 1, 1, 1, 1, 0], ["16.67", "16.67", "16.67", "16.67", "16.66", "16.66", "0.00"]),
])
def test_shares(parts, expected):
    assert oracle.shares(parts) == expected


def test_shares_of_the_published_report():
    lines = [*PUBLISHED["countries"], PUBLISHED["other"]]
    assert oracle.shares([line["infections"] for line in lines]) == [
        line["share"] for line in lines]
    assert sum(line["infections"] for line in lines) == PUBLISHED["total"]
    assert sum(PUBLISHED["months"].values()) == PUBLISHED["total"]


@pytest.mark.parametrize(("name", "pattern", "expected"), [
    ("TROJ_COINMINE.A", "TROJ_COINMINE*", True),
    ("troj_coinmine", "TROJ_COINMINE*", True),
    ("XTROJ_COINMINE", "TROJ_COINMINE*", False),
    ("TROJ_COINMINE", "TROJ?COINMIN?", True),
    ("a.b", "a.b", True),
    ("axb", "a.b", False),
    ("É", "é", False),
])
def test_patterns(name, pattern, expected):
    assert oracle.matches(name, [pattern]) == expected


@pytest.mark.parametrize("name", [
    "8b8be822-b922-3a25-f9ce-4c54a6f263ac", "8B8BE822-B922-3A25-F9CE-4C54A6F263AC",
    "{8B8be822-b922-3a25-f9ce-4c54a6f263ac}", "8b8be822b9223a25f9ce4c54a6f263ac",
    "URN:uuid:8b8be822-b922-3a25-f9ce-4c54a6f263ac",
])
def test_spellings_of_a_uuid(name):
    assert (oracle.as_uuid(name, oracle.NAMED_DEVICES)
            == "8b8be822-b922-3a25-f9ce-4c54a6f263ac")


@pytest.mark.parametrize(("name", "expected"), [
    ("a", "a3e46786-43c5-596d-9534-cfcd75750747"),
    ("desk-17", "bbff83cc-c3d0-574d-b743-726efbdda3b4"),
])
def test_names_of_devices(name, expected):
    assert oracle.as_uuid(name, oracle.NAMED_DEVICES) == expected


def detection(time, device, number, country):
    return {"time": time, "device": device, "id": f"00000000-0000-0000-0000-{number:012}",
            "name": "A", "country": country}


def test_figures():
    events = [
        detection("2024-01-31T15:30:00Z", "a", 1, "JP"),   # February in Tokyo
        detection("2024-01-31T14:30:00Z", "b", 2, "ZZ"),
        detection("2024-02-02T00:00:00Z", "a", 4, "US"),
        detection("2024-02-02T00:00:00Z", "c", 6, "US"),   # the tie: the smaller id stands
        detection("2024-02-02T00:00:00Z", "c", 5, "FR"),
        detection("2024-02-02T00:00:00Z", "c", 5, "FR"),   # a resend
    ]
    oracle.assert_says(oracle.Oracle(events, "Asia/Tokyo").figures(["a"], "2024-01", "2024-02"), {
        "total": 3,
        "months": [{"month": "2024-01", "infections": 1, "detections": 1},
                   {"month": "2024-02", "infections": 2, "detections": 4}],
        "countries": [{"rank": 1, "country": "FR", "infections": 1, "share": "33.34"},
                      {"rank": 2, "country": "JP", "infections": 1, "share": "33.33"}],
        "other": {"infections": 1, "share": "33.33", "countries": 0, "unknown": 1},
    })
    utc = oracle.Oracle(events).figures(["a"], "2024-01", "2024-02", top=0, unique=True)
    oracle.assert_says(utc, {"total": 3, "countries": [], "other": {
        "infections": 3, "share": "100.00", "countries": 2, "unknown": 1}})


def test_comparison_tells_apart():
    assert oracle.contains({"a": [1, {"b": "x", "c": 2}]}, {"a": [1, {"b": "x"}]})
    assert not oracle.contains({"a": [1, 2]}, {"a": [1]})
    assert not oracle.contains({"a": 1}, {"a": True})
    assert not oracle.contains({"a": "1"}, {"a": 1})
    assert not oracle.contains({}, {"a": 1})

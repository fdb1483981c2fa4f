"""`kansen load` of compressed files, made by the tools that people have: whole, joined, cut, damaged,
with something behind them, and too large to unpack."""

import subprocess

import pytest

from load_cases import count, event, lines
from servers import need

EVENTS = 4000
# Name of the packing -> the command that packs standard input.
PACKERS = {
    "gzip": ["gzip", "-c"],
    "zstd": ["zstd", "-q", "-c"],
    "pzstd": ["pzstd", "-q", "-c", "-p", "2"],
    "xz": ["xz", "-c"],
    "bzip2": ["bzip2", "-c"],
    "lz4": ["lz4", "-q", "-c"],
    "lz4 legacy": ["lz4", "-q", "-l", "-c"],
}


def pack(packing, data, *options):
    command = PACKERS[packing]
    need(command[0])
    return subprocess.run([*command, *options], input=data, check=True, capture_output=True).stdout


def whole(first=0, events=EVENTS):
    """Different enough that the packed file has several blocks."""
    return lines(*(event(number, sha256=f"{number * 7919 % 2**256:064x}")
                   for number in range(first, first + events)))


@pytest.fixture
def load(database, tmp_path):
    def load(packed, *options, code=0):
        path = tmp_path / "events.packed"
        path.write_bytes(packed)
        return database.load(path, *options, code=code)
    return load


def letters(database):
    return database.value("select count(*) from kansen.dead_letter")


def test_whole_files_of_every_tool_together_and_from_a_pipe(database, tmp_path):
    paths = []
    for number, packing in enumerate(PACKERS):
        paths.append(tmp_path / packing)
        paths[-1].write_bytes(pack(packing, whole(number * EVENTS)))
    database.load(*paths)
    assert count(database) == len(PACKERS) * EVENTS
    for number, packing in enumerate(PACKERS):
        result = database.load("-", stdin=pack(packing, whole(number * EVENTS)))
        assert f"repeated={EVENTS}" in result.stderr, result
    assert letters(database) == 0


def test_files_joined_by_cat_even_in_the_middle_of_a_line(database, load):
    for number, packing in enumerate(PACKERS, 1):
        text = whole(number * EVENTS)
        cut = len(text) // 2 + 7
        load(pack(packing, text[:cut]) + pack(packing, text[cut:]))
        assert count(database) == number * EVENTS, packing
    assert letters(database) == 0


def test_nothing_packed_holds_no_events(load):
    for packing in set(PACKERS) - {"lz4 legacy"}:  # of which the tool makes a header alone
        assert "holds no events" in load(pack(packing, b"")).stderr, packing


def test_files_that_were_cut_are_damaged_and_can_be_loaded_again(database, load):
    for number, packing in enumerate(PACKERS, 1):
        packed = pack(packing, whole(number * EVENTS))
        result = load(packed[:len(packed) // 2], code=65)
        assert "events.packed: " in result.stderr and "ends too early" in result.stderr, result
        load(packed)
        assert count(database) == number * EVENTS
    assert letters(database) == 0


def test_a_bit_that_fell_over_is_noticed(load):
    """By the checksum, when nothing else is wrong. (Legacy lz4 has none.)"""
    for number, packing in enumerate(set(PACKERS) - {"lz4 legacy"}):
        packed = bytearray(pack(packing, whole(number * EVENTS)))
        packed[len(packed) * 3 // 4] ^= 0x10
        load(bytes(packed), code=65)
    packed = bytearray(pack("gzip", whole()))
    packed[-6] ^= 1
    assert "incorrect data check" in load(bytes(packed), code=65).stderr


def test_what_is_stored_of_a_damaged_file_is_said_and_counts_once_of_a_good_one(database, load):
    """A checksum behind the last line is wrong: all in front of the last block has been stored."""
    for number, packing in enumerate(("gzip", "zstd", "xz", "bzip2", "lz4")):
        packed = pack(packing, whole(number * 3 * EVENTS, 3 * EVENTS),
                      *(("--check",) if packing == "zstd" else ()))
        damaged = bytearray(packed)
        damaged[-5 if packing != "xz" else -60] ^= 1
        before = count(database)
        said = load(bytes(damaged), code=65).stderr
        assert f"damaged {packing} data: " in said and "what was read before that may be wrong, too" in said
        stored = count(database) - before
        assert ("what comes before is stored" in said) == (stored > 0)
        assert ("nothing of it was stored" in said) == (stored == 0)
        assert ("Load it again when it is whole: an event counts once." in said) == (stored > 0)
        assert packing != "gzip" or stored > 0
        load(packed)
        assert count(database) == (number + 1) * 3 * EVENTS, packing


def test_gzip_with_zeros_behind_it_is_whole_also_between_files_on_a_tape(database, load):
    load(pack("gzip", whole()) + bytes(10240))
    load(pack("gzip", whole(EVENTS)) + bytes(3000) + pack("gzip", whole(2 * EVENTS)) + bytes(512))
    assert count(database) == 3 * EVENTS


def test_something_else_behind_the_end_is_said_and_the_rest_stored(database, load):
    for number, packing in enumerate(("gzip", "bzip2", "lz4"), 1):
        result = load(pack(packing, whole(number * EVENTS)) + b"and now to something else", code=65)
        assert f"no {packing} data follows its end" in result.stderr
        assert "what comes before is stored" in result.stderr
        assert count(database) == number * EVENTS
    for packing in ("zstd", "xz"):
        result = load(pack(packing, whole(7 * EVENTS)) + b"and now to something else", code=65)
        assert f"damaged {packing} data" in result.stderr


@pytest.mark.parametrize(("packing", "option", "way_on"), [
    ("zstd", "--long=31", "`zstd --long=31 -dc {path} | kansen load -`"),
    ("xz", "--lzma2=dict=512MiB", "`xz -dc {path} | kansen load -`"),
])
def test_a_window_beyond_the_cap_is_refused_with_the_way_on(database, load, tmp_path, packing,
                                                            option, way_on):
    result = load(pack(packing, whole(), option), code=65)
    assert way_on.format(path=tmp_path / "events.packed") in result.stderr
    assert "128 MiB" in result.stderr
    assert count(database) == 0


def test_the_largest_windows_of_the_presets_are_taken(database, load):
    load(pack("xz", whole(), "-9e"))
    load(pack("zstd", whole(EVENTS), "--long=27"))
    assert count(database) == 2 * EVENTS


def test_what_is_compressed_twice_is_named(database, load, tmp_path):
    result = load(pack("gzip", pack("zstd", whole())), code=65)
    assert "compressed twice" in result.stderr
    assert f"gzip -dc {tmp_path}/events.packed | kansen load -" in result.stderr
    assert letters(database) == 0

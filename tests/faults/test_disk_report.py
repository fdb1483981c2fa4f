"""`kansen report` runs out of disk: it says so, old files stay whole, nothing half-written is left."""

import pytest

from disk import BLOCK_BYTES, Disk
from servers import Missing

EX_CANTCREAT, EX_IOERR = 73, 74
WINDOW = ("--from", "2024-05", "--to", "2024-06", "--lang", "en,ja")
FORMATS = ("--format", "text,md,html,csv,json,xlsx")


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        disk = Disk(folder, 8)
    except Missing as reason:
        pytest.skip(str(reason))
    try:
        yield disk
    finally:
        disk.close()


def load(database, number):
    database.load_events([
        {"id": f"event-{number}-{device}", "device": f"device-{device}", "name": "WORM.A",
         "country": ("JP", "US", "DE")[device % (number + 1)], "time": "2024-05-06T00:00:00Z"}
        for device in range(50 * number)])


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "ballast"}


def test_the_disk_of_the_report_is_full(database, small_disk, tmp_path):
    """However much room there is, each file is the old one or the new one, whole. The message names
    the file and the reason."""
    database.set_threat("worms", "WORM*")
    load(database, 1)
    folder = small_disk.folder
    database.command("report", "worms", *WINDOW, *FORMATS, "-o", folder)
    old = files(folder)
    load(database, 2)
    database.command("report", "worms", *WINDOW, *FORMATS, "-o", tmp_path / "elsewhere")
    new = files(tmp_path / "elsewhere")
    assert sorted(new) == sorted(old) and all(new[name] != old[name] for name in old)

    replaced = []
    # None, and what is enough for all files but the largest: a replaced one gives its room back.
    for room in (0, max(map(len, new.values())) // 2):
        small_disk.fill(room)
        result = database.command("report", "worms", *WINDOW, *FORMATS, "-o", folder, code=EX_CANTCREAT)
        assert "No space left on device" in result.stderr
        assert any(f"{folder}/{name}" in result.stderr for name in new), result
        found = files(folder)
        assert sorted(found) == sorted(old)
        assert [name for name in found if found[name] not in (old[name], new[name])] == []
        replaced.append(sum(found[name] == new[name] for name in found))
        assert len(result.stdout.splitlines()) == replaced[-1], "it prints what it has written"
        small_disk.make_room()
        for name, content in old.items():
            (folder / name).write_bytes(content)
    assert replaced[0] == 0 < replaced[-1] < len(old), replaced
    database.command("report", "worms", *WINDOW, *FORMATS, "-o", folder)
    assert files(folder) == new


def test_the_disk_for_temporary_files_is_full(database, small_disk, tmp_path):
    """Charts are drawn in TMPDIR. Without room there, no report is better than one without charts."""
    database.set_threat("worms", "WORM*")
    load(database, 1)
    small_disk.fill()
    folder = tmp_path / "report"
    result = database.command("report", "worms", *WINDOW, *FORMATS, "-o", folder, code=EX_CANTCREAT,
                              env={"TMPDIR": str(small_disk.folder)})
    assert "No space left on device" in result.stderr and str(small_disk.folder) in result.stderr
    assert list(folder.iterdir()) == [] and files(small_disk.folder) == {}


def test_the_disk_for_temporary_files_fills_up_while_a_workbook_is_made(database, small_disk, tmp_path):
    """A half workbook is none; libxlsxwriter has files of its own besides."""
    database.set_threat("worms", "WORM*")
    load(database, 1)
    words = ["report", "worms", *WINDOW[:4], "--format", "xlsx"]
    whole = database.command(*words).bytes
    codes = []
    for blocks in range(0, 20, 2):
        folder = tmp_path / f"report-{blocks}"
        small_disk.make_room()
        small_disk.fill(blocks * BLOCK_BYTES)
        result = database.command(*words, "-o", folder, code=None, env={"TMPDIR": str(small_disk.folder)})
        codes.append(result.code)
        assert result.code in (0, EX_CANTCREAT), result
        assert list(files(folder).values()) == ([whole] if result.code == 0 else []), result
        assert files(small_disk.folder) == {}, result
    assert codes[0] == EX_CANTCREAT and codes[-1] == 0, codes


def test_the_disk_for_temporary_files_fills_up_while_charts_are_converted(database, small_disk, tmp_path):
    """With room for its input, and for a part of its picture: a half picture is none."""
    database.set_threat("worms", "WORM*")
    load(database, 1)
    words = ["report", "worms", *WINDOW[:4], "--format", "md"]
    database.command(*words, "-o", tmp_path / "whole")
    whole = files(tmp_path / "whole")
    codes = []
    for blocks in (3, 5, 9, 14, 20, 30, 50, 120):  # the map takes 80
        folder = tmp_path / f"report-{blocks}"
        small_disk.make_room()
        small_disk.fill(blocks * BLOCK_BYTES)
        result = database.command(*words, "-o", folder, code=None, env={"TMPDIR": str(small_disk.folder)})
        codes.append(result.code)
        assert result.code in (0, EX_CANTCREAT), result
        assert files(folder) == (whole if result.code == 0 else {}) and files(small_disk.folder) == {}, result
    assert codes[0] == EX_CANTCREAT and codes[-1] == 0, codes


def test_standard_output_is_full(database, kansen):
    """The same message and code as any command whose output can't be written."""
    database.set_threat("worms", "WORM*")
    load(database, 1)
    for form in ("text", "html"):
        words = f'"$0" report worms --format {form} --db "$1" > /dev/full'
        kansen.program, program = "/bin/sh", kansen.program
        try:
            result = kansen.run("-c", words, program, database.conninfo, code=EX_IOERR)
        finally:
            kansen.program = program
        assert "standard output: No space left on device" in result.stderr

"""CSV that spreadsheets read: the byte order mark, and lines that add up."""

import csv
import io

import pytest

BOM = b"\xef\xbb\xbf"
FIRST, LAST = "2013-09", "2013-11"
EX_USAGE = 64
COUNTRIES = ["JP", "JP", "JP", "US", "US", "DE", "FR", "ZZ"]
EVENTS = [{"id": f"e{number}", "device": f"d{number % 70}", "name": "MINER.A", "country": COUNTRIES[number % 8],
           "time": f"2013-{9 + number % 3:02}-02T00:00:00Z"} for number in range(200)]


@pytest.fixture
def fleet(database):
    database.set_threat("miner", "MINER*", ja="採掘")
    database.load_events(EVENTS)
    return database


def figures(database, command, *options, code=0):
    return database.command(command, "miner", "--from", FIRST, "--to", LAST, "--format", "csv", *options, code=code)


@pytest.mark.parametrize("command", ["stats", "report"])
@pytest.mark.parametrize("options", [(), ("--unique",), ("--top", "2"), ("--top", "0")], ids=" ".join)
def test_details_add_up_to_the_total_of_their_table(fleet, command, options):
    rows = list(csv.DictReader(io.StringIO(figures(fleet, command, *options).stdout)))
    tables = {row["table"] for row in rows}
    assert tables == {"months", "countries"}
    for table in tables:
        of = {kind: [row for row in rows if (row["table"], row["adds"]) == (table, kind)]
              for kind in ("detail", "part", "total")}
        assert len(of["total"]) == 1, table
        for column in ("infections", "detections"):
            numbers = [int(row[column]) for row in of["detail"] if row[column]]
            if of["total"][0][column]:
                assert sum(numbers) == int(of["total"][0][column]), (table, column)
        assert sum(map(len, of.values())) == len([row for row in rows if row["table"] == table])
    assert [row["line"] for row in rows if row["adds"] == "part"] == ["unknown"]


@pytest.mark.parametrize("command", ["stats", "report"])
def test_a_byte_order_mark_is_there_when_it_is_asked_for(fleet, command):
    plain, marked = figures(fleet, command).bytes, figures(fleet, command, "--bom", "--lang", "en").bytes
    assert marked == BOM + plain and not plain.startswith(BOM)


def test_it_marks_csv_files_and_nothing_else(fleet, tmp_path):
    fleet.command("report", "miner", "--from", FIRST, "--to", LAST, "--lang", "ja", "--bom", "--format",
                  "text,md,html,csv,json,xlsx", "-o", tmp_path)
    marked = {path.suffix for path in tmp_path.iterdir() if path.read_bytes().startswith(BOM)}
    assert marked == {".csv"}


@pytest.mark.parametrize("words", [("stats", "--bom"), ("stats", "--format", "json", "--bom"),
                                   ("report", "--format", "md", "--bom")], ids=" ".join)
def test_without_csv_it_is_a_mistake(database, words):
    result = database.command(*words, "miner", code=EX_USAGE)
    assert "--bom is for CSV" in result.stderr and result.stdout == ""


@pytest.mark.parametrize("words", [("stats",), ("stats", "--format", "json"), ("report", "--format", "md")], ids=" ".join)
def test_made_for_all_commands_it_acts_on_csv_alone(fleet, tmp_path, words):
    config = tmp_path / "kansen.conf"
    config.write_text("bom = true\n", encoding="utf-8")
    window = ("miner", "--from", FIRST, "--to", LAST)
    plain = fleet.command(*words, *window).bytes
    assert fleet.command(*words, *window, "--config", config).bytes == plain
    assert fleet.command(*words, *window, env={"KANSEN_BOM": "true"}).bytes == plain
    marked = fleet.command(words[0], *window, "--format", "csv", env={"KANSEN_BOM": "true"}).bytes
    assert marked.startswith(BOM)


def test_it_looks_at_the_format_that_counts(fleet):
    result = fleet.command("stats", "miner", "--format", "csv,json", "--bom", code=EX_USAGE)
    assert "--bom is for CSV" in result.stderr and result.stdout == ""


@pytest.mark.parametrize("words", [("stats", "miner"), ("dead-letters", "list")], ids=" ".join)
def test_a_format_made_for_all_commands_has_no_say_where_it_is_unknown(fleet, words):
    plain = fleet.command(*words, "--format", "table").bytes
    assert fleet.command(*words, env={"KANSEN_FORMAT": "html,md"}).bytes == plain
    csv_alone = fleet.command(*words, "--format", "csv").bytes
    assert fleet.command(*words, env={"KANSEN_FORMAT": "csv,html"}).bytes == csv_alone
    refused = fleet.command(*words, env={"KANSEN_FORMAT": "htlm"}, code=EX_USAGE)
    assert "--format htlm: not one of" in refused.stderr
    assert "--format html: not one of" in fleet.command(*words, "--format", "html", code=EX_USAGE).stderr

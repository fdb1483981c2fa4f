"""Editions: published, had again bit by bit, restated, withdrawn; whole or not there; never changed."""

import csv
import hashlib
import io
import json
import signal

import psycopg2
import pytest

from servers import wait_until

EX_USAGE, EX_DATAERR, EX_CANTCREAT, EX_TEMPFAIL, EX_NOPERM = 64, 65, 73, 75, 77
WINDOW = ("worms", "--from", "2024-01", "--to", "2024-03")
FEW = ("--lang", "en", "--format", "text,json")
COUNTRIES = ("JP", "US", "FR")


def event(number, *, device=None, name="WORM.A", country=None, month=None, day=10):
    return {"id": f"event-{number}", "device": device or f"device-{number}", "name": name,
            "country": country or COUNTRIES[number % 3], "product": "Endpoint", "version": f"{number % 2}.0",
            "os": "Windows", "segment": "home",
            "time": f"2024-{month or number % 3 + 1:02}-{day:02}T00:00:00Z"}


EVENTS = [event(number) for number in range(30)]
LATE = [event(number) for number in range(100, 107)]


@pytest.fixture
def filled(database):
    database.set_threat("worms", "WORM*", en="Worms")
    database.load_events(EVENTS)
    return database


def publish(database, folder, *options, code=0, window=WINDOW):
    return database.command("publish", *window, *options, "-o", folder, code=code)


def read(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def editions(database, *words):
    return database.command("editions", "list", "--format", "json", *words).json()


def show(database, *words):
    return database.command("editions", "show", "worms", *words, "--format", "json").json()


def diff(database, *words):
    return database.command("editions", "diff", "worms", *words, "--format", "json").json()


# ---- what an edition keeps

def test_an_edition_is_had_again_bit_by_bit(filled, tmp_path):
    """Whatever arrived since, whatever was defined anew; also when the threat is gone."""
    first = publish(filled, tmp_path / "first", "--lang", "en,ja", "--format", "text,html,csv,json")
    files = read(tmp_path / "first")
    assert {str(tmp_path / "first" / name) for name in files} == set(first.stdout.splitlines())
    assert all(name.startswith("worms-2024-01-2024-03-edition-1") for name in files)
    assert len(files) == 2 * 4 + 2 * 4 * 3
    before = show(filled)

    filled.load_events(LATE)
    filled.set_threat("worms", "*", en="Other worms")
    for number, change in enumerate((lambda: None, lambda: filled.command("threat", "remove", "worms"))):
        change()
        folder = tmp_path / f"again-{number}"
        filled.command("editions", "render", "worms", "-o", folder)
        assert read(folder) == files
        assert show(filled) == before


def test_digests_are_those_of_the_files(filled, tmp_path):
    publish(filled, tmp_path, "--lang", "en", "--format", "html,csv")
    kept = show(filled)
    files = read(tmp_path)
    assert {file["name"]: file["sha256"] for file in kept["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert {file["name"]: file["bytes"] for file in kept["files"]} == {
        name: len(content) for name, content in files.items()}
    assert filled.sql("select name, encode(sha256(content), 'hex') from report.edition_files"
                      " order by position") == [(file["name"], file["sha256"]) for file in kept["files"]]
    figures, digest = filled.sql("select figures::text, figures_sha256 from report.editions")[0]
    assert hashlib.sha256(figures.encode()).hexdigest() == digest


def test_what_is_kept_can_be_shown(filled, tmp_path):
    publish(filled, tmp_path, *FEW, "--top", "2")
    kept = show(filled)
    assert kept["options"] == {"top": ["2"], "format": ["text,json"], "lang": ["en"]}
    assert (kept["edition"], kept["provisional"], kept["published_by"]) == (1, False, "postgres")
    assert kept["figures"]["patterns"] == ["WORM*"]
    assert kept["figures"]["names"] == [{"language": "en", "name": "Worms"}]
    assert [month["infections"] for month in kept["figures"]["months"]] == [10, 10, 10]
    assert kept["figures"]["completeness"]["from_kafka"] is False
    said = filled.command("editions", "show", "worms").stdout
    for word in ("WORM*", "en=Worms", "top=2", kept["files"][0]["sha256"], "2024-02"):
        assert word in said


def test_what_was_not_published_is_made_of_the_stored_figures(filled, tmp_path):
    publish(filled, tmp_path / "first", "--lang", "en", "--format", "html,json")
    published = read(tmp_path / "first")
    filled.load_events(LATE)
    filled.set_threat("worms", "NOTHING")
    result = filled.command("editions", "render", "worms", "--lang", "en,de", "--format", "json,html,text",
                            "-o", tmp_path / "more")
    assert "not published with it" in result.stderr
    made = read(tmp_path / "more")
    assert {name: made[name] for name in published} == published
    stem = "worms-2024-01-2024-03-edition-1"
    assert set(made) - set(published) == {
        f"{stem}.en.txt", f"{stem}.de.txt", f"{stem}.de.json", f"{stem}.de.html",
        *(f"{stem}-{chart}.de.{kind}" for chart in ("monthly", "countries", "map", "stacked")
          for kind in ("svg", "png", "pdf"))}
    german, english = (json.loads(made[f"{stem}.{code}.json"]) for code in ("de", "en"))
    for key in ("total", "months", "countries", "other", "patterns", "offsets"):
        assert german[key] == english[key]
    assert german["total"] == 30


def test_files_do_not_depend_on_when_they_are_made(filled, tmp_path):
    """What is made of the stored figures is what would have been published."""
    publish(filled, tmp_path / "all", "--lang", "en,ja", "--format", "text,md,html,csv,json")
    everything = read(tmp_path / "all")
    filled.sql("delete from kansen.edition_file where language = 'ja'")
    filled.command("editions", "render", "worms", "--lang", "ja", "--format", "text,md,html,csv,json",
                   "-o", tmp_path / "ja")
    made = read(tmp_path / "ja")
    assert made == {name: content for name, content in everything.items() if ".ja." in name}


# ---- the next one

def test_a_restatement_says_what_changed(filled, tmp_path):
    publish(filled, tmp_path, *FEW)
    first = read(tmp_path)
    filled.load_events(LATE)
    # The machine was counted in January; a detection of earlier that month was in another country.
    filled.load_events([event(200, device="device-0", month=1, day=2, country="DE")])
    ahead = diff(filled)
    publish(filled, tmp_path, "--restate")
    assert {name: content for name, content in read(tmp_path).items() if name in first} == first
    changed = diff(filled, "1", "2")
    assert changed["changes"] == ahead["changes"]
    assert (changed["before"]["total"], changed["now"]["total"]) == (30, 37)
    assert ahead["now"] == {**changed["now"], "edition": None}
    countries = {(line["month"], line["value"]): (line["before"], line["now"])
                 for line in changed["changes"] if line["dimension"] == "country"}
    assert countries == {("2024-01", "DE"): (0, 1), ("2024-01", "JP"): (10, 11),
                         ("2024-02", "US"): (10, 13), ("2024-03", "FR"): (10, 12)}
    assert diff(filled, "2", "2")["changes"] == []
    check_sums(filled, changed)


def check_sums(database, changed):
    """Causes add up to each change, values to each month."""
    sums = {}
    for line in changed["changes"]:
        causes = sum(line[cause] for cause in ("arrived", "relocated", "replayed", "redefined"))
        assert line["now"] - line["before"] == line["change"] == causes, line
        key = (line["month"], line["dimension"])
        sums[key] = sums.get(key, 0) + line["change"]
    for (month, dimension), total in sums.items():
        assert total == sums.get((month, "month"), 0), (month, dimension)
    for name in ("before", "now"):
        number = changed[name]["edition"]
        if number is not None:
            assert database.sql(
                "select m->>'month', (m->>'infections')::bigint from report.editions,"
                " json_array_elements(figures->'months') m where edition = %s except"
                " select to_char(month, 'YYYY-MM'), sum(infections)::bigint from report.edition_causes"
                " where edition = %s and dimension = 'country' group by 1", (number, number)) == []


def test_every_form_of_a_diff_says_the_same(filled, tmp_path):
    publish(filled, tmp_path, *FEW)
    filled.load_events(LATE)
    as_json = diff(filled)["changes"]
    text = filled.command("editions", "diff", "worms", "--format", "csv").stdout
    as_csv = list(csv.DictReader(io.StringIO(text)))
    assert as_csv == [{key: "" if value is None else str(value) for key, value in line.items()}
                      for line in as_json]
    table = filled.command("editions", "diff", "worms").stdout
    assert "edition 1 -> now" in table
    rows = [line.split() for line in table.splitlines()[3:]]
    assert rows == [[line["month"], line["dimension"], str(line["before"]), str(line["now"]),
                     *(f"{line[cause]:+}" for cause in ("change", "arrived", "relocated", "replayed",
                                                        "redefined")),
                     *([line["value"]] if line["value"] else [])] for line in as_json]


def test_a_diff_of_some_dimensions_has_their_lines_and_the_months(filled, tmp_path):
    publish(filled, tmp_path, *FEW)
    filled.load_events(LATE)
    whole = diff(filled)["changes"]
    for by in (("os",), ("country", "version"), ("country", "country")):
        chosen = diff(filled, *(word for each in by for word in ("--by", each)))["changes"]
        assert chosen == [line for line in whole if line["dimension"] in ("month", *by)]
        assert diff(filled, "--by", ",".join(reversed(by)))["changes"] == chosen
        assert len(chosen) < len(whole)
    said = filled.command("editions", "diff", "worms", "--by", "contry", code=EX_USAGE).stderr
    assert "did you mean" in said and "country" in said


def test_a_diff_of_a_dimension_in_which_nothing_changed_says_that_others_did(filled, tmp_path):
    publish(filled, tmp_path, *FEW)
    # As if what was published had called a country otherwise.
    filled.sql("update kansen.edition_cause set value = 'XK' where dimension = 'country' and value = 'JP'")
    assert {line["value"] for line in diff(filled)["changes"]} == {"JP", "XK"}
    said = filled.command("editions", "diff", "worms", "--by", "os").stdout
    assert "no count by that is different; by others there are some" in said
    assert diff(filled, "--by", "os")["changes"] == []


@pytest.mark.parametrize(("first", "again"), [
    (("--by", "os,name"), ("--by", "name", "--by", "os,name")),
    (("--lang", "en,ja", "--format", "text,json"), ("--lang", "ja", "--lang", "en", "--format", "json,text,json")),
    (("--format", "text"), ("--format", "text", "--top", "10", "--lang", "en", "--suppress-below", "0")),
    (("--format", "text", "--top", "10"), ("--format", "text", "--top", "010")),
    (("--format", "text", "--lang", "en"), ("--format", "text", "--lang", "en,en")),
])
def test_the_same_said_otherwise_is_no_change(filled, tmp_path, first, again):
    """In both directions, since a restatement asks for what the edition before did."""
    few = () if "--format" in first else ("--format", "text")
    publish(filled, tmp_path, *few, *first)
    for words in (again, first):
        result = publish(filled, tmp_path, "--restate", *few, *words)
        assert "nothing has changed since edition 1" in result.stderr
    assert len(editions(filled)) == 1


@pytest.mark.parametrize(("first", "again"), [
    (("--by", "os"), ("--by", "os,name")),
    ((), ("--by", "country")),
    (("--lang", "en"), ("--lang", "ja")),
    (("--lang", "en"), ("--lang", "en,ja")),
    ((), ("--top", "9")),
    ((), ("--unique",)),
    ((), ("--suppress-below", "2")),
])
def test_something_else_that_is_asked_for_is_a_change(filled, tmp_path, first, again):
    publish(filled, tmp_path, "--format", "text", *first)
    publish(filled, tmp_path, "--restate", *again)
    assert show(filled, "2")["figures"]["edition"]["restatement"]["options_changed"]


def test_nothing_has_changed(filled, tmp_path):
    publish(filled, tmp_path, *FEW)
    before = read(tmp_path)
    result = publish(filled, tmp_path, "--restate")
    assert "nothing has changed since edition 1" in result.stderr and result.stdout == ""
    assert len(editions(filled)) == 1 and read(tmp_path) == before
    filled.load_events(EVENTS)  # all of them known
    publish(filled, tmp_path, "--restate")
    assert len(editions(filled)) == 1
    publish(filled, tmp_path, "--restate", "--force")
    assert [each["edition"] for each in editions(filled)] == [2, 1]
    assert "no count is different" in filled.command("editions", "diff", "worms", "1", "2").stdout


def test_a_detection_more_of_a_known_machine_is_a_change(filled, tmp_path):
    publish(filled, tmp_path, *FEW)
    filled.load_events([event(300, device="device-0", month=1, day=20, country="JP")])
    line, = (line for line in diff(filled)["changes"] if line["dimension"] == "month")
    assert (line["change"], line["detections_before"], line["detections_now"]) == (0, 10, 11)
    publish(filled, tmp_path, "--restate")
    assert len(editions(filled)) == 2


def test_a_restatement_asks_for_what_the_edition_before_asked(filled, tmp_path):
    publish(filled, tmp_path, *FEW, "--top", "1", "--unique")
    filled.load_events(LATE)
    other = tmp_path / "kansen.conf"
    other.write_text("top = 3\nformat = csv\nbom = true\n", encoding="utf-8")
    publish(filled, tmp_path / "2", "--restate", "--config", other)
    kept = show(filled, "2")
    assert kept["options"] == show(filled, "1")["options"]
    assert kept["figures"]["unique"] and kept["figures"]["dimensions"][0]["ranked"] == 1
    publish(filled, tmp_path / "3", "--restate", "--top", "2", "--lang", "ja")
    kept = show(filled, "3")
    assert kept["options"] == {"top": ["2"], "unique": ["true"], "format": ["text,json"], "lang": ["ja"]}
    assert kept["figures"]["edition"]["restatement"]["options_changed"]
    assert {name.split(".", 1)[1] for name in read(tmp_path / "3")} == {"ja.txt", "ja.json"}


def test_windows_have_numbers_of_their_own(filled, tmp_path):
    publish(filled, tmp_path, *FEW)
    publish(filled, tmp_path, *FEW, window=("worms", "--from", "2024-02", "--to", "2024-03"))
    filled.set_threat("others", "*")
    publish(filled, tmp_path, *FEW, window=("others", "--from", "2024-01", "--to", "2024-03"))
    listed = editions(filled)
    assert [(each["threat"], each["from"], each["edition"]) for each in listed] == [
        ("others", "2024-01", 1), ("worms", "2024-02", 1), ("worms", "2024-01", 1)]
    assert editions(filled, "worms", "--from", "2024-02") == listed[1:2]
    result = filled.command("editions", "show", "worms", code=EX_USAGE)
    assert "which window" in result.stderr and "2024-02 to 2024-03" in result.stderr
    filled.command("editions", "show", "worms", "--from", "2024-02")


# ---- what is refused

def test_what_is_there_is_not_published_again(filled, tmp_path):
    publish(filled, tmp_path, *FEW)
    before = read(tmp_path), show(filled)
    filled.load_events(LATE)
    result = publish(filled, tmp_path, *FEW, code=EX_DATAERR)
    assert "edition 1 of worms 2024-01 to 2024-03" in result.stderr and "--restate" in result.stderr
    assert (read(tmp_path), show(filled)) == before


@pytest.mark.parametrize(("words", "code", "said"), [
    (("publish", *WINDOW, "--restate"), EX_DATAERR, "no edition of worms 2024-01 to 2024-03"),
    (("publish", *WINDOW, "--force"), EX_USAGE, "--restate"),
    (("publish",), EX_USAGE, "THREAT is missing"),
    (("publish", "worms", "--from", "2030-01", "--to", "9999-12"), EX_USAGE, ""),
    (("publish", "worms", "--from", "2999-01", "--to", "2999-02"), EX_USAGE, "future"),
    (("publish", "wurms", "--from", "2024-01", "--to", "2024-03"), EX_DATAERR, "worms"),
    (("publish", "worms", "--from", "2024-01", "--to", "2024-03", "--format", "docx"), EX_USAGE, "docx"),
    (("publish", "worms", "--from", "2020-01", "--to", "2020-03"), EX_TEMPFAIL, "--provisional"),
    (("editions", "show", "worms"), EX_DATAERR, "no edition of worms"),
    (("editions", "render", "worms"), EX_DATAERR, "no edition of worms"),
    (("editions", "withdraw", "worms", "1"), EX_USAGE, "--because"),
    (("editions", "withdraw", "worms", "1", "--because", " "), EX_USAGE, "--because"),
    (("editions", "withdraw", "worms", "--because", "x"), EX_USAGE, "NUMBER"),
])
def test_what_can_not_be_is_refused(shared, tmp_path, words, code, said):
    result = shared.command(*words, code=code, cwd=tmp_path)
    assert said in result.stderr and result.stdout == "" and list(tmp_path.iterdir()) == []
    assert editions(shared) == []


@pytest.fixture(scope="module")
def shared(shared_database):
    shared_database.set_threat("worms", "WORM*")
    shared_database.load_events(EVENTS)
    return shared_database


def test_numbers_that_are_none(filled, tmp_path):
    publish(filled, tmp_path, *FEW)
    for number in ("2", "0", "-1", "one", "1x"):
        result = filled.kansen.run("editions", "show", "--db", filled.conninfo, "--", "worms", number,
                                   code=EX_DATAERR)
        assert f"{number} is no edition" in result.stderr and "1 to 1" in result.stderr


def test_what_is_not_complete_needs_provisional(filled, tmp_path):
    """A month that is not over, and then it is said to be provisional."""
    month = filled.value("select to_char(now() at time zone 'UTC', 'YYYY-MM')")
    window = ("worms", "--from", "2024-01", "--to", month)
    result = publish(filled, tmp_path, *FEW, window=window, code=EX_TEMPFAIL)
    assert f"{month} is not over" in result.stderr and list(tmp_path.iterdir()) == []
    publish(filled, tmp_path, *FEW, "--provisional", window=window)
    listed, = editions(filled)
    assert listed["provisional"] and listed["state"] == "provisional"
    assert not show(filled)["figures"]["completeness"]["from_kafka"]


def test_provisional_changes_nothing_of_what_is_complete(filled, tmp_path):
    publish(filled, tmp_path, *FEW, "--provisional")
    assert not editions(filled)[0]["provisional"]


def test_what_is_not_counted_by_every_dimension_waits(filled, tmp_path):
    """`db migrate` still counts a month of the window; of another window it doesn't matter."""
    filled.sql("insert into kansen.dimension_recount (threat_id, month)"
               " select threat_id, '2024-02-01' from kansen.threat where name = 'worms'")
    result = publish(filled, tmp_path / "out", *FEW, code=EX_TEMPFAIL)
    assert "2024-02 is not yet counted by every dimension" in result.stderr and "kansen db migrate" in result.stderr
    assert editions(filled) == [] and not (tmp_path / "out").exists()
    assert "not yet counted" in publish(filled, tmp_path / "out", *FEW, "--provisional", code=EX_TEMPFAIL).stderr
    publish(filled, tmp_path / "out", *FEW, window=("worms", "--from", "2024-03", "--to", "2024-03"))
    filled.sql("delete from kansen.dimension_recount")
    publish(filled, tmp_path / "out", *FEW)
    before = read(tmp_path / "out")
    filled.sql("insert into kansen.dimension_recount (threat_id, month)"
               " select threat_id, '2024-01-01' from kansen.threat where name = 'worms'")
    filled.load_events(LATE)
    assert "2024-01 is not yet counted" in publish(filled, tmp_path / "out", "--restate", code=EX_TEMPFAIL).stderr
    assert read(tmp_path / "out") == before and len(editions(filled)) == 2


# ---- withdrawn

def test_a_withdrawn_edition_stays_listed(filled, tmp_path):
    publish(filled, tmp_path / "1", *FEW)
    filled.command("editions", "withdraw", "worms", "1", "--because", "two topics\nwere read twice")
    listed, = editions(filled)
    assert (listed["state"], listed["reason"]) == ("withdrawn", "two topics\nwere read twice")
    table = filled.command("editions", "list").stdout
    assert "withdrawn" in table and "read twice" in table
    assert "withdrawn" in filled.command("editions", "show", "worms").stdout
    again = filled.command("editions", "withdraw", "worms", "1", "--because", "x", code=EX_DATAERR)
    assert "withdrawn already" in again.stderr
    result = filled.command("editions", "render", "worms", "-o", tmp_path / "again")
    assert "was withdrawn" in result.stderr and read(tmp_path / "again") == read(tmp_path / "1")
    refused = publish(filled, tmp_path / "2", *FEW, code=EX_DATAERR)
    assert "withdrawn" in refused.stderr
    publish(filled, tmp_path / "2", "--restate", "--force")
    assert [each["state"] for each in editions(filled)] == ["published", "withdrawn"]


# ---- damaged

def test_a_damaged_file_is_named(filled, tmp_path):
    publish(filled, tmp_path / "1", *FEW)
    filled.sql("update kansen.edition_file set content = content || 'x' where format = 'json'")
    result = filled.command("editions", "render", "worms", "-o", tmp_path / "2", code=EX_DATAERR)
    assert "worms-2024-01-2024-03-edition-1.en.json is damaged" in result.stderr
    assert not (tmp_path / "2").exists()
    filled.command("editions", "render", "worms", "--format", "text", "-o", tmp_path / "2")
    assert (tmp_path / "2" / "worms-2024-01-2024-03-edition-1.en.txt").is_file()


def test_damaged_figures_are_named(filled, tmp_path):
    publish(filled, tmp_path, *FEW)
    filled.sql("update kansen.edition set figures = replace(figures::text, '10', '11')::json")
    for words in (("show",), ("diff",), ("render", "--lang", "de")):
        result = filled.command("editions", words[0], "worms", *words[1:], code=EX_DATAERR, cwd=tmp_path)
        assert "figures is damaged" in result.stderr
    refused = publish(filled, tmp_path, "--restate", code=None)
    assert "figures is damaged" in refused.stderr and len(editions(filled)) == 1


# ---- whole or not there

@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_publisher_that_dies_leaves_no_edition(filled, tmp_path, number):
    folder = tmp_path / "out"
    with filled.locked("kansen.edition_file") as lock:
        publisher = filled.kansen.start("publish", *WINDOW, *FEW, "-o", folder, "--db", filled.conninfo)
        wait_until(lock.waiters, "the publisher to store files", [publisher])
        publisher.process.send_signal(number)
        publisher.process.wait()
    wait_until(lambda: filled.value("select count(*) from pg_locks where locktype = 'advisory'") == 0,
               "PostgreSQL to notice")
    assert editions(filled) == [] and not folder.exists()
    publish(filled, folder, *FEW)
    assert [each["edition"] for each in editions(filled)] == [1]


def test_a_folder_that_can_not_be_written_makes_no_edition(filled, tmp_path):
    result = publish(filled, tmp_path / "none" / "such", *FEW, code=EX_CANTCREAT)
    assert "such" in result.stderr and editions(filled) == []


def test_a_name_that_is_taken_says_how_to_go_on(filled, tmp_path):
    """The last step, when the edition is there already."""
    taken = tmp_path / "worms-2024-01-2024-03-edition-1.en.json"
    taken.mkdir()
    result = publish(filled, tmp_path, *FEW, code=EX_CANTCREAT)
    assert "edition 1 is published, but" in result.stderr and "editions render" in result.stderr
    assert str(taken) in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        taken.name, "worms-2024-01-2024-03-edition-1.en.txt"]
    taken.rmdir()
    filled.command("editions", "render", "worms", "-o", tmp_path)
    assert {hashlib.sha256(content).hexdigest() for content in read(tmp_path).values()} == {
        file["sha256"] for file in show(filled)["files"]}


def test_an_edition_of_which_the_database_knows_nothing_more_is_not_written_over(filled, new_database, tmp_path):
    """Behind a restore to a moment before it: numbers are given again."""
    publish(filled, tmp_path, *FEW)
    published = read(tmp_path)
    restored = new_database()
    restored.set_threat("worms", "WORM*", en="Worms")
    restored.load_events(EVENTS[:20])
    said = publish(restored, tmp_path, *FEW, code=EX_CANTCREAT)
    assert "edition-1.en.txt is there with other contents" in said.stderr and "was it restored?" in said.stderr
    assert said.stdout == "" and read(tmp_path) == published and editions(restored) == []
    publish(restored, tmp_path / "others", *FEW)


def test_two_publishers_make_one_edition(filled, tmp_path):
    """The second waits, says for whom, and then hears that the first was there."""
    with filled.locked("kansen.edition_file") as lock:
        first = filled.kansen.start("publish", *WINDOW, *FEW, "-o", tmp_path / "1", "--db", filled.conninfo)
        wait_until(lock.waiters, "the first to store files", [first])
        second = filled.kansen.start("publish", *WINDOW, *FEW, "-o", tmp_path / "2", "--db",
                                     filled.conninfo)
        wait_until(lambda: "kansen publish" in second.said(), "the second to say for whom", [second])
    assert first.process.wait() == 0
    assert second.process.wait() == EX_DATAERR
    assert "edition 1 of worms" in second.said() and not (tmp_path / "2").exists()
    assert len(editions(filled)) == 1


# ---- rights

@pytest.fixture
def people(filled, postgres):
    names = {role: f"editions_{role}" for role in ("publisher", "reader", "loader")}
    for role, name in names.items():
        filled.sql(f"create role {name} login in role kansen_{role}")
    yield {role: postgres.conninfo(filled.name, name) for role, name in names.items()}
    for name in names.values():
        filled.sql(f"drop role {name}")


@pytest.fixture
def publisher(shared):
    shared.sql("create role one_publisher login in role kansen_publisher")
    yield "one_publisher"
    shared.sql("drop role one_publisher")


def test_publishers_add_and_readers_read(filled, people, tmp_path):
    run = filled.kansen.run
    for role in ("reader", "loader"):
        result = run("publish", *WINDOW, *FEW, "-o", tmp_path / role, "--db", people[role], code=EX_NOPERM)
        assert "kansen_publisher" in result.stderr and not (tmp_path / role).exists()
    run("publish", *WINDOW, *FEW, "-o", tmp_path / "1", "--db", people["publisher"])
    for role in people:
        for words in (("list",), ("show", "worms"), ("diff", "worms"),
                      ("render", "worms", "-o", tmp_path / role)):
            run("editions", *words, "--db", people[role])
        assert read(tmp_path / role) == read(tmp_path / "1")
    withdraw = ("editions", "withdraw", "worms", "1", "--because", "x", "--db")
    for role in ("reader", "loader"):
        assert "kansen_publisher" in run(*withdraw, people[role], code=EX_NOPERM).stderr
    run(*withdraw, people["publisher"])
    assert editions(filled)[0]["published_by"] == "editions_publisher"
    refused = run("threat", "list", "--db", people["publisher"], code=EX_NOPERM)
    assert "kansen_loader" in refused.stderr


FORBIDDEN = [
    "update kansen.edition set number = 7", "delete from kansen.edition",
    "update kansen.edition_file set content = ''", "delete from kansen.edition_file",
    "update kansen.edition_cause set infections = 0", "delete from kansen.edition_cause",
    "update kansen.edition_withdrawal set reason = 'y'", "delete from kansen.edition_withdrawal",
    "truncate kansen.edition cascade", "insert into kansen.edition (published_at) values (now())",
    "insert into kansen.edition (published_by) values ('somebody')",
    "insert into kansen.edition_withdrawal (edition_id, withdrawn_at, reason) values (1, now(), 'x')",
    "delete from kansen.detection", "insert into kansen.malware_name (name) values ('x')",
]


def test_a_publisher_changes_nothing_that_is_there(shared, publisher):
    for statement in FORBIDDEN:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            shared.sql(statement, user=publisher)


def test_a_database_without_the_role_says_what_is_missing(filled, tmp_path, postgres):
    """As one that was migrated by who may not create roles: everything else goes on."""
    filled.sql("drop owned by kansen_publisher")
    filled.sql("alter role kansen_publisher rename to renamed_publisher")
    filled.sql("create role some_owner login in role kansen_reader")
    try:
        result = filled.kansen.run("publish", *WINDOW, *FEW, "-o", tmp_path / "1", "--db",
                                   postgres.conninfo(filled.name, "some_owner"), code=EX_NOPERM)
        assert "kansen_publisher is missing" in result.stderr and "db init" in result.stderr
        filled.load_events(LATE)
    finally:
        filled.sql("drop role some_owner")
        filled.sql("alter role renamed_publisher rename to kansen_publisher")
    filled.command("db", "init")
    publish(filled, tmp_path, *FEW)

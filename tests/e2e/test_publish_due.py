"""`kansen publish --due`: what is missing of the last month that is over, and nothing else; by a timer or by itself."""

import contextlib
import re
import shutil
import signal
import threading

import pytest

from servers import wait_until

EX_USAGE, EX_DATAERR, EX_UNAVAILABLE, EX_CANTCREAT, EX_TEMPFAIL, EX_NOPERM, EX_CONFIG = 64, 65, 69, 73, 75, 77, 78
FEW = ("--lang", "en", "--format", "text,json")
NOTHING_TO_DO = "nothing to do"


def event(number, month, name="WORM.A"):
    return {"id": f"{month}-{name}-{number}", "device": f"device-{number}", "name": name, "country": "JP",
            "time": f"{month}-03T00:00:00Z"}


def events(month, count=3, **more):
    return [event(number, month, **more) for number in range(count)]


def read(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def worms(database):
    database.set_threat("worms", "WORM*", en="Worms")
    return database


@pytest.fixture
def ago(database):
    """month(1): the last one that is over, by the database."""
    def month(back):
        return database.value("select to_char(max(month) - make_interval(months => %s), 'YYYY-MM')"
                              " from report.calendar where starts_at <= now()", (back,))

    return month


@pytest.fixture
def due(database, tmp_path):
    """Runs it, without waiting for late events; files go into the folder `out`."""
    def run(*words, code=0, settle=0, **options):
        return database.command("publish", "--due", *words, *FEW, "--settle", settle, "-o", tmp_path / "out",
                                code=code, **options)

    return run


@pytest.fixture
def served(database, tmp_path):
    """The same by itself, each second."""
    def start(*words, settle=0, conninfo=None):
        return database.kansen.start("publish", "--due", *words, *FEW, "--settle", settle, "--every", 1, "-o",
                                     tmp_path / "out", "--db", conninfo or database.conninfo)

    return start


def published(database):
    return database.sql("select threat, to_char(from_month, 'YYYY-MM'), to_char(to_month, 'YYYY-MM'), edition, total"
                        " from report.editions order by threat, from_month, edition")


# ---- what is due

def test_an_edition_of_each_threat_is_published_once(worms, due, ago, tmp_path):
    worms.set_threat("miner", "MINER*")
    worms.load_events(events(ago(0)) + events(ago(2)) + events(ago(1), 5) + events(ago(1), 2, name="MINER.A"))
    first = due()
    assert published(worms) == [("miner", ago(2), ago(1), 1, 2), ("worms", ago(2), ago(1), 1, 8)]
    files = read(tmp_path / "out")
    assert set(first.stdout.splitlines()) == {str(tmp_path / "out" / name) for name in files}
    assert f"worms, {ago(2)} to {ago(1)}: edition 1, 8 infections" in first.stderr

    worms.load_events(events(ago(1), 9))
    second = due()
    assert second.stdout == "" and second.stderr.count(NOTHING_TO_DO) == 2
    assert f"edition 1 of worms {ago(2)} to {ago(1)} is published" in second.stderr
    assert len(published(worms)) == 2 and read(tmp_path / "out") == files


@pytest.mark.parametrize(("words", "env", "months"), [
    ((), {}, 3), (("--months", "2"), {}, 2), ((), {"KANSEN_MONTHS": "1"}, 1), (("--months", "120"), {}, 5)],
    ids=["unless given", "option", "variable", "more than there are"])
def test_the_window_ends_with_the_last_month_that_is_over(worms, due, ago, words, env, months):
    worms.load_events([each for back in range(6) for each in events(ago(back), 1)])
    due(*words, env=env)
    assert published(worms) == [("worms", ago(months), ago(1), 1, months)]


def test_only_the_threats_that_are_named(worms, due, ago):
    for name in ("a", "b", "c"):
        worms.set_threat(name, "WORM*")
    worms.load_events(events(ago(1)))
    due("c", "a")
    assert [row[0] for row in published(worms)] == ["a", "c"]


def test_nothing_is_due_of_a_month_of_which_nothing_is_stored(worms, due, ago, tmp_path):
    worms.set_threat("miner", "MINER*")
    said = due()
    assert said.stderr.splitlines() == [
        f"nothing is stored of {ago(1)}, the last month that is over: no edition is due"]
    worms.load_events(events(ago(0)) + events(ago(2)))
    assert due().stderr == said.stderr
    assert published(worms) == [] and not (tmp_path / "out").exists()


def test_nothing_is_due_when_no_threat_is_defined(database, due):
    assert due().stderr.splitlines() == [
        "no threat is defined, and no edition is due: 'kansen threat set' defines one"]


def test_an_edition_of_another_window_that_ends_with_the_month_will_do(worms, due, ago, tmp_path):
    """Whoever was faster, or had other ideas of how long a window is."""
    worms.load_events(events(ago(1)) + events(ago(2)))
    worms.command("publish", "worms", "--from", ago(1), "--to", ago(1), *FEW, "-o", tmp_path / "out")
    assert NOTHING_TO_DO in due().stderr
    assert published(worms) == [("worms", ago(1), ago(1), 1, 3)]
    # One of a month before is none of it.
    worms.command("editions", "withdraw", "worms", "1", "--because", "test")
    worms.command("publish", "worms", "--from", ago(2), "--to", ago(2), *FEW, "-o", tmp_path / "out")
    assert NOTHING_TO_DO not in due().stderr


def test_a_withdrawn_edition_is_replaced_by_people(worms, due, ago, tmp_path):
    worms.load_events(events(ago(1)))
    due()
    worms.command("editions", "withdraw", "worms", "1", "--because", "read twice")
    shutil.rmtree(tmp_path / "out")
    said = due()
    assert f"edition 1 of worms {ago(1)} to {ago(1)} was withdrawn" in said.stderr and "--restate" in said.stderr
    assert len(published(worms)) == 1 and not (tmp_path / "out").exists()
    worms.command("publish", "worms", "--restate", "--force", "--from", ago(1), "--to", ago(1), "-o", tmp_path / "out")
    assert "edition 2" in due().stderr


@pytest.mark.parametrize("lost", ["one", "all"])
def test_files_that_are_missing_are_written_again(worms, due, ago, tmp_path, lost):
    """Also when a publisher died while it gave them their names: some are there."""
    worms.load_events(events(ago(1)))
    due()
    files = read(tmp_path / "out")
    if lost == "one":
        (tmp_path / "out" / sorted(files)[0]).unlink()
    else:
        shutil.rmtree(tmp_path / "out")
    worms.load_events(events(ago(1), 9))
    said = due()
    assert re.search(rf"edition 1 of worms .* {1 if lost == 'one' else len(files)} of its {len(files)} files", said.stderr)
    assert read(tmp_path / "out") == files
    assert set(said.stdout.splitlines()) == {str(tmp_path / "out" / name) for name in files}


def test_a_month_with_a_gap_before_it_is_not_complete(worms, due, ago):
    worms.load_events(events(ago(3)) + events(ago(1)))
    said = due(code=EX_TEMPFAIL, settle=600)
    assert said.stderr.startswith("kansen publish: not complete, and nothing is published: ")
    assert f"no event is stored of {ago(2)}" in said.stderr
    due("--provisional")
    assert published(worms) == [("worms", ago(3), ago(1), 1, 6)]


# ---- what goes wrong

def test_each_threat_is_attempted_and_the_worst_code_is_what_it_ends_with(worms, due, ago, tmp_path):
    worms.set_threat("miner", "MINER*")
    worms.load_events(events(ago(1)) + events(ago(1), 2, name="MINER.A"))
    said = due("wrms", "miner", code=EX_DATAERR)
    assert "kansen publish: wrms: no threat is named 'wrms'; did you mean worms?" in said.stderr
    assert [row[0] for row in published(worms)] == ["miner"]
    # 75 is not as bad as a file that can't be written.
    shutil.rmtree(tmp_path / "out")
    (tmp_path / "out").write_text("no folder", encoding="utf-8")
    for name in ("counting", "young"):
        worms.set_threat(name, "WORM*")
    worms.sql("update kansen.threat set state = 'counting' where name in ('counting', 'young')")
    assert due("counting", code=EX_TEMPFAIL).stderr.startswith("kansen publish: threat 'counting' is still being counted")
    said = due(code=EX_CANTCREAT)
    for name in ("counting", "miner", "worms", "young"):
        assert f"kansen publish: {name}: " in said.stderr
    assert [row[0] for row in published(worms)] == ["miner"]


@pytest.mark.parametrize("words", [("--from", "2024-01"), ("--to", "2024-01"), ("--restate",), ("--restate", "--force")],
                         ids=" ".join)
def test_what_says_which_edition_is_meant_is_refused(kansen, words):
    said = kansen.run("publish", "--due", *words, code=EX_USAGE).stderr
    assert f"--due finds out by itself which editions are missing, and {words[0]} says which one is meant" in said


@pytest.mark.parametrize("words", [("--settle", "5"), ("--every", "5")], ids=" ".join)
def test_options_of_due_are_for_due(kansen, words):
    assert f"{words[0]} is for --due" in kansen.run("publish", "worms", *words, code=EX_USAGE).stderr


@pytest.mark.parametrize(("words", "said"), [
    (("--months", "0"), "--months is a whole number from 1 to 120"),
    (("--settle", "3601"), "--settle is a whole number from 0 to 3600"),
    (("--every", "0"), "--every is a whole number from 1 to 86400")], ids=lambda value: value[0])
def test_numbers_have_bounds(kansen, words, said):
    assert said in kansen.run("publish", "--due", *words, code=EX_USAGE).stderr


def test_databases_that_cannot_be_had_end_with_the_usual_codes(new_database, kansen, postgres, tmp_path):
    empty = new_database(init=False)
    assert "db init" in empty.command("publish", "--due", code=EX_CONFIG).stderr
    made = new_database()
    made.sql(f"create role reads_{made.name} login in role kansen_reader")
    reader = postgres.conninfo(made.name, f"reads_{made.name}")
    assert "kansen_publisher" in kansen.run("publish", "--due", "--db", reader, code=EX_NOPERM).stderr
    kansen.run("publish", "--due", "--db", f"host={tmp_path} dbname=x", code=EX_UNAVAILABLE)


def test_a_template_with_a_mistake_shows_before_anything_is_due(worms, due, tmp_path):
    (tmp_path / "dress").mkdir()
    (tmp_path / "dress/styles.css").write_text("p {}", encoding="utf-8")
    assert "did you mean style.css?" in due("--template", tmp_path / "dress", code=EX_CONFIG).stderr


# ---- late events

@contextlib.contextmanager
def arriving(database):
    """Detections of last month that come all the time; ends when it is left."""
    over = threading.Event()

    def arrive():
        while not over.wait(0.2):
            database.sql("update kansen.infection_count set detections = detections + 1"
                         " where month = (select max(month) from report.calendar where ends_at <= now())")

    thread = threading.Thread(target=arrive)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_what_is_being_caught_up_with_is_not_cut_in_two(worms, due, ago, database, tmp_path):
    worms.load_events(events(ago(1)))
    process = database.kansen.start("publish", "--due", *FEW, "--settle", "3", "-o", tmp_path / "out", "--db",
                                    database.conninfo)
    looks = ("select max(query_start) from pg_stat_activity where application_name = 'kansen publish'"
             " and query like '%monthly_infections%'")
    with arriving(worms):
        wait_until(lambda: "waiting until nothing more of it has arrived for 3 s, for 60 s at most" in process.said(),
                   "it to wait", [process])
        first = worms.value(looks)
        # The first wait has gone by, and something had arrived.
        wait_until(lambda: worms.value(looks) != first, "it to look again", [process])
        worms.load_events([event(number, ago(1)) for number in range(100, 120)])
    process.wait()
    assert [row[-1] for row in published(worms)] == [23]


def test_late_events_that_never_stop_do_not_hold_it_up_for_ever(worms, due, ago):
    worms.load_events(events(ago(1)))
    with arriving(worms):
        said = due(settle=1)
    assert f"events of {ago(1)} to {ago(1)} still arrive" in said.stderr
    assert len(published(worms)) == 1


def test_two_that_publish_what_is_due_make_one_edition(worms, database, ago, tmp_path):
    worms.load_events(events(ago(1)))
    key = f"worms {ago(1)} {ago(1)}"
    connection = database.postgres.connect(database.name)
    try:
        connection.cursor().execute("select pg_advisory_lock(hashtext('kansen publish'), hashtext(%s))", (key,))
        pair = [database.kansen.start("publish", "--due", *FEW, "--settle", "0", "-o", tmp_path / name, "--db",
                                      database.conninfo) for name in ("one", "two")]
        wait_until(lambda: database.value("select count(*) from pg_locks where locktype = 'advisory' and not granted"
                                          ) == 2, "both to wait for their turn", pair)
    finally:
        connection.close()
    said = [process.wait().stderr for process in pair]
    assert len(published(worms)) == 1
    assert sum("was published meanwhile, by postgres: nothing to do" in each for each in said) == 1


# ---- by itself

def test_each_state_is_said_once(worms, served, ago, tmp_path):
    process = served()
    none = f"nothing is stored of {ago(1)}"
    wait_until(lambda: none in process.said(), "the first round", [process])
    worms.load_events(events(ago(1)))
    folder = tmp_path / "out"
    for times in range(3):
        wait_until(lambda: process.said().count(NOTHING_TO_DO) == times + 1, "a round with nothing to do", [process])
        shutil.rmtree(folder)
        wait_until(lambda: process.said().count("are missing") == times + 1, "a round that misses files", [process])
    wait_until(lambda: process.said().count(NOTHING_TO_DO) == 4, "a round with nothing to do", [process])
    assert len(list(folder.iterdir())) == 2
    # Rounds went by before and after each of them.
    said = process.said()
    assert said.count(none) == 1 and said.count(": edition 1, 3 infections") == 1, said
    process.terminate(code=-signal.SIGTERM)


def test_an_outage_is_said_once_and_outlived(worms, served, ago, postgres):
    def allow(whether):
        connection = postgres.connect("postgres")
        connection.autocommit = True
        connection.cursor().execute(f"alter database {worms.name} with allow_connections {whether}")
        connection.close()

    worms.load_events(events(ago(3)) + events(ago(1)))
    process = served()
    wait_until(lambda: "not complete" in process.said(), "the first round", [process])
    allow("false")
    wait_until(lambda: "not currently accepting connections" in process.said(), "an outage", [process])
    allow("true")
    wait_until(lambda: process.said().count("not complete") == 2, "what is not complete, once more", [process])
    worms.load_events(events(ago(2)))
    wait_until(lambda: NOTHING_TO_DO in process.said(), "the edition", [process])
    assert process.said().count("not currently accepting connections") == 1
    assert len(published(worms)) == 1
    process.terminate(code=-signal.SIGTERM)


def test_a_mistake_in_the_options_ends_it(kansen):
    said = kansen.run("publish", "--due", "--every", "1", "--top", "999", code=EX_USAGE).stderr
    assert said.count("--top") == 1


def test_waiting_for_postgresql_ends_by_a_signal(worms, served, database, ago):
    """Not with the next round."""
    worms.load_events(events(ago(1)))
    key = f"worms {ago(1)} {ago(1)}"
    connection = database.postgres.connect(database.name)
    try:
        connection.cursor().execute("select pg_advisory_lock(hashtext('kansen publish'), hashtext(%s))", (key,))
        process = served()
        wait_until(lambda: database.value("select count(*) from pg_locks where locktype = 'advisory' and not granted"
                                          ) == 1, "it to wait", [process])
        assert "interrupted" in process.terminate(code=EX_TEMPFAIL).stderr
    finally:
        connection.close()


def test_maintenance_by_itself_says_each_thing_once(database):
    process = database.kansen.start("db", "maintain", "--every", "1", "--db", database.conninfo)
    wait_until(lambda: "partitions of 0 months made" in process.said(), "the first round", [process])
    connections = "select count(*) from pg_stat_activity where application_name = 'kansen db maintain'"
    for _ in range(2):
        wait_until(lambda: database.value(connections) > 0, "another round", [process], pause_s=0.002)
        wait_until(lambda: database.value(connections) == 0, "its end", [process], pause_s=0.002)
    assert process.said().count("partitions of") == 1
    process.terminate(code=-signal.SIGTERM)


# ---- the length of a window, of other commands

def test_reports_span_as_many_months_as_is_said(worms, ago):
    worms.load_events([each for back in range(1, 6) for each in events(ago(back), 1)])

    def window(*words, **options):
        figures = worms.command("stats", "worms", "--format", "json", *words, **options).json()
        return figures["from"], figures["to"]

    assert window() == (ago(3), ago(1))
    assert window("--months", "5") == (ago(5), ago(1))
    assert window("--months", "2", "--to", ago(3)) == (ago(4), ago(3))
    assert window(env={"KANSEN_MONTHS": "1"}) == (ago(1), ago(1))
    assert window("--from", ago(2), env={"KANSEN_MONTHS": "1"}) == (ago(2), ago(1))
    said = worms.command("stats", "--from", ago(2), "--months", "2", code=EX_USAGE).stderr
    assert "--months says how long a window is whose --from is left out" in said
    assert "Worms" in worms.command("report", "--months", "4", "--format", "text").stdout

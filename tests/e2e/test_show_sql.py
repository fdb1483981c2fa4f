"""`--show-sql`: the statements of a report's tables are those of sql/queries/, run as the reader, and give the
numbers of the page."""

import pathlib
import random
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
READER = "test_show_sql_reader"
THREAT = "o'neil\\x"
WINDOW = ("--from", "2013-09", "--to", "2013-11")
BEFORE = {"month_before": "previous_month", "window_before": "previous_window", "year_before": "year_ago"}
# Every literal that --show-sql fills in.
LITERAL = r"(?:null|E?'(?:[^']|'')*')"


def events():
    """Years of detections, so that everything is compared."""
    chance = random.Random(4)
    for number in range(400):
        event = {"id": f"e{number}", "device": f"d{chance.randrange(120)}",
                 "time": f"{chance.choice([2012, 2013])}-{chance.randint(6, 11):02}-{chance.randint(1, 28):02}T00:00:00Z",
                 "name": chance.choice(["WORM.A", "WORM.B'; drop table x --", "WORM.\u202e感\\n"]),
                 "country": chance.choice(["JP", "US", "DE", "FR", "GB"])}
        for key, values in {"product": ["One", "Two'"], "version": ["1", "2"], "os": ["A", "B"],
                            "segment": ["x", "y"]}.items():
            if chance.random() < 0.9:
                event[key] = chance.choice(values)
        yield event


def heartbeats():
    """Of some of the machines and others, so that there are rates."""
    chance = random.Random(5)
    return [{"id": f"h{number}", "device": f"d{number % 150}", "time": f"2013-{9 + number % 3:02}-07T00:00:00Z",
             "country": chance.choice(["JP", "US", "DE"])} for number in range(450)]


@pytest.fixture(scope="module")
def reader(shared_database):
    """A database with events, and a login role that is nothing but a member of kansen_reader."""
    shared_database.set_threat(THREAT, "WORM.*", en="Wörms\\'")
    shared_database.load_events(events())
    shared_database.load_events(heartbeats(), "--heartbeats")
    shared_database.sql(f"create role {READER} login in role kansen_reader")
    yield shared_database
    shared_database.sql(f"drop role {READER}")


def show(database, *options, command="stats"):
    return database.kansen.run(command, THREAT, *options, "--show-sql", "--db",
                               database.postgres.conninfo(database.name, READER)).stdout


def statements(text):
    """[(title, statement)] in their order, without begin and commit."""
    found = re.findall(r"^-- ([^\n]*)\n(?:--[^\n]*\n)*((?!--).*?);\n", text, re.DOTALL | re.MULTILINE)
    assert found[0][1].startswith("begin isolation level repeatable read read only")
    assert text.endswith(";\n\ncommit;\n")
    return found[1:]


def rows(database, body):
    """As dicts, asked as the reader."""
    connection = database.postgres.connect(database.name, READER)
    try:
        with connection.cursor() as cursor:
            cursor.execute(body)
            return [dict(zip([column.name for column in cursor.description], row)) for row in cursor]
    finally:
        connection.close()


def tables(database, text):
    """{title: rows}; of dimensions {(title, dimension): rows}."""
    found = {}
    for title, body in statements(text):
        dimension = title.startswith("Table") and re.search(r"dimension = '(\w+)'|case '(\w+)' when", body)
        found[(title, next(filter(None, dimension.groups()))) if dimension else title] = rows(database, body)
    return found


def one(found, beginning):
    """The rows whose title begins so."""
    return next(each for title, each in found.items() if isinstance(title, str) and title.startswith(beginning))


def body_of(path):
    return "".join(line for line in path.read_text(encoding="utf-8").splitlines(True)
                   if not line.startswith("--")).rstrip("\n;")


def test_statements_are_those_of_the_queries(reader):
    """There is no second copy of them: each printed one is a file's, with literals in place of $1."""
    files = [re.sub(r"\\\$\d+", lambda _: LITERAL, re.escape(body_of(path)))
             for path in (ROOT / "sql/queries").glob("stats_*.sql")]
    for options in ((), ("--by", "name,product,version,os,segment"), ("--unique",)):
        for title, body in statements(show(reader, *WINDOW, *options)):
            assert any(re.fullmatch(pattern, body) for pattern in files), f"{title}: {body}"


def test_every_query_of_a_report_has_a_title():
    """A new one can't be forgotten."""
    shown = (ROOT / "stats/show_sql.c").read_text(encoding="utf-8")
    asked = {name for path in (ROOT / "stats").glob("*.c") if path.name != "overview.c"
             for name in re.findall(r"\bsql_stats_\w+", path.read_text(encoding="utf-8"))}
    assert len(asked) >= 12
    assert [name for name in asked if f"{{{name}," not in shown] == []


def test_statements_give_the_numbers_of_the_page(reader):
    options = ("--by", "country,name,product,version,os,segment", "--top", "2")
    page = reader.stats(THREAT, "2013-09", "2013-11", *options)
    found = tables(reader, show(reader, *WINDOW, *options))
    months = {row["month"]: row for row in one(found, "Table of months")}
    for month in page["months"]:
        assert (months[month["month"]]["infections"], months[month["month"]]["detections"]) == (
            month["infections"], month["detections"])
    states = {row["month"]: row["state"] for row in one(found, "Tables by month")}
    assert {each["month"]: each["state"] for each in page["months"]}.items() <= states.items()
    assert one(found, "Notes: what is counted") == [{"pattern": "WORM.*"}]
    assert one(found, "Title") == [{"language": "en", "name": "W\u00f6rms\\'"}]
    dimensions = {key[1]: found[key] for key in found if isinstance(key, tuple)}
    assert sorted(dimensions) == sorted(options[1].split(","))
    for each in [{"dimension": "country", "lines": page["countries"], "other": page["other"]}, *page["dimensions"]]:
        check_dimension(page, each, {row["value"]: row for row in dimensions[each["dimension"]]})


def check_dimension(page, dimension, values):
    name = dimension["dimension"]
    lines = {line.get("value", line.get("country")): line for line in dimension["lines"]}
    assert len(lines) == 2
    assert sum(row["infections"] or 0 for row in values.values()) == page["total"]
    assert dimension["other"]["infections"] == sum(row["infections"] or 0 for value, row in values.items()
                                                   if value not in lines)
    for value, line in lines.items():
        assert values[value]["infections"] == line["infections"]
    for column, base in BEFORE.items():
        compared = page.get(f"by_{name}_{base}", [])
        assert compared or base == "previous_month"
        for line in compared:
            if line.get(name) in values and line.get("before") is not None:
                assert (values[line[name]][column] or 0) == line["before"]


def test_rates_of_the_page_are_asked_for(reader):
    page = reader.stats(THREAT, "2013-09", "2013-11", "--rate-minimum", "1")
    found = tables(reader, show(reader, *WINDOW, "--rate-minimum", "1"))
    active = {row["month"]: row["devices"] for row in one(found, "Rates: active machines by month")}
    assert active == {each["month"]: each["active"] for each in page["rates"]} and len(active) == 3
    by_value = one(found, "Rates: active machines by value")
    lines = page["by_country_rates"]
    assert [line["active"] for line in lines] == [
        sum(row["devices"] for row in by_value if row["value"] == line["country"]) for line in lines]
    covered = {row["month"]: row["covered"] for row in one(found, "Rates: coverage")}
    for each in page["rates"]:
        assert each["coverage"] == f"{100 * covered[each['month']] / each['infections']:.2f}"
    # The view for analysts says the same of a month.
    for each in reader.stats(THREAT, "2013-11", "2013-11", "--rate-minimum", "1")["by_country_rates"]:
        assert reader.value("select per_1000::text from report.rates where threat = %s and month = '2013-11-01'"
                            " and dimension = 'country' and value = %s", (THREAT, each["country"])) == each["per_1000"]


def test_machines_that_count_once(reader):
    page = reader.stats(THREAT, "2013-09", "2013-11", "--unique", "--top", "250")
    asked = [body for title, body in statements(show(reader, *WINDOW, "--unique")) if "machine once" in title]
    # Of the window, and of those that it is compared with.
    assert len(asked) >= 3
    (window,) = [body for body in asked if "to_date('2013-09', 'YYYY-MM') and to_date('2013-11', 'YYYY-MM')" in body]
    assert {row["value"]: row["infections"] for row in rows(reader, window)} == {
        line["country"]: line["infections"] for line in page["countries"]}


def test_psql_runs_it_as_one(reader):
    """As it is printed, by the reader; the first mistake would end it."""
    text = show(reader, *WINDOW, "--by", "name")
    done = subprocess.run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1",
                           reader.postgres.conninfo(reader.name, READER)],
                          input=text, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for month in reader.stats(THREAT, "2013-09", "2013-11")["months"]:
        assert f"{month['month']}|{month['infections']}|{month['detections']}\n" in done.stdout


def test_report_prints_the_same_and_writes_nothing(reader, tmp_path):
    asked = ("report", THREAT, *WINDOW, "--show-sql", "--db", reader.conninfo)
    assert reader.kansen.run(*asked, cwd=tmp_path).stdout == show(reader, *WINDOW)
    assert list(tmp_path.iterdir()) == []
    refused = reader.kansen.run(*asked, "-o", tmp_path, code=64)
    assert refused.stdout == "" and "leave -o out" in refused.stderr


def test_report_without_a_window_shows_the_last_complete_month(reader):
    last = reader.value("select to_char(max(month), 'YYYY-MM') from report.completeness where state = 'complete'")
    text = reader.command("report", "--show-sql").stdout
    assert f", {last} to {last}: what " in text
    assert "Table of months, and the months before" in text
    assert reader.command("report", "--show-sql", "--lang", "en,ja").stdout == text


def test_what_can_not_be_reported_has_no_statements(reader):
    for options, code in (((*WINDOW, "--top", "none"), 64), (("--from", "2013-11", "--to", "2013-09"), 64)):
        assert reader.command("stats", THREAT, *options, "--show-sql", code=code).stdout == ""
    assert reader.command("stats", "nothing", *WINDOW, "--show-sql", code=65).stdout == ""

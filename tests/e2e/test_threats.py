"""Threats defined, redefined and removed, also while events arrive."""

import json
import threading

import pytest

import oracle
from servers import wait_until

FIRST, LAST = "2024-01", "2024-03"
COUNTRIES = ["JP", "US", "FR", "DE"]


def make_events(count, start=0):
    return [{"id": f"00000000-0000-0000-0000-{number:012}",
             "device": f"device-{number % (count // 3)}",
             "name": f"{'WORM' if number % 2 else 'TROJ'}_A.{number % 7}",
             "country": COUNTRIES[number % 4],
             "time": f"2024-{number % 3 + 1:02}-{number % 27 + 1:02}T12:{number % 60:02}:00Z"}
            for number in range(start, start + count)]


def check(database, truth, threat, patterns):
    oracle.assert_says(database.stats(threat, FIRST, LAST), truth.figures(patterns, FIRST, LAST),
                       threat)


def test_before_and_after_the_events(database):
    events = make_events(300)
    truth = oracle.Oracle(events)
    database.set_threat("before", "WORM*")
    database.load_events(events)
    database.set_threat("after", "worm*")
    check(database, truth, "before", ["WORM*"])
    check(database, truth, "after", ["WORM*"])
    database.verify()


def test_redefinition_replaces_patterns_and_names(database):
    events = make_events(300)
    truth = oracle.Oracle(events)
    database.set_threat("worms", "WORM*")
    database.load_events(events)
    database.set_threat("worms", "TROJ_A.?", "*.3", en="Others", ja="その他の脅威")
    check(database, truth, "worms", ["TROJ_A.?", "*.3"])
    assert database.sql("select name_en, name_ja, patterns from report.threats") == [
        ("Others", "その他の脅威", ["*.3", "TROJ_A.?"])]
    more = make_events(100, start=1000)
    database.load_events(more)
    check(database, oracle.Oracle(events + more), "worms", ["TROJ_A.?", "*.3"])
    database.verify()


def test_list_and_remove(database):
    database.set_threat("one", "A*", ja="一")
    database.set_threat("two", "B*", "C?")
    said = database.command("threat", "list").stdout
    assert "one" in said and "一" in said and "A*" in said and "C?" in said
    database.command("threat", "remove", "one")
    said = database.command("threat", "list").stdout
    assert "one" not in said and "two" in said
    database.command("threat", "remove", "one", code=65)
    assert database.value("select count(*) from kansen.threat") == 1
    result = database.command("stats", "one", "--from", FIRST, "--to", LAST, code=65)
    assert "one" in result.stderr
    database.verify()


NAMES = {"ja": "ワーム", "de": "Würmer", "en": "Worms", "pt-BR": "Vermes"}


def report_title(database, language):
    text = database.command("report", "worms", "--from", FIRST, "--to", LAST, "--format", "text",
                            "--lang", language).stdout
    return text.splitlines()[0]


def test_names_of_any_language(database):
    database.set_threat("worms", "WORM*", **NAMES)
    figures = database.stats("worms", FIRST, LAST)
    assert list(figures["names"].items()) == sorted(NAMES.items())
    said = [line.split() for line in database.command("threat", "list").stdout.splitlines()]
    assert said == [["worms"], *([language, name] for language, name in sorted(NAMES.items())),
                    ["match", "WORM*"]]
    for language in ("en", "ja", "de"):
        assert report_title(database, language).startswith(NAMES[language])
    assert database.sql("select * from report.threat_names order by language") == [
        ("worms", language, name) for language, name in sorted(NAMES.items())]


def test_a_report_falls_back_to_english_then_to_the_threats_own_name(database):
    database.set_threat("worms", "WORM*", en="Worms in English")
    assert report_title(database, "ja").startswith("Worms in English")
    database.set_threat("worms", "WORM*", pt="Vermes")
    assert report_title(database, "ja").startswith("wormsの")
    assert report_title(database, "en").startswith("worms:")
    assert database.sql("select name_en, name_ja from report.threats") == [("worms", "worms")]
    database.set_threat("worms", "WORM*", JA="ワーム")
    assert report_title(database, "ja").startswith("ワームの")
    database.set_threat("worms", "WORM*")
    assert database.stats("worms", FIRST, LAST)["names"] == {}
    assert database.command("threat", "list").stdout == "worms\n  match  WORM*\n"


@pytest.mark.parametrize(("names", "said"), [
    (("Worms",), "Worms"), (("=Worms",), "=Worms"), (("en=",), "empty"), (("e_n=Worms",), "e_n"),
    (("日本=Worms",), "日本"), (("x" * 36 + "=Worms",), "35"), (("en=" + "x" * 257,), "256"),
    (("en=a\x1bb",), "control"), (("en=  ",), "empty"), (("en=a\udcff",), "UTF-8"),
    (("en=Worms", "ja=W", "en=Worm"), "en is there twice"),
    (("en=Worms", "EN=Worm"), "EN is there twice"), (("en Worms",), "en Worms"),
])
def test_a_name_needs_a_language_of_its_own(database, names, said):
    words = [word for name in names for word in ("--name", name)]
    result = database.command("threat", "set", "worms", *words, "--match", "W*", code=64)
    assert said in result.stderr and database.sql("select * from kansen.threat") == []


def test_what_a_language_and_a_name_may_be_at_most(database):
    database.set_threat("worms", "WORM*", **{"a-" * 17 + "a": "=" * 256})
    assert database.stats("worms", FIRST, LAST)["names"] == {"a-" * 17 + "a": "=" * 256}


def test_one_event_may_be_of_many_threats(database):
    events = make_events(60)
    for number in range(6):
        database.set_threat(f"same-{number}", "*_A.*")
    database.load_events(events)
    truth = oracle.Oracle(events)
    for number in range(6):
        check(database, truth, f"same-{number}", ["*"])
    database.verify()


def test_there_is_a_bound_to_threats_and_to_patterns(database):
    """Whoever meets it is told, and everything is as before."""
    database.set_threat("one", "A*")
    database.sql("insert into kansen.threat_rule select threat_id, 'X' || n"
                 " from kansen.threat, generate_series(1, 9998) n")
    database.set_threat("two", "B*")
    result = database.command("threat", "set", "three", "--match", "C*", code=None)
    assert result.code != 0 and "10000 patterns" in result.stderr
    database.set_threat("two", "C*")  # in place of its own
    database.set_threat("one", "A*")
    database.sql("insert into kansen.threat (name, state)"
                 " select 'many ' || n, 'ready' from generate_series(1, 998) n")
    result = database.command("threat", "set", "three", "--match", "C*", code=None)
    assert result.code != 0 and "1000 threats" in result.stderr
    database.set_threat("two", "B*")
    assert database.value("select count(*) from report.threats") == 1000


def test_defined_while_workers_are_ingesting(kafka, topic, database):
    """Stored events and coming ones are counted alike, wherever the definition falls."""
    name = topic(4)
    events = make_events(6000)
    lines = [json.dumps(event).encode() for event in events]
    database.set_threat("worms", "WORM*")
    workers = [database.start_ingest(kafka, name, "--max-age", 6000) for _ in range(2)]

    def produce():
        for start in range(0, len(lines), 100):
            kafka.produce_lines(name, lines[start:start + 100], partition=start // 100 % 4)

    producer = threading.Thread(target=produce)
    producer.start()
    wait_until(lambda: database.value("select count(*) from report.detections") > 500,
               "first events", workers)
    database.set_threat("all", "*")
    database.set_threat("worms", "*.1", "*.2")
    database.set_threat("gone", "*")
    database.command("threat", "remove", "gone")
    producer.join()
    wait_until(lambda: sum(database.stored_offsets(name).values()) == len(lines),
               "all events stored", workers)
    for worker in workers:
        worker.terminate()

    truth = oracle.Oracle(events)
    check(database, truth, "all", ["*"])
    check(database, truth, "worms", ["*.1", "*.2"])
    database.verify()


def test_a_chunk_that_deadlocks_counts_once(database):
    """PostgreSQL ends a transaction of the recount when all but its commit is done: it is made again."""
    events = make_events(300)
    truth = oracle.Oracle(events)
    database.load_events(events)
    database.sql("create sequence public.attempts")
    database.sql("""create function public.end_the_first() returns trigger language plpgsql as $$
      begin
        if nextval('public.attempts') = 1 then -- what was drawn of a sequence is not rolled back
          raise exception 'chosen to be ended' using errcode = 'deadlock_detected';
        end if;
        return null;
      end $$""")
    database.sql("create trigger ends after insert on kansen.count_change for each row when (new.infections > 0)"
                 " execute function public.end_the_first()")
    database.set_threat("worms", "WORM*")
    assert database.sql("select last_value from public.attempts")[0][0] > 1
    check(database, truth, "worms", ["WORM*"])
    database.verify()

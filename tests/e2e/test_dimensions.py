"""Infections and detections by every dimension, in storage: whatever the order, who stores them and what is
done to them meanwhile, they are what the oracle says."""

import contextlib
import random
import threading

import psycopg2
import pytest

import oracle
from load_cases import lines
from mmdb import Mmdb
from old_schema import put_back
from on_citus import skip_on_citus
from servers import wait_until

FIRST, LAST = "2024-01", "2024-03"
THREATS = {"worms": ["WORM*"], "all": ["*"], "some": ["*.1", "TROJ*"]}
SYSTEMS = ["Windows 11", "Windows 10", "Linux", "Windows 11 ", None, " "]
COUNTS = ("select to_char(month, 'YYYY-MM'), dimension, value, infections, detections"
          " from report.dimension_infections where threat = %s")
CAUSES = ("select to_char(month, 'YYYY-MM'), dimension, value, cause, infections, detections"
          " from report.count_causes where threat = %s")


def make_events(count, seed=1, start=0, devices=None):
    """Of three months, some at the same instant; each of a device says something else."""
    source = random.Random(f"{seed} {start}")
    events = []
    for number in range(start, start + count):
        event = {"id": f"{source.getrandbits(32):08x}-0000-0000-0000-{number:012}",
                 "device": f"device-{source.randrange(devices or max(1, count // 6))}",
                 "name": f"{source.choice(('WORM', 'TROJ', 'ADW'))}_A.{number % 4}",
                 "time": f"2024-{source.randint(1, 3):02}-{source.randint(1, 3):02}T12:00:00Z"}
        event.update(country=source.choice(("JP", "US", "ZZ")), vendor=source.choice(("A", "B")),
                     product=source.choice(("Endpoint", "Server", "")),
                     version=source.choice(("1.0", "1.1", "2.0")), os=source.choice(SYSTEMS),
                     segment=source.choice(("retail", "bank", "school")))
        for key in source.sample(("product", "version", "os", "segment"), source.choice((0, 0, 1, 4))):
            del event[key]
        events.append({key: value for key, value in event.items() if value is not None})
    return events


def counts(database, threat):
    return {(month, dimension, value): tuple(figures)
            for month, dimension, value, *figures in database.sql(COUNTS, (threat,))}


def check(database, events, **threats):
    """Views, causes and `db verify`; every dimension has the same sum."""
    truth = oracle.Oracle(events)
    for threat, patterns in (threats or THREATS).items():
        expected = truth.dimensions(patterns, FIRST, LAST)
        assert counts(database, threat) == expected, threat
        summed = {}
        for month, dimension, value, _, *figures in database.sql(CAUSES, (threat,)):
            before = summed.get((month, dimension, value), (0, 0))
            summed[month, dimension, value] = tuple(map(sum, zip(before, map(int, figures))))
        assert {key: value for key, value in summed.items() if any(value)} == expected, threat
        sums = {(month, total, dimension) for month, dimension, *total in database.sql(
            "select month, dimension, sum(infections)::text || sum(detections)::text"
            " from report.dimension_infections where threat = %s group by 1, 2", (threat,))
            for total in map(tuple, [total])}
        assert len(sums) == len(oracle.DIMENSIONS) * len({(month, total) for month, total, _ in sums})
    database.verify()


def causes(database, threat):
    """{cause: infections} of the countries."""
    return dict(database.sql("select cause, sum(infections) from report.count_causes where threat = %s"
                             " and dimension = 'country' group by 1 having sum(infections) <> 0",
                             (threat,)))


def define(database, *threats):
    for threat in threats or THREATS:
        database.set_threat(threat, *THREATS[threat])


def test_any_order_and_any_cut_give_the_same_counts(new_database):
    """Threats that are defined before and behind the events, first detections that come late, resends."""
    events = make_events(1500)
    for seed in range(3):
        database = new_database()
        shuffled = list(events)
        random.Random(seed).shuffle(shuffled)
        if seed == 2:
            # First detections last: every infection moves.
            shuffled.sort(key=lambda event: event["time"], reverse=True)
        define(database, "worms")
        parts = (1, 7, 3)[seed]
        for part in range(parts):
            database.load_events(shuffled[part::parts] if seed == 1 else
                                 shuffled[part * 500:part * 500 + 500] if seed else shuffled)
        define(database, "all", "some")
        database.load_events(random.Random(seed).sample(events, 200))
        check(database, events)
        assert set(causes(database, "worms")) == {"arrived"}
        assert set(causes(database, "all")) == {"redefined"}


def test_a_repeat_in_the_database_counts_nothing_again(database):
    events = make_events(300)
    define(database)
    database.load_events(events[:200])
    database.load_events(events)
    check(database, events)


def test_an_infection_has_the_labels_of_its_earliest_detection(database):
    define(database, "worms")
    event = {"device": "d", "country": "JP", "vendor": "A", "product": "Endpoint", "version": "1.0"}
    late = {**event, "name": "WORM.LATE", "time": "2024-01-09T00:00:00Z", "os": "Linux"}
    early = {**event, "name": "WORM.EARLY", "time": "2024-01-05T00:00:00Z", "segment": "bank",
             "country": "US"}
    del early["product"], early["version"]
    rows = "select country, malware_name, product, version, os, segment from report.infections"
    database.load_events([late])
    assert database.sql(rows) == [("JP", "WORM.LATE", "Endpoint", "1.0", "Linux", None)]
    database.load_events([early])
    assert database.sql(rows) == [("US", "WORM.EARLY", None, None, None, "bank")]
    check(database, [late, early], worms=THREATS["worms"])


def test_relocate_moves_countries_and_nothing_else(database, tmp_path):
    old = Mmdb(tmp_path / "old.mmdb", {"203.0.113.0/24": "JP"}, "2023-12-05")
    new = Mmdb(tmp_path / "new.mmdb", {"203.0.113.0/25": "DE", "203.0.113.128/25": "JP"}, "2024-04-02")
    events = make_events(300)
    for number, event in enumerate(events):
        if number % 3:
            event["ip"] = f"203.0.113.{number % 250 + 1}"
            del event["country"]
    define(database)
    database.load_events(events, "--geoip", old.path)
    before = counts(database, "all")
    arrived = causes(database, "all")
    database.command("db", "relocate", "--from", FIRST, "--to", LAST, "--geoip", new.path)
    check(database, [{**event, "country": event.get("country") or new.country_of(event)}
                     for event in events])
    after = counts(database, "all")
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert changed and {dimension for _, dimension, _ in changed} == {"country"}
    # What arrived is what it was; the sum of what was relocated is 0, and it is there.
    assert causes(database, "all") == arrived
    moved = {(month, value): infections
             for month, dimension, value, cause, infections, _ in database.sql(CAUSES, ("all",))
             if cause == "relocated" and infections}
    assert moved == {(month, value): after.get((month, dimension, value), (0, 0))[0]
                     - before.get((month, dimension, value), (0, 0))[0]
                     for month, dimension, value in changed
                     if after.get((month, dimension, value), (0,))[0]
                     != before.get((month, dimension, value), (0,))[0]}


def test_what_a_worker_moves_meanwhile_is_counted_once(database):
    """Loads and recounts of the same events beside each other."""
    events = make_events(4000, devices=300)
    define(database, "worms")
    threads = [threading.Thread(target=database.load_events, args=(events[number::3] + events[:300],))
               for number in range(3)]
    for thread in threads:
        thread.start()
    define(database)
    for thread in threads:
        thread.join()
    check(database, events)


def vectors(database, threat, cause):
    """{(month, dimension, value): (infections, detections)} of a cause."""
    return {(month, dimension, value): (infections, detections)
            for month, dimension, value, of, infections, detections in database.sql(CAUSES, (threat,))
            if of == cause}


def minus(one, other):
    differences = {key: tuple(a - b for a, b in zip(one.get(key, (0, 0)), other.get(key, (0, 0))))
                   for key in one.keys() | other.keys()}
    return {key: value for key, value in differences.items() if any(value)}


def test_causes_are_carried_over_to_a_new_definition(database):
    """What arrived stays what arrived; other patterns explain the difference, and nothing else."""
    events = make_events(400)
    wider = {"worms": ["WORM*", "TROJ_A.1"]}
    database.set_threat("worms", "WORM*")
    database.load_events(events[:300])
    database.load("-", "--max-age", "1", stdin=lines(*events[300:]), code=65)
    database.command("dead-letters", "replay", "--max-age", "9000")
    arrived, replayed = (vectors(database, "worms", cause) for cause in ("arrived", "replayed"))
    before = counts(database, "worms")
    assert arrived and replayed and not vectors(database, "worms", "redefined")

    database.set_threat("worms", *wider["worms"])
    check(database, events, **wider)
    assert vectors(database, "worms", "arrived") == arrived
    assert vectors(database, "worms", "replayed") == replayed
    assert vectors(database, "worms", "redefined") == minus(counts(database, "worms"), before)

    # What arrives behind that is told from it.
    late = make_events(100, start=5000)
    redefined = vectors(database, "worms", "redefined")
    before = counts(database, "worms")
    database.load_events(late)
    assert minus(vectors(database, "worms", "arrived"), arrived) == minus(counts(database, "worms"), before)
    assert vectors(database, "worms", "redefined") == redefined
    database.set_threat("worms", "WORM*")
    check(database, events + late, worms=["WORM*"])


# ---- the bound

def bounded(database, bound):
    database.sql("insert into kansen.setting values ('dimension_values', %s)", (str(bound),))


def check_bounded(database, events, bound):
    """The values that are counted one by one have their own counts, all others together one."""
    for threat, patterns in THREATS.items():
        expected = oracle.Oracle(events).dimensions(patterns, FIRST, LAST)
        admitted = set(database.sql(
            "select to_char(month, 'YYYY-MM'), (array['', 'name', 'product', 'version', 'os', 'segment'])"
            "[dimension + 1], value from kansen.counted_value"))
        merged = {}
        for (month, dimension, value), figures in expected.items():
            known = dimension == "country" or not value or (month, dimension, value) in admitted
            key = (month, dimension, value if known else " ")
            merged[key] = tuple(map(sum, zip(merged.get(key, (0, 0)), figures)))
        assert counts(database, threat) == merged, threat
    each = database.sql("select month, dimension, count(*) from kansen.counted_value group by 1, 2")
    assert max(count for _, _, count in each) == bound
    database.verify()


def test_values_beyond_the_bound_are_counted_together(database):
    """First come, first counted; infections that move do so between those, too, whoever moves them."""
    bounded(database, 2)
    events = make_events(600)
    define(database, "worms", "some")
    for part in range(3):
        database.load_events(events[part::3])
    define(database, "all")
    check_bounded(database, events, 2)
    assert any(value == " " for _, _, value in counts(database, "all"))
    # It is full for good: a higher bound changes nothing in months that are.
    database.sql("update kansen.setting set value = '9' where name = 'dimension_values'")
    more = make_events(200, start=5000)
    database.load_events(more)
    check_bounded(database, events + more, 2)


def test_workers_that_reach_the_bound_together_agree(database, tmp_path):
    bounded(database, 5)
    define(database)
    events = [{**event, "version": f"1.{number % 40}", "segment": f"s{number % 7}"}
              for number, event in enumerate(make_events(6000, devices=400))]
    threads = [threading.Thread(target=database.load_events, args=(events[number::4],))
               for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check_bounded(database, events, 5)


def test_values_that_are_admitted_at_once_keep_the_bound(database):
    """Who comes second waits for the first one's commit, and sees what it has added."""
    bounded(database, 1)
    labels = [label for label, in database.sql("insert into kansen.malware_name (name) values ('A'), ('B')"
                                               " returning name_id")]

    def admit(connection, label):
        connection.cursor().execute("select kansen.admit_values(array[date '2024-01-01' - date '1970-01-01'],"
                                    " array[1::smallint], array[%s])", (label,))

    with contextlib.closing(database.postgres.connect(database.name)) as first, \
            contextlib.closing(database.postgres.connect(database.name)) as second:
        first.autocommit = False
        admit(first, labels[0])
        thread = threading.Thread(target=admit, args=(second, labels[1]))
        thread.start()
        wait_until(lambda: not thread.is_alive() or database.value(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted"), "the second to wait")
        first.commit()
        thread.join()
    assert database.sql("select value from kansen.counted_value") == [("A",)]
    assert database.value("select count(*) from kansen.counted_full") == 1


def test_names_that_no_threat_wants_take_no_place(database):
    bounded(database, 2)
    database.set_threat("worms", "WORM*")
    plain = {"device": "d", "country": "JP", "time": "2024-01-05T00:00:00Z"}
    database.load_events([{**plain, "name": f"HARMLESS.{number}", "os": f"o{number}"} for number in range(5)]
                         + [{**plain, "name": "WORM.A"}])
    assert database.sql("select dimension, value from kansen.counted_value") == [(1, "WORM.A")]


# ---- what older programs stored

def as_an_older_program(database, events, **threats):
    """The tables as one with migration 16 filled them with these events."""
    skip_on_citus("who moves onto Citus has this program's schema, and everything is counted by it")
    put_back(database, 16)
    truth = oracle.Oracle(events)
    for threat, patterns in threats.items():
        database.sql("insert into kansen.threat (name, state) values (%s, 'ready')", (threat,))
        for pattern in patterns:
            database.sql("insert into kansen.threat_rule select threat_id, %s from kansen.threat"
                         " where name = %s", (pattern, threat))
    connection = database.postgres.connect(database.name)
    cursor = connection.cursor()
    connection.autocommit = False
    cursor.execute("set search_path = kansen")
    for (instant, device, identity), (name, country) in truth.detections.items():
        product, version, _, _ = truth.labels[instant, device, identity]
        cursor.execute("insert into malware_name (name) values (%s) on conflict do nothing", (name,))
        cursor.execute("insert into product (vendor, product, version) values ('A', %s, %s)"
                       " on conflict do nothing", (product, version))
        cursor.execute("insert into detection (event_time, device_id, event_id, name_id, product_id, country,"
                       " geoip_id) select %s, %s, %s, name_id, product_id, %s, 0 from malware_name, product"
                       " where name = %s and vendor = 'A' and product = %s and version = %s",
                       (instant, device, identity, country, name, product, version))
    cursor.execute("""
        insert into infection (month, threat_id, device_id, country, first_seen, first_event_id)
        select distinct on (threat_id, c.month, device_id) c.month, threat_id, device_id, country, event_time,
          event_id
        from detection
        join malware_name using (name_id)
        join threat_rule on lower(name) like like_pattern
        join calendar_month c on event_time >= starts_at and event_time < ends_at
        order by threat_id, c.month, device_id, event_time, event_id""")
    cursor.execute("""
        insert into count_fold (slot) values (0);
        insert into count_change (slot, month, threat_id, country, infections, detections)
        select 0, month, threat_id, country, count(*), 0 from infection group by month, threat_id, country
        union all
        select 0, c.month, threat_id, country, 0, count(*)
        from detection
        join malware_name using (name_id)
        join (select distinct threat_id, like_pattern from threat_rule) r on lower(name) like like_pattern
        join calendar_month c on event_time >= starts_at and event_time < ends_at
        group by c.month, threat_id, country""")
    connection.commit()
    connection.close()


def without_new_keys(events):
    return [{key: value for key, value in event.items() if key not in ("os", "segment")}
            for event in events]


OLD_THREATS = {"worms": ["WORM*"], "trojans": ["TROJ*"]}


@contextlib.contextmanager
def migrated(database):
    """The database is new, and `db migrate` waits for its turn to count what is stored."""
    with database.turn("kansen labelling"):
        migrating = database.kansen.start("db", "migrate", "--db", database.conninfo)
        wait_until(lambda: database.value("select count(*) from pg_locks where locktype = 'advisory'"
                                          " and not granted"), "the recount to wait", [migrating])
        yield migrating


def test_what_an_older_program_stored_is_counted_by_all_dimensions(database):
    """Also what workers have moved, repeated and added before the recount comes to it."""
    old = without_new_keys(make_events(500))
    new = make_events(300, start=5000, devices=80)
    as_an_older_program(database, old, **OLD_THREATS)
    with migrated(database) as migrating:
        listed = database.sql("select threat, to_char(month, 'YYYY-MM') from report.dimension_recounts"
                              " order by 1, 2")
        assert listed == [(threat, f"2024-0{month}") for threat in ("trojans", "worms") for month in (1, 2, 3)]
        assert "3 months (2024-01 to 2024-03) still to be counted by name" in database.command("db", "status").stdout
        database.load_events(new[:150])
        database.load_events(old[:50] + new[100:200])
        database.verify()
        countries = {key: value for key, value in counts(database, "worms").items() if key[1] == "country"}
        expected = oracle.Oracle(old + new[:200]).dimensions(["WORM*"], FIRST, LAST)
        assert countries == {key: value for key, value in expected.items() if key[1] == "country"}
    said = migrating.wait().stderr
    assert "6 months counted by name, product, version, os and segment" in said
    assert database.sql("select * from report.dimension_recounts") == []
    check(database, old + new[:200], **OLD_THREATS)
    database.load_events(new)
    check(database, old + new, **OLD_THREATS)
    assert "0 migrations applied" in database.command("db", "migrate").stderr
    database.set_threat("worms", "WORM*")
    check(database, old + new, **OLD_THREATS)


def test_a_recount_that_is_killed_goes_on_beside_workers(database):
    """While it writes labels, while it counts them, and when a month is done."""
    old = without_new_keys(make_events(600))
    new = make_events(400, start=5000, devices=100)
    as_an_older_program(database, old, **OLD_THREATS)
    with migrated(database) as migrating:
        migrating.kill()
    for number, table in enumerate(("infection", "count_change", "dimension_recount", "infection")):
        with database.locked(f"kansen.{table}") as lock:
            migrating = database.kansen.start("db", "migrate", "--db", database.conninfo)
            wait_until(lock.waiters, "the recount to write", [migrating])
            migrating.kill()
        database.load_events(new[number * 100:number * 100 + 100])
        database.verify()
        assert database.value("select count(*) from report.dimension_recounts") == (6, 6, 6, 5)[number]
    database.command("db", "migrate")
    check(database, old + new, **OLD_THREATS)


def test_a_threat_that_is_defined_anew_or_removed_is_not_recounted(database):
    old = without_new_keys(make_events(200))
    as_an_older_program(database, old, **OLD_THREATS)
    with migrated(database) as migrating:
        database.set_threat("worms", "WORM*")
        check(database, old, worms=["WORM*"])
        database.command("threat", "remove", "trojans")
    assert "months counted" not in migrating.wait().stderr
    check(database, old, worms=["WORM*"])


def test_an_older_program_is_stopped_in_front_of_a_batch(database):
    """What a worker of migration 16 asks behind BEGIN and its offsets, in its own words."""
    with pytest.raises(psycopg2.errors.ObjectNotInPrerequisiteState) as refused:
        database.sql("select version, forgotten, renoted from threat_catalogue")
    assert "newer kansen" in str(refused.value) and "nothing is lost" in str(refused.value)

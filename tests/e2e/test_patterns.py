"""Which threats a name belongs to, as workers ask it (sql/queries/names_find.sql): by the patterns that have a piece in
common with the name (matching_names), and the answer is as if it had been compared with all."""

import json
import os
import pathlib
import random
import re

import pytest

import oracle

SQL = pathlib.Path(__file__).resolve().parents[2] / "sql"
QUERY = (SQL / "queries/names_find.sql").read_text(encoding="utf-8")
STATEMENT = "".join(line for line in QUERY.splitlines(keepends=True) if not line.startswith("--"))
# The function's own statement: of a function PostgreSQL tells no plan.
MATCHING, = re.findall(r"create function matching_names\(names .*?as \$\$\n(.*?)\$\$;",
                       (SQL / "migrations/035_matching_names.sql").read_text(encoding="utf-8"), re.DOTALL)
# What LIKE, an anchor or a shift of case could mistake for something else, and wildcards more often than anything.
LETTERS = ["a", "A", "b", "é", "É", "染", "%", "_", "\\", "^", "~", ".", "1"]
WILDCARDS = ["*", "*", "?"]


def find(database, names):
    """Rows of (number, name_id, threats as text)."""
    return database.sql("set search_path = kansen; " + STATEMENT.replace("%", "%%").replace("$1", "%s"), (names,))


def explained(database):
    """PostgreSQL's account of how it compares all names that are stored."""
    statement = MATCHING.replace("%", "%%").replace("unnest(names)", "unnest(array(select name_id from malware_name))")
    plan = database.value("set search_path = kansen; explain (analyze, format json) " + statement)
    return (plan[0] if isinstance(plan, list) else json.loads(plan)[0])["Plan"]


def define(database, patterns, names):
    """A threat for each seven patterns; the patterns by threat_id."""
    defined = {}
    for first in range(0, len(patterns), 7):
        threat_id = database.value("insert into kansen.threat (name, state) values (%s, 'ready') returning threat_id",
                                   (f"threat {first}",))
        defined[threat_id] = patterns[first:first + 7]
        database.sql("insert into kansen.threat_rule (threat_id, pattern) select %s, p from unnest(%s) p",
                     (threat_id, defined[threat_id]))
    database.sql("insert into kansen.malware_name (name) select unnest(%s)", (names,))
    return defined


def expected(defined, name):
    return {threat_id for threat_id, patterns in defined.items() if oracle.matches(name, patterns)}


# Names are taken apart when there are several times as many inner patterns as they have characters.
@pytest.mark.parametrize("count", [30, 700], ids=["few patterns", "many patterns"])
def test_a_name_is_of_the_threats_whose_patterns_it_matches(database, count):
    seed = int(os.environ.get("KANSEN_SEED", random.SystemRandom().randrange(1 << 30)))
    print(f"KANSEN_SEED={seed}")
    draw = random.Random(seed)
    names = sorted({"".join(draw.choices(LETTERS, k=draw.randint(1, 9))) for _ in range(100)})
    patterns = ["*", "?", "**", "*?*"]
    while len(set(patterns)) < count:
        pattern = list(draw.choice(names))
        for _ in range(draw.randint(0, 3)):
            pattern[draw.randrange(len(pattern))] = draw.choice(WILDCARDS)
        patterns.append(draw.choice(["", "*"]) + "".join(pattern) + draw.choice(["", "*"]))
    defined = define(database, sorted(set(patterns)), names)
    found = find(database, names)
    assert sorted(number for number, _, _ in found) == list(range(len(names)))
    ids = dict(database.sql("select name, name_id from kansen.malware_name"))
    for number, name_id, threats in found:
        name = names[number]
        assert name_id == ids[name]
        assert {int(each) for each in threats.split(",") if each} == expected(defined, name), name


def compared(node):
    """Rows of a plan that were tried and found wanting."""
    own = sum(value for key, value in node.items() if key in ("Rows Removed by Filter", "Rows Removed by Join Filter"))
    return own * node["Actual Loops"] + sum(compared(each) for each in node.get("Plans", []))


@pytest.mark.parametrize("pattern", ["TROJ_FAMILY{}.*", "*FAMILY{}.*", "*.{}", "?*AMILY{}.?*", "T*FAMILY{}.*"])
def test_a_name_is_compared_with_few_patterns(database, pattern):
    names = [f"TROJ_FAMILY{number}.{number}" for number in range(500)]
    define(database, [pattern.format(number) for number in range(1000)], names)
    plan = explained(database)
    assert plan["Actual Rows"] == len(names)
    assert compared(plan) < len(names) * 1000 / 20

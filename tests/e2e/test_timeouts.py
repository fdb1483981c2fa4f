"""Limits that were set for a role or a database, for other people's statements, are not ours."""

import json

import pytest

LIMITS = {"statement_timeout": "250ms", "lock_timeout": "20ms",
          "idle_in_transaction_session_timeout": "250ms", "idle_session_timeout": "250ms"}
# Since PostgreSQL 17.
NEWER = {"transaction_timeout": "260ms"}


@pytest.fixture(params=["role", "database"])
def limited(request, database):
    """The database, whose role or which itself has been given limits that a long statement exceeds."""
    known = {name for (name,) in database.sql("select name from pg_settings")}
    limits = {**LIMITS, **{name: value for name, value in NEWER.items() if name in known}}
    if request.param == "role":
        database.sql("create role hasty login superuser")
    target = {"role": "role hasty", "database": f"database {database.name}"}[request.param]
    # A slower answer to each new name than any limit; the limits are long enough for the first statement of a
    # connection on a busy machine, which takes them away.
    database.sql("""create function kansen.dawdle() returns trigger language plpgsql as
                    $$ begin perform pg_sleep(0.3); return new; end $$""")
    database.sql("""create trigger dawdle before insert on kansen.malware_name
                    for each row execute function kansen.dawdle()""")
    database.sql("""create trigger dawdle before insert on kansen.threat
                    for each row execute function kansen.dawdle()""")
    for name, value in limits.items():
        database.sql(f"alter {target} set {name} = '{value}'")
    if request.param == "role":
        database.conninfo = database.postgres.conninfo(database.name, "hasty")
    yield database
    database.kansen.close()
    if request.param == "role":
        database.sql("drop owned by hasty")
        database.sql("drop role hasty")


def test_limits_of_a_role_or_database_break_nothing(limited):
    limited.command("db", "init")
    limited.set_threat("worms", "WORM*")
    lines = [json.dumps({"id": f"e{number}", "device": f"d{number}", "name": f"WORM.{number % 3}",
                         "country": "JP", "time": "2024-05-06T00:00:00Z"}) for number in range(3000)]
    limited.load("-", stdin="\n".join(lines).encode())
    limited.command("db", "maintain", "--from", "2024-01", "--to", "2024-06")
    assert limited.stats("worms", "2024-05", "2024-05")["total"] == 3000
    limited.verify()


def test_a_lock_is_waited_for_whatever_lock_timeout_says(limited):
    """`threat set` waits for its turn, longer than the role's statements may."""
    connection = limited.postgres.connect(limited.name)
    cursor = connection.cursor()
    cursor.execute("select set_config(name, '0', false) from pg_settings where name = any(%s)",
                   ([*LIMITS, *NEWER],))
    cursor.execute("select pg_advisory_lock(hashtext('kansen threat set'))")
    waiting = limited.kansen.start("threat", "set", "worms", "--match", "WORM*", "--db",
                                   limited.conninfo)
    try:
        cursor.execute("select pg_sleep(1)")
        assert waiting.alive(), waiting.said()
    finally:
        connection.close()
    waiting.wait()

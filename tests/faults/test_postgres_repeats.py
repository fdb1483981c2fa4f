"""Unique violations say that something which was taken for new is stored. Whose they are is known."""

import json

from servers import wait_until

OLD = ("--max-age", "9000")
MANY = 1000000
EVENTS = [json.dumps({"id": str(number), "device": f"device-{number}", "name": "WORM.A",
                      "country": "JP", "time": "2024-05-20T00:00:00Z"}).encode()
          for number in range(3)]
COPYING = ("select pid from pg_stat_activity where wait_event_type = 'Lock'"
           " and query like '%copy kansen.infection%' and datname = current_database()")


def refusals(postgres, table):
    return postgres.log().count(f'duplicate key value violates unique constraint "{table}')


def test_a_connection_lost_while_infections_are_copied_is_not_blamed_for_a_later_repeat(
        kafka, topic, database, postgres, proxy):
    """When the batch comes again, somebody else has stored one of its events: PostgreSQL refuses it
    once, and then it is looked at row by row; its infections are not suspected first."""
    name = topic(1)
    database.set_threat("worms", "WORM*")
    kafka.produce_lines(name, EVENTS[:1])
    worker = database.kansen.start("ingest", "--db", proxy.conninfo(database.name), "-b",
                                   kafka.brokers, "-t", name, "-G", "tests", *OLD)
    wait_until(lambda: database.stored_offsets(name) == {0: 1}, "the first event", [worker])

    other = postgres.connect(database.name)
    other.autocommit = False
    with other.cursor() as cursor:
        cursor.execute("lock table kansen.infection in share mode")
        kafka.produce_lines(name, EVENTS[1:])
        wait_until(lambda: database.sql(COPYING), "the worker to copy infections", [worker])
        proxy.refusals = MANY
        proxy.cut()
        database.sql(f"select pg_terminate_backend(pid) from ({COPYING}) worker")
    other.close()
    database.load("-", stdin=EVENTS[1] + b"\n")
    before = refusals(postgres, "detection")
    proxy.refusals = 0
    wait_until(lambda: database.stored_offsets(name) == {0: 3}, "the other events", [worker])
    worker.terminate()
    assert refusals(postgres, "detection") == before + 1
    assert database.stats("worms", "2024-05", "2024-05")["total"] == 3
    database.verify()

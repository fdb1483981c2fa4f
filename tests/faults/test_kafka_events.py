"""What a topic may hold besides plain events: transactions that were aborted, their markers."""

import pytest

from kafka_cases import OLD, check, count, ends_of, make_lines, transactions
from servers import wait_until


def test_aborted_transactions_never_happened(kafka, topic, database):
    """Events of aborted transactions don't count, not even where nothing else is in a partition.
    The markers of transactions leave gaps, and at the end of a partition the offset moves behind
    them, so that --until-end ends."""
    name = topic(2)
    with transactions(kafka, "sender") as send:
        for part, committed in enumerate((True, False, True, True, False)):
            send(name, make_lines(100, 100 * part), 0, commit=committed)
        send(name, make_lines(100, 1000), 1, commit=False)
    database.ingest(kafka, name, *OLD)
    assert database.stored_offsets(name) == ends_of(kafka, name) == {0: 505, 1: 101}
    check(database, 300)


def test_transactions_end_under_a_worker(kafka, topic, database):
    """Two producers at a time, one of which aborts; a transaction counts when it is committed, and
    nothing behind an open one is taken before it."""
    name = topic(1)
    worker = database.start_ingest(kafka, name, *OLD)
    with transactions(kafka, "good") as good, transactions(kafka, "bad") as bad:
        for part in range(3):
            finish = bad(name, make_lines(100, 10000 + 100 * part), 0, commit=None)
            good(name, make_lines(100, 100 * part), 0, commit=True)
            assert database.stored_offsets(name).get(0, 0) <= ends_of(kafka, name)[0] - 201
            finish(commit=False)
            wait_until(lambda: count(database) == 100 * (part + 1), "what was committed", [worker])
        wait_until(lambda: database.stored_offsets(name) == ends_of(kafka, name),
                   "the end behind the markers", [worker])
    worker.terminate()
    check(database, 300)


def test_until_end_does_not_wait_for_an_open_transaction(kafka, topic, database):
    """The end is that of what can be read; the rest is read once its transaction is committed."""
    name = topic(1)
    kafka.produce_lines(name, make_lines(100))
    with transactions(kafka, "slow") as slow:
        finish = slow(name, make_lines(100, 100), 0, commit=None)
        database.ingest(kafka, name, *OLD)
        assert count(database) == 100
        finish(commit=True)
    database.ingest(kafka, name, *OLD)
    check(database, 200)

"""Large questions to PostgreSQL, on a connection of one who asks them."""

import concurrent.futures
import time


def connect(postgres, database):
    """With memory for the sorts of such questions."""
    connection = postgres.connect(database)
    with connection.cursor() as cursor:
        cursor.execute("set work_mem = '64MB'")
    return connection


def fetch(connection, query):
    """(seconds to the last row, rows). libpq waits for minutes without looking at signals: another
    thread does, so that Ctrl-C and SIGTERM end the query."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(_fetch, connection, query).result()
        except BaseException:
            connection.cancel()
            raise


def _fetch(connection, query):
    with connection.cursor() as cursor:
        began = time.monotonic()
        cursor.execute(query)
        rows = cursor.fetchall()
        return time.monotonic() - began, rows

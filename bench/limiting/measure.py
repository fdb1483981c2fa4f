"""Both measurements, one after the other, in databases of one server."""

import sys

import results
from limiting import names, snapshot
from program import Database, Kansen
from tuned import TunedPostgres

HEADINGS = ("what", "before", "after", "ratio", "goal")


class Stage:
    """A tuned server, and databases in which one threat is defined."""

    def __init__(self, program):
        self.kansen = Kansen(program)
        self.postgres = TunedPostgres()

    def database(self, name):
        self.connect("postgres", f"create database {name}")
        database = Database(self.kansen, self.postgres, name)
        database.command("db", "init", "--timezone", "UTC")
        database.set_threat("bench", "WORM*")
        return database

    def connect(self, name, statement=None):
        """A connection, behind a statement."""
        connection = self.postgres.connect(name)
        if statement is not None:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        return connection

    def close(self):
        self.kansen.close()
        self.postgres.close()


def measure(arguments, program):
    """The names of the measurements that were above their goal."""
    machine = results.machine()
    stage = Stage(program)
    try:
        stage.postgres.start()
        found = [snapshot.measure(stage, arguments.transactions), *names.measure(stage, arguments.names)]
    finally:
        stage.close()
    rows = [(each["what"], f"{each['before_ms']:,.2f} ms", f"{each['after_ms']:,.2f} ms",
             f"{each['ratio']:.2f}", f"{each['goal']:.1f}") for each in found]
    print(results.table(HEADINGS, rows))
    results.write(arguments.output, "limits", {"machine": machine, "measurements": found},
                  f"# What may not slow a batch down\n\n{results.markdown_table(HEADINGS, rows)}")
    above = [each["what"] for each in found if each["ratio"] > each["goal"]]
    for each in above:
        print(f"above its goal: {each}", file=sys.stderr)
    return above

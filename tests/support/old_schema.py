"""The database as an older program made it."""

import pathlib
import re

SQL = pathlib.Path(__file__).resolve().parents[2] / "sql"


def put_back(database, version):
    """Makes the database what `db init` of a program with this newest migration made of it."""
    connection = database.postgres.connect(database.name)
    connection.autocommit = False
    cursor = connection.cursor()
    cursor.execute("drop schema kansen, report cascade")
    cursor.execute((SQL / "queries/schema_bootstrap.sql").read_text(encoding="utf-8"))
    cursor.execute("set local search_path = kansen; set local role kansen_owner")
    cursor.execute((SQL / "queries/schema_migrations.sql").read_text(encoding="utf-8"))
    for number in range(1, version + 1):
        (path,) = SQL.glob(f"migrations/{number:03}_*.sql")
        text = path.read_text(encoding="utf-8")
        cursor.execute(text)
        cursor.execute("insert into migration values (%s, %s, md5(%s))", (number, path.stem, text))
    for name in ("timezone_fix", "calendar_fill"):
        text = (SQL / f"queries/{name}.sql").read_text(encoding="utf-8")
        cursor.execute(re.sub(r"--.*|%", "", text).replace("$1", "'UTC'"))
    connection.commit()
    connection.close()

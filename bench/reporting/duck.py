"""DuckDB on standard input and output: each line a request {sql, parameters}, and an answer {rows,
seconds}. Run by the Python that bench/requirements.txt is installed for."""

import json
import pathlib
import sys
import time

import duckdb


def main():
    folder = pathlib.Path(sys.argv[1])
    # A file as a user has one; settings are DuckDB's own: as many threads as cores.
    connection = duckdb.connect(str(folder / "detections.duckdb"),
                                config={"temp_directory": str(folder / "spilled")})
    print(json.dumps({"version": duckdb.__version__}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        began = time.monotonic()
        rows = connection.execute(request["sql"], request.get("parameters")).fetchall()
        print(json.dumps({"rows": rows, "seconds": time.monotonic() - began}), flush=True)


if __name__ == "__main__":
    main()

"""`python -m demo.query "SELECT ..."`: runs a query on the DuckDB file that the demo created."""

from __future__ import annotations

import sys

import duckdb

from demo.paths import DATABASE, shown
from demo.text import say, table
from demo.warehouse import query


def main() -> int:
    """Prints the result of the SQL on the command line; returns the exit code."""
    sql = " ".join(sys.argv[1:])
    if not sql.strip():
        sys.stderr.write('Write the SQL in quotes: python -m demo.query "SELECT count(*) FROM orders"\n')
        return 2
    if not DATABASE.exists():
        sys.stderr.write(f"There is no {shown(DATABASE)} yet: run `make demo` first.\n")
        return 1
    try:
        say(table(*query(sql)))
    except duckdb.Error as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

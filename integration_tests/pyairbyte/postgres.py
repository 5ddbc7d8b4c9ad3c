"""A Postgres server of Debian's packages, in a temporary folder, for as long as it is needed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest

_USER = "postgres"  # the account that Debian's package makes, and the name of the database


@dataclass(frozen=True)
class Postgres:
    """A running server, which takes any password."""

    port: int
    host: str = "127.0.0.1"
    username: str = _USER
    password: str = "any"
    database: str = _USER

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The result of a query."""
        with self._connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute(sql)
            return cursor.fetchall()

    def execute(self, *statements: str) -> None:
        """Runs statements in one transaction."""
        with self._connect() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def _connect(self) -> Any:
        return psycopg2.connect(
            host=self.host, port=self.port, user=self.username, password=self.password, dbname=self.database
        )


@contextmanager
def serve_postgres() -> Iterator[Postgres]:
    """A server with an empty database, which ends with the context."""
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        if os.getuid() == 0:
            shutil.chown(folder, _USER)
        data, port = Path(folder, "data"), _free_port()
        _run([str(programs / "initdb"), "-D", str(data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync"], folder)
        options = f"-h 127.0.0.1 -p {port} -k {folder} -F"
        log = str(Path(folder, "log"))
        _run([str(programs / "pg_ctl"), "start", "-w", "-D", str(data), "-l", log, "-o", options], folder)
        try:
            yield Postgres(port)
        finally:
            _run([str(programs / "pg_ctl"), "stop", "-w", "-m", "immediate", "-D", str(data)], folder)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("postgresql is not installed: apt-get install postgresql")
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _run(command: Sequence[str], folder: str) -> None:
    """Runs a program of Postgres, which refuses to run as root."""
    as_user = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups"] if os.getuid() == 0 else []
    done = subprocess.run(
        [*as_user, *command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        pytest.fail(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout.decode()}", pytrace=False)

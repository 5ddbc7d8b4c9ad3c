"""The process in which PyAirbyte runs: reads the arguments of a sync from each line, and responds, both in JSON.

`python -m demo.pyairbyte CONNECTOR DATABASE CONFIG`. It is a process of its own because PyAirbyte prints to the
console as it likes: here that goes to a log.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from pathlib import Path
from typing import IO, Any

SOURCE = "source-bigcommerce"


class ConnectorErrors(logging.Handler):
    """Keeps the error messages of the connector, which PyAirbyte's exceptions do not repeat."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def main() -> None:
    """Serves until there are no more lines."""
    responses = _stdout_for_responses_only()
    executable, database, config = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
    errors = ConnectorErrors()
    try:
        source, cache = _prepare(executable, database, config, errors)
        _respond(responses, {"ready": True})
        for line in sys.stdin:
            result = source.read(cache=cache, **json.loads(line))
            _respond(responses, {"records": result.processed_records})
    except Exception as error:
        traceback.print_exc()
        _respond(responses, {"error": _sentence(error, errors)})


def _stdout_for_responses_only() -> IO[str]:
    """Reserves the standard output for the responses, and sends the output of libraries to the standard error."""
    responses = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return responses


def _prepare(executable: Path, database: Path, config: dict[str, str], errors: logging.Handler) -> tuple[Any, Any]:
    import airbyte  # seconds, and its environment must be set before
    from airbyte.caches import DuckDBCache

    source = airbyte.get_source(SOURCE, config=config, local_executable=executable)
    logging.getLogger(f"airbyte.{SOURCE}").addHandler(errors)
    source.validate_config()
    source.get_available_streams()
    return source, DuckDBCache(db_path=database, cache_dir=database.parent / "tmp")


def _sentence(error: Exception, errors: ConnectorErrors) -> str:
    if errors.messages:
        return errors.messages[0]
    get_message = getattr(error, "get_message", None)
    return str(get_message() if get_message else f"{type(error).__name__}: {error}").splitlines()[0]


def _respond(responses: IO[str], value: dict[str, object]) -> None:
    responses.write(f"{json.dumps(value)}\n")
    responses.flush()


if __name__ == "__main__":
    main()

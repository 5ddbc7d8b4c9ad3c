"""The console script: sets up signals, garbage collection and error output, then calls the CDK's entry point."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.models import ConnectorSpecification, FailureType
from airbyte_cdk.utils.airbyte_secrets_utils import get_secrets

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.fatal_errors import exit_with_error, prepare_logs
from source_bigcommerce.secret_masking import mask
from source_bigcommerce.serialization import LineWriter, message_line
from source_bigcommerce.source import SourceBigcommerce

_TERMINATED = 128 + signal.SIGTERM
_OBJECTS_BETWEEN_COLLECTIONS = 500_000  # a page of real orders has 85,000


class Entrypoint(AirbyteEntrypoint):
    """The CDK's entry point, with the messages of the config model instead of those of JSON Schema."""

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Does nothing: each command parses the config itself, and its errors reach the platform in the usual form."""

    @staticmethod
    def set_up_secret_filter(config: Mapping[str, Any], connection_specification: Mapping[str, Any]) -> None:
        """Masks the secrets of the config in every spelling; the CDK would mask them only as they were entered."""
        mask(secret for secret in get_secrets(connection_specification, config) if isinstance(secret, str))


def run() -> None:
    """Runs one command of the Airbyte protocol with the arguments of the process."""
    _print_utf_8()
    signal.signal(signal.SIGTERM, _terminate)
    _collect_garbage_rarely()
    prepare_logs()
    # Not overridden in `Entrypoint`, as the CDK calls it on its own class. It yields the lines without looking at them,
    # so they may be bytes, which mypy cannot know.
    AirbyteEntrypoint.airbyte_message_to_string = staticmethod(message_line)  # type: ignore[method-assign, assignment]
    entrypoint = Entrypoint(SourceBigcommerce())
    arguments = entrypoint.parse_args(sys.argv[1:])
    if not arguments.command:
        sys.exit("Name a command: spec, check, discover or read. See `--help`.")
    try:
        with PRINT_BUFFER:
            _require_temporary_folder()
            lines = LineWriter()
            try:
                for line in entrypoint.run(arguments):
                    lines.write(line)  # type: ignore[arg-type]  # bytes, from `message_line`
            finally:
                lines.flush()
    except BrokenPipeError:
        os._exit(1)  # nothing can be reported: the process that read the output is gone
    except BaseException as error:
        exit_with_error(error)


def _print_utf_8() -> None:
    """Encodes all output as UTF-8, as the protocol requires, regardless of PYTHONIOENCODING and the locale."""
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper):
            output.reconfigure(encoding="utf-8", errors="backslashreplace")


def _collect_garbage_rarely() -> None:
    """Makes garbage collection rare, and excludes the objects that the imports created.

    Records contain no reference cycles, and a search for some after every 700 objects took a quarter of the CPU time
    (`make bench`). It must not come several times while a page is read, as it visits all of its objects.
    """
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def _require_temporary_folder() -> None:
    """Raises BigCommerceError if no temporary folder is writable. The CDK creates its response cache there, which is
    not used here but cannot be switched off."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError as error:
        raise BigCommerceError(
            f"No folder for temporary files is writable: {error.strerror}. Free some space on the disk, or name a "
            "folder in the environment variable TMPDIR.",
            FailureType.system_error,
        ) from None


def _terminate(signum: int, frame: object) -> None:
    """Ends the process at once, without waiting for workers. Its last line may be incomplete; all states before it are
    valid."""
    os._exit(_TERMINATED)

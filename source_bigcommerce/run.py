"""The console script: signals, memory and the usual form of errors, then the CDK's entry point."""

from __future__ import annotations

import ctypes
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
from source_bigcommerce.last_words import explain_and_exit, prepare_logs, watch_threads
from source_bigcommerce.masking import mask
from source_bigcommerce.source import SourceBigcommerce

_TERMINATED = 128 + signal.SIGTERM
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h
_LARGE_BLOCK = 1 << 20  # bytes


class Entrypoint(AirbyteEntrypoint):
    """The CDK's entry point, with the config model's sentences in place of JSON Schema's."""

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Nothing: each command parses the config itself, and its errors reach the platform in the usual form."""

    @staticmethod
    def set_up_secret_filter(config: Mapping[str, Any], connection_specification: Mapping[str, Any]) -> None:
        """Masks the secrets of the config in every spelling, where the CDK would mask them as they were entered."""
        mask(secret for secret in get_secrets(connection_specification, config) if isinstance(secret, str))


def run() -> None:
    """Runs one command of the Airbyte protocol with the arguments of the process."""
    _print_utf_8()
    signal.signal(signal.SIGTERM, _terminate)
    _collect_garbage_rarely()
    _return_memory()
    prepare_logs()
    entrypoint = Entrypoint(SourceBigcommerce())
    arguments = entrypoint.parse_args(sys.argv[1:])
    if not arguments.command:
        sys.exit("Name a command: spec, check, discover or read. `--help` tells more.")
    try:
        with PRINT_BUFFER:
            _find_temporary_folder()
            watch_threads()
            for message in entrypoint.run(arguments):
                # One write per line: two threads never mix theirs.
                print(f"{message}\n", end="")
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)  # whoever was reading has gone: there is no one to tell
    except BaseException as error:
        explain_and_exit(error)


def _print_utf_8() -> None:
    """Has all output be UTF-8, as the protocol demands, whatever PYTHONIOENCODING or the locale say."""
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper):
            output.reconfigure(encoding="utf-8", errors="backslashreplace")


def _collect_garbage_rarely() -> None:
    """Records come by the million and hold no cycles; looking for some at every 700th object took a quarter of the
    processor's time (`make bench`). What the imports left is never looked at again."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def _return_memory() -> None:
    """Has glibc give back the room of each page when it is done with.

    It would keep a heap for every thread, each as large as the largest page that the thread ever decoded. Other C
    libraries do not know these settings, nor the fault.
    """
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return
    set_option(_M_MMAP_THRESHOLD, _LARGE_BLOCK)
    set_option(_M_ARENA_MAX, 2)


def _find_temporary_folder() -> None:
    """The CDK makes an empty folder for its cache of answers, which is not used here, and cannot do without."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError as error:
        raise BigCommerceError(
            f"No folder for temporary files can be written: {error.strerror}. Make room on the disk, or name a folder "
            "in the environment variable TMPDIR.",
            FailureType.system_error,
        ) from None


def _terminate(signum: int, frame: object) -> None:
    """Ends at once, without waiting for workers. The last line may be cut short; the states before it are true."""
    os._exit(_TERMINATED)

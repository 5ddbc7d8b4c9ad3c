"""The console script: signals and the shape of errors, then the CDK's entry point."""

from __future__ import annotations

import ctypes
import gc
import json
import logging
import os
import signal
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from io import StringIO
from typing import Any
from urllib.parse import quote, quote_plus

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.models import ConnectorSpecification, FailureType
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException
from airbyte_cdk.utils.airbyte_secrets_utils import get_secrets, update_secrets

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.source import SourceBigcommerce

_TERMINATED = 128 + signal.SIGTERM
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h
_LARGE_BLOCK = 1 << 20  # bytes
_UNTOLD = b"The connector ended with an error that could not be told, for want of memory perhaps.\n"
_SECONDS_TO_BEGIN = 5.0
_reserve = [bytearray(4 * _LARGE_BLOCK)]  # room in which to tell that there is none; never touched, so it costs none
_NO_THREAD = "can't start new thread"  # threading's words for want of memory
_SHORTEST_CODE = 8  # characters; a shorter piece of base64 could be a piece of anything
_URL_SAFE = str.maketrans("+/", "-_")


class Entrypoint(AirbyteEntrypoint):
    """The CDK's entry point, with the config model's sentences in place of JSON Schema's."""

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Nothing: each command parses the config itself, and its errors reach the platform in the usual form."""

    @staticmethod
    def set_up_secret_filter(config: Mapping[str, Any], connection_specification: Mapping[str, Any]) -> None:
        """Masks the secrets as they were entered and as they are sent, without the white space around them, in every
        spelling that a log line may hold."""
        entered = [secret for secret in get_secrets(connection_specification, config) if isinstance(secret, str)]
        forms = {form for secret in entered if secret.strip() for form in (secret, secret.strip())}
        # The longest first: one may be a part of another.
        update_secrets(sorted({one for form in forms for one in _spellings(form)}, key=len, reverse=True))


def _spellings(secret: str) -> set[str]:
    """The text as it is and as it looks when Python, JSON (or one in the other), a URL or base64 hold it."""
    raw = secret.encode(errors="surrogatepass")
    escaped = {secret, repr(secret)[1:-1]}
    for _ in range(2):  # a log line may hold JSON that holds JSON
        escaped |= {json.dumps(text)[1:-1] for text in escaped}
    encoded = {raw.hex(), raw.hex().upper()}
    for before in range(3):  # in base64 a text looks in three ways, after what comes before it
        inner = b64encode(b"\0" * before + raw).decode()[4 if before else 0 : -4]
        encoded |= {inner, inner.translate(_URL_SAFE)}
    in_urls = {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    return {*escaped, *in_urls, *(text for text in encoded if len(text) >= _SHORTEST_CODE)}


class WithoutTracebacks(logging.Filter):
    """Shows an error that explains itself as its sentence; stack traces remain for those that do not."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, (BigCommerceError, BaseBackoffException)):
            message = record.getMessage()
            record.msg = message if str(error) in message else f"{message}: {error}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def run() -> None:
    """Runs one command of the Airbyte protocol with the arguments of the process."""
    signal.signal(signal.SIGTERM, _terminate)
    _collect_garbage_rarely()
    _return_memory()
    for handler in logging.getLogger().handlers:
        handler.addFilter(WithoutTracebacks())
        handler.handleError = _log_failed  # type: ignore[method-assign]  # the handlers are made by the CDK
    entrypoint = Entrypoint(SourceBigcommerce())
    arguments = entrypoint.parse_args(sys.argv[1:])
    if not arguments.command:
        sys.exit("Name a command: spec, check, discover or read. `--help` tells more.")
    try:
        with PRINT_BUFFER:
            _find_temporary_folder()
            threading.Thread(target=_watch_threads, name="watch", daemon=True).start()
            for message in entrypoint.run(arguments):
                # One write per line: two threads never mix theirs.
                print(f"{message}\n", end="")
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)  # whoever was reading has gone: there is no one to tell
    except BaseException as error:
        _explain_and_exit(error)


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


def _explain_and_exit(error: BaseException) -> None:
    """Prints an error and ends at once: workers may be waiting for room in a queue that no one empties."""
    _reserve.clear()
    if isinstance(error, MemoryError):
        PRINT_BUFFER.buffer = StringIO()  # one that could not grow may hold memory that was never written
    try:
        error = _explained(error)
        sys.excepthook(type(error), error, error.__traceback__)
        PRINT_BUFFER.flush()  # and with it the standard output, to which the hook printed
    except BrokenPipeError:
        pass
    except OSError as unwritable:
        os.write(2, f"The output could not be written: {unwritable!r}\n".encode())
    except BaseException:
        os.write(2, _UNTOLD)
    finally:
        os._exit(1)


def _log_failed(record: logging.LogRecord) -> None:
    """A log that cannot be written is given up, unless memory has run out: the records in its buffer may be lost."""
    if isinstance(sys.exc_info()[1], MemoryError):
        os.write(2, _UNTOLD)
        os._exit(1)


def _explained(error: BaseException) -> BaseException:
    """The same error, or one that says what to do where Python has nothing but its own words."""
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and str(error) == _NO_THREAD):
        return BigCommerceError(
            "The connector ran out of memory. Give it 512 MB, or choose fewer parallel workers in its settings. The "
            "next sync goes on from the last state of each stream.",
            FailureType.system_error,
        )
    return error


def _watch_threads() -> None:
    """Ends the process when a thread never begins: for want of memory it died before its first line, and whoever
    started it waits for ever."""
    waited_for: set[threading.Thread] = set()
    while True:
        time.sleep(_SECONDS_TO_BEGIN)
        to_begin = {thread for thread in threading.enumerate() if thread.ident is None}
        if to_begin & waited_for:
            _explain_and_exit(MemoryError())
        waited_for = to_begin


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

"""The end of the process after an error: one message with cause and remedy, and exit code 1."""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException
from airbyte_cdk.utils import AirbyteTracedException
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

from source_bigcommerce.api.errors import BigCommerceError

_NO_THREAD = "can't start new thread"  # Python's message for both causes
_DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_RESUMPTION = (
    "The next sync resumes each stream from its last saved state, or reads it from its start where there is none."
)


class WithoutTracebacks(logging.Filter):
    """Logs an error with cause and remedy as one sentence; other errors keep their stack trace."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, (BigCommerceError, BaseBackoffException)):
            message = record.getMessage()
            record.msg = message if str(error) in message else f"{message}: {error}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def prepare_logs() -> None:
    """Removes the stack traces of errors with cause and remedy, and drops log lines that cannot be written."""
    logging.raiseExceptions = False
    for handler in logging.getLogger().handlers:
        handler.addFilter(WithoutTracebacks())


def with_guidance(error: BaseException) -> BaseException:
    """Returns a BigCommerceError with cause and remedy, or the error itself if it has them already."""
    if isinstance(error, AirbyteTracedException) or not isinstance(error, Exception):
        return error
    if isinstance(error, MemoryError):
        message = f"The connector ran out of memory. Give it 512 MB, or choose fewer parallel workers. {_RESUMPTION}"
    elif isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        message = (
            "The connector could not start another thread: memory ran out, or the limit of threads is reached. Give "
            "it 512 MB, raise the limit (`ulimit -u`, or pids in a container), or choose fewer parallel workers. "
            f"{_RESUMPTION}"
        )
    elif isinstance(error, OSError) and error.errno in _DISK_IS_FULL:
        message = f"The disk is full: {error.strerror}. Free some space and start the sync again. {_RESUMPTION}"
    else:
        message = _unexpected(error)
    return BigCommerceError(message, FailureType.system_error)


@contextmanager
def errors_with_guidance() -> Iterator[None]:
    """Replaces an error raised inside the block by the result of `with_guidance`."""
    try:
        yield
    except Exception as error:
        explained = with_guidance(error)
        if explained is error:
            raise
        raise explained from error


def exit_with_error(error: BaseException) -> None:
    """Prints the error and ends the process with code 1, without waiting for workers, which may be blocked."""
    if isinstance(error, MemoryError):
        PRINT_BUFFER.buffer = StringIO()  # a buffer that could not grow may contain uninitialized memory
    explained = with_guidance(error)
    try:
        sys.excepthook(type(explained), explained, explained.__traceback__)
        PRINT_BUFFER.flush()  # flushes the standard output too
    except BrokenPipeError:
        pass
    except OSError:
        os.write(2, f"The output could not be written. {explained}\n".encode())
    finally:
        os._exit(1)


def _unexpected(error: Exception) -> str:
    """Returns the message for a defect, with the lines that led to it instead of a stack trace."""
    calls = traceback.extract_tb(error.__traceback__)
    lines = [f"{Path(call.filename).name}:{call.lineno}" for call in calls[-8:]]
    text = " ".join(filter_secrets(str(error)).split())[:300]
    return (
        f"The connector failed with an unexpected error: {type(error).__name__}: {text} (at {', '.join(lines)}). "
        "Please report this line."
    )

"""How an error is told, and how the process ends with it: by itself, at once, even where memory has run out."""

from __future__ import annotations

import logging
import os
import sys
import threading
from _thread import start_new_thread
from io import StringIO
from queue import Empty, SimpleQueue

from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.sources.streams.http.exceptions import BaseBackoffException

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.shortage import explained

_RESERVED = 4 << 20  # bytes
_UNTOLD = b"The connector ended with an error that could not be told, for want of memory perhaps.\n"
_THREAD_DIED = "in thread started by"  # CPython 3.10 to 3.13, of what the function of a thread raised
_BEAT, _BEATS_TO_BEGIN = 1.0, 60  # seconds; how many of them a thread may take

_reserve = [bytearray(_RESERVED)]  # room in which to tell that there is none; never touched, so it costs none


class WithoutTracebacks(logging.Filter):
    """Shows an error that explains itself as its sentence; stack traces remain for those that do not."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, (BigCommerceError, BaseBackoffException)):
            message = record.getMessage()
            record.msg = message if str(error) in message else f"{message}: {error}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def prepare_logs() -> None:
    """Has the log tell errors as they are told at the end, and keep none back in silence."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(WithoutTracebacks())
        handler.handleError = _log_failed  # type: ignore[method-assign]  # the handlers are made by the CDK


def watch_threads() -> None:
    """Ends the process when a thread dies, for want of memory, before its first line: whoever started it waits for
    ever. What a thread raises later is not looked at. Raises MemoryError when the watch dies so itself."""
    begun: SimpleQueue[sys.UnraisableHookArgs | None] = SimpleQueue()
    sys.unraisablehook = begun.put
    start_new_thread(_watch, (begun,))  # one of `threading` would be waited for
    if begun.get() is not None:
        raise MemoryError


def explain_and_exit(error: BaseException) -> None:
    """Prints an error and ends at once: workers may be waiting for room in a queue that no one empties."""
    _reserve.clear()
    if isinstance(error, MemoryError):
        PRINT_BUFFER.buffer = StringIO()  # one that could not grow may hold memory that was never written
    try:
        error = explained(error)
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


def _watch(begun: SimpleQueue[sys.UnraisableHookArgs | None]) -> None:
    """Waits for the death of a thread, without end.

    CPython tells `unraisablehook` of it, in the thread that dies. The hook is a method written in C: there may be no
    memory to call a function written in Python.

    Where even that failed, a thread does not begin. It is given time in beats of this one: whatever keeps a healthy
    thread from beginning, be it a busy machine or a process that is suspended, keeps this one from beating.
    """
    heard: SimpleQueue[sys.UnraisableHookArgs] = SimpleQueue()
    sys.unraisablehook = heard.put
    begun.put(None)
    beats: dict[threading.Thread, int] = {}
    try:
        while True:
            try:
                _judge(heard.get(timeout=_BEAT))
            except Empty:
                beats = {thread: beats.get(thread, 0) + 1 for thread in threading.enumerate() if thread.ident is None}
                if _BEATS_TO_BEGIN in beats.values():
                    raise MemoryError from None
    except MemoryError as error:
        explain_and_exit(error)


def _judge(unraisable: sys.UnraisableHookArgs) -> None:
    """Raises MemoryError if memory ran out where no one can catch it, as in the lines of `threading` before a
    thread's own: whatever else they may raise, they raise while cleaning up."""
    if unraisable.exc_type is MemoryError or _THREAD_DIED in (unraisable.err_msg or ""):
        raise MemoryError
    sys.__unraisablehook__(unraisable)

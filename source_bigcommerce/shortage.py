"""What is said when the machine has not enough of something, in place of Python's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError

_NO_THREAD = "can't start new thread"  # Python's words; it does not tell which of the two causes it was


def explained(error: BaseException) -> BaseException:
    """The same error, or a BigCommerceError that says what to do where Python has nothing but its own words."""
    if isinstance(error, MemoryError):
        sentence = "The connector ran out of memory. Give it 512 MB, or"
    elif isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        sentence = (
            "The connector could not start another thread: memory ran out, or it has as many threads as it may. Give "
            "it 512 MB, raise the limit of threads (`ulimit -u`, or pids in a container), or"
        )
    else:
        return error
    return BigCommerceError(
        f"{sentence} choose fewer parallel workers in its settings. The next sync goes on from the last state of each "
        "stream.",
        FailureType.system_error,
    )


@contextmanager
def in_plain_words() -> Iterator[None]:
    """What is done within raises such an error `explained`."""
    try:
        yield
    except Exception as error:
        told = explained(error)
        if told is error:
            raise
        raise told from error

"""What is said when the machine has not enough of something, in place of Python's own words."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils import AirbyteTracedException
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets

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
    elif isinstance(error, AirbyteTracedException) or not isinstance(error, Exception):
        return error
    else:
        return BigCommerceError(_unforeseen(error), FailureType.system_error)
    return BigCommerceError(
        f"{sentence} choose fewer parallel workers in its settings. The next sync resumes each "
        "stream from its last saved state, or reads it from its start where there is none.",
        FailureType.system_error,
    )


def _unforeseen(error: Exception) -> str:
    """The sentence for a defect, with the lines that led to it in place of a stack trace."""
    calls = traceback.extract_tb(error.__traceback__)
    lines = [f"{Path(call.filename).name}:{call.lineno}" for call in calls[-8:]]
    said = " ".join(filter_secrets(str(error)).split())[:300]
    return (
        f"The connector met an error that it does not know: {type(error).__name__}: {said} (at {', '.join(lines)}). "
        "Please report this line."
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

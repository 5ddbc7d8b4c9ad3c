"""Parents whose own lists could not be read, so that one of them does not keep the others from being read."""

from __future__ import annotations

import threading
from typing import Any

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError, Forbidden, NotFound, Refused

MOST = 100  # of a stream in one sync; as many are no exception any more
# Failures in a row, more of which are not those of single parents. A refusal costs a request or two, any other failure
# a minute of retries.
_MOST_REFUSALS_IN_A_ROW = 10
_MOST_IN_A_ROW = 2
_NAMED = 5


class UnreadParents:
    """The failures of one stream in one sync, by the key of the parent. Safe to use from several threads."""

    def __init__(self) -> None:
        self._errors: dict[Any, BigCommerceError] = {}
        self._in_a_row = 0
        self._lock = threading.Lock()

    def __contains__(self, key: Any) -> bool:
        return key in self._errors

    def add(self, key: Any, error: BigCommerceError, is_known: bool = False) -> None:
        """Records a failure. Raises it where it does not seem to be of this parent alone; one that `is_known` from an
        earlier sync says nothing about others."""
        limit = _MOST_REFUSALS_IN_A_ROW if isinstance(error, (NotFound, Refused)) else _MOST_IN_A_ROW
        with self._lock:
            self._in_a_row += not is_known
            if isinstance(error, Forbidden) or self._in_a_row > limit or (len(self._errors) >= MOST and not is_known):
                raise error
            self._errors[key] = error

    def note_success(self) -> None:
        """Records that the list of a parent was read."""
        self._in_a_row = 0

    def check(self, stream: str, parent_field: str) -> None:
        """Raises BigCommerceError, which names the parents, if there are any."""
        if not self._errors:
            return
        first, *_ = self._errors.values()
        keys = ", ".join(map(str, list(self._errors)[:_NAMED])) + (" ..." if len(self._errors) > _NAMED else "")
        raise BigCommerceError(
            f"The stream '{stream}' is incomplete: what belongs to {len(self._errors)} of its parents ({parent_field} "
            f"{keys}) could not be read. Everything else was read, and the next sync requests these again. The first "
            f"error was: {first.message}",
            first.failure_type or FailureType.system_error,
        )

"""The parents whose own lists could not be read, so that the lists of the others are read despite a failure."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BadRequest, BigCommerceError, Forbidden, NotFound

MOST = 100  # of a stream in one sync; more are not single parents
# Consecutive failures after which the list as a whole fails. A refusal costs a request or two, any other failure a
# minute of retries.
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
        """Records a failure. Raises it if it seems to concern more than this parent; a failure that `is_known` from an
        earlier sync does not count towards that."""
        limit = _MOST_REFUSALS_IN_A_ROW if isinstance(error, (NotFound, BadRequest)) else _MOST_IN_A_ROW
        with self._lock:
            self._in_a_row += not is_known
            if isinstance(error, Forbidden) or self._in_a_row > limit or (len(self._errors) >= MOST and not is_known):
                raise error
            self._errors[key] = error

    def __iter__(self) -> Iterator[Any]:
        """Yields the keys of the parents."""
        return iter(list(self._errors))

    def note_success(self) -> None:
        """Records that the list of a parent was read."""
        self._in_a_row = 0

    def check(self, stream: str, parent_key: str) -> None:
        """Raises BigCommerceError naming the parents, if there are any."""
        if not self._errors:
            return
        first, *others = self._errors.values()
        parents = f"{1 + len(others)} parents" if others else "1 parent"
        keys = ", ".join(map(str, list(self._errors)[:_NAMED])) + (" ..." if len(self._errors) > _NAMED else "")
        raise BigCommerceError(
            f"The stream '{stream}' is incomplete: the records of {parents} ({parent_key} {keys}) could not be read. "
            f"Everything else was read, and the next sync requests these again. The first error was: {first.message}",
            first.failure_type or FailureType.system_error,
        )

"""The envelope of B2B Edition, its errors, and how values are written.

`{"code": 200, "data": ..., "meta": {"message": "SUCCESS", "pagination": {...}}}` is the form of most responses.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum, auto
from typing import Any

import orjson

from sandbox.b2b.variants import B2BVariant
from sandbox.collection import Row
from sandbox.responses import ApiResponse, BadValue, Problem

SUCCESS = "SUCCESS"
_TIMES = frozenset({"createdAt", "updatedAt", "expiredAt", "assignedAt", "dueDate", "orderDate"})


class Wrong(Enum):
    """The form of an error."""

    META = auto()  # {"code", "data": {"errMsg"}, "meta": {"message"}}
    BARE = auto()  # {"code", "message"}
    TITLE = auto()  # {"status", "title", "errors"}


class B2BProblem(Problem):
    """A request that cannot be served."""

    def __init__(self, status: int, message: str, detail: Any = None, form: Wrong = Wrong.META) -> None:
        """`detail` is `errMsg`, and left out when it is None."""
        super().__init__(status, message)
        self.detail = detail
        self.form = form


def problem(error: Problem, variant: B2BVariant) -> ApiResponse:
    """An error, under its own status or under 200 as the variant says; 429 is never hidden."""
    form = error.form if isinstance(error, B2BProblem) else Wrong.META
    if form is Wrong.TITLE:
        body: Row = {"status": error.status, "title": "Parameter Error.", "errors": {"1": error.message}}
    elif form is Wrong.BARE:
        body = {"code": error.status, "message": error.message}
    elif isinstance(error, BadValue):
        body = _error(422, "Parameter Error", {name: [reason] for name, reason in error.errors.items()})
    else:
        body = _error(error.status, error.message, error.detail if isinstance(error, B2BProblem) else None)
    is_hidden = variant.errors == "in 200" and error.status < 500 and error.status != 429
    return ApiResponse(orjson.dumps(body), 200 if is_hidden else error.status)


def _error(status: int, message: str, detail: Any) -> Row:
    data = {} if detail is None else {"errMsg": detail}
    return {"code": status, "data": data, "meta": {"message": message}}


def shown(row: Mapping[str, Any], variant: B2BVariant, texts: Collection[str] = ()) -> Row:
    """A row as responses hold it: without what is hidden, timestamps and ids as the variant writes them.

    `texts` are the timestamps of the row that are documented as text.
    """
    found: Row = _written({name: value for name, value in row.items() if not name.startswith("_")}, variant)
    if variant.timestamps == "documented":
        found |= {name: str(found[name]) for name in texts if found.get(name) is not None}
    return found


def _written(value: Any, variant: B2BVariant, name: str = "") -> Any:
    if isinstance(value, dict):
        inner = {field: _written(one, variant, field) for field, one in value.items()}
        return {n: v for n, v in inner.items() if v is not None} if variant.absent_values == "missing" else inner
    if isinstance(value, list):
        return [_written(one, variant, name) for one in value]
    if name in _TIMES:
        return _as(value, variant.timestamps)
    if name == "id" or name.endswith("Id"):
        return _as(value, variant.ids)
    return value


def _as(value: Any, form: str) -> Any:
    if form == "text" and type(value) is int:
        return str(value)
    if form == "numbers" and isinstance(value, str) and value.isdecimal():
        return int(value)
    return value


def enveloped(data: Any, meta: Mapping[str, Any] | None = None, listed: list[Any] | None = None) -> ApiResponse:
    """`data` in the usual envelope; `meta` is what it holds in addition to the message."""
    body = {"code": 200, "data": data, "meta": {"message": SUCCESS, **(meta or {})}}
    return ApiResponse(orjson.dumps(body), listed=listed)

"""The faults: each is what the store is configured to do (`sandbox.faults`), made again for every run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from integration_tests.faults.kinds import Kind
from integration_tests.faults.rows import cursor_field, date_field, number_field, rows_of, shaped, text_field
from sandbox.responses import SUSPENDED

Settings = dict[str, Any]
Make = Callable[[Kind], Settings | None]  # None: the fault has no meaning for this kind of list

ALWAYS = 10_000
BEHIND = ("middle", "last page")


@dataclass(frozen=True)
class Fault:
    """`make` gives the settings of the fault. `lasts` are the runs to make: once, and for good."""

    title: str
    make: Make
    lasts: tuple[int, ...] = (1, ALWAYS)
    positions: tuple[str, ...] | None = None  # None: all of the kind
    needs_a_socket: bool = False
    refuses: bool = False  # the connection, so that no request reaches the store
    renames: bool = False  # the record that is struck comes with another key


@dataclass(frozen=True)
class Group:
    title: str
    faults: tuple[Fault, ...]


def _status(title: str, status: int, **settings: Any) -> Fault:
    return Fault(title, lambda _: {"status": status, **settings})


def _kind(title: str, kind: str, **settings: Any) -> Fault:
    return Fault(title, lambda _: {"kind": kind, **settings}, needs_a_socket=True)


def _edit(title: str, edit: Callable[[Any, Mapping[str, str]], Any], **settings: Any) -> Fault:
    return Fault(title, lambda _: {"kind": "edit", "edit": edit}, **settings)


def _lists_only(make: Make) -> Make:
    return lambda kind: make(kind) if kind.rows_of else None


def _paged_only(make: Make) -> Make:
    return lambda kind: make(kind) if kind.is_paged else None


def _v3_only(make: Make) -> Make:
    return lambda kind: make(kind) if kind.rows_of and kind.path.startswith("v3/") else None


def _deaf(*parameters: str) -> Make:
    return _lists_only(lambda _: {"kind": "deaf", "ignored": frozenset(parameters)})


def _missing_scope(kind: Kind) -> bytes:
    reported = "You don't have a required scope to access the endpoint"
    body = {"status": 403, "title": reported} if kind.path.startswith("v3/") else [{"status": 403, "message": reported}]
    return json.dumps(body).encode()


def _refused_filter(kind: Kind) -> Settings | None:
    """The store refuses whatever is requested with the filter by date."""
    name = {
        "v2/orders": "min_date_modified",
        "v3/customers": "date_modified:min",
        "v3/orders/payment_actions/refunds": "created:min",
    }.get(kind.path)
    if name is None:
        return None
    return {
        "pattern": f"{kind.path}?*{name}=*",
        "status": 400 if kind.path.startswith("v2/") else 422,
        "body": json.dumps({"title": f"The filter(s): {name} are not valid filter parameter(s)."}).encode(),
    }


def _repeating(_: Kind) -> Settings:
    kept: list[Any] = []

    def repeat(body: Any, _: Mapping[str, str]) -> Any:
        kept.append(body)
        return kept[0]

    return {"kind": "edit", "edit": repeat}


def _same_cursor(kind: Kind) -> Settings | None:
    def stop(body: Any, requested: Mapping[str, str]) -> Any:
        cursor = body["meta"].get("cursor_pagination")
        if cursor and requested.get("after"):
            cursor["end_cursor"] = requested["after"]
        return body

    return {"kind": "edit", "edit": stop} if kind.stream == "customers" else None


def _pagination(name: str, change: Callable[[int], Any]) -> Make:
    def lie(body: Any, _: Mapping[str, str]) -> Any:
        pagination = body and body["meta"].get("pagination")
        if pagination and name in pagination:
            pagination[name] = change(pagination[name])
        return body

    return _v3_only(lambda _: {"kind": "edit", "edit": lie})


def _row(title: str, change: Callable[[dict[str, Any], Kind], None], *, renames: bool = False) -> Fault:
    """A fault of one record: the middle one of the response."""

    def make(kind: Kind) -> Settings:
        def edit(body: Any, _: Mapping[str, str]) -> Any:
            rows = rows_of(body)
            if not rows:
                return body
            change(rows[len(rows) // 2], kind)
            return json.dumps(body).encode()  # which escapes half of a pair of surrogates

        return {"kind": "edit", "edit": edit}

    return Fault(title, _lists_only(make), lasts=(ALWAYS,), renames=renames)


def _value(title: str, field_of: Callable[[Kind], str | None], value: Any) -> Fault:
    fault = _row(title, lambda row, kind: row.update({str(field_of(kind)): value}))
    return replace(fault, make=lambda kind: fault.make(kind) if kind.rows_of and field_of(kind) else None)


def _without_key(row: dict[str, Any], _: Kind) -> None:
    del row["id"]


def _twice(body: Any, _: Mapping[str, str]) -> Any:
    rows = rows_of(body)
    if len(rows) > 1:
        rows[1]["id"] = rows[0]["id"]
    return body


def _reversed(body: Any, _: Mapping[str, str]) -> Any:
    rows = rows_of(body)
    rows.reverse()
    return body


_HUGE = "x" * 10_000_000

GROUPS = (
    Group(
        "Statuses",
        (
            _status("400", 400),
            _status("401 at one address", 401),
            Fault("401 (token revoked)", lambda _: {"status": 401, "spreads": True}, lasts=(ALWAYS,)),
            _status("402", 402),
            _status("403", 403),
            Fault(
                "403, a scope is missing",
                lambda kind: {"status": 403, "body": _missing_scope(kind)},
                lasts=(ALWAYS,),
            ),
            _status("403, HTML of a firewall", 403, kind="html"),
            _status("404", 404),
            _status("409", 409),
            _status("413", 413),
            _status("422", 422),
            _status("423", 423),
            _status("429 with headers", 429, headers={"X-Rate-Limit-Time-Reset-Ms": "5000", "X-Retry-After": "5"}),
            _status("429 with Retry-After alone", 429, rate_headers=False, headers={"Retry-After": "20"}),
            _status("429 without headers", 429, rate_headers=False),
            _status("500", 500),
            _status("502, HTML", 502, kind="html"),
            _status("503", 503),
            _status("503, store suspended", 503, body=json.dumps({"title": SUSPENDED}).encode()),
            _status("504", 504),
            _status("507", 507),
            _status("304", 304, body=b""),
            _status("redirect to another host", 302, kind="redirect"),
            Fault(
                "a parameter is refused",
                lambda _: {"status": 400, "body": b'[{"status":400,"message":"The field \'x\' is not supported."}]'},
                lasts=(ALWAYS,),
            ),
            Fault("a filter is refused", _refused_filter, lasts=(ALWAYS,), positions=("first page",)),
        ),
    ),
    Group(
        "Connections",
        (
            Fault("connection refused", lambda _: {}, refuses=True),
            _kind("reset before the response", "reset"),
            _kind("reset in the middle of the body", "break"),
            _kind("body ends early", "truncate"),
            _kind("truncated gzip", "cut gzip"),
            _kind("silence beyond the read timeout", "stall", seconds=2.0),
        ),
    ),
    Group(
        "Answers that are not the list",
        (
            _edit("truncated JSON", lambda body, _: body and json.dumps(body).encode()[:-3]),
            _status("HTML with status 200", 200, kind="html"),
            _kind("empty body with status 200", "empty"),
            _status("null", 200, body=b"null"),
            _edit("NaN in the JSON", lambda *_: b'{"data": [{"id": NaN}]}'),
            _edit("100,000 nested lists", lambda *_: b"[" * 100_000 + b"]" * 100_000),
            _edit("object for list, list for object", lambda body, _: body and shaped(body)),
            Fault(
                "data: null",
                _v3_only(lambda _: {"kind": "edit", "edit": lambda body, _: body and {**body, "data": None}}),
            ),
            Fault(
                "wrong content type",
                lambda _: {"kind": "edit", "edit": lambda body, _: body, "headers": {"content-type": "text/html"}},
            ),
            Fault("204 in the middle of a list", _paged_only(lambda _: {"status": 204, "body": b""}), positions=BEHIND),
            Fault(
                "empty list in the middle of a list",
                _paged_only(
                    lambda kind: {
                        "status": 200,
                        "body": b'{"data":[],"meta":{}}' if kind.path.startswith("v3") else b"[]",
                    }
                ),
                positions=BEHIND,
            ),
        ),
    ),
    Group(
        "Lists that lie",
        (
            Fault("the same page for ever", _paged_only(_repeating), lasts=(ALWAYS,), positions=("first page",)),
            Fault("a cursor that does not advance", _same_cursor, lasts=(ALWAYS,), positions=("first page",)),
            Fault("`total` too large", _pagination("total", lambda n: n + 3), lasts=(ALWAYS,)),
            Fault("`total` too small", _pagination("total", lambda n: max(0, n - 3)), lasts=(ALWAYS,)),
            Fault("`total` is 0", _pagination("total", lambda _: 0), lasts=(ALWAYS,)),
            Fault("`total_pages` is 1", _pagination("total_pages", lambda _: 1), lasts=(ALWAYS,)),
            Fault("`limit` ignored", _deaf("limit"), lasts=(ALWAYS,)),
            Fault("dates ignored", _deaf("min_date_modified", "date_modified:min", "created:min"), lasts=(ALWAYS,)),
            Fault(
                "the key to continue from ignored",
                _paged_only(_deaf("min_id", "id:greater", "after", "page")),
                lasts=(ALWAYS,),
            ),
            Fault(
                "sorting ignored: records reversed",
                _paged_only(lambda _: {"kind": "edit", "edit": _reversed}),
                lasts=(ALWAYS,),
            ),
            Fault("two records with one id", _lists_only(lambda _: {"kind": "edit", "edit": _twice}), lasts=(ALWAYS,)),
        ),
    ),
    Group(
        "Values",
        (
            _value('a date is ""', date_field, ""),
            _value("a date is null", date_field, None),
            _value("a date is 0000-00-00", date_field, "0000-00-00 00:00:00"),
            _value("a date in another format", date_field, "31.12.2024"),
            _value("the date of the last change is null", cursor_field, None),
            _value("the date of the last change in another format", cursor_field, "31.12.2024"),
            _value("a decimal as a number", number_field, 12.5),
            _value('a decimal is ""', number_field, ""),
            _value("a decimal as text", number_field, "12.5000"),
            _value("a decimal is words", number_field, "a lot"),
            _value("a field of another type", number_field, {"amount": [1]}),
            _row("an unknown field", lambda row, _: row.update(never_heard_of={"a": [1]})),
            _value("a text of 10 MB", text_field, _HUGE),
            _value("half of a pair of surrogates", text_field, "a\ud800b"),
            _value("NUL and an emoji", text_field, "a\x00b\U0001f600"),
            _row("no primary key", _without_key),
            _row("primary key is null", lambda row, _: row.update(id=None)),
            _row("an id beyond 2^53", lambda row, _: row.update(id=2**60 + row["id"]), renames=True),
        ),
    ),
)
FAULTS = tuple(fault for group in GROUPS for fault in group.faults)

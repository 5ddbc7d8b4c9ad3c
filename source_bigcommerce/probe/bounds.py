"""Bounds of filters: whether a filter shows the record that lies exactly on its bound.

Three requests decide: the record must disappear for a bound one step beyond it, and appear for one a step before it.
Only then does its presence for the bound itself say something. The last request is the one that must show it, so that a
record that was deleted or changed meanwhile decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from source_bigcommerce.api.client import Params
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.timestamps import format_timestamp
from source_bigcommerce.probe import samples
from source_bigcommerce.probe.answer import Answer, Refused, Undecided
from source_bigcommerce.probe.session import ProbeSession, Row

SECOND = timedelta(seconds=1)
FAR = timedelta(days=2)

_ATTEMPTS = 3  # records
_NOT_APPLIED = "the filter is not applied to the second"
_HIDES_TOO_MUCH = "the filter hides a record that it should show"


class Changed(Undecided):
    """The record was edited during the probe."""


@dataclass(frozen=True)
class DatedList:
    """A list with a filter by date. `near` requests a record from the list narrowed down to its id."""

    name: str
    sample: Callable[[ProbeSession], list[Row]]
    near: Callable[[ProbeSession, int, Params, bool], Row | None]
    minimum: str
    maximum: str


def _order(probe: ProbeSession, id_: int, params: Params, is_encoded: bool) -> Row | None:
    return samples.order_near(probe, id_, params, is_fresh=True)


def _of_v3(endpoint: str, scope: Scope) -> Callable[[ProbeSession, int, Params, bool], Row | None]:
    def near(probe: ProbeSession, id_: int, params: Params, is_encoded: bool) -> Row | None:
        reply = probe.get(endpoint, scope, {"id:in": id_, "limit": 10, **params}, is_encoded=is_encoded, is_fresh=True)
        return next((row for row in reply.rows if row.get("id") == id_), None)

    return near


ORDERS = DatedList("orders", samples.orders, _order, "min_date_modified", "max_date_modified")
CUSTOMERS = DatedList(
    "customers",
    samples.customers,
    _of_v3("v3/customers", Scope.CUSTOMERS),
    "date_modified:min",
    "date_modified:max",
)
PRODUCTS = DatedList(
    "products",
    samples.products,
    _of_v3("v3/catalog/products", Scope.PRODUCTS),
    "date_modified:min",
    "date_modified:max",
)


def date_bound(listed: DatedList, *, is_minimum: bool) -> Callable[[ProbeSession], Answer]:
    """Returns the function that asks for the bound of a list's date filter: true if it is inclusive."""
    name = listed.minimum if is_minimum else listed.maximum
    step = SECOND if is_minimum else -SECOND

    def ask_for(probe: ProbeSession, row: Row) -> Answer:
        at = _date(row)

        def shows(bound: datetime) -> bool:
            return _shows(probe, listed, row, {name: format_timestamp(bound)})

        if shows(at + step):
            raise Undecided(_NOT_APPLIED)
        is_shown = shows(at)
        if not shows(at - step):
            raise Undecided(_HIDES_TOO_MUCH)
        return Answer(is_shown, f"{name} with the date of one record, and one second before and after it")

    return lambda probe: _first_answer(probe, listed, ask_for)


def filter_applied(listed: DatedList) -> Callable[[ProbeSession], Answer]:
    """Returns the function that asks whether the date filter of a list shows and hides a record to the second.

    The answer is false only if a date two days after that of the record does not hide it either.
    """

    def ask_for(probe: ProbeSession, row: Row) -> Answer:
        if not _shows_after(probe, listed, row, SECOND):
            if not _shows_after(probe, listed, row, -SECOND):
                raise Undecided(_HIDES_TOO_MUCH)
            return Answer(True, f"{listed.minimum} one second before and after the date of one record")
        if not _shows_after(probe, listed, row, FAR):
            raise Undecided(_NOT_APPLIED)
        return Answer(False, f"{listed.minimum} with a date two days after that of one record")

    return lambda probe: _first_answer(probe, listed, ask_for)


def encoded_colons_work(listed: DatedList) -> Callable[[ProbeSession], Answer]:
    """Returns the function that asks whether the date filter of a list works with encoded colons to the second.

    The answer is false only if it works with plain colons.
    """

    def ask_for(probe: ProbeSession, row: Row) -> Answer:
        def works(*, is_encoded: bool) -> bool:
            is_hidden = not _shows_after(probe, listed, row, SECOND, is_encoded=is_encoded)
            return is_hidden and _shows_after(probe, listed, row, -SECOND, is_encoded=is_encoded)

        evidence = f"{listed.minimum} one second before and after the date of one record, with encoded colons"
        try:
            if works(is_encoded=True):
                return Answer(True, evidence)
        except Refused as refused:
            evidence = f"{evidence}: {refused}"
        if not works(is_encoded=False):
            raise Undecided("the filter does not work with plain colons either")
        return Answer(False, f"{evidence}; it works with plain ones")

    return lambda probe: _first_answer(probe, listed, ask_for)


def _first_answer(probe: ProbeSession, listed: DatedList, ask_for: Callable[[ProbeSession, Row], Answer]) -> Answer:
    rows = _calm(listed.sample(probe))
    for row in rows[:_ATTEMPTS]:
        try:
            return ask_for(probe, row)
        except Changed:
            continue
    raise (
        Changed("the records chosen were edited during the probe")
        if rows
        else Undecided(f"needs one of the {listed.name}, changed inside a minute")
    )


def _calm(rows: Iterable[Row]) -> list[Row]:
    """Returns the records with a date inside a minute, beginning with those that were not edited for long.

    A filter that cuts the seconds or the time off would be right about a record at the beginning or end of a minute.
    """
    dated = [row for row in rows if (date := samples.date_of(row)) and 0 < date.second < 59]
    return sorted(dated, key=_date)


def _date(row: Row) -> datetime:
    found = samples.date_of(row)
    if found is None:
        raise Undecided("needs a record with a date_modified")
    return found


def _shows_after(
    probe: ProbeSession, listed: DatedList, row: Row, step: timedelta, *, is_encoded: bool = False
) -> bool:
    """True if the filter shows the record with a minimum that lies so long after the date of the record."""
    params: Params = {listed.minimum: format_timestamp(_date(row) + step)}
    return _shows(probe, listed, row, params, is_encoded=is_encoded)


def _shows(probe: ProbeSession, listed: DatedList, row: Row, params: Params, *, is_encoded: bool = False) -> bool:
    """True if the filters show the record. Raises Changed if its date is another than in the sample."""
    found = listed.near(probe, row["id"], params, is_encoded)
    if found is not None and samples.date_of(found) != samples.date_of(row):
        raise Changed("the record was edited during the probe")
    return found is not None

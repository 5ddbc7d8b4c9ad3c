"""The list of orders: its order, and archived and incomplete orders."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.probe import samples
from source_bigcommerce.probe.answer import Answer, Undecided
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.session import ProbeSession, Reply, Row

_GAPS = 8  # ids missing in the list that are requested by themselves
_TRIED = 6  # archived orders
_CHANGED = "the order chosen was changed during the probe"
_NO_ARCHIVED = "needs an archived order: archive one in the control panel (Orders > Archive)"
_NO_INCOMPLETE = "needs an incomplete order (status 0), such as a checkout that was not completed"


def _sort(probe: ProbeSession) -> Answer:
    ascending, descending = (page.ids for page in samples.order_pages(probe))
    if len(ascending) < 3:
        raise Undecided("needs three orders")
    is_sorted = ascending == sorted(ascending) and descending == sorted(descending, reverse=True)
    return Answer(is_sorted, "sort=id:asc and sort=id:desc, the ids on both pages compared")


def _is_deleted_reply(probe: ProbeSession) -> Reply:
    return probe.get("v2/orders", Scope.ORDERS, {"is_deleted": "true", "limit": 50})


def _is_deleted_filter(probe: ProbeSession) -> Answer:
    reply = _is_deleted_reply(probe)
    if reply.is_refused:
        return Answer("refused", f"is_deleted=true: status {reply.status}")
    others = samples.first_of(samples.orders(probe), lambda row: row.get("is_deleted") is False, 1)
    if not others:
        raise Undecided("needs an order that is not archived")
    id_ = others[0]["id"]
    shown = samples.order_near(probe, id_, {"is_deleted": "true"}, is_fresh=True)
    if not _is(samples.order_near(probe, id_, is_fresh=True), is_deleted=False):
        raise Undecided(_CHANGED)
    if shown:
        return Answer("ignored", "is_deleted=true shows an order that is not archived")
    if not any(row.get("is_deleted") is True for row in reply.rows):
        raise Undecided(_NO_ARCHIVED)
    return Answer("honoured", "is_deleted=true shows archived orders, and hides one that is not archived")


def _is(order: Row | None, **fields: bool | int) -> bool:
    """True for an order that has these values."""
    return order is not None and all(order.get(name) == value for name, value in fields.items())


def _own(probe: ProbeSession, id_: int, *, is_fresh: bool) -> Row | None:
    """Returns an order from its own address; None if there is none."""
    body = probe.get(f"v2/orders/{id_}", Scope.ORDERS, is_fresh=is_fresh).body
    return body if isinstance(body, dict) else None


def _is_still(probe: ProbeSession, id_: int, **fields: bool | int) -> bool:
    """True if the order's own address shows these values now."""
    return _is(_own(probe, id_, is_fresh=True), **fields)


def _archived(probe: ProbeSession) -> Iterator[int]:
    """Yields ids of orders that were archived: in the list, by the filter, or of orders that a page leaves out."""
    filtered = _is_deleted_reply(probe)
    for row in [*samples.orders(probe), *([] if filtered.is_refused else filtered.rows)]:
        if row.get("is_deleted") is True and type(row.get("id")) is int:
            yield row["id"]
    for id_ in _gaps(probe):
        if _is(_own(probe, id_, is_fresh=False), is_deleted=True):
            yield id_


def _gaps(probe: ProbeSession) -> list[int]:
    """Returns ids that are missing on the pages of the oldest and newest orders."""
    missing: list[int] = []
    for page in samples.order_pages(probe):
        ids = set(page.ids)
        if ids:
            missing += [id_ for id_ in range(min(ids) + 1, max(ids)) if id_ not in ids][:_GAPS]
    return list(dict.fromkeys(missing))[:_GAPS]


def _contains_archived(probe: ProbeSession) -> Answer:
    for id_ in _archived(probe):
        return _is_listed(probe, id_, "an archived order", is_deleted=True)
    raise Undecided(_NO_ARCHIVED)


def _is_listed(probe: ProbeSession, id_: int, what: str, **fields: bool | int) -> Answer:
    """Returns true if the plain list shows an order that has certain values. Raises Undecided if it changed meanwhile.

    It is false only if the order's own address still shows these values afterwards.
    """
    found = samples.order_near(probe, id_, is_fresh=True)
    if not (_is(found, **fields) if found else _is_still(probe, id_, **fields)):
        raise Undecided(_CHANGED)
    return Answer(found is not None, f"{what}, looked up in the plain list by its id")


def _archived_transactions(probe: ProbeSession) -> Answer:
    for id_ in islice(_archived(probe), _TRIED):
        reply = _transactions(probe, id_)
        is_shown = reply.status == 200 and bool(reply.rows)
        if not is_shown and reply.status != 404:
            continue
        others = samples.first_of(samples.orders(probe), lambda row: row.get("is_deleted") is False, 1)
        if not is_shown and (not others or _transactions(probe, others[0]["id"]).is_refused):
            raise Undecided("the transactions of an order that is not archived are refused too")
        present = samples.order_near(probe, id_, is_fresh=True) or _own(probe, id_, is_fresh=True)
        if not _is(present, is_deleted=True):
            raise Undecided(_CHANGED)
        evidence = "are shown" if is_shown else "have status 404, unlike those of another order"
        return Answer(is_shown, f"the transactions of an archived order {evidence}")
    raise Undecided("needs an archived order that has transactions")


def _transactions(probe: ProbeSession, id_: int) -> Reply:
    return probe.get(f"v3/orders/{id_}/transactions", Scope.TRANSACTIONS, {"limit": 250}, is_fresh=True)


def _incomplete(probe: ProbeSession) -> int | None:
    """Returns the id of an incomplete order that the store shows; None if it shows none."""
    filtered = probe.get("v2/orders", Scope.ORDERS, {"status_id": 0, "limit": 10})
    rows = [] if filtered.is_refused else filtered.rows
    found = samples.first_of([*rows, *samples.orders(probe)], lambda row: row.get("status_id") == 0, 1)
    return found[0].get("id") if found else None


class _Count(NamedTuple):
    """The numbers of orders that `/v2/orders/count` reports."""

    all: int
    incomplete: int
    others: int


def _count(probe: ProbeSession) -> _Count:
    """Returns the present numbers. Raises Undecided if there are none by status."""
    body = probe.get("v2/orders/count", Scope.ORDERS, is_fresh=True).body
    statuses = body.get("statuses") if isinstance(body, dict) else None
    if not isinstance(statuses, list) or type(body.get("count")) is not int:
        raise Undecided("/v2/orders/count does not report numbers by status")
    counts = [(one["id"], one["count"]) for one in statuses]
    return _Count(
        body["count"],
        sum(count for status, count in counts if status == 0),
        sum(count for status, count in counts if status != 0),
    )


def _contains_incomplete(probe: ProbeSession) -> Answer:
    id_ = _incomplete(probe)
    if id_ is not None:
        return _is_listed(probe, id_, "an incomplete order", status_id=0)
    if _is_whole(probe) and _filters_by_status(probe) and _count(probe).incomplete:
        return Answer(False, "the count reports incomplete orders; the whole list and status_id=0 show none")
    raise Undecided(_NO_INCOMPLETE)


def _is_whole(probe: ProbeSession) -> bool:
    """True if a page of orders is the whole list: it begins with the oldest one and ends with the newest one."""
    ascending, descending = (page.ids for page in samples.order_pages(probe))
    return len(ascending) > 1 and ascending == sorted(ascending) == descending[::-1]


def _filters_by_status(probe: ProbeSession) -> bool:
    """True if `status_id` shows orders of one status, and hides those of another."""
    statuses = sorted({row["status_id"] for row in samples.orders(probe) if type(row.get("status_id")) is int})
    if len(statuses) < 2:
        return False
    shown = probe.get("v2/orders", Scope.ORDERS, {"status_id": statuses[0], "limit": 250})
    return not shown.is_refused and {row.get("status_id") for row in shown.rows} == {statuses[0]}


def _count_contains_incomplete(probe: ProbeSession) -> Answer:
    id_ = _incomplete(probe)
    count = _count(probe)
    if count.incomplete and count.all in (count.others, count.others + count.incomplete):
        return Answer(count.all > count.others, "count of /v2/orders/count, compared with the sum over its statuses")
    if id_ is None:
        raise Undecided(_NO_INCOMPLETE)
    if count.incomplete or count.all != count.others or not _is_still(probe, id_, status_id=0):
        raise Undecided("the numbers of /v2/orders/count do not add up")
    return Answer(False, "the list shows an incomplete order, and /v2/orders/count reports none with status 0")


QUESTIONS = (
    Question("orders_sort_id", "Are orders sorted by id with sort=id:asc and sort=id:desc?", _sort),
    Question(
        "orders_is_deleted_filter",
        "What does is_deleted=true do, which is no longer documented: honoured, refused or ignored?",
        _is_deleted_filter,
    ),
    Question(
        "orders_list_contains_archived",
        "Does the list of orders contain archived orders without a filter?",
        _contains_archived,
    ),
    Question(
        "archived_orders_have_transactions",
        "Can the transactions of an archived order be read?",
        _archived_transactions,
    ),
    Question(
        "orders_list_contains_incomplete",
        "Does the list of orders contain incomplete orders without a filter?",
        _contains_incomplete,
    ),
    Question(
        "orders_count_contains_incomplete",
        "Does the count of orders contain incomplete orders?",
        _count_contains_incomplete,
    ),
)

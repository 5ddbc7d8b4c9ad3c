"""The lists below an order: transactions, refunds, shipments and messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.probe import samples
from source_bigcommerce.probe.answer import Answer, Undecided
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.session import ProbeSession, Reply, Row

_UNPAID = (0, 1)  # incomplete, pending
_REFUNDED = (4, 14)  # refunded, partially refunded
_SHIPPED = (2, 3, 10)  # shipped, partially shipped, completed
_TRIED = 8  # orders
_TRIED_FOR_MESSAGES = 25  # which few orders have
_REFUNDS = "v3/orders/payment_actions/refunds"


def children(probe: ProbeSession, kind: str, most: int = _TRIED) -> Iterator[tuple[Row, Reply]]:
    """Yields orders with their transactions, shipments or messages; each is requested when it is taken."""
    path, scope, wanted = _KINDS[kind]
    orders = [order for order in samples.orders(probe) if order.get("is_deleted") is not True]
    orders.sort(key=lambda order: not wanted(order))
    for order in orders[:most]:
        yield order, probe.get(path.format(order["id"]), scope, {"limit": 250})


def _has_status(*statuses: int) -> Callable[[Row], bool]:
    return lambda order: order.get("status_id") in statuses


_KINDS: dict[str, tuple[str, Scope, Callable[[Row], bool]]] = {
    "transactions": ("v3/orders/{}/transactions", Scope.TRANSACTIONS, _has_status(*_REFUNDED)),
    "no transactions": ("v3/orders/{}/transactions", Scope.TRANSACTIONS, _has_status(*_UNPAID)),
    "shipments": ("v2/orders/{}/shipments", Scope.ORDERS, _has_status(*_SHIPPED)),
    "messages": ("v2/orders/{}/messages", Scope.ORDERS, lambda order: bool(order.get("customer_id"))),
}


def _transactions_paging(probe: ProbeSession) -> Answer:
    for order, reply in children(probe, "transactions"):
        if reply.is_refused or len(reply.rows) < 2:
            continue
        path = f"v3/orders/{order['id']}/transactions"
        first, second = (probe.get(path, Scope.TRANSACTIONS, {"limit": 1, "page": page}) for page in (1, 2))
        evidence = "limit=1 with page=1 and page=2, for an order with several transactions"
        if len(first.rows) > 1:
            return Answer("none", evidence)
        if not first.ids:
            raise Undecided("the transactions of an order changed during the probe")
        if second.ids == first.ids:
            return Answer("limit only", evidence)
        if len(second.ids) == 1 and second.ids[0] in reply.ids:
            return Answer("honoured", evidence)
        raise Undecided(f"{evidence}: the second page is not the other one")
    raise Undecided("needs an order with two transactions, such as one that was refunded")


def _no_transactions(probe: ProbeSession) -> Answer:
    for _, reply in children(probe, "no transactions"):
        if not reply.is_refused and not reply.rows:
            return Answer(reply.status, "the transactions of an order that has none")
    raise Undecided("needs an order without transactions, such as an incomplete one")


def refunds(probe: ProbeSession) -> Reply:
    """Returns the first page of the refunds of all orders."""
    return probe.get(_REFUNDS, Scope.ORDERS, {"limit": 250})


def _refunds_meta(probe: ProbeSession) -> Answer:
    if not refunds(probe).rows:
        raise Undecided("needs a refund")
    has_total = "total" in refunds(probe).meta("pagination")
    return Answer("pagination" if has_total else "empty", "meta of the list of refunds")


def _order_refunds_paged(probe: ProbeSession) -> Answer:
    counts = Counter(row.get("order_id") for row in refunds(probe).rows if type(row.get("order_id")) is int)
    for id_, count in counts.most_common(_TRIED):
        if count < 2:
            break
        reply = probe.get(f"v3/orders/{id_}/payment_actions/refunds", Scope.ORDERS, {"limit": 1})
        if not reply.is_refused and reply.rows:
            return Answer(len(reply.rows) == 1, "limit=1 for the refunds of an order that has several")
    raise Undecided("needs an order that was refunded twice")


def _items_shipped(probe: ProbeSession) -> Answer:
    counts = [
        order.get("items_shipped")
        for order, reply in children(probe, "shipments")
        if not reply.is_refused and reply.rows and type(order.get("items_shipped")) is int
    ]
    if not counts:
        raise Undecided("needs an order with a shipment")
    return Answer(0 not in counts, "items_shipped of orders that have shipments")


def _message_filters(probe: ProbeSession) -> Answer:
    for order, reply in children(probe, "messages", _TRIED_FOR_MESSAGES):
        ids = [] if reply.is_refused else reply.ids
        bounds = _bounds_about_the_order(order["id"], ids) if ids else None
        if not bounds:
            continue
        path = f"v2/orders/{order['id']}/messages"
        beyond, shown, before = (
            probe.get(path, Scope.ORDERS, {bounds.name: value, "limit": 10}, is_fresh=True).rows
            for value in (bounds.beyond, bounds.between, bounds.before)
        )
        if beyond or not before:
            raise Undecided(f"{bounds.name} of messages is not applied")
        return Answer(
            "order" if shown else "message", "a filter that lets the order's id pass, and none of its messages'"
        )
    raise Undecided("needs an order with messages")


class _Bounds(NamedTuple):
    """Values of one filter: one that hides the order's id and those of its messages, the latter alone, or nothing."""

    name: str
    beyond: int
    between: int
    before: int


def _bounds_about_the_order(order_id: int, ids: list[int]) -> _Bounds | None:
    """Returns bounds that the id of the order passes and those of its messages do not; None if there are none."""
    lowest, highest = min(order_id, *ids), max(order_id, *ids)
    if order_id >= max(ids) + 2:
        return _Bounds("min_id", highest + 2, max(ids) + 1, max(0, lowest - 1))
    if 2 < order_id <= min(ids) - 2:
        return _Bounds("max_id", lowest - 2, min(ids) - 1, highest + 1)
    return None


QUESTIONS = (
    Question(
        "transactions_paging",
        "What do limit and page of an order's transactions do: honoured, limit only, or none?",
        _transactions_paging,
    ),
    Question(
        "no_transactions_status",
        "Which status do the transactions of an order without any have?",
        _no_transactions,
    ),
    Question(
        "refunds_meta",
        "Does the list of refunds report a total (pagination), or is meta empty?",
        _refunds_meta,
    ),
    Question("order_refunds_paged", "Do the refunds of one order come in pages?", _order_refunds_paged),
    Question(
        "orders_items_shipped_reported",
        "Do orders with shipments report them in items_shipped?",
        _items_shipped,
    ),
)
LATE_QUESTIONS = (
    Question(
        "messages_filters_mean",
        "Whose id do min_id and max_id of an order's messages bound: the message's or the order's?",
        _message_filters,
    ),
)
"""Questions that may take many requests, asked after all others."""

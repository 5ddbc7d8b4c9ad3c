"""The V2 lists below an order (BigCommerce's reference/orders.v2.oas2.yml)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.api import order_views as views
from sandbox.api.endpoint import PAGE_PARAMETERS, Call, Endpoint, existing
from sandbox.children import id_of, seconds_of
from sandbox.dates import parse_v2, rfc2822
from sandbox.options import ORDERS
from sandbox.paging import bare_list, requested_page
from sandbox.query import Range, span
from sandbox.responses import ApiResponse
from sandbox.table import ENDLESS
from sandbox.templates import Body, Template

_MESSAGES = PAGE_PARAMETERS | {
    "min_id", "max_id", "customer_id", "min_date_created", "max_date_created", "is_flagged", "status",
}  # fmt: skip


def _templates(call: Call, kind: str, view: str = "", change: Callable[[Any], Any] = lambda row: row) -> list[Template]:
    """The rows of the order that the path names; `change` shows them in another form, remembered as `view`."""
    orders, id_ = call.store.orders, call.path["order_id"]
    body = existing(orders, id_)
    guest, store_hash = orders.value(id_, "customer_id") == 0, call.store.options.store_hash

    def build(body: Body) -> list[Any]:
        return [change(row) for row in views.children(kind, body, store_hash, guest=guest)]

    return body.row_views(f"rows {kind} {view} {guest}", build)


def _page(call: Call, rows: list[Template]) -> ApiResponse:
    page, stamp = requested_page(call.query, call.api_variant, version="v2"), None
    pieces: list[bytes] = []
    for row in rows[page.start : page.stop]:
        stamp = stamp or call.store.orders.stamp(call.path["order_id"], rfc2822)
        if pieces:
            pieces.append(b",")
        row.fill(stamp, pieces)
    return bare_list(pieces, call.api_variant)


def _rows(kind: str) -> Callable[[Call], ApiResponse]:
    """An endpoint that pages through one kind of rows."""
    return lambda call: _page(call, _templates(call, kind))


def list_taxes(call: Call) -> ApiResponse:
    """`GET /v2/orders/{id}/taxes`; `details=true` names the line of a tax."""
    if call.query.flag("details"):
        return _page(call, _templates(call, "taxes", "details"))
    return _page(call, _templates(call, "taxes", "plain", views.tax))


def list_messages(call: Call) -> ApiResponse:
    """`GET /v2/orders/{id}/messages`, filtered by the message or, under an API variant, by the order."""
    orders, query, order_id = call.store.orders, call.query, call.path["order_id"]
    templates = _templates(call, "messages")
    created, rows = orders.created_of(order_id), orders.body(order_id).parts["messages"]
    ids, dates = _message_ranges(call)
    flagged, status = query.flag("is_flagged"), query.choice("status", ("read", "unread"))
    by_order = call.api_variant.message_filters_mean == "order"
    customer = query.integer("customer_id")
    if customer is not None and customer != orders.value(order_id, "customer_id"):
        return _page(call, [])

    def passes(row: dict[str, Any]) -> bool:
        id_ = order_id if by_order else id_of(row, order_id)
        at = created if by_order else seconds_of(row["date_created"], created)
        return (
            ids[0] <= id_ <= ids[1]
            and dates[0] <= at <= dates[1]
            and flagged in (None, row["is_flagged"])
            and status in (None, row["status"])
        )

    return _page(call, [template for template, row in zip(templates, rows, strict=True) if passes(row)])


def _message_ranges(call: Call) -> tuple[Range, Range]:
    query, api_variant = call.query, call.api_variant
    least, most = query.integer("min_id"), query.integer("max_id")
    low = None if least is None else least + (0 if api_variant.v2_min_id_inclusive else 1)
    high = None if most is None else most - (0 if api_variant.v2_max_id_inclusive else 1)
    inclusive = api_variant.v2_dates_inclusive
    dates = span(
        query.at_least("min_date_created", parse_v2, inclusive=inclusive),
        query.at_most("max_date_created", parse_v2, inclusive=inclusive),
        ENDLESS,
    )
    endless = 2**63
    return span(low, high, endless), (0, ENDLESS) if api_variant.date_filter_ignored else dates


def _endpoint(
    name: str, respond: Callable[[Call], ApiResponse], parameters: frozenset[str] = PAGE_PARAMETERS
) -> Endpoint:
    return Endpoint(f"v2/orders/{{order_id:int}}/{name}", ORDERS, respond, parameters)


ENDPOINTS = [
    _endpoint("products", _rows("lines")),
    _endpoint("coupons", _rows("coupons")),
    _endpoint("shipping_addresses", _rows("shipping_addresses")),
    _endpoint("shippingaddresses", _rows("shipping_addresses")),
    _endpoint("shipments", _rows("shipments")),
    _endpoint("taxes", list_taxes, PAGE_PARAMETERS | {"details"}),
    _endpoint("messages", list_messages, _MESSAGES),
]

"""V3 transactions and refunds of orders (BigCommerce's reference/orders.v3.yml)."""

from __future__ import annotations

from typing import Any

from sandbox.api.endpoint import Call, Endpoint, existing
from sandbox.dates import iso_offset, iso_z, parse_v3
from sandbox.options import ORDERS, TRANSACTIONS
from sandbox.paging import Page, envelope, offset_meta, requested_page
from sandbox.query import span
from sandbox.refunds import Refunds
from sandbox.responses import NOT_FOUND, ApiResponse, Problem
from sandbox.table import ENDLESS, DateForm
from sandbox.templates import Template
from sandbox.variants import ApiVariant

_EITHER = frozenset({ORDERS, TRANSACTIONS})


def date_form(api_variant: ApiVariant) -> DateForm:
    """Orders write `+00:00` unless the API variant says otherwise."""
    return iso_z if api_variant.v3_date_format == "Z" else iso_offset


def list_transactions(call: Call) -> ApiResponse:
    """`GET /v3/orders/{id}/transactions`; page numbers are not documented and reported not to work."""
    orders, api_variant, id_ = call.store.orders, call.api_variant, call.path["order_id"]
    body = existing(orders, id_)
    if api_variant.transactions_of_archived_orders == "404" and body.fields.get("is_deleted"):
        raise Problem(404, NOT_FOUND)
    rows = body.row_views("rows transactions", lambda b: b.parts["transactions"])
    if not rows and api_variant.no_transactions == "204":
        return ApiResponse(status=204)
    page = requested_page(call.query, api_variant, version="v3")
    if api_variant.transactions_paging != "honoured":
        page = Page(1, page.limit if api_variant.transactions_paging == "limit only" else max(len(rows), 1))
    stamp, shown = orders.stamp(id_, date_form(api_variant)), rows[page.start : page.stop]
    pieces: list[bytes] = []
    for row in shown:
        _put(pieces, row, stamp)
    return envelope(pieces, {"pagination": offset_meta(call.query, page, len(rows), len(shown))})


def list_refunds(call: Call) -> ApiResponse:
    """`GET /v3/orders/payment_actions/refunds`, by id; the bounds of `created` are documented as included."""
    query, refunds = call.query, call.store.refunds
    low, high = span(
        query.at_least("created:min", parse_v3, inclusive=True),
        query.at_most("created:max", parse_v3, inclusive=True),
        ENDLESS,
    )
    orders, wanted = query.integers("order_id:in"), query.integers("id:in")
    ids = list(refunds.ids())
    if orders is not None:
        ids = sorted(id_ for order_id in set(orders) for id_ in refunds.of(order_id))
    if wanted is not None:
        ids = [id_ for id_ in ids if id_ in set(wanted)]
    if (low, high) != (0, ENDLESS) and not call.api_variant.date_filter_ignored:
        ids = [id_ for id_ in ids if low <= refunds.created_of(id_) <= high]
    return _refunds(call, _paid_back_by(call, ids), requested_page(query, call.api_variant, version="v3"))


def list_refunds_of_order(call: Call) -> ApiResponse:
    """`GET /v3/orders/{id}/payment_actions/refunds`; no pages are documented."""
    existing(call.store.orders, call.path["order_id"])
    ids = _paid_back_by(call, sorted(call.store.refunds.of(call.path["order_id"])))
    page = requested_page(call.query, call.api_variant, version="v3")
    return _refunds(call, ids, page if call.api_variant.order_refunds_paged else Page(1, max(len(ids), 1)))


def _paid_back_by(call: Call, ids: list[int]) -> list[int]:
    """Of some refunds those with a payment of the transaction that `transaction_id` names, if it names one."""
    wanted = call.query.text("transaction_id")
    if wanted is None:
        return ids
    return [
        id_ for id_ in ids if wanted in {payment["transaction_id"] for payment in call.store.refund(id_)["payments"]}
    ]


def _refunds(call: Call, ids: list[int], page: Page) -> ApiResponse:
    shown = ids[page.start : page.stop]
    meta: dict[str, Any] = {}
    if call.api_variant.refunds_meta == "pagination":
        meta = {"pagination": offset_meta(call.query, page, len(ids), len(shown))}
    return envelope(_rendered(call, shown), meta, listed=shown)


def _rendered(call: Call, ids: list[int]) -> list[bytes]:
    refunds: Refunds = call.store.refunds
    form, of_order = date_form(call.api_variant), {}
    pieces: list[bytes] = []
    for id_ in ids:
        order_id = refunds.order_of(id_)
        if order_id not in of_order:
            views = refunds.body(order_id).row_views("rows refunds", lambda body: body.parts["refunds"])
            of_order[order_id] = dict(zip(refunds.of(order_id), views, strict=True))
        _put(pieces, of_order[order_id][id_], call.store.orders.stamp(order_id, form))
    return pieces


def _put(pieces: list[bytes], row: Template, stamp: Any) -> None:
    if pieces:
        pieces.append(b",")
    row.fill(stamp, pieces)


ENDPOINTS = [
    Endpoint("v3/orders/{order_id:int}/transactions", TRANSACTIONS, list_transactions),
    Endpoint("v3/orders/payment_actions/refunds", _EITHER, list_refunds, lists="refunds"),
    Endpoint("v3/orders/{order_id:int}/payment_actions/refunds", _EITHER, list_refunds_of_order),
]

"""Edits of the records below an order, and whether the order's date moves.

Every function takes an order's body and returns what to change in it; the store does the rest.
"""

from __future__ import annotations

from typing import Any

from sandbox.data import order_children, payments
from sandbox.data.order_children import Row, cents
from sandbox.data.orders import STATUSES
from sandbox.dates import parse_iso, parse_v2
from sandbox.table import LATER_BY
from sandbox.templates import CREATED, ID, LATER, Body
from sandbox.variants import ApiVariant

PARTS = {
    "lines": "lines",
    "coupons": "coupon_rows",
    "shipping_addresses": "shipping",
    "fees": "fee_rows",
    "shipments": "shipments",
    "taxes": "taxes",
    "messages": "messages",
    "transactions": "transactions",
    "refunds": "refunds",
}
"""The kinds of rows below an order, and the part of its body that holds them."""

V3_KINDS = ("transactions", "refunds")
FIRST_ADDED = 10_000_000_001
"""Rows that a test adds are numbered from here, through all orders: above every generated one, and never twice."""
LARGEST_PAGE = 250

_MANAGED = frozenset({"id", "order_id", "date_created", "created"})


def part_of(kind: str) -> str:
    """The part of an order's body that holds a kind of rows."""
    if kind not in PARTS:
        raise KeyError(f"orders have no {kind!r}; they have {', '.join(PARTS)}")
    return PARTS[kind]


def id_of(row: Row, order_id: int) -> int:
    """The id of a row of an order's body."""
    return int(str(row["id"]).replace(str(ID), str(order_id)))


def seconds_of(date: str, created: int) -> int:
    """A date of a row in Unix seconds: one of the order's own, or one that a test gave."""
    if date in (CREATED, LATER):
        return created if date == CREATED else created + LATER_BY
    return int(parse_v2(date) if date[:1].isalpha() else parse_iso(date))


def bumps(api_variant: ApiVariant, kind: str, action: str) -> bool:
    """True when a change of a row moves the order's `date_modified`."""
    if kind == "shipments":
        return (
            api_variant.shipment_edit_bumps_date_modified
            if action == "edit"
            else api_variant.new_shipment_bumps_date_modified
        )
    if kind == "lines" and action == "delete":
        return api_variant.line_removal_bumps_date_modified
    switches = {
        "messages": api_variant.message_bumps_date_modified,
        "transactions": api_variant.transaction_bumps_date_modified,
        "refunds": api_variant.refund_bumps_date_modified,
    }
    return switches.get(kind, True)


def reachable(api_variant: ApiVariant, kind: str, body: Body) -> list[Row]:
    """The rows of an order that requests can show: not all transactions, under some API variants."""
    rows: list[Row] = body.parts[part_of(kind)]
    if kind != "transactions":
        return rows
    if api_variant.transactions_of_archived_orders == "404" and body.fields.get("is_deleted"):
        return []
    return rows[:LARGEST_PAGE] if api_variant.transactions_paging == "limit only" else rows


def added(kind: str, body: Body, id_: int, date: str, fields: Row) -> dict[str, Any]:
    """With one more shipment, message, transaction or refund; `fields` replace what it would hold."""
    _refuse_managed(fields)
    makers = {
        "shipments": _new_shipment,
        "messages": _new_message,
        "transactions": _new_transaction,
        "refunds": _new_refund,
    }
    if kind not in makers:
        raise ValueError(f"{', '.join(makers)} can be added to an order; for {kind} edit the order")
    row = {**makers[kind](body), **fields, "id": id_, "created" if kind == "refunds" else "date_created": date}
    changes = {kind: [*body.parts[kind], row]}
    return {**changes, **_shipped(body, row)} if kind == "shipments" else changes


def edited(kind: str, body: Body, order_id: int, id_: int, fields: Row) -> dict[str, Any]:
    """With one row changed."""
    _refuse_managed(fields)
    rows = body.parts[part_of(kind)]
    _holding(kind, rows, order_id, id_)
    return {PARTS[kind]: [{**row, **fields} if id_of(row, order_id) == id_ else row for row in rows]}


def removed(kind: str, body: Body, order_id: int, id_: int) -> dict[str, Any]:
    """Without one row; the pieces of a removed line are no longer counted."""
    rows = body.parts[part_of(kind)]
    _holding(kind, rows, order_id, id_)
    kept = [row for row in rows if id_of(row, order_id) != id_]
    return _counted(body, kept) if kind == "lines" else {PARTS[kind]: kept}


def _refuse_managed(fields: Row) -> None:
    if found := _MANAGED & set(fields):
        raise ValueError(f"{', '.join(sorted(found))} cannot be set; `at` is the second of the change")


def _holding(kind: str, rows: list[Row], order_id: int, id_: int) -> None:
    if id_ not in {id_of(row, order_id) for row in rows}:
        raise KeyError(f"order {order_id} has no {id_} among its {kind}")


def _new_shipment(body: Body) -> Row:
    """One piece of the first line that has one left to send."""
    addresses = {row["id"]: row for row in body.parts["shipping"]}
    for line in body.parts["lines"]:
        if line["order_address_id"] in addresses and line["quantity_shipped"] < line["quantity"]:
            items = [order_children.shipped_item(line, 1)]
            return order_children.shipment(
                1, body.fields["billing_address"], addresses[line["order_address_id"]], items
            )
    raise ValueError("this order has nothing left to ship")


def _new_message(body: Body) -> Row:
    return order_children.message(1, "Is there any news?", status="unread")


def _new_transaction(body: Body) -> Row:
    earlier = body.parts["transactions"]
    event = "settled" if earlier else "purchase"
    after = earlier[-1] if earlier else None
    return payments.transaction(
        1, event, float(body.fields["total_inc_tax"]), body.fields["payment_method"], after=after
    )


def _new_refund(body: Body) -> Row:
    """One piece of the first line, or a little of the order where there is none."""
    paid = next(iter(body.parts["transactions"]), None)
    if not body.parts["lines"]:
        return payments.refund(1, [payments.other_item("ORDER", ID, 1)], 100, 0, paid)
    line = body.parts["lines"][0]
    amount, tax = cents(line["price_inc_tax"]), cents(line["price_tax"])
    return payments.refund(1, [payments.product_item(line, 1)], amount, tax, paid)


def _shipped(body: Body, shipment: Row) -> dict[str, Any]:
    """The consequences of a shipment: counts, status and date."""
    sent = {item["order_product_id"]: item["quantity"] for item in shipment["items"]}
    lines = [
        {**line, "quantity_shipped": line["quantity_shipped"] + sent[line["id"]]} if line["id"] in sent else line
        for line in body.parts["lines"]
    ]
    changes = _counted(body, lines)
    status = 2 if changes["items_shipped"] >= changes["items_total"] else 3
    return {
        **changes,
        "status_id": status,
        "status": STATUSES[status],
        "custom_status": STATUSES[status],
        "date_shipped": shipment["date_created"] if status == 2 else body.fields["date_shipped"],
    }


def _counted(body: Body, lines: list[Row]) -> dict[str, Any]:
    """The lines, and the numbers of pieces in the order and its shipping addresses."""

    def pieces(name: str, address: int | None = None) -> int:
        return sum(line[name] for line in lines if address in (None, line["order_address_id"]))

    return {
        "lines": lines,
        "items_total": pieces("quantity"),
        "items_shipped": pieces("quantity_shipped"),
        "shipping": [
            {
                **row,
                "items_total": pieces("quantity", row["id"]),
                "items_shipped": pieces("quantity_shipped", row["id"]),
            }
            for row in body.parts["shipping"]
        ],
    }

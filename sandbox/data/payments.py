"""Transactions and refunds of an order (BigCommerce's reference/orders.v3.yml)."""

from __future__ import annotations

from random import Random
from typing import Any

from sandbox.data.bodies import body
from sandbox.data.order_children import Row, cents
from sandbox.data.words import number
from sandbox.templates import CREATED, ID, LATER, child_id

_MEANS: dict[str, Row] = body("means_of_payment")
_CARD: Row = body("card_payment")
_UNPAID = {0: (), 1: (), 5: ("authorization", "void"), 6: ("purchase",), 7: ("pending",)}
"""Transactions of orders that were not paid for, by status."""


def transaction(n: int, event: str, amount: Any, means: str, *, after: Row | None = None, **changes: Any) -> Row:
    """A movement of money; `after` is the transaction that it acts upon."""
    given = _MEANS[means]
    return {
        "id": child_id(n),
        "order_id": str(ID),
        "event": event,
        "amount": amount,
        "currency": "USD",
        "gateway_transaction_id": f"ch_{ID}_{n}",
        "date_created": LATER if after else CREATED,
        "test": False,
        "status": "ok",
        "fraud_review": False,
        "reference_transaction_id": after["id"] if after else None,
        "offline": None,
        "custom": None,
        "gift_certificate": None,
        "store_credit": None,
        **(_CARD if given["method"] == "credit_card" else {}),
        **given,
        **changes,
    }


def transactions(rng: Random, fields: Row) -> list[Row]:
    """The transactions of an order, by its status and its means of payment."""
    status, means, amount = fields["status_id"], fields["payment_method"], number(cents(fields["total_inc_tax"]))
    events: tuple[str, ...] = ("authorization", "capture") if rng.random() < 0.5 else ("purchase",)
    if _MEANS[means]["method"] != "credit_card":
        events = () if status in _UNPAID else ("purchase",)
    elif status in _UNPAID:
        events = _UNPAID[status]
    rows: list[Row] = []
    for n, event in enumerate(events, start=1):
        rows.append(transaction(n, event, amount, means, after=rows[-1] if rows else None))
    if status == 6:
        rows = [{**row, "status": "error"} for row in rows]
    return rows


def product_item(line: Row, quantity: int, *, adjustments: tuple[Row, ...] = ()) -> Row:
    """Pieces of a line that were paid back; the amount follows from the line and is not repeated (null)."""
    return {
        "item_type": "PRODUCT",
        "item_id": line["id"],
        "reason": "Arrived broken",
        "quantity": quantity,
        "adjustments": list(adjustments),
        "requested_amount": None,
    }


def other_item(kind: str, item_id: int, amount: float) -> Row:
    """Something other than goods; it has no quantity."""
    return {"item_type": kind, "item_id": item_id, "reason": "", "adjustments": [], "requested_amount": amount}


def refund(n: int, items: list[Row], amount: int, tax: int, paid: Row | None, **changes: Any) -> Row:
    """A refund; amounts are cents, `paid` is the transaction that paid it back."""
    return {
        "id": child_id(n),
        "order_id": ID,
        "user_id": 0 if n % 2 else 12,
        "created": LATER,
        "reason": "" if n % 2 else "Customer requires a refund",
        "total_amount": number(amount),
        "total_tax": number(tax),
        "uses_merchant_override_values": False,
        "items": items,
        "payments": [
            {
                "id": child_id(n),
                "provider_id": paid["gateway"] if paid else "storecredit",
                "amount": number(amount),
                "offline": not paid or "avs_result" not in paid,
                "is_declined": False,
                "declined_message": "",
                "transaction_id": str(paid["id"]) if paid else "",
            }
        ],
        **changes,
    }


def refunded(rng: Random, fields: Row, lines: list[Row], paid: list[Row]) -> tuple[list[Row], list[Row], list[Row]]:
    """The lines, transactions and refunds of an order whose status says that money went back.

    One in four was only given that status by hand, which makes no refund.
    """
    if fields["status_id"] not in (4, 14) or not lines or not paid or rng.random() < 0.25:
        return lines, paid, []
    returned = [(line, line["quantity"]) for line in lines] if fields["status_id"] == 4 else [(lines[0], 1)]
    if fields["status_id"] == 4:
        amount, tax = cents(fields["total_inc_tax"]), cents(fields["total_tax"])
    else:
        amount, tax = cents(lines[0]["price_inc_tax"]), cents(lines[0]["price_tax"])
    back = transaction(len(paid) + 1, "refund", number(amount), fields["payment_method"], after=paid[-1])
    quantities = {line["id"]: quantity for line, quantity in returned}
    marked = [
        {**line, "is_refunded": quantities[line["id"]] == line["quantity"], "quantity_refunded": quantities[line["id"]]}
        if line["id"] in quantities
        else line
        for line in lines
    ]
    items = [product_item(line, quantity) for line, quantity in returned]
    if fields["status_id"] == 4 and (shipping := cents(fields["shipping_cost_ex_tax"])):
        items.append(other_item("SHIPPING", child_id(1), number(shipping)))
    return marked, [*paid, back], [refund(1, items, amount, tax, back)]

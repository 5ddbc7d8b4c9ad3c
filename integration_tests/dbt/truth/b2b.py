"""Companies, quotes and invoices of B2B Edition."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

from integration_tests.dbt.truth.values import Figures, StoreWorld, amount, local

_COMPANY = ("pending", "approved", "rejected", "inactive")
_INVOICE = ("open", "partially paid", "completed")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)


def b2b_companies(world: StoreWorld) -> Figures:
    """Returns state, users, orders, revenue, quotes and open invoices of each company."""
    buyers = {row["bcOrderId"]: row["companyId"] for row in world.rows("b2b_orders")}
    figures: Figures = {}
    for row in world.rows("companies"):
        id_ = row["companyId"]
        orders = [order for order in world.counted if buyers.get(order.id) == id_]
        invoices = [one for one in world.rows("invoices") if int(one["customerId"]) == id_]
        figures[id_] = (
            row["companyName"],
            _COMPANY[int(row["companyStatus"])],
            sum(user["companyId"] == id_ for user in world.rows("company_users")),
            len(orders),
            sum((order.in_store(order.net) for order in orders), Decimal(0)),
            sum(quote["companyInfo"]["companyId"] == id_ for quote in world.rows("quotes")),
            sum(amount(one["openBalance"]["value"]) > 0 for one in invoices),
        )
    return figures


def b2b_quotes(world: StoreWorld) -> Figures:
    """Returns company, amounts and order of each quote."""
    figures: Figures = {}
    for row in world.rows("quotes"):
        order_id = int(row["bcOrderId"]) if row["bcOrderId"] else None
        order = world.by_id.get(order_id) if order_id else None
        figures[row["quoteId"]] = (
            row["companyInfo"]["companyId"],
            row["salesRep"] or None,
            row["currency"]["currencyCode"],
            None if row["subtotal"] is None else amount(row["subtotal"]),
            amount(row["grandTotal"]),
            order_id is not None,
            order_id,
            order.created if order else None,
            (order.day - local(_moment(row["createdAt"]), world.rules)).days if order else None,
            order.in_store(order.net) if order else Decimal(0),
        )
    return figures


def b2b_invoices(world: StoreWorld) -> Figures:
    """Returns company, order, state and amounts of each invoice."""
    names = {row["companyId"]: row["companyName"] for row in world.rows("companies")}
    figures: Figures = {}
    for row in world.rows("invoices"):
        whole, left = amount(row["originalBalance"]["value"]), amount(row["openBalance"]["value"])
        figures[row["id"]] = (
            int(row["customerId"]),
            names[int(row["customerId"])],
            int(row["orderNumber"]) if row["orderNumber"].isdigit() else None,
            _INVOICE[row["status"]],
            whole,
            left,
            whole - left,
            local(_moment(row["dueDate"]), world.rules),
            left > 0,  # all of them were due before the tests
        )
    return figures

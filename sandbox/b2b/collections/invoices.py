"""Invoices, their payments and receipts, and the configuration of the invoice portal (invoice_management/)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.b2b.collections.parts import amount, channel, declared, named
from sandbox.b2b.collections.sales import company_orders
from sandbox.collection import Row, World
from sandbox.collections.forms import unix_text
from sandbox.dates import DAY


def _invoice(n: int, row: Row, world: World) -> Row:
    orders = company_orders(world)
    order: Mapping[str, Any] = orders[(n - 1) % len(orders)] if orders else {}
    company = order["companyId"] if order else world.pick("companies", n)
    total = order["totalIncTax"] if order else 100.0
    open_part = (1.0, 0.5, 0.0)[row["status"]]
    made: int = row["createdAt"]
    details = row["details"]
    products = order.get("_products", ())
    return {
        "customerId": str(company),
        "invoiceNumber": f"{n:08d}",
        "dueDate": made + 30 * DAY,
        "orderNumber": str(order["bcOrderId"]) if order else "",
        "details": {
            **details,
            "header": {
                **details["header"],
                "costLines": [
                    {"amount": amount(total), "description": "Subtotal"},
                    {"amount": amount(0), "description": "Freight"},
                    {"amount": amount(0), "description": "Sales Tax"},
                ],
                "orderDate": order["createdAt"] if order else made,
            },
            "details": {**details["details"], "lineItems": [_line(product) for product in products]},
        },
        "originalBalance": amount(total),
        "openBalance": amount(total * open_part),
        "customerName": named(world, "companies", company, "companyName"),
        **channel(n, world),
    }


def _line(product: Row) -> Row:
    return {
        "sku": product["variantSku"],
        "type": "physical",
        "comments": "" if product["quantity"] % 2 else "back-ordered in part",
        "quantity": str(product["quantity"]),
        "unitPrice": {"code": "USD", "value": "34.95"},
        "description": product["productName"],
        "customFields": {"key": "shelf", "value": "A4"},
        "unitDiscount": {"code": "USD", "value": "0"},
    }


def _payment(n: int, row: Row, world: World) -> Row:
    """Of one invoice, or of two of the same company."""
    invoices = world.rows("invoices")
    first: Row = invoices[(n - 1) % len(invoices)] if invoices else {}
    paid = [first] if first else []
    if n % 3 == 0:
        paid += [one for one in invoices if one["customerId"] == first["customerId"] and one is not first][:1]
    sums = [round(float(one["originalBalance"]["value"]) / 2, 2) for one in paid]
    company = first.get("customerId", "")
    return {
        "customerId": company,
        "payerCustomerId": company,
        "total": amount(sum(sums)),
        "lineItems": [
            {"paymentId": n, "invoiceId": one["id"], "invoiceNumber": one["invoiceNumber"], "amount": amount(part)}
            for one, part in zip(paid, sums, strict=True)
        ],
        "customerName": first.get("customerName", ""),
        "channelId": str(first.get("channelId", "")),
        "channelName": first.get("channelName", ""),
    }


def _receipt(n: int, row: Row, world: World) -> Row:
    payment = world.record("b2b_payments", row["paymentId"])
    return {
        "customerId": payment.get("customerId", ""),
        "payerName": payment.get("payerName", ""),
        "payerCustomerId": payment.get("payerCustomerId", ""),
        "total": payment.get("total", amount(0)),
    }


def _receipt_line(n: int, row: Row, world: World) -> Row:
    receipt = world.record("receipts", row["receiptId"])
    payment = world.record("b2b_payments", receipt.get("paymentId"))
    parts = payment.get("lineItems") or [{}]
    part = parts[n % len(parts)]
    return {
        "customerId": receipt.get("customerId", ""),
        "invoiceId": part.get("invoiceId"),
        "amount": part.get("amount", amount(0)),
        "paymentStatus": payment.get("processingStatus", 0),
        "paymentType": receipt.get("paymentType", ""),
        "invoiceNumber": part.get("invoiceNumber", ""),
        "paymentId": receipt.get("paymentId"),
        "referenceNumber": receipt.get("referenceNumber", ""),
        "transactionType": receipt.get("transactionType", ""),
    }


COLLECTIONS = (
    declared(
        "invoices",
        "ip/invoices",
        _invoice,
        size=40,
        dates={"createdAt": unix_text, "updatedAt": unix_text},
        text="purchaseOrderNumber",
    ),
    declared("b2b_payments", "ip/payments", _payment, size=30, text="payerName"),
    declared("receipts", "ip/receipts", _receipt, size=25, text="referenceNumber"),
    declared(
        "receipt_lines",
        "ip/receipt-lines",
        _receipt_line,
        size=35,
        parent="receipts",
        parent_field="receiptId",
        text="externalId",
    ),
    declared("invoice_portal_configuration", "ip/config", key=("_id",), dates={}, size=1, grows=False),
)

"""Invoices, payments and receipts, below `ip/` (invoice_management/), payment methods and channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.b2b.api.call import Call, Endpoint
from sandbox.b2b.api.listing import Form, Listing, is_within, written
from sandbox.b2b.responses import B2BProblem, Wrong, enveloped, shown
from sandbox.collection import Row
from sandbox.dates import parse_v3
from sandbox.responses import ApiResponse

_PAYMENT_SORTS = ("processingStatus", "appliedStatus", "createdAt", "customerId", "fundingStatus", "updatedAt")
_LINE_SORTS = ("customerId", "externalCustomerId", "receiptId", "invoiceId", "createdAt", "updatedAt")
_LINE_SEARCH = ("customerId", "externalId", "externalCustomerId", "referenceNumber", "invoiceId")


def _found(kind: str, parameter: str, word: str) -> Callable[[Call], Row]:
    """The function that finds the row which a path names."""

    def find(call: Call) -> Row:
        found = next((row for row in call.rows(kind) if row["id"] == call.path[parameter]), None)
        if found is None:
            raise B2BProblem(404, "Not Found Error", f"{word} does not exist")
        return found

    return find


def _one(kind: str, find: Callable[[Call], Row]) -> Callable[[Call], ApiResponse]:
    return lambda call: enveloped(written(call, kind, find(call)))


_invoice = _found("invoices", "invoiceId", "Invoice")
_payment = _found("b2b_payments", "paymentId", "Payment")
_receipt = _found("receipts", "receiptId", "Receipt")


def _invoices(call: Call) -> list[Row]:
    """Those that were made in a period, of which the form is not documented: Unix seconds or ISO 8601."""
    begin, end = call.query.moment("beginDateAt", parse_v3), call.query.moment("endDateAt", parse_v3)
    return [
        row for row in call.rows("invoices") if is_within(row["createdAt"], begin, end, call.variant, documented=True)
    ]


def _pdf(call: Call) -> ApiResponse:
    number = _invoice(call)["invoiceNumber"]
    url = f"https://cdn.example.com/b2b/invoices/{number}.pdf"
    return enveloped({"url": url, "externalPdfUrl": f"https://erp.example.com/invoices/{number}.pdf"})


def _operations(call: Call) -> ApiResponse:
    """The statuses are text here, and numbers in a payment (both documented by example)."""
    payment = _payment(call)
    statuses = [str(one) for one in payment["allowedStatuses"]]
    return enveloped({"allowedOperations": payment["allowedOperations"], "allowedStatuses": statuses})


def _transactions(call: Call) -> ApiResponse:
    return enveloped([shown(row, call.variant) for row in _payment(call)["_transactions"]])


def _lines_of(call: Call) -> list[Row]:
    key = _receipt(call)["id"]
    return [row for row in call.rows("receipt_lines") if row["receiptId"] == key]


def _line(call: Call) -> ApiResponse:
    found = next((row for row in _lines_of(call) if row["id"] == call.path["lineId"]), None)
    if found is None:
        raise B2BProblem(404, "Not Found Error", "Receipt line does not exist")
    return enveloped(written(call, "receipt_lines", found))


def _receipts(call: Call) -> list[Row]:
    """Those of payments in some states, if the request names them."""
    found = call.rows("receipts")
    wanted = call.query.integers("paymentStatus[]")
    if wanted is None:
        return found
    paid = {row["id"] for row in call.rows("b2b_payments") if row["processingStatus"] in wanted}
    return [row for row in found if row["paymentId"] in paid]


def _configuration(call: Call) -> ApiResponse:
    return enveloped(shown(call.rows("invoice_portal_configuration")[0], call.variant))


def _channels(call: Call) -> list[Row]:
    if call.variant.features == "off":
        raise B2BProblem(403, "Multi storefront is not enabled", form=Wrong.BARE)
    found = call.rows("b2b_channels")
    return [row for row in found if row["b2bEnabled"]] if call.variant.disabled_channels == "missing" else found


def _channel(call: Call) -> ApiResponse:
    found = next((row for row in _channels(call) if row["channelId"] == call.path["channelId"]), None)
    if found is None:
        raise B2BProblem(404, "Channel does not exist", form=Wrong.BARE)
    return enveloped(written(call, "b2b_channels", found))


def _lines(path: str, rows: Any = None) -> Endpoint:
    return Listing(
        path,
        "receipt_lines",
        most=250,
        filters={"paymentStatus[]": "paymentStatus"},
        search=_LINE_SEARCH,
        sorts={**{name: name for name in _LINE_SORTS}, "amount": "amount.value"},
        order="createdAt",
        rows=rows,
    ).endpoint()


ENDPOINTS = (
    Listing(
        "ip/invoices",
        "invoices",
        filters={
            "customerName": "customerName",
            "customerId": "customerId",
            "status": "status",
            "externalId[]": "externalId",
            "channelIds": "channelId",
        },
        search=("invoiceNumber", "type", "orderNumber", "purchaseOrderNumber", "customerId", "externalCustomerId"),
        sorts={
            **{
                name: name
                for name in (
                    "invoiceNumber",
                    "createdAt",
                    "customerId",
                    "externalCustomerId",
                    "dueDate",
                    "updatedAt",
                    "isPendingPayment",
                    "status",
                )
            },
            "openBalance": "openBalance.value",
            "originalBalance": "originalBalance.value",
        },
        asked={"extraFields": ("isIncludeExtraFields", "1")},
        rows=_invoices,
    ).endpoint(),
    Endpoint("ip/invoices/{invoiceId:int}", _one("invoices", _invoice)),
    Endpoint("ip/invoices/{invoiceId:int}/download-pdf", _pdf),
    Listing("ip/invoices/extra-fields", "invoice_extra_fields").endpoint(),
    Listing(
        "ip/payments",
        "b2b_payments",
        filters={
            "customerName": "customerName",
            "invoiceId": "lineItems.invoiceId",
            "processingStatus": "processingStatus",
            "channelIds": "channelId",
        },
        search=("id", "customerId", "externalId", "externalCustomerId"),
        sorts={**{name: name for name in _PAYMENT_SORTS}, "moduleName": "moduleName", "totalAmount": "total.value"},
    ).endpoint(),
    Endpoint("ip/payments/{paymentId:int}", _one("b2b_payments", _payment)),
    Endpoint("ip/payments/{paymentId:int}/operations", _operations),
    Endpoint("ip/payments/{paymentId:int}/transactions", _transactions),
    Listing(
        "ip/receipts",
        "receipts",
        most=250,
        search=("payerName", "referenceNumber", "customerId", "externalId", "externalCustomerId"),
        sorts={
            **{
                name: name
                for name in (
                    "customerId",
                    "externalCustomerId",
                    "paymentId",
                    "transactionType",
                    "referenceNumber",
                    "createdAt",
                    "updatedAt",
                )
            },
            "total": "total.value",
        },
        order="createdAt",
        rows=_receipts,
    ).endpoint(),
    Endpoint("ip/receipts/{receiptId:int}", _one("receipts", _receipt)),
    _lines("ip/receipt-lines"),
    _lines("ip/receipts/{receiptId:int}/lines", _lines_of),
    Endpoint("ip/receipts/{receiptId:int}/lines/{lineId:int}", _line),
    Endpoint("ip/config", _configuration),
    Listing("payments", "b2b_payment_methods", Form.WHOLE).endpoint(),
    Listing("channels", "b2b_channels", Form.WHOLE, rows=_channels).endpoint(),
    Endpoint("channels/{channelId:int}", _channel),
)

"""Orders, quotes and shopping lists (order/order.yaml, quote/quote.yaml, shopping_list/shopping_list.yaml)."""

from __future__ import annotations

from datetime import datetime, timezone

from sandbox.b2b.api.call import Call, Endpoint
from sandbox.b2b.api.listing import Form, Listing
from sandbox.b2b.responses import SUCCESS, B2BProblem, enveloped, shown
from sandbox.collection import Row
from sandbox.collections.forms import CHANNELS
from sandbox.dates import DAY
from sandbox.responses import ApiResponse, BadValue, json

_DATES = {"Modified": "updatedAt", "Created": "createdAt"}
_YEAR = 365 * DAY
_CHANNELS = "channelIds[]"
_EXTRAS = (
    "extraInfo",
    "extraFields",
    "extraText",
    *(f"extra{kind}{n}" for kind in ("Int", "Str") for n in range(1, 6)),
)
_OF_ONE_ORDER = frozenset({"isInvoiceOrder", "invoiceId", "invoiceNumber", "invoiceStatus"})
_OF_ALL_QUOTES = frozenset(
    {
        "quoteId", "company", "salesRep", "updatedAt", "quoteNumber", "status", "bcOrderId", "orderId", "channelName",
        "createdAt", "expiredAt", "createdBy", "subtotal", "channelId", "quoteTitle", "referenceNumber", "currency",
        "extraFields",
    }
)  # fmt: skip
_LIST_ALONE = frozenset({"quoteId", "company", "salesRep", "updatedAt"})
_JUNIOR = 2
_OPEN_TO_COMPANY = (0, 40)  # approved, ready for approval


def _of_channels(call: Call, kind: str) -> list[Row]:
    """Rows of the first channel, unless the request names channels (documented as the default of `channelIds[]`).

    A store with a single storefront has no others.
    """
    found = call.rows(kind)
    if _CHANNELS in call.query or call.variant.unnamed_channels == "all" or call.variant.features == "off":
        return found
    return [row for row in found if row["channelId"] == CHANNELS[0]]


# Orders


def _orders(call: Call) -> list[Row]:
    """Those of the last year, unless the request has a date filter (documented)."""
    found = _of_channels(call, "b2b_orders")
    bounds = [f"{side}{name}" for side in ("min", "max") for name in _DATES]
    if not call.variant.orders_of_last_year or any(name in call.query for name in bounds):
        return found
    since = call.store.clock.now() - _YEAR
    return [row for row in found if row["updatedAt"] >= since or row["createdAt"] >= since]


def _order_of(call: Call, message: str) -> Row:
    found = next((row for row in call.rows("b2b_orders") if row["bcOrderId"] == call.path["bcOrderId"]), None)
    if found is None:
        raise B2BProblem(404, message)
    return found


def _order(call: Call) -> ApiResponse:
    return enveloped([shown(_order_of(call, "Order Does Not Exist."), call.variant)])


def _products(call: Call) -> ApiResponse:
    found = _order_of(call, "The order does not exist.")["_products"]
    return json({"code": 200, "data": [shown(row, call.variant) for row in found], "message": SUCCESS})


# Quotes


def _quote_of(call: Call) -> Row:
    found = next((row for row in call.rows("quotes") if row["quoteId"] == call.path["quoteId"]), None)
    if found is None:
        raise B2BProblem(404, "Not found error", "Quote does not exist.")
    return found


def _quote(call: Call) -> ApiResponse:
    """The details, which lack the id; `date` is that of the creation, such as `04/07/2025`."""
    found, date = _quote_of(call), call.query.text("date")
    created = datetime.fromtimestamp(found["createdAt"], timezone.utc).strftime("%m/%d/%Y")
    if call.variant.quote_date != "ignored" and not date:
        raise BadValue("date", "This field is required.")
    if call.variant.quote_date == "compared" and date != created:
        raise B2BProblem(404, "Not found error", "Quote does not exist.")
    return enveloped(shown({name: value for name, value in found.items() if name not in _LIST_ALONE}, call.variant))


def _rates(call: Call) -> ApiResponse:
    return enveloped([shown(row, call.variant) for row in _quote_of(call)["_shippingRates"]])


def _custom_methods(call: Call) -> list[Row]:
    if call.variant.features == "off":
        message = "Custom shipping is not enabled"
        raise B2BProblem(422, message, message)
    return call.rows("quote_shipping_methods")


def _quotes(call: Call) -> list[Row]:
    return _of_channels(call, "quotes")


def _quote_in_list(call: Call, row: Row) -> Row:
    return {name: value for name, value in row.items() if name in _OF_ALL_QUOTES}


# Shopping lists


def _user(call: Call) -> Row:
    """The user by whose eyes lists are seen: `userId` or `customerId`, and not both."""
    query = call.query
    if ("userId" in query) == ("customerId" in query):
        raise BadValue("userId", "Either userId or customerId must be passed, but not both.")
    field, name = ("id", "userId") if "userId" in query else ("customerId", "customerId")
    wanted = query.integer(name)
    found = next((row for row in call.rows("company_users") if row[field] == wanted), None)
    if found is None:
        raise B2BProblem(404, "Not Found Error", "User does not exist.")
    return found


def _sees(user: Row, row: Row) -> bool:
    """A junior buyer sees lists of their own, others also those of the company that are not drafts."""
    if row["userId"] == user["id"]:
        return True
    return user["role"] != _JUNIOR and row["companyId"] == user["companyId"] and row["status"] in _OPEN_TO_COMPANY


def _shopping_lists(call: Call) -> list[Row]:
    user = _user(call)
    return [row for row in call.rows("shopping_lists") if _sees(user, row)]


def _shopping_list(call: Call) -> ApiResponse:
    """One list with a page of its items."""
    found = next((row for row in call.rows("shopping_lists") if row["id"] == call.path["shoppingListId"]), None)
    asks = "userId" in call.query or "customerId" in call.query
    if found is None or (asks and not _sees(_user(call), found)):
        raise B2BProblem(404, "Not Found Error")
    limit, offset = call.query.integer("limit") or 250, call.query.integer("offset") or 0
    items = found["items"][offset : offset + limit]
    pagination = {"totalCount": len(found["items"]), "limit": limit, "offset": offset}
    return enveloped(shown({**found, "items": items}, call.variant), {"pagination": pagination})


ENDPOINTS = (
    Listing(
        "orders",
        "b2b_orders",
        most=200,
        periods=_DATES,
        filters={"companyId": "companyId", "bcOrderId": "bcOrderId", _CHANNELS: "channelId"},
        sorts={"createdAt": "createdAt", "updatedAt": "updatedAt"},
        order="updatedAt",
        asked=dict.fromkeys(_EXTRAS, ("showExtra", "true")),
        own=_OF_ONE_ORDER,
        rows=_orders,
    ).endpoint(),
    Endpoint("orders/{bcOrderId:int}", _order),
    Endpoint("orders/{bcOrderId:int}/products", _products),
    Listing("orders/extra-fields", "order_extra_fields", most=200).endpoint(),
    Listing(
        "rfq",
        "quotes",
        Form.INSIDE,
        periods={**_DATES, "Expired": "expiredAt"},
        filters={"status": "status", _CHANNELS: "channelId"},
        partly={
            "quoteNumber": "quoteNumber",
            "company": "company",
            "salesRep": "salesRep",
            "quoteTitle": "quoteTitle",
            "createdBy": "createdBy",
        },
        search=("quoteNumber", "quoteTitle", "company", "salesRep", "createdBy"),
        sorts={name: name for name in ("company", "status", "salesRep", "createdAt", "expiredAt", "updatedAt")},
        order="updatedAt",
        rows=_quotes,
        view=_quote_in_list,
    ).endpoint(),
    Listing("rfq/custom/shipping-methods", "quote_shipping_methods", Form.WHOLE, rows=_custom_methods).endpoint(),
    Listing("rfq/extra-fields", "quote_extra_fields").endpoint(),
    Endpoint("rfq/{quoteId:int}", _quote),
    Endpoint("rfq/{quoteId:int}/shipping-rates", _rates),
    Listing(
        "shopping-list",
        "shopping_lists",
        most=249,  # below 250
        filters={"channelId": "channelId", "createdUserId": "userId"},
        own=frozenset({"items"}),
        rows=_shopping_lists,
    ).endpoint(),
    Endpoint("shopping-list/{shoppingListId:int}", _shopping_list),
)

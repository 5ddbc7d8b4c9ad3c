"""The records below an order other than its lines: coupons, fees, shipments, taxes, messages.

Documented in BigCommerce's reference/orders.v2.oas2.yml. Dates are stand-ins: the order's creation, or some hours
later, when it was shipped and replied to.
"""

from __future__ import annotations

from random import Random
from typing import Any

from sandbox.data.words import ADDRESS_FIELDS, FEE_NAMES, money
from sandbox.templates import CREATED, ID, LATER, OWNER, child_id

Row = dict[str, Any]

COUPON_TYPES = {
    "per_item_discount": 0,
    "percentage_discount": 1,
    "per_total_discount": 2,
    "shipping_discount": 3,
    "free_shipping": 4,
    "promotion": 5,
}
"""The numbers of an order's coupons for the words of `/v2/coupons`."""

_AMOUNTS: dict[int, tuple[str | int | float, float]] = {
    0: ("5.0000", 5),
    1: (5, 2.7),
    2: ("5.0000", 5),
    3: (2.5, 2.5),
    4: ("0.0000", 0),
    5: ("5.0000", 5),
}
_CARRIERS = (
    ("usps", "", "USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels="),
    ("fedex", "fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr="),
    ("carrier_1207", "", "Parcel Pigeon", ""),
    ("", "", "", ""),
)
_PARCEL = 10


def cents(amount: Any) -> int:
    """An amount of V2 in cents."""
    return round(float(amount) * 100)


def coupon(n: int, coupon_id: int, code: str | None, kind: int) -> Row:
    """A coupon as the order keeps it: the type is a number, the amounts are strings or numbers."""
    amount, discount = _AMOUNTS[kind]
    return {
        "id": child_id(n),
        "coupon_id": coupon_id,
        "order_id": ID,
        "code": code,
        "amount": amount,
        "type": kind,
        "discount": discount,
    }


def fee(rng: Random, n: int) -> Row:
    """The n-th fee."""
    name = FEE_NAMES[n % len(FEE_NAMES)]
    cost = rng.randrange(1, 12) * 50
    return {
        "id": child_id(n),
        "type": "custom_fee",
        "display_name_customer": name,
        "display_name_merchant": name,
        "source": "AA",
        "base_cost": money(cost),
        "cost_ex_tax": money(cost),
        "cost_inc_tax": money(cost),
        "cost_tax": money(0),
        "tax_class_id": None if n % 2 else 3,
    }


def shipment(n: int, billing: Row, address: Row, items: list[Row], carrier: int = 0) -> Row:
    """A parcel; `address` is a shipping consignment of the order."""
    provider, tracking_carrier, name, link = _CARRIERS[carrier]
    number = f"TRACK{ID}N{n}" if provider else ""
    return {
        "id": child_id(n),
        "order_id": ID,
        "customer_id": OWNER,
        "order_address_id": address["id"],
        "date_created": LATER,
        "tracking_number": number,
        "merchant_shipping_cost": money(0),
        "shipping_method": address["shipping_method"],
        "comments": "" if n % 2 else "Left with the porter",
        "shipping_provider": provider,
        "tracking_carrier": tracking_carrier,
        "tracking_link": "",
        "billing_address": {name: billing[name] for name in ADDRESS_FIELDS},
        "shipping_address": {name: address[name] for name in ADDRESS_FIELDS},
        "items": items,
        "shipping_provider_display_name": name,
        "generated_tracking_link": f"{link}{number}" if link else "",
    }


def shipped_item(line: Row, quantity: int) -> Row:
    """A line in a parcel; the product is sometimes 0, as in the documented example."""
    product = 0 if str(line["id"])[-1] in "38" else line["product_id"]
    return {"order_product_id": line["id"], "product_id": product, "quantity": quantity}


def shipments(rng: Random, billing: Row, lines: list[Row], addresses: list[Row]) -> list[Row]:
    """The parcels, as `quantity_shipped` of the lines says: one or more parcels to each address."""
    rows: list[Row] = []
    for address in addresses:
        sent = [line for line in lines if line["order_address_id"] == address["id"] and line["quantity_shipped"]]
        size = 1 if 1 < len(sent) < _PARCEL and rng.random() < 0.4 else _PARCEL
        for start in range(0, len(sent), size):
            items = [shipped_item(line, line["quantity_shipped"]) for line in sent[start : start + size]]
            rows.append(shipment(len(rows) + 1, billing, address, items, rng.randrange(len(_CARRIERS))))
    return rows


def taxes(lines: list[Row], addresses: list[Row]) -> list[Row]:
    """The tax on each line and on each shipping cost; the last two fields are shown on request only."""
    rows = [
        _tax(len(lines), line["order_address_id"], line["order_pickup_method_id"], cents(line["total_tax"]), line)
        for line in lines
    ]
    rows += [_tax(len(lines), address["id"], 0, address["tax"], None) for address in addresses if address["tax"]]
    return [{**row, "id": child_id(n)} for n, row in enumerate(rows, start=1)]


def _tax(lines: int, address: int, pickup: int, amount: int, line: Row | None) -> Row:
    return {
        "id": 0,
        "order_id": ID,
        "order_address_id": address,
        "tax_rate_id": 1,
        "sales_tax_id": "TaxId123",
        "tax_class_id": 0 if lines % 3 else None,
        "name": "State Tax",
        "class": "Default Tax Class" if line else "Shipping",
        "rate": "10.0000",
        "priority": 0,
        "priority_amount": money(amount),
        "line_amount": money(amount),
        "order_pickup_method_id": pickup,
        "order_product_id": str(line["id"]) if line else None,
        "line_item_type": "item" if line else "shipping",
    }


def automatic(tax: Row) -> Row:
    """A tax row of a store with automatic tax: it does not name the order (documented)."""
    kept = {name: value for name, value in tax.items() if name not in ("order_id", "order_address_id")}
    return {**kept, "class": "Automatic Tax"}


def message(n: int, text: str, *, staff: bool = False, flagged: bool = False, status: str = "read") -> Row:
    """A message of the customer (`staff_id` 0) or of staff; who the customer is, the endpoint adds."""
    return {
        "id": child_id(n),
        "order_id": ID,
        "staff_id": 1 if staff else 0,
        "customer_id": OWNER,
        "type": "admin" if staff else "customer",
        "subject": f"{'Re: ' if staff else ''}Order #{ID}",
        "message": text,
        "status": status,
        "is_flagged": flagged,
        "date_created": LATER if staff else CREATED,
    }


def messages(rng: Random) -> list[Row]:
    """A question in one order of five, mostly with a reply."""
    if rng.random() >= 0.2:
        return []
    rows = [message(1, rng.choice(("When will it arrive?", "Please ring twice.")), flagged=rng.random() < 0.3)]
    if rng.random() < 0.7:
        rows.append(message(2, "It is on its way.", staff=True, status=rng.choice(("read", "unread"))))
    return rows

"""The shapes of an order: links, consignment groups, the legacy array, fees.

Documented in BigCommerce's reference/orders.v2.oas2.yml.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sandbox.children import PARTS
from sandbox.data.words import money, number
from sandbox.templates import ID, OWNER, Body
from sandbox.variants import ApiVariant

_COSTS = ("ex_tax", "inc_tax", "tax")


class Shape(NamedTuple):
    """The parts that a request includes in the order."""

    consignments: bool = False
    lines: bool = False
    as_object: bool = False
    fees: bool = False


def order(
    body: Body, shape: Shape, api_variant: ApiVariant, store_hash: str, *, without_lines: bool = False
) -> dict[str, Any]:
    """An order as one element of a list."""
    shown: dict[str, Any] = {
        **body.fields,
        "products": link("products", store_hash),
        "shipping_addresses": link("shippingaddresses", store_hash),
        "coupons": link("coupons", store_hash),
        "consignments": link("consignments", store_hash),
        "fees": link("fees", store_hash),
    }
    if body.parts["shipments"] and not api_variant.items_shipped_reported:
        shown["items_shipped"] = 0
    if shape.consignments:
        groups = consignments(body, api_variant, store_hash, with_lines=shape.lines, without_lines=without_lines)
        shown["consignments"] = groups if shape.as_object else _legacy_array(groups)
    if shape.fees:
        _put_fees(shown, body.parts["fee_rows"], api_variant)
    return shown


def _put_fees(shown: dict[str, Any], rows: list[Any], api_variant: ApiVariant) -> None:
    if api_variant.fees_shape == "wrapped":
        shown["fees"] = {"fees": rows}
    elif rows or api_variant.fees_shape == "list":
        shown["fees"] = rows
    elif api_variant.fees_shape == "absent when none":
        del shown["fees"]


def link(what: str, store_hash: str) -> dict[str, str]:
    """A sub-resource that was not included."""
    resource = f"/orders/{ID}/{what}"
    return {"url": f"https://api.bigcommerce.com/stores/{store_hash}/v2{resource}", "resource": resource}


def consignments(
    body: Body, api_variant: ApiVariant, store_hash: str, *, with_lines: bool, without_lines: bool = False
) -> dict[str, Any]:
    """The groups of an order: shipped, collected, downloaded, sent by e-mail."""
    lines = body.parts["lines"]

    def shown(chosen: list[dict[str, Any]]) -> list[Any]:
        if without_lines:
            return []
        if not with_lines:
            return [link(f"products/{line['id']}", store_hash) for line in chosen]
        return chosen[: api_variant.include_cap_line_items]

    goods = [line for line in lines if line["type"] == "physical"]
    groups: dict[str, Any] = {
        "pickups": [
            {
                **row,
                "line_items": shown([line for line in goods if line["order_pickup_method_id"] == row["id"]]),
            }
            for row in body.parts["pickups"]
        ],
        "shipping": [
            {
                **_shipping(row, store_hash, number),
                "line_items": shown([line for line in goods if line["order_address_id"] == row["id"]]),
            }
            for row in body.parts["shipping"]
        ],
        "downloads": _by_mail(body, shown, [line for line in lines if line["type"] == "digital"]),
    }
    certificates = _by_mail(body, shown, [line for line in lines if line["type"] == "giftcertificate"])
    groups["email"] = {"gift_certificates": certificates}
    return _without_empty(groups, api_variant)


def _by_mail(body: Body, shown: Any, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not lines:
        return []
    return [{"recipient_email": body.fields["billing_address"]["email"], "line_items": shown(lines)}]


def _without_empty(groups: dict[str, Any], api_variant: ApiVariant) -> dict[str, Any]:
    """Empty groups come in several forms (the types that hotglue's BigCommerce tap allows for)."""
    empty = [name for name, rows in groups.items() if not rows or rows == {"gift_certificates": []}]
    if api_variant.consignment_groups == "missing when empty":
        return {name: rows for name, rows in groups.items() if name not in empty}
    if api_variant.consignment_groups == "strings when empty":
        return {**groups, **dict.fromkeys(empty, "")}
    return groups


def _legacy_array(groups: dict[str, Any]) -> list[Any]:
    """The form without `consignment_structure=object`: one flat list (bigcommerce/docs#754)."""
    rows = [row for name in ("shipping", "pickups", "downloads") for row in groups.get(name) or []]
    return rows + list((groups.get("email") or {}).get("gift_certificates", []))


def _shipping(row: dict[str, Any], store_hash: str, amount: Any) -> dict[str, Any]:
    """A shipping address with its costs: numbers inside a consignment, strings on the addresses endpoint."""
    row = dict(row)
    cost, tax, handling = row.pop("cost"), row.pop("tax"), row.pop("handling")
    return {
        **row,
        "base_cost": amount(cost),
        **dict(zip((f"cost_{kind}" for kind in _COSTS), map(amount, (cost, cost + tax, tax)), strict=True)),
        "cost_tax_class_id": 2,
        "base_handling_cost": amount(handling),
        **{f"handling_cost_{kind}": amount(0) for kind in _COSTS},
        "handling_cost_tax_class_id": 2,
        "shipping_quotes": link(f"shipping_addresses/{row['id']}/shipping_quotes", store_hash),
    }


def shipping_address(row: dict[str, Any], store_hash: str) -> dict[str, Any]:
    """A row of `/v2/orders/{id}/shipping_addresses`."""
    return {**_shipping(row, store_hash, money), "order_id": ID}


def children(kind: str, body: Body, store_hash: str, *, guest: bool) -> list[Any]:
    """The rows below an order as their endpoints show them; `guest` is true when nobody was logged in."""
    rows: list[Any] = body.parts[PARTS[kind]]
    if kind == "shipping_addresses":
        return [shipping_address(row, store_hash) for row in rows]
    if kind == "messages":
        return [_message(row, store_hash, guest=guest) for row in rows]
    return rows


def _message(row: dict[str, Any], store_hash: str, *, guest: bool) -> dict[str, Any]:
    """A message names its customer by a link, and by an empty object when it is from staff or a guest."""
    resource = f"/customers/{OWNER}"
    url = f"https://api.bigcommerce.com/stores/{store_hash}/v2{resource}"
    return {**row, "customer": {} if row["staff_id"] or guest else {"url": url, "resource": resource}}


def tax(row: dict[str, Any]) -> dict[str, Any]:
    """A tax without `details=true`."""
    return {name: value for name, value in row.items() if name not in ("order_product_id", "line_item_type")}

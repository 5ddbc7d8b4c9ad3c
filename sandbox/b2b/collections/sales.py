"""Orders of the store as B2B Edition has them, quotes and shopping lists (order/, quote/, shopping_list/)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.b2b.collections.parts import channel, declared, named
from sandbox.collection import Row, World
from sandbox.dates import DAY

_STATUSES = (4, 2, 0, 3, 4, 5, 6, 7)
_ORDERED = 4
_MOST_LINES = 5


def _company_of_customer(customer: Any, world: World) -> Any:
    return next((user["companyId"] for user in world.rows("company_users") if user["customerId"] == customer), None)


def _order(n: int, row: Row, world: World) -> Row:
    key = world.own("orders", "b2b_orders")
    order = world.record("orders", key)
    company = _company_of_customer(order["customer_id"], world) if order["customer_id"] else None
    pays_invoice = company is not None and n % 4 == 0
    channel_id = order["channel_id"]
    total = float(order["total_inc_tax"])
    return {
        "id": 400_000 + key,
        "bcOrderId": key,
        "totalIncTax": total,
        "status": order["status"],
        "customStatus": order["custom_status"],
        "cartId": order["cart_id"],
        "items": order["items_total"],
        "usdIncTax": total,
        "companyId": company,
        "currencyCode": order["currency_code"],
        "statusCode": order["status_id"],
        "isArchived": bool(order.get("is_deleted")),
        "channelId": channel_id,
        "channelName": named(world, "channels", channel_id),
        "isInvoiceOrder": int(pays_invoice),
        "invoiceId": 1 + n // 4 % 5 if pays_invoice else None,
        "invoiceNumber": 1 + n // 4 % 5 if pays_invoice else None,
        "invoiceStatus": n % 3 if pays_invoice else None,
        "_products": [_bought(line, order) for line in order["lines"]],
        "createdAt": order["date_created"],
        "updatedAt": order["date_modified"],
    }


def _bought(line: Row, order: Mapping[str, Any]) -> Row:
    return {
        "id": line["id"],
        "productId": line.get("product_id") or 0,
        "createdAt": order["date_created"],
        "updatedAt": order["date_modified"],
        "productName": line["name"],
        "variantSku": line.get("sku") or "",
        "variantId": line.get("variant_id") or 0,
        "productBrandName": line.get("brand") or "Rustic Roots",
        "quantity": line["quantity"],
        "options": [_option(one, line) for one in line.get("product_options") or ()],
    }


def _option(option: Row, line: Row) -> Row:
    name, value = option.get("display_name", ""), option.get("display_value", "")
    return {
        "id": option["id"],
        "optionId": option.get("option_id", 0),
        "productOptionId": option.get("product_option_id", 0),
        "orderProductId": line["id"],
        "displayName": name,
        "displayNameCustomer": name,
        "displayNameMerchant": name,
        "displayValue": value,
        "displayValueCustomer": value,
        "displayValueMerchant": value,
        "value": option.get("value", ""),
        "type": option.get("type", ""),
        "name": option.get("name", ""),
        "displayStyle": option.get("display_style", ""),
    }


def company_orders(world: World) -> list[Row]:
    """The orders of companies."""
    return [row for row in world.rows("b2b_orders") if row["companyId"]]


def _quote(n: int, row: Row, world: World) -> Row:
    status = _STATUSES[n % len(_STATUSES)]
    orders = company_orders(world) if status == _ORDERED else []
    if status == _ORDERED and not orders:
        status = 2
    order: Row = orders[n // len(_STATUSES) % len(orders)] if orders else {}
    company = world.record("companies", order["companyId"] if order else world.pick("companies", n))
    user = world.record("company_users", world.pick("company_users", n))
    staff = world.record("sales_staff", world.pick("sales_staff", n))
    lines = [_quoted(n, place, world) for place in range(1, n % _MOST_LINES + 1)]
    subtotal = round(sum(line["offeredPrice"] * line["quantity"] for line in lines), 2)
    discount = round(sum((line["basePrice"] - line["offeredPrice"]) * line["quantity"] for line in lines), 2)
    address = _address(n, world)
    return {
        **channel(n, world),
        "company": company.get("companyName", ""),
        "salesRep": staff.get("salesRepName", ""),
        "quoteNumber": f"QN{100_000 + n}",
        "status": status,
        "bcOrderId": str(order["bcOrderId"]) if order else "",
        "orderId": str(order["id"]) if order else "",
        "expiredAt": row["createdAt"] + 30 * DAY,
        "subtotal": subtotal,
        "discount": discount,
        "grandTotal": round(subtotal + row["shippingTotal"] + row["taxTotal"], 2),
        "totalAmount": round(subtotal + row["shippingTotal"] + row["taxTotal"], 2),
        "productList": lines,
        "shippingAddress": address,
        "billingAddress": address,
        "contactInfo": {
            "name": f"{user.get('firstName', '')} {user.get('lastName', '')}",
            "email": user.get("email", ""),
            "companyName": company.get("companyName", ""),
            "phoneNumber": user.get("phoneNumber", ""),
        },
        "companyInfo": {
            "companyId": company.get("companyId"),
            "companyName": company.get("companyName", ""),
            "companyAddress": address.get("address", ""),
            "companyCity": address.get("city", ""),
            "companyState": address.get("state", ""),
            "companyZipCode": address.get("zipCode", ""),
            "companyCountry": address.get("country", ""),
            "companyphoneNumber": company.get("companyPhone", ""),
        },
        "salesRepInfo": {
            "salesRepName": staff.get("salesRepName", ""),
            "salesRepEmail": staff.get("email", ""),
            "salesRepPhoneNumber": staff.get("phoneNumber", ""),
        },
    }


def _address(n: int, world: World) -> Row:
    found = world.record("company_addresses", world.pick("company_addresses", n))
    if not found:
        return {}
    return {
        "address": found["addressLine1"],
        "apartment": found["addressLine2"],
        "city": found["city"],
        "state": found["stateName"],
        "zipCode": found["zipCode"],
        "country": found["countryName"],
        "label": found["label"],
        "firstName": found["firstName"],
        "lastName": found["lastName"],
        "addressId": found["addressId"],
        "stateCode": found["stateCode"],
        "countryCode": found["countryCode"],
    }


def _quoted(n: int, place: int, world: World) -> Row:
    """A line of a quote: a product of the catalog, or a custom item, which has no product's id."""
    key = world.pick("products", n + place)
    product = world.record("products", key)
    is_custom = (n + place) % 11 == 0
    price = float(product.get("price") or 10)
    discount = (n * place) % 4 * 5
    return {
        "productId": 0 if is_custom else key,
        "productName": product.get("name", ""),
        "variantId": 0 if is_custom else key * 1000 + 1,
        "sku": product.get("sku", ""),
        "basePrice": price,
        "discount": discount,
        "offeredPrice": round(price * (100 - discount) / 100, 2),
        "quantity": 5 * place,
        "orderQuantityMaximum": 100,
        "orderQuantityMinimum": place,
        "imageUrl": f"https://cdn.example.com/products/{key}.jpg",
        "options": [{"optionId": 1234, "optionValue": "95", "optionLabel": "Slate", "optionName": "Color"}]
        if place % 2
        else [],
        "costPrice": float(product.get("cost_price") or 0),
        "inventoryTracking": ("product", "none", "variant")[place % 3],
        "purchasedHandled": is_custom,
        "inventoryLevel": product.get("inventory_level", 0),
        "type": "physical",
        "isFreeShipping": False,
        "availability": True,
        "isPriceHidden": False,
        "purchasingDisabled": "available",
        "foundInBc": not is_custom,
        "hasInvalidOptions": False,
        "productUrl": f"/products/{key}/",
    }


def _shopping_list(n: int, row: Row, world: World) -> Row:
    user = world.record("company_users", row["userId"])
    return {
        **channel(n, world),
        "companyId": user.get("companyId"),
        "items": [_wanted(n, place, world) for place in range(1, n % _MOST_LINES + 1)],
    }


def _wanted(n: int, place: int, world: World) -> Row:
    product = world.pick("products", n + place)
    return {
        "id": n * 1000 + place,
        "productId": product,
        "variantId": product * 1000 + 1,
        "quantity": 5 * place,
        "sortOrder": place,
        "optionList": {"optionId": "attribute[1234]", "optionValue": "95"},
        "productNote": "" if place % 2 else "the larger size",
    }


COLLECTIONS = (
    declared(
        "b2b_orders", "orders", _order, key=("bcOrderId",), parent="orders", parent_field="bcOrderId", text="poNumber"
    ),
    declared("quotes", "rfq", _quote, key=("quoteId",), size=40, text="quoteTitle"),
    declared(
        "shopping_lists",
        "shopping-list",
        _shopping_list,
        size=40,
        parent="company_users",
        parent_field="userId",
    ),
)

"""Companies, and what belongs to each: addresses, files, credit, terms and payment methods (company/, payment/)."""

from __future__ import annotations

from sandbox.b2b.collections.parts import channel, declared, named
from sandbox.collection import Row, World
from sandbox.collections.forms import unix, unix_text
from sandbox.data.words import COMPANIES

_FIRST = 8000
_NAMES = [name for name in COMPANIES if name]
PAYMENT_METHODS = (
    ("testgateway", "Test Payment Gateway"),
    ("authorizenet", "Authorize.net"),
    ("cheque", "Check"),
    ("moneyorder", "Purchase Order"),
    ("cod", "Cash on Delivery"),
)
_PARENTS = {2: 1, 3: 1, 4: 2, 5: 4, 6: 5, 12: 11}
"""In each dozen of companies: two hierarchies, one of them as deep as is allowed (five layers)."""
_DOZEN = 12


def _name(n: int) -> str:
    turn = (n - 1) // len(_NAMES) + 1
    return _NAMES[n % len(_NAMES)] + (f" ({turn})" if turn > 1 else "")


def _parent(n: int) -> Row | None:
    place = (n - 1) % _DOZEN + 1
    if place not in _PARENTS:
        return None
    parent = n - place + _PARENTS[place]
    return {"id": _FIRST + parent, "name": _name(parent)}


def _company(n: int, row: Row, world: World) -> Row:
    group = world.pick("customer_groups", n) if n % 6 else 0
    prices = world.pick("price_lists", n)
    price_name = named(world, "price_lists", prices)
    assigned = {"priceListId": prices, "priceListName": price_name, **channel(n, world)}
    return {
        "companyName": _name(n),
        "parentCompany": _parent(n),
        "bcGroupId": group,
        "bcGroupName": named(world, "customer_groups", group),
        "catalogId": str(prices) if n % 3 else None,
        "catalogName": price_name if n % 3 else "",
        "priceListAssign": [assigned] if n % 3 else [],
    }


def _address(n: int, row: Row, world: World) -> Row:
    """Letters of the state in place of its code, which the words of the store do not have."""
    return {"stateCode": row["stateName"][:2].upper()}


def _of_company(n: int, row: Row, world: World) -> Row:
    return {"_companyId": world.pick("companies", n - 1)}


def _payment_method(n: int, row: Row, world: World) -> Row:
    company, method = divmod(n - 1, len(PAYMENT_METHODS))
    code, title = PAYMENT_METHODS[method]
    return {
        "companyId": world.pick("companies", company),
        "paymentId": method + 1,
        "paymentMethodCode": code,
        "paymentMethodTitle": title,
    }


COLLECTIONS = (
    declared(
        "companies",
        "companies",
        _company,
        key=("companyId",),
        size=20,
        dates={"createdAt": unix_text, "updatedAt": unix_text},
        text="companyPhone",
    ),
    declared(
        "company_addresses",
        "addresses",
        _address,
        key=("addressId",),
        size=50,
        dates={"_createdAt": unix, "_updatedAt": unix},
        parent="companies",
        parent_field="companyId",
        text="label",
    ),
    declared(
        "company_attachments",
        "companies/{parent}/attachments",
        dates={},
        size=25,
        parent="companies",
        parent_field="_companyId",
        text="attachmentFile",
    ),
    declared(
        "company_credit",
        "companies/{parent}/credit",
        _of_company,
        key=("_companyId",),
        dates={},
        size=20,
        parent="companies",
        parent_field="_companyId",
        text="creditCurrency",
    ),
    declared(
        "company_payment_terms",
        "companies/{parent}/payment-terms",
        _of_company,
        key=("_companyId",),
        dates={},
        size=20,
        parent="companies",
        parent_field="_companyId",
    ),
    declared(
        "company_payment_methods",
        "company-payment-methods",
        _payment_method,
        key=("companyId", "paymentId"),
        size=100,
        parent="companies",
        parent_field="companyId",
        text="paymentMethodTitle",
    ),
)

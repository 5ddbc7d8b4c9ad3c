"""The rows nested in orders, products and customers: their kinds, and edits of those of products and customers.

Edits take the body of a product or customer and return what to change in it; `children` does the same for orders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from sandbox import children
from sandbox.data import customers, product_parts
from sandbox.templates import ID, Body
from sandbox.variants import ApiVariant

Row = dict[str, Any]

PARTS: dict[str, dict[str, str]] = {
    "orders": children.PARTS,
    "products": {
        name: name
        for name in (
            "variants", "images", "custom_fields", "bulk_pricing_rules", "videos", "options", "modifiers", "reviews",
        )
    },
    "customers": {"addresses": "addresses", "attributes": "attributes"},
}  # fmt: skip
"""By kind of record: the kinds of rows nested in it, and the part of its body that holds them."""

LARGEST_NUMBER = 999
"""The id of a row of a product or customer is that of its parent and three digits."""

_TABLES = {kind: table for table, kinds in PARTS.items() for kind in kinds}
_MANAGED = frozenset({"id", "product_id", "customer_id", "date_created", "date_modified"})
_OF_OPTIONS = ("variants", "options", "modifiers")


def table_of(kind: str) -> str:
    """The kind of record that rows are nested in. Raises KeyError for an unknown kind."""
    if kind not in _TABLES:
        raise KeyError(f"no nested {kind!r}; there are {', '.join(_TABLES)}")
    return _TABLES[kind]


def bumps(api_variant: ApiVariant, kind: str, action: str) -> bool:
    """True when a change of a row moves the date of its parent."""
    table = table_of(kind)
    if table == "orders":
        return children.bumps(api_variant, kind, action)
    if table == "customers":
        return api_variant.customer_parts_bump_date_modified
    if action == "delete" and kind in _OF_OPTIONS:
        return api_variant.variant_removal_bumps_date_modified
    return api_variant.product_parts_bump_date_modified


def ids(table: str, kind: str, body: Body, parent: int) -> list[int]:
    """The ids of the rows of a kind in a record."""
    return list(_by_id(body, PARTS[table][kind], parent))


def differences(table: str, parent: int, before: Body | None, after: Body | None) -> Iterator[tuple[str, int, str]]:
    """Kind, id and action (`create`, `edit`, `delete`) of each row that differs between two contents of a record."""
    for kind, part in PARTS.get(table, {}).items():
        old, new = (body.parts.get(part) if body else None for body in (before, after))
        if old is new:
            continue
        was, now = (_by_id(body, part, parent) for body in (before, after))
        yield from ((kind, id_, "delete") for id_ in was if id_ not in now)
        for id_, row in now.items():
            if id_ not in was:
                yield kind, id_, "create"
            elif was[id_] != row:
                yield kind, id_, "edit"


def _by_id(body: Body | None, part: str, parent: int) -> dict[int, Row]:
    rows = body.parts.get(part) if body else None
    return {children.id_of(row, parent): row for row in rows or () if "id" in row}


def last_number(kind: str, body: Body) -> int:
    """The largest number of a row of a kind; the next row is numbered after it. 0 without rows."""
    return max((int(str(row["id"])[-3:]) for row in body.parts[kind]), default=0)


def added(kind: str, body: Body, number: int, fields: Row) -> Row:
    """With one more row of a product or customer; `fields` replace what it would hold.

    Raises ValueError for a kind that cannot be added.
    """
    _refuse_managed(fields)
    if kind not in _MAKERS:
        raise ValueError(f"{', '.join(_MAKERS)} can be added; for {kind} edit the record")
    if number > LARGEST_NUMBER:
        raise ValueError(f"a record holds no more than {LARGEST_NUMBER} {kind} in its life")
    return _changed(kind, body, [*body.parts[kind], {**_MAKERS[kind](body, number), **fields}])


def edited(kind: str, body: Body, parent: int, id_: int, fields: Row) -> Row:
    """With one row of a product or customer changed. Raises KeyError without such a row."""
    _refuse_managed(fields)
    rows = _holding(kind, body, parent, id_)
    return {kind: [{**row, **fields} if children.id_of(row, parent) == id_ else row for row in rows]}


def removed(kind: str, body: Body, parent: int, id_: int) -> Row:
    """Without one row of a product or customer. Raises KeyError without such a row."""
    rows = _holding(kind, body, parent, id_)
    return _changed(kind, body, [row for row in rows if children.id_of(row, parent) != id_])


def _changed(kind: str, body: Body, rows: list[Row]) -> Row:
    """The rows, and the number of them where a customer reports it."""
    count = {"addresses": "address_count", "attributes": "attribute_count"}.get(kind)
    return {kind: rows, **({count: len(rows)} if count else {})}


def _refuse_managed(fields: Row) -> None:
    if found := _MANAGED & set(fields):
        raise ValueError(f"{', '.join(sorted(found))} cannot be set")


def _holding(kind: str, body: Body, parent: int, id_: int) -> list[Row]:
    rows: list[Row] = body.parts[kind]
    if id_ not in _by_id(body, kind, parent):
        raise KeyError(f"{table_of(kind)} {parent} has no {id_} among its {kind}")
    return rows


def _new_variant(body: Body, number: int) -> Row:
    cents = round(float(body.fields["price"]) * 100)
    row = product_parts.variant(Random(number), number, cents, has_options=bool(body.parts["options"]))
    return {**row, "sku": f"SKU-{ID}-{number}"}


def _new_attribute(body: Body, number: int) -> Row:
    """A value of the first attribute that the customer has none of."""
    taken = {row["attribute_id"] for row in body.parts["attributes"]}
    free = next((n for n in range(1, customers.ATTRIBUTE_COUNT + 1) if n not in taken), None)
    if free is None:
        raise ValueError("this customer has a value of every attribute")
    return {**customers.attribute(number), "attribute_id": free}


_MAKERS: dict[str, Callable[[Body, int], Row]] = {
    "variants": _new_variant,
    "images": lambda _, number: product_parts.image(number),
    "custom_fields": lambda _, number: product_parts.custom_field(number),
    "bulk_pricing_rules": lambda _, number: product_parts.bulk_rule(number),
    "videos": lambda _, number: product_parts.video(number),
    "modifiers": lambda _, number: product_parts.modifier(number),
    "reviews": lambda _, number: product_parts.review(Random(number), number),
    "addresses": lambda _, number: customers.address(Random(number), number),
    "attributes": _new_attribute,
}

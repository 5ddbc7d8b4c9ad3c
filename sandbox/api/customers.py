"""V3 customers, and the lists of their addresses and attributes.

Documented in BigCommerce's reference/customers.v3.yml.
"""

from __future__ import annotations

from typing import Any

from sandbox.api import form_fields
from sandbox.api.endpoint import Call, Endpoint, rendered
from sandbox.api.v3 import NestedRows, Position, date_range, paged_rows, row_id
from sandbox.dates import iso_offset, iso_z, parse_iso
from sandbox.options import CUSTOMERS
from sandbox.paging import cursor, cursor_meta, envelope, offset_meta, opened_cursor, requested_page
from sandbox.query import Query
from sandbox.responses import ApiResponse, BadValue
from sandbox.store import Store
from sandbox.table import ENDLESS, Check, DateForm, Sort, Where
from sandbox.templates import Body, Template
from sandbox.variants import ApiVariant

_INCLUDES = ("addresses", "storecredit", "attributes", "formfields", "shopper_profile_id", "segment_ids")
_SORTS = tuple(f"{name}:{way}" for name in ("date_created", "last_name", "date_modified") for way in ("asc", "desc"))


def date_form(api_variant: ApiVariant) -> DateForm:
    """Customers write `Z` unless the API variant says otherwise."""
    return iso_offset if api_variant.v3_date_format == "+00:00" else iso_z


def _where(query: Query, api_variant: ApiVariant) -> Where:
    checks = [
        Check(name, "in", query.texts(f"{name}:in"))
        for name in ("company", "email", "name", "phone", "registration_ip_address")
        if f"{name}:in" in query
    ]
    if "customer_group_id:in" in query:
        checks.append(Check("customer_group_id", "in", query.integers("customer_group_id:in")))
    if "name:like" in query:
        checks.append(Check("name", "like", query.texts("name:like")))
    return Where(
        modified=date_range(query, "date_modified", api_variant, colons_break=True),
        created=date_range(query, "date_created", api_variant, colons_break=True),
        ids=query.integers("id:in"),
        checks=tuple(checks),
    )


def _sort(query: Query) -> Sort:
    text = query.choice("sort", _SORTS)
    if text is None:
        return ("id", False)
    field, _, direction = text.partition(":")
    return (field, direction == "desc")


def _includes(query: Query) -> frozenset[str]:
    requested = frozenset(query.texts("include") or ())
    if requested - set(_INCLUDES):
        raise BadValue("include", "has an unknown value")
    return requested


def _customer(body: Body, include: frozenset[str], api_variant: ApiVariant) -> dict[str, Any]:
    shown = dict(body.fields)
    if "addresses" in include:
        rows = body.parts["addresses"][: api_variant.include_cap_addresses]
        shown["addresses"] = rows if "formfields" in include else [_without_form_fields(row) for row in rows]
    if "attributes" in include:
        shown["attributes"] = body.parts["attributes"][: api_variant.include_cap_attributes]
    if "formfields" in include:
        shown["form_fields"] = [{**row, "customer_id": body.fields["id"]} for row in body.parts["form_fields"]]
    if "storecredit" in include:
        shown["store_credit_amounts"] = body.parts["store_credit_amounts"]
    if "shopper_profile_id" in include:
        shown["shopper_profile_id"] = None
    if "segment_ids" in include:
        shown["segment_ids"] = []
    return shown


def _without_form_fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "form_fields"}


def list_customers(call: Call) -> ApiResponse:
    """`GET /v3/customers`: by cursor, or by page number."""
    api_variant = call.api_variant
    after, before = call.query.text("after"), call.query.text("before")
    if api_variant.customers_cursor_absent or not (after or before):
        return _by_page(call)
    if "sort" in call.query and api_variant.customers_sort_with_cursor == "422":
        raise BadValue("sort", "cannot be combined with a cursor")
    key = opened_cursor("after", after) if after else opened_cursor("before", before or "")
    if not isinstance(key.get("id"), int):
        raise BadValue("after" if after else "before", "is not a cursor")
    query = call.query.with_defaults(str(key.get("filters", "")))
    where = _where(query, api_variant)
    bounds = (key["id"] + 1, ENDLESS) if after else (0, key["id"] - 1)
    found = call.store.listed("customers").select(Where(where.modified, where.created, bounds, where.ids, where.checks))
    limit = requested_page(query, api_variant, version="v3").limit
    start = 0 if after else max(0, len(found) - limit)
    ids = found.ids(start, start + limit)
    more = len(found) > start + limit if after else True
    meta = {"cursor_pagination": _cursor_meta(call, query, limit, ids, more, bool(after) or start > 0)}
    return envelope(_rows(call, query, ids), meta, listed=ids)


def _by_page(call: Call) -> ApiResponse:
    query, customers = call.query, call.store.listed("customers")
    page = requested_page(query, call.api_variant, version="v3")
    found = customers.select(_where(query, call.api_variant), _sort(query))
    ids = found.ids(page.start, page.stop)
    meta: dict[str, Any] = {"pagination": offset_meta(query, page, len(found), len(ids))}
    if page.number == 1 and not call.api_variant.customers_cursor_absent:
        meta["cursor_pagination"] = _cursor_meta(call, query, page.limit, ids, len(found) > page.stop, False)
    return envelope(_rows(call, query, ids), meta, listed=ids)


def _cursor_meta(
    call: Call, query: Query, limit: int, ids: list[int], has_next: bool, has_previous: bool
) -> dict[str, Any]:
    carried: dict[str, Any] = {}
    if call.api_variant.cursor_includes_filters:
        place = ("after", "before", "page")
        carried["filters"] = "&".join(part for part in query.raw.split("&") if part.split("=")[0] not in place)
    cursors = [cursor({"id": id_, **carried}) for id_ in ids]
    always = call.api_variant.cursor_next_link_always
    return cursor_meta(query, limit, cursors, has_next=has_next, has_previous=has_previous, always_next=always)


def _rows(call: Call, query: Query, ids: list[int]) -> list[bytes]:
    include, api_variant = _includes(query), call.api_variant
    key = f"customer {sorted(include)}"

    def view(_: int, body: Body) -> Template:
        return body.view(key, lambda b: _customer(b, include, api_variant))

    return rendered(call.store.listed("customers"), ids, date_form(api_variant), view)


class _Lists:
    """The lists below `/v3/customers/`, which share their index while the store lives."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._addresses = NestedRows(store.listed("customers"), "addresses", lambda body: body.parts["addresses"])
        self._values = NestedRows(store.listed("customers"), "attributes", lambda body: body.parts["attributes"])

    def addresses(self, call: Call) -> ApiResponse:
        """`GET /v3/customers/addresses`."""
        query = call.query
        ids, companies, names = query.integers("id:in"), query.texts("company:in"), query.texts("name:in")

        def keep(parent: int, row: Any) -> bool:
            return (
                (ids is None or row_id(parent, row) in ids)
                and (companies is None or row["company"] in companies)
                and (names is None or f"{row['first_name']} {row['last_name']}" in names)
            )

        wanted = query.integers("customer_id:in")
        if ids is not None and wanted is None:
            wanted = tuple(id_ // 1000 for id_ in ids)
        found = None
        if any(one is not None for one in (wanted, companies, names)):
            parents = self._store.listed("customers").select(Where(ids=wanted))
            found = self._addresses.of(parents.ids(0, len(parents)), keep)
        form = date_form(call.api_variant)
        if "formfields" in (query.texts("include") or ()):
            return paged_rows(call, self._addresses, found, form, "formfields", _with_address_id)
        return paged_rows(call, self._addresses, found, form, "plain", _without_form_fields)

    def attribute_values(self, call: Call) -> ApiResponse:
        """`GET /v3/customers/attribute-values`; a value's dates are its customer's."""
        query = call.query
        attributes, name = query.integers("attribute_id:in"), query.text("name")
        if name is not None:
            named = tuple(row["id"] for row in self._store.attribute_definitions if row["name"] == name)
            attributes = named if attributes is None else tuple(set(named) & set(attributes))
        where = Where(
            modified=date_range(query, "date_modified", call.api_variant),
            created=date_range(query, "date_created", call.api_variant),
            ids=query.integers("customer_id:in"),
        )
        found: list[Position] | None = None
        if attributes is not None or where != Where():
            parents = self._store.listed("customers").select(where)
            found = self._values.of(
                parents.ids(0, len(parents)),
                lambda _, row: attributes is None or row["attribute_id"] in attributes,
            )
        return paged_rows(call, self._values, found, date_form(call.api_variant))

    def attributes(self, call: Call) -> ApiResponse:
        """`GET /v3/customers/attributes`: the definitions."""
        query = call.query
        (oldest, newest), (low, high) = (
            date_range(query, name, call.api_variant) for name in ("date_created", "date_modified")
        )
        rows = [
            row
            for row in self._store.attribute_definitions
            if query.text("name") in (None, row["name"])
            and (query.text("name:like") or "").lower() in row["name"].lower()
            and query.text("type") in (None, row["type"])
            and oldest <= parse_iso(row["date_created"]) <= newest
            and low <= parse_iso(row["date_modified"]) <= high
        ]
        return form_fields.plain_rows(call, rows)


def _with_address_id(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "form_fields": [{**field, "address_id": row["id"]} for field in row["form_fields"]]}


def endpoints(store: Store) -> list[Endpoint]:
    """The customer endpoints of one store."""
    lists = _Lists(store)
    values = form_fields.FormFieldValues(store)
    return [
        Endpoint("v3/customers", CUSTOMERS, list_customers, lists="customers"),
        Endpoint("v3/customers/addresses", CUSTOMERS, lists.addresses),
        Endpoint("v3/customers/attributes", CUSTOMERS, lists.attributes),
        Endpoint("v3/customers/attribute-values", CUSTOMERS, lists.attribute_values),
        Endpoint("v3/customers/form-field-values", CUSTOMERS, values.respond),
    ]

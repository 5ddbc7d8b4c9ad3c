"""V2 orders, their consignments and their fees (BigCommerce's reference/orders.v2.oas2.yml)."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.api import order_views as views
from sandbox.api.endpoint import PAGE_PARAMETERS, Call, Endpoint, existing, rendered
from sandbox.data.orders import STATUSES
from sandbox.dates import parse_v2, rfc2822
from sandbox.options import ORDERS
from sandbox.paging import bare_list, requested_page
from sandbox.query import Query, span
from sandbox.responses import ApiResponse, BadValue, Problem, json
from sandbox.table import ENDLESS, Check, Sort, Where
from sandbox.templates import Body, Template
from sandbox.variants import ApiVariant

_FILTERS = frozenset(
    {
        "min_id", "max_id", "min_total", "max_total", "customer_id", "email", "status_id", "cart_id",
        "payment_method", "min_date_created", "max_date_created", "min_date_modified", "max_date_modified",
        "channel_id", "external_order_id", "is_deleted",
    }
)  # fmt: skip
_SORTS = ("id", "customer_id", "date_created", "date_modified", "status_id", "channel_id", "external_id")
_INCLUDES = ("consignments", "consignments.line_items", "fees")
_LIST = _FILTERS | PAGE_PARAMETERS | {"sort", "include", "consignment_structure"}


def _where(query: Query, api_variant: ApiVariant) -> Where:
    """The filter of a list or count request."""
    inclusive, inside_id = api_variant.v2_dates_inclusive, 0 if api_variant.v2_min_id_inclusive else 1
    created = modified = (0, ENDLESS)
    bounds = {
        name: span(
            query.at_least(f"min_{name}", parse_v2, inclusive=inclusive),
            query.at_most(f"max_{name}", parse_v2, inclusive=inclusive),
            ENDLESS,
        )
        for name in ("date_created", "date_modified")
    }
    if not api_variant.date_filter_ignored:
        created, modified = bounds["date_created"], bounds["date_modified"]
    least, most = query.integer("min_id"), query.integer("max_id")
    ids = span(
        None if least is None else least + inside_id,
        None if most is None else most - (0 if api_variant.v2_max_id_inclusive else 1),
        ENDLESS,
    )
    return Where(modified=modified, created=created, id_range=ids, checks=tuple(_checks(query, api_variant)))


def _checks(query: Query, api_variant: ApiVariant) -> list[Check]:
    checks = [
        Check(name, "eq", query.integer(name)) for name in ("customer_id", "status_id", "channel_id") if name in query
    ]
    checks += [
        Check(name, "eq", query.text(name))
        for name in ("cart_id", "payment_method", "external_order_id")
        if name in query
    ]
    if "email" in query:
        checks.append(Check("billing_email", "eq", query.text("email")))
    checks += [
        Check("total_inc_tax", side, query.number(f"{side}_total"))
        for side in ("min", "max")
        if f"{side}_total" in query
    ]
    archived = query.flag("is_deleted")
    if archived is not None and api_variant.is_deleted_filter == "400":
        raise Problem(400, "The field 'is_deleted' is not supported by this resource.")
    if archived is not None and api_variant.is_deleted_filter == "honoured":
        checks.append(Check("is_deleted", "eq" if archived else "not", True))
    elif not api_variant.plain_orders_include_deleted:
        checks.append(Check("is_deleted", "not", True))
    return checks


def _sort(query: Query) -> Sort:
    """`sort=field`, `sort=field:asc` or `sort=field:desc`; by id when not given."""
    text = query.text("sort")
    if text is None:
        return ("id", False)
    field, _, direction = text.partition(":")
    if field not in _SORTS or direction not in ("", "asc", "desc"):
        raise BadValue("sort", "is not a field and direction")
    return (field, direction == "desc")


def _includes(query: Query) -> views.Shape:
    requested = set(query.texts("include") or ())
    unknown = requested - set(_INCLUDES)
    if unknown:
        raise BadValue("include", f"does not know {sorted(unknown)[0]}")
    structure = query.choice("consignment_structure", ("object",))
    return views.Shape(
        consignments="consignments" in requested or "consignments.line_items" in requested,
        lines="consignments.line_items" in requested,
        as_object=structure == "object",
        fees="fees" in requested,
    )


def _view(call: Call, shape: views.Shape) -> Callable[[int, Body], Template]:
    """The representation of an order; under `include_lines_missing` the include gives each seventh no lines."""
    api_variant, store_hash = call.api_variant, call.store.options.store_hash
    key, key_without_lines = f"order {shape}", f"order {shape} without lines"

    def view(id_: int, body: Body) -> Template:
        if api_variant.include_lines_missing and shape.lines and id_ % 7 == 3:
            return body.view(
                key_without_lines, lambda b: views.order(b, shape, api_variant, store_hash, without_lines=True)
            )
        return body.view(key, lambda b: views.order(b, shape, api_variant, store_hash))

    return view


def list_orders(call: Call) -> ApiResponse:
    """`GET /v2/orders`."""
    shape, sort = _includes(call.query), _sort(call.query)
    page = requested_page(call.query, call.api_variant, version="v2")
    orders = call.store.listed("orders")
    ids = orders.select(_where(call.query, call.api_variant), sort).ids(page.start, page.stop)
    rows = rendered(orders, ids, rfc2822, _view(call, shape))
    return bare_list(rows, call.api_variant, listed=ids)


def count_orders(call: Call) -> ApiResponse:
    """`GET /v2/orders/count`: the total and one entry per status."""
    orders = call.store.listed("orders")
    found = orders.select(_where(call.query, call.api_variant))
    counts = dict.fromkeys(STATUSES, 0)
    for id_ in found.ids(0, len(found)):
        counts[orders.body(id_).fields["status_id"]] += 1
    if call.api_variant.count_excludes_incomplete:
        counts[0] = 0
    statuses = [
        {
            "id": status,
            "name": name,
            "system_label": name,
            "custom_label": name,
            "system_description": f"The order is {name.lower()}.",
            "count": counts[status],
            "sort_order": position,
        }
        for position, (status, name) in enumerate(STATUSES.items())
    ]
    return json({"statuses": statuses, "count": sum(counts.values())})


def one_order(call: Call) -> ApiResponse:
    """`GET /v2/orders/{id}`."""
    orders, id_ = call.store.addressed("orders"), call.path["order_id"]
    existing(orders, id_)
    rows = rendered(orders, [id_], rfc2822, _view(call, _includes(call.query)))
    return ApiResponse(b"".join(rows))


def order_consignments(call: Call) -> ApiResponse:
    """`GET /v2/orders/{id}/consignments`: the groups, their lines as links, or whole where they are requested."""
    orders, id_ = call.store.orders, call.path["order_id"]
    store_hash = call.store.options.store_hash
    with_lines = _includes(call.query).lines
    template = existing(orders, id_).view(
        f"consignments {with_lines}",
        lambda b: views.consignments(b, call.api_variant, store_hash, with_lines=with_lines),
    )
    return ApiResponse(template.render(orders.stamp(id_, rfc2822)))


def order_fees(call: Call) -> ApiResponse:
    """`GET /v2/orders/{id}/fees`: wrapped in `fees`, as in the documented example."""
    orders, id_ = call.store.orders, call.path["order_id"]
    body = existing(orders, id_)
    if not body.parts["fee_rows"] and call.api_variant.fees_endpoint_empty == "204":
        return ApiResponse(status=204)
    bare = call.api_variant.fees_endpoint_empty == "list" and not body.parts["fee_rows"]
    template = body.view("fees", lambda b: [] if bare else {"fees": b.parts["fee_rows"]})
    return ApiResponse(template.render(orders.stamp(id_, rfc2822)))


ENDPOINTS = [
    Endpoint("v2/orders", ORDERS, list_orders, _LIST, "orders"),
    Endpoint("v2/orders/count", ORDERS, count_orders, _FILTERS),
    Endpoint("v2/orders/{order_id:int}", ORDERS, one_order, frozenset({"include", "consignment_structure"})),
    Endpoint("v2/orders/{order_id:int}/consignments", ORDERS, order_consignments, frozenset({"include"})),
    Endpoint("v2/orders/{order_id:int}/fees", ORDERS, order_fees, frozenset()),
]

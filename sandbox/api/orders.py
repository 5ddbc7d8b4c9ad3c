"""V2 orders, their consignments and their fees (BigCommerce's reference/orders.v2.oas2.yml)."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.answers import Answer, BadValue, Problem, json
from sandbox.api import order_views as views
from sandbox.api.endpoint import PAGE_PARAMETERS, Call, Endpoint, existing, rendered
from sandbox.data.orders import STATUSES
from sandbox.dates import parse_v2, rfc2822
from sandbox.options import ORDERS
from sandbox.paging import asked_page, bare_list
from sandbox.query import Query, span
from sandbox.readings import Readings
from sandbox.table import ENDLESS, Check, Sort, Where
from sandbox.templates import Body, Template

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


def _where(query: Query, readings: Readings) -> Where:
    """The filter of a list or count request."""
    inclusive, inside_id = readings.v2_dates_inclusive, 0 if readings.v2_min_id_inclusive else 1
    created = modified = (0, ENDLESS)
    bounds = {
        name: span(
            query.at_least(f"min_{name}", parse_v2, inclusive=inclusive),
            query.at_most(f"max_{name}", parse_v2, inclusive=inclusive),
            ENDLESS,
        )
        for name in ("date_created", "date_modified")
    }
    if not readings.date_filter_ignored:
        created, modified = bounds["date_created"], bounds["date_modified"]
    least, most = query.integer("min_id"), query.integer("max_id")
    ids = span(
        None if least is None else least + inside_id,
        None if most is None else most - (0 if readings.v2_max_id_inclusive else 1),
        ENDLESS,
    )
    return Where(modified=modified, created=created, id_range=ids, checks=tuple(_checks(query, readings)))


def _checks(query: Query, readings: Readings) -> list[Check]:
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
    if archived is not None and readings.is_deleted_filter == "400":
        raise Problem(400, "The field 'is_deleted' is not supported by this resource.")
    if archived is not None and readings.is_deleted_filter == "honoured":
        checks.append(Check("is_deleted", "eq" if archived else "not", True))
    elif not readings.plain_orders_include_deleted:
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
    asked = set(query.texts("include") or ())
    unknown = asked - set(_INCLUDES)
    if unknown:
        raise BadValue("include", f"does not know {sorted(unknown)[0]}")
    structure = query.choice("consignment_structure", ("object",))
    return views.Shape(
        consignments="consignments" in asked or "consignments.line_items" in asked,
        lines="consignments.line_items" in asked,
        as_object=structure == "object",
        fees="fees" in asked,
    )


def _view(call: Call, shape: views.Shape) -> Callable[[int, Body], Template]:
    """How an order is shown; under `include_lines_missing` the include gives each seventh no lines."""
    readings, store_hash = call.readings, call.store.options.store_hash
    key, key_without_lines = f"order {shape}", f"order {shape} without lines"

    def view(id_: int, body: Body) -> Template:
        if readings.include_lines_missing and shape.lines and id_ % 7 == 3:
            return body.view(
                key_without_lines, lambda b: views.order(b, shape, readings, store_hash, without_lines=True)
            )
        return body.view(key, lambda b: views.order(b, shape, readings, store_hash))

    return view


def list_orders(call: Call) -> Answer:
    """`GET /v2/orders`."""
    shape, sort = _includes(call.query), _sort(call.query)
    page = asked_page(call.query, call.readings, version="v2")
    ids = call.store.orders.select(_where(call.query, call.readings), sort).ids(page.start, page.stop)
    rows = rendered(call.store.orders, ids, rfc2822, _view(call, shape))
    return bare_list(rows, call.readings, listed=ids)


def count_orders(call: Call) -> Answer:
    """`GET /v2/orders/count`: the total and one entry per status."""
    orders = call.store.orders
    found = orders.select(_where(call.query, call.readings))
    counts = dict.fromkeys(STATUSES, 0)
    for id_ in found.ids(0, len(found)):
        counts[orders.body(id_).fields["status_id"]] += 1
    if call.readings.count_excludes_incomplete:
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


def one_order(call: Call) -> Answer:
    """`GET /v2/orders/{id}`."""
    id_ = call.path["order_id"]
    existing(call.store.orders, id_)
    rows = rendered(call.store.orders, [id_], rfc2822, _view(call, _includes(call.query)))
    return Answer(b"".join(rows))


def order_consignments(call: Call) -> Answer:
    """`GET /v2/orders/{id}/consignments`: the groups, their lines as links, or whole where they are asked for."""
    orders, id_ = call.store.orders, call.path["order_id"]
    store_hash = call.store.options.store_hash
    with_lines = _includes(call.query).lines
    template = existing(orders, id_).view(
        f"consignments {with_lines}",
        lambda b: views.consignments(b, call.readings, store_hash, with_lines=with_lines),
    )
    return Answer(template.render(orders.stamp(id_, rfc2822)))


def order_fees(call: Call) -> Answer:
    """`GET /v2/orders/{id}/fees`: wrapped in `fees`, as in the documented example."""
    orders, id_ = call.store.orders, call.path["order_id"]
    body = existing(orders, id_)
    if not body.parts["fee_rows"] and call.readings.fees_endpoint_empty == "204":
        return Answer(status=204)
    bare = call.readings.fees_endpoint_empty == "list" and not body.parts["fee_rows"]
    template = body.view("fees", lambda b: [] if bare else {"fees": b.parts["fee_rows"]})
    return Answer(template.render(orders.stamp(id_, rfc2822)))


ENDPOINTS = [
    Endpoint("v2/orders", ORDERS, list_orders, _LIST, "orders"),
    Endpoint("v2/orders/count", ORDERS, count_orders, _FILTERS),
    Endpoint("v2/orders/{order_id:int}", ORDERS, one_order, frozenset({"include", "consignment_structure"})),
    Endpoint("v2/orders/{order_id:int}/consignments", ORDERS, order_consignments, frozenset({"include"})),
    Endpoint("v2/orders/{order_id:int}/fees", ORDERS, order_fees, frozenset()),
]

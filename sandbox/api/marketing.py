"""V2 coupons (BigCommerce's reference/marketing.v2.yml)."""

from __future__ import annotations

from sandbox.api.endpoint import PAGE_PARAMETERS, Call, Endpoint, existing, rendered
from sandbox.data.marketing import TYPES
from sandbox.dates import rfc2822
from sandbox.options import MARKETING
from sandbox.paging import bare_list, requested_page
from sandbox.query import span
from sandbox.responses import ApiResponse, json
from sandbox.table import ENDLESS, Check, Where
from sandbox.templates import Body, Template

_TYPES = (*TYPES, "promotion")
_LIST = PAGE_PARAMETERS | {"id", "code", "name", "type", "min_id", "max_id", "exclude_type"}


def _view(id_: int, body: Body) -> Template:
    return body.view("coupon", lambda b: b.fields)


def list_coupons(call: Call) -> ApiResponse:
    """`GET /v2/coupons`, by id."""
    query, api_variant = call.query, call.api_variant
    least, most = query.integer("min_id"), query.integer("max_id")
    if least is not None and not api_variant.v2_min_id_inclusive:
        least += 1
    if most is not None and not api_variant.v2_max_id_inclusive:
        most -= 1
    checks = [Check(name, "eq", query.text(name)) for name in ("code", "name") if name in query]
    if kind := query.choice("type", _TYPES):
        checks.append(Check("type", "eq", kind))
    if kind := query.choice("exclude_type", _TYPES):
        checks.append(Check("type", "not", kind))
    where = Where(id_range=span(least, most, ENDLESS), ids=query.integers("id"), checks=tuple(checks))
    page = requested_page(query, api_variant, version="v2")
    coupons = call.store.listed("coupons")
    ids = coupons.select(where).ids(page.start, page.stop)
    return bare_list(rendered(coupons, ids, rfc2822, _view), api_variant, listed=ids)


def count_coupons(call: Call) -> ApiResponse:
    """`GET /v2/coupons/count`."""
    return json({"count": len(call.store.listed("coupons"))})


def one_coupon(call: Call) -> ApiResponse:
    """`GET /v2/coupons/{id}`."""
    coupons = call.store.addressed("coupons")
    existing(coupons, call.path["coupon_id"])
    return ApiResponse(b"".join(rendered(coupons, [call.path["coupon_id"]], rfc2822, _view)))


ENDPOINTS = [
    Endpoint("v2/coupons", MARKETING, list_coupons, _LIST, "coupons"),
    Endpoint("v2/coupons/count", MARKETING, count_coupons, frozenset()),
    Endpoint("v2/coupons/{coupon_id:int}", MARKETING, one_coupon, frozenset()),
]

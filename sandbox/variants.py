"""Variants of the API: one switch for each question that BigCommerce's documentation leaves open.

docs/sandbox.md lists them.

The default of each switch is the likeliest behaviour. A client is right when it loses nothing under *any* of
them, so tests run under every entry of `API_VARIANTS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class ApiVariant:
    """One possible behaviour of the API where the documentation is silent."""

    # Bounds of filters
    v2_min_id_inclusive: bool = True
    v2_max_id_inclusive: bool = True
    v2_dates_inclusive: bool = True
    v3_dates_inclusive: bool = True
    encoded_colons: Literal["honoured", "ignored"] = "honoured"
    date_filter_ignored: bool = False  # accepted, not applied
    unknown_v2_parameter: Literal["400", "ignored"] = "400"

    # Archived and incomplete orders
    plain_orders_include_deleted: bool = True
    is_deleted_filter: Literal["honoured", "400", "ignored"] = "honoured"
    archiving_bumps_date_modified: bool = True
    count_excludes_incomplete: bool = False

    # What hangs on a record: does a change of it move the `date_modified` of the order, product or customer?
    new_shipment_bumps_date_modified: bool = True
    shipment_edit_bumps_date_modified: bool = False
    message_bumps_date_modified: bool = False
    transaction_bumps_date_modified: bool = False
    refund_bumps_date_modified: bool = True
    line_removal_bumps_date_modified: bool = True
    product_parts_bump_date_modified: bool = False  # variants, images, custom fields ... of a product
    variant_removal_bumps_date_modified: bool = True  # also of an option or modifier
    customer_parts_bump_date_modified: bool = False  # addresses and attribute values
    items_shipped_reported: bool = True  # by orders that have shipments
    message_filters_mean: Literal["message", "order"] = "message"
    transactions_paging: Literal["limit only", "honoured", "none"] = "limit only"
    no_transactions: Literal["204", "200"] = "204"
    transactions_of_archived_orders: Literal["200", "404"] = "200"
    refunds_meta: Literal["pagination", "empty"] = "pagination"
    order_refunds_paged: bool = False

    # Endpoints behind a database replica that lags: seconds, None for none
    replica_lag: int | None = None
    replica_shows: Literal["old", "missing"] = "old"  # of a record that changed within that time
    replica_serves: Literal["lists", "own addresses", "everything"] = "lists"

    # Pages
    empty_v2_page: Literal["204", "[]"] = "204"
    limit_ignored_v2: bool = False
    limit_over_max: Literal["cap", "413"] = "cap"
    product_page_shrinks: int | None = None  # page size with any include
    total_pages_lies: bool = False
    v3_sort_ignored: bool = False
    customers_cursor_absent: bool = False
    customers_sort_with_cursor: Literal["ignored", "422"] = "ignored"
    cursor_includes_filters: bool = False
    cursor_next_link_always: bool = False

    # Nested lists that are cut short: the number of rows shown, None for all
    include_cap_line_items: int | None = None
    include_cap_addresses: int | None = 10  # documented
    include_cap_attributes: int | None = 10  # documented
    include_cap_variants: int | None = None
    include_cap_images: int | None = None
    include_cap_custom_fields: int | None = None
    include_cap_bulk_pricing_rules: int | None = None
    include_cap_videos: int | None = None
    include_lines_missing: bool = False  # some orders come without their lines (bigcommerce/dev-docs#2052)

    # Shapes
    fees_shape: Literal["list", "wrapped", "absent when none", "link when none"] = "list"
    fees_endpoint_empty: Literal["wrapped", "204", "list"] = "wrapped"
    consignment_groups: Literal["all present", "missing when empty", "strings when empty"] = "all present"
    product_sublist_empty: Literal["200", "204"] = "200"
    bulk_pricing_rules_paged: bool = True
    v3_date_format: Literal["Z", "+00:00", None] = None  # None: Z for customers, +00:00 elsewhere
    catalog_401: Literal["json", "text"] = "json"
    unknown_store_status: Literal[403, 404, 401] = 403

    def __post_init__(self) -> None:
        """Refuses a misspelt value, which would otherwise behave like some other one."""
        for name, allowed in allowed_values().items():
            value = getattr(self, name)
            if allowed is None:
                fits = value is None or (type(value) is int and value > 0)
            else:
                fits = (type(value), value) in [(type(one), one) for one in allowed]  # 1 is not True
            if not fits:
                raise ValueError(f"{name} cannot be {value!r}: it is one of {allowed or 'None, 1, 2, ...'}")


@cache
def allowed_values() -> dict[str, tuple[Any, ...] | None]:
    """Allowed values of each switch; None where that is a number of rows, or none."""
    return {
        name: (True, False) if kind is bool else get_args(kind) if get_origin(kind) is Literal else None
        for name, kind in get_type_hints(ApiVariant).items()
    }


_UNDOCUMENTED_CAPS = (
    "include_cap_line_items",
    "include_cap_variants",
    "include_cap_images",
    "include_cap_custom_fields",
    "include_cap_bulk_pricing_rules",
    "include_cap_videos",
)


def _caps(rows: int) -> dict[str, Any]:
    return dict.fromkeys(_UNDOCUMENTED_CAPS, rows)


_DEVIATIONS: dict[str, dict[str, Any]] = {
    "min_id is exclusive": {"v2_min_id_inclusive": False, "v2_max_id_inclusive": False},
    "V2 dates are exclusive": {"v2_dates_inclusive": False},
    "V3 dates are exclusive": {"v3_dates_inclusive": False},
    "encoded colons are ignored": {"encoded_colons": "ignored"},
    "date filters are ignored": {"date_filter_ignored": True},
    "unknown V2 parameters are ignored": {"unknown_v2_parameter": "ignored"},
    "archived orders need the filter": {"plain_orders_include_deleted": False},
    "is_deleted is refused": {"is_deleted_filter": "400"},
    "is_deleted is ignored": {"is_deleted_filter": "ignored"},
    "archived orders are unreachable": {"plain_orders_include_deleted": False, "is_deleted_filter": "400"},
    "archiving leaves the date": {"archiving_bumps_date_modified": False},
    "counts leave out incomplete orders": {"count_excludes_incomplete": True},
    "new shipments leave the date": {"new_shipment_bumps_date_modified": False},
    "shipment edits move the date": {"shipment_edit_bumps_date_modified": True},
    "messages move the date": {"message_bumps_date_modified": True},
    "transactions move the date": {"transaction_bumps_date_modified": True},
    "refunds leave the date": {"refund_bumps_date_modified": False},
    "line removals leave the date": {"line_removal_bumps_date_modified": False},
    "product parts move the date": {"product_parts_bump_date_modified": True},
    "variant removals leave the date": {"variant_removal_bumps_date_modified": False},
    "customer parts move the date": {"customer_parts_bump_date_modified": True},
    "items_shipped stays 0": {"items_shipped_reported": False},
    "message filters mean the order": {"message_filters_mean": "order"},
    "transactions have pages": {"transactions_paging": "honoured"},
    "transactions come whole": {"transactions_paging": "none"},
    "no transactions is 200": {"no_transactions": "200"},
    "archived orders have no transactions": {"transactions_of_archived_orders": "404"},
    "refunds report no total": {"refunds_meta": "empty"},
    "refunds of an order have pages": {"order_refunds_paged": True},
    "empty V2 pages are lists": {"empty_v2_page": "[]"},
    "V2 ignores the limit": {"limit_ignored_v2": True},
    "a limit above the maximum is 413": {"limit_over_max": "413"},
    "product pages shrink to 50": {"product_page_shrinks": 50},
    "product pages shrink to 10": {"product_page_shrinks": 10, "total_pages_lies": True},
    "total_pages lies": {"total_pages_lies": True},
    "V3 sort is ignored": {"v3_sort_ignored": True},
    "customers have no cursor": {"customers_cursor_absent": True},
    "customers refuse sort with a cursor": {"customers_sort_with_cursor": "422"},
    "the cursor carries the filters": {"cursor_includes_filters": True},
    "the last cursor page has a next link": {"cursor_next_link_always": True},
    "includes are capped at 10": _caps(10),
    "includes are capped at 50": _caps(50),
    "includes are capped at 250": _caps(250),
    "customer includes are not capped": {"include_cap_addresses": None, "include_cap_attributes": None},
    "some orders lack their lines": {"include_lines_missing": True},
    "fees are wrapped": {"fees_shape": "wrapped"},
    "fees are absent when none": {"fees_shape": "absent when none"},
    "fees are a link when none": {"fees_shape": "link when none"},
    "no fees is 204": {"fees_endpoint_empty": "204"},
    "no fees is a list": {"fees_endpoint_empty": "list"},
    "empty consignment groups are missing": {"consignment_groups": "missing when empty"},
    "empty consignment groups are strings": {"consignment_groups": "strings when empty"},
    "products without images are 204": {"product_sublist_empty": "204"},
    "bulk pricing rules come whole": {"bulk_pricing_rules_paged": False},
    "V3 dates end in Z": {"v3_date_format": "Z"},
    "V3 dates end in +00:00": {"v3_date_format": "+00:00"},
    "catalog 401 is plain text": {"catalog_401": "text"},
    "an unknown store is 404": {"unknown_store_status": 404},
    "an unknown store is 401": {"unknown_store_status": 401},
}

# Every awkward behaviour that can hold together. Left out: refused or unreachable archived orders, and new shipments
# and removed lines that leave no date (nothing a client could do); ignored V2 limits and missing cursors (they would
# hide the others, and have their own entries).
_AWKWARD: dict[str, Any] = {
    "v2_min_id_inclusive": False,
    "v2_max_id_inclusive": False,
    "v2_dates_inclusive": False,
    "v3_dates_inclusive": False,
    "encoded_colons": "ignored",
    "plain_orders_include_deleted": False,
    "count_excludes_incomplete": True,
    "refund_bumps_date_modified": False,
    "items_shipped_reported": False,
    "message_filters_mean": "order",
    "no_transactions": "200",
    "transactions_of_archived_orders": "404",
    "refunds_meta": "empty",
    "order_refunds_paged": True,
    "empty_v2_page": "[]",
    "limit_over_max": "413",
    "product_page_shrinks": 10,
    "total_pages_lies": True,
    "customers_sort_with_cursor": "422",
    "cursor_next_link_always": True,
    **_caps(10),
    "include_lines_missing": True,
    "fees_shape": "absent when none",
    "fees_endpoint_empty": "204",
    "consignment_groups": "strings when empty",
    "product_sublist_empty": "204",
}

API_VARIANTS: dict[str, ApiVariant] = {
    "likeliest": ApiVariant(),
    **{name: ApiVariant(**changes) for name, changes in _DEVIATIONS.items()},
    "everything awkward": ApiVariant(**_AWKWARD),
}

LAGGING_VARIANTS: dict[str, ApiVariant] = {
    "lists are old": ApiVariant(replica_lag=60),
    "lists lack what changed": ApiVariant(replica_lag=60, replica_shows="missing"),
    "own addresses are old": ApiVariant(replica_lag=60, replica_serves="own addresses"),
    "own addresses lack what changed": ApiVariant(
        replica_lag=60, replica_shows="missing", replica_serves="own addresses"
    ),
    "everything is old": ApiVariant(replica_lag=60, replica_serves="everything"),
}
"""Variants under which a sync cannot see what changed in the last minute; what `must_emit` names may be invisible."""

"""The right answers for a sandbox store: of each API variant that a GET can settle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox import ApiVariant
from source_bigcommerce.probe.answer import UNDECIDED

Expected = Callable[[ApiVariant], Any]

_CAPS = {
    "line_items": "orders_embedded_cap",
    "addresses": "customers_embedded_cap",
    "attributes": "customers_attributes_cap",
    "variants": "products_embedded_cap",
    "images": "products_images_cap",
    "custom_fields": "products_custom_fields_cap",
    "bulk_pricing_rules": "products_bulk_pricing_rules_cap",
    "videos": "products_videos_cap",
}


def _same(switch: str) -> Expected:
    return lambda variant: getattr(variant, switch)


def _not(switch: str) -> Expected:
    return lambda variant: not getattr(variant, switch)


def _word(switch: str, **words: Any) -> Expected:
    """The value of a switch, or the word for it; spaces and digits are written `_` in names."""
    return lambda variant: words.get(f"_{getattr(variant, switch)}".replace(" ", "_"), getattr(variant, switch))


def _always(answer: Any) -> Expected:
    return lambda _: answer


def _cap(name: str) -> Expected:
    return lambda variant: getattr(variant, f"include_cap_{name}") or "none"


# The questions that each switch of the sandbox decides, with the right answer under a variant.
BY_SWITCH: dict[str, dict[str, Expected]] = {
    "v2_min_id_inclusive": {
        "v2_min_id_inclusive": _same("v2_min_id_inclusive"),
        "coupons_min_id_inclusive": _same("v2_min_id_inclusive"),
    },
    "v2_max_id_inclusive": {"v2_max_id_inclusive": _same("v2_max_id_inclusive")},
    "v2_dates_inclusive": {
        "v2_min_date_modified_inclusive": _same("v2_dates_inclusive"),
        "v2_max_date_modified_inclusive": _same("v2_dates_inclusive"),
    },
    "v3_dates_inclusive": {
        "v3_date_min_inclusive": _same("v3_dates_inclusive"),
        "v3_date_max_inclusive": _same("v3_dates_inclusive"),
    },
    "encoded_colons": {"v3_encoded_colons_filter": lambda variant: variant.encoded_colons == "honoured"},
    "date_filter_ignored": {
        "v2_date_filter_applied": _not("date_filter_ignored"),
        "v3_date_filter_applied": _not("date_filter_ignored"),
    },
    "unknown_v2_parameter": {"v2_unknown_parameter": _word("unknown_v2_parameter", _400=400)},
    "plain_orders_include_deleted": {"orders_list_contains_archived": _same("plain_orders_include_deleted")},
    "is_deleted_filter": {"orders_is_deleted_filter": _word("is_deleted_filter", _400="refused")},
    "count_excludes_incomplete": {"orders_count_contains_incomplete": _not("count_excludes_incomplete")},
    "items_shipped_reported": {"orders_items_shipped_reported": _same("items_shipped_reported")},
    "message_filters_mean": {"messages_filters_mean": _same("message_filters_mean")},
    "transactions_paging": {"transactions_paging": _same("transactions_paging")},
    "no_transactions": {"no_transactions_status": lambda variant: int(variant.no_transactions)},
    "transactions_of_archived_orders": {
        "archived_orders_have_transactions": lambda variant: variant.transactions_of_archived_orders == "200"
    },
    "refunds_meta": {"refunds_meta": _same("refunds_meta")},
    "order_refunds_paged": {"order_refunds_paged": _same("order_refunds_paged")},
    "empty_v2_page": {"v2_page_beyond_end": lambda variant: 204 if variant.empty_v2_page == "204" else "empty list"},
    "limit_ignored_v2": {
        "page_size_honoured": _not("limit_ignored_v2"),
        "page_size_honoured_orders": _not("limit_ignored_v2"),
        "page_size_honoured_coupons": _not("limit_ignored_v2"),
    },
    "limit_over_max": {"limit_above_maximum": _word("limit_over_max", _cap="lowered", _413=413)},
    "product_page_shrinks": {
        "products_page_size_with_include": lambda variant: variant.product_page_shrinks or 250,
        "products_page_size_with_variants": lambda variant: variant.product_page_shrinks or 250,
        "products_page_size_with_options": _always(10),
    },
    "total_pages_lies": {"products_total_pages_right": _not("total_pages_lies")},
    "v3_sort_ignored": {"products_sorted_by_id": _not("v3_sort_ignored")},
    "customers_cursor_absent": {"customers_cursor": _not("customers_cursor_absent")},
    "customers_sort_with_cursor": {"customers_sort_with_cursor": _word("customers_sort_with_cursor", _422="refused")},
    "cursor_includes_filters": {"cursor_carries_filters": _same("cursor_includes_filters")},
    "cursor_next_link_always": {"cursor_next_link_on_last_page": _same("cursor_next_link_always")},
    **{f"include_cap_{name}": {key: _cap(name)} for name, key in _CAPS.items()},
    "include_lines_missing": {
        "orders_include_line_items": lambda variant: "some are missing" if variant.include_lines_missing else True
    },
    "fees_shape": {"orders_fees_shape": _same("fees_shape")},
    "fees_endpoint_empty": {"order_fees_empty": _word("fees_endpoint_empty", _204=204)},
    "consignment_groups": {"orders_consignment_groups": _same("consignment_groups")},
    "product_sublist_empty": {"product_images_empty_status": lambda variant: int(variant.product_sublist_empty)},
    "bulk_pricing_rules_paged": {"bulk_pricing_rules_paged": _same("bulk_pricing_rules_paged")},
    "v3_date_format": {
        "customers_date_format": lambda variant: variant.v3_date_format or "Z",
        "products_date_format": lambda variant: variant.v3_date_format or "+00:00",
    },
    "catalog_401": {"catalog_refusal_format": _same("catalog_401")},
    "unknown_store_status": {"unknown_store_status": _same("unknown_store_status")},
}

# Questions with the same answer in every sandbox store.
ALWAYS: dict[str, Any] = {
    "products_encoded_colons_filter": True,
    "orders_sort_id": True,
    "orders_list_contains_incomplete": True,
    "orders_items_total_counts": "pieces",
    "customers_cursor_with_filters": True,
    "products_id_greater": True,
    "page_size_honoured_customers": True,
    "page_size_honoured_customer_addresses": True,
    "page_size_honoured_subscribers": True,
    "page_size_honoured_products": True,
    "page_size_honoured_product_variants": True,
    "page_size_honoured_brands": True,
    "page_size_honoured_order_refunds": True,
    "rate_limit_headers": True,
}

# Questions that dates can decide after edits (test_child_dates.py); those of generated records show nothing.
BY_DATES = {
    "new_shipment_bumps_date_modified": "shipment_moves_order_date",
    "message_bumps_date_modified": "message_moves_order_date",
    "transaction_bumps_date_modified": "transaction_moves_order_date",
    "refund_bumps_date_modified": "refund_moves_order_date",
    "product_parts_bump_date_modified": "image_moves_product_date",
}

# Switches that no GET can settle: a record would have to be changed while the probe watches it.
ONLY_BY_EDITS = {
    "archiving_bumps_date_modified",
    "shipment_edit_bumps_date_modified",
    "line_removal_bumps_date_modified",
    "variant_removal_bumps_date_modified",
    "customer_parts_bump_date_modified",
    "replica_lag",
    "replica_shows",
    "replica_serves",
}


# The right answers to the questions about moved dates, if they are decided at all.
MOVES: dict[str, Expected] = {
    **{key: _same(switch) for switch, key in BY_DATES.items()},
    "metafield_moves_order_date": _always(False),
    "metafield_moves_product_date": _always(False),
    "variant_edit_moves_product_date": _same("product_parts_bump_date_modified"),
    "attribute_moves_customer_date": _same("customer_parts_bump_date_modified"),
    "address_moves_customer_date": _always(UNDECIDED),
    "archiving_moves_order_date": _always(UNDECIDED),
    "line_removal_moves_order_date": _always(UNDECIDED),
    "shipment_edit_moves_order_date": _always(UNDECIDED),
    "variant_removal_moves_product_date": _always(UNDECIDED),
}


def right_answers(variant: ApiVariant) -> dict[str, Any]:
    """The right answer to each question under a variant."""
    by_switch = {key: answer(variant) for keys in BY_SWITCH.values() for key, answer in keys.items()}
    return ALWAYS | by_switch | {key: answer(variant) for key, answer in MOVES.items()}

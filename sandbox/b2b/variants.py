"""Variants of B2B Edition's API: one switch for each question that its documentation leaves open.

docs/sandbox.md lists them. They are apart from `sandbox.variants`, so that tests of the store's own API need not run
under them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_type_hints


@dataclass(frozen=True)
class B2BVariant:
    """One possible behaviour of B2B Edition where the documentation is silent or contradicts itself."""

    # Filters and order
    lower_bounds: Literal["documented", "inclusive", "exclusive"] = "documented"  # minModified and its like
    upper_bounds: Literal["documented", "inclusive", "exclusive"] = "documented"
    date_filter_ignored: bool = False  # accepted, not applied
    order: Literal["documented", "modified", "id"] = "documented"  # of lists without `sortBy`
    sort_ignored: bool = False
    orders_of_last_year: bool = True  # without a date filter; documented
    unnamed_channels: Literal["first", "all"] = "first"  # orders and quotes without `channelIds[]`; documented
    disabled_channels: Literal["listed", "missing"] = "listed"  # of `/channels`: those without B2B Edition
    parts_move_companies: bool = False  # a change of a user or address moves the date of its company

    # Pages
    limit_over_max: Literal["cap", "422", "400", "default"] = "cap"
    undocumented_maximum: Literal[250, 50, 0] = 250  # rows to a page where no maximum is documented; 0: any number
    limit_ignored: bool = False
    total_lag: Literal[0, 60, 3600] = 0  # seconds by which `totalCount` is behind
    pagination: Literal["documented", "flat", "absent"] = "documented"

    # Shapes
    empty_data: Literal["[]", "{}", "null"] = "[]"
    single_rows: Literal["list", "object"] = "list"  # of lists that are documented as an object
    timestamps: Literal["documented", "text", "numbers"] = "documented"
    ids: Literal["documented", "text", "numbers"] = "documented"
    absent_values: Literal["null", "missing"] = "null"
    quote_date: Literal["required", "ignored", "compared"] = "required"

    features: Literal["on", "off"] = "on"  # company credit, custom shipping methods and several storefronts

    # Errors and limits
    errors: Literal["status", "in 200"] = "status"
    bad_hash_status: Literal[500, 401] = 500
    no_edition_status: Literal[403, 404] = 403
    rate_headers: Literal["units", "numbers", "absent"] = "units"

    def __post_init__(self) -> None:
        """Refuses a misspelt value, which would otherwise behave like some other one."""
        for name, allowed in allowed_values().items():
            value = getattr(self, name)
            if (type(value), value) not in [(type(one), one) for one in allowed]:  # 1 is not True
                raise ValueError(f"{name} cannot be {value!r}: it is one of {allowed}")


def allowed_values() -> dict[str, tuple[Any, ...]]:
    """Returns the allowed values of each switch, the default first."""
    hints = get_type_hints(B2BVariant)
    return {name: (True, False) if kind is bool else get_args(kind) for name, kind in hints.items()}


_DEVIATIONS: dict[str, dict[str, Any]] = {
    "lower bounds are exclusive": {"lower_bounds": "exclusive"},
    "upper bounds are exclusive": {"upper_bounds": "exclusive"},
    "bounds are inclusive": {"lower_bounds": "inclusive", "upper_bounds": "inclusive"},
    "date filters are ignored": {"date_filter_ignored": True},
    "lists come by modification": {"order": "modified"},
    "lists come by id": {"order": "id"},
    "sorting is ignored": {"sort_ignored": True},
    "orders of all years are listed": {"orders_of_last_year": False},
    "orders of all channels are listed": {"unnamed_channels": "all"},
    "channels without B2B Edition are missing": {"disabled_channels": "missing"},
    "edits of parts move the company": {"parts_move_companies": True},
    "a limit above the maximum is 422": {"limit_over_max": "422"},
    "a limit above the maximum is 400": {"limit_over_max": "400", "undocumented_maximum": 50},
    "a limit above the maximum is the default": {"limit_over_max": "default"},
    "undocumented maxima are 50": {"undocumented_maximum": 50},
    "there are no undocumented maxima": {"undocumented_maximum": 0},
    "the limit is ignored": {"limit_ignored": True},
    "totals lag": {"total_lag": 60},
    "totals are beside the message": {"pagination": "flat"},
    "there are no totals": {"pagination": "absent"},
    "empty data is an object": {"empty_data": "{}"},
    "empty data is null": {"empty_data": "null"},
    "a list of one is an object": {"single_rows": "object"},
    "timestamps are text": {"timestamps": "text"},
    "timestamps are numbers": {"timestamps": "numbers"},
    "ids are text": {"ids": "text"},
    "ids are numbers": {"ids": "numbers"},
    "absent values are missing": {"absent_values": "missing"},
    "the date of a quote is not needed": {"quote_date": "ignored"},
    "the date of a quote is compared": {"quote_date": "compared"},
    "optional features are off": {"features": "off"},
    "errors come with status 200": {"errors": "in 200"},
    "a bad store hash is 401": {"bad_hash_status": 401},
    "no B2B Edition is 404": {"no_edition_status": 404},
    "rate limits are plain numbers": {"rate_headers": "numbers"},
    "rate limits are not reported": {"rate_headers": "absent"},
}

# Every awkward behaviour that can hold together and that a client can read without loss.
_AWKWARD: dict[str, Any] = {
    "lower_bounds": "exclusive",
    "upper_bounds": "exclusive",
    "order": "modified",
    "disabled_channels": "missing",
    "limit_over_max": "422",
    "undocumented_maximum": 50,
    "total_lag": 60,
    "empty_data": "null",
    "single_rows": "object",
    "timestamps": "text",
    "ids": "text",
    "absent_values": "missing",
    "quote_date": "compared",
    "errors": "in 200",
    "no_edition_status": 404,
    "rate_headers": "absent",
}

B2B_VARIANTS: dict[str, B2BVariant] = {
    "likeliest": B2BVariant(),
    **{name: B2BVariant(**changes) for name, changes in _DEVIATIONS.items()},
    "everything awkward": B2BVariant(**_AWKWARD),
}

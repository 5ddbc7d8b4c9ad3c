"""Customers: https://developer.bigcommerce.com/docs/rest-management/customers"""

from __future__ import annotations

from source_bigcommerce.api.paging import CursorV3
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import DateFilter, IncrementalStream
from source_bigcommerce.streams.embedded import Embedded, differs_from


class Customers(IncrementalStream):
    """Customers with their addresses, attribute values, form fields and store credit."""

    endpoint = "v3/customers"
    scope = Scope.CUSTOMERS
    paging = CursorV3()
    params = {"include": "addresses,attributes,formfields,storecredit"}
    dates = DateFilter("date_modified:min", "date_modified:max", newest_first={"sort": "date_modified:desc"})

    # Documented: at most ten of each come with a customer. Form fields have no documented cap, and a store with ten
    # of them has ten on every customer: they are taken as they come.
    embedded = (
        Embedded(
            "addresses",
            "v3/customers/addresses",
            differs_from("address_count"),
            parents_filter="customer_id:in",
            parent_field="customer_id",
            params={"include": "formfields"},
        ),
        Embedded(
            "attributes",
            "v3/customers/attribute-values",
            differs_from("attribute_count"),
            parents_filter="customer_id:in",
            parent_field="customer_id",
        ),
    )

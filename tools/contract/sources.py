"""The documents of a stream's record, for streams that are not the list at their own endpoint."""

from __future__ import annotations

from dataclasses import dataclass

from source_bigcommerce.lists.listing import ChannelParents
from source_bigcommerce.streams.stream import PerParentStream, Stream


@dataclass(frozen=True)
class Source:
    """The endpoints that document a record, all of whose fields it may have, and the field of theirs that it is.

    `list_place` is the field of a response that contains the list of records.
    """

    endpoints: tuple[str, ...]
    place: str = ""
    list_place: str = ""


_PRODUCT = "v3/catalog/products/{id}"

_SOURCES = {
    "order_products": Source(("v2/orders/{id}/products",)),
    "order_consignments": Source(("v2/orders/{id}/consignments",)),
    "order_shipping_addresses": Source(("v2/orders/{id}/shipping_addresses",)),
    "order_fees": Source(("v2/orders/{id}/fees",)),
    "order_shipping_quotes": Source(("v2/orders/{id}/shipping_addresses/{id}/shipping_quotes",)),
    "customer_addresses": Source(("v3/customers/addresses",)),
    "wishlist_items": Source(("v3/wishlists",), "items"),
    "product_variants": Source((f"{_PRODUCT}/variants",)),
    "product_images": Source((f"{_PRODUCT}/images",)),
    "product_videos": Source((f"{_PRODUCT}/videos",)),
    "product_custom_fields": Source((f"{_PRODUCT}/custom-fields",)),
    "product_bulk_pricing_rules": Source((f"{_PRODUCT}/bulk-pricing-rules",)),
    "product_reviews": Source((f"{_PRODUCT}/reviews",)),
    "product_options": Source((f"{_PRODUCT}/options",)),
    "product_modifiers": Source((f"{_PRODUCT}/modifiers",)),
    "product_option_values": Source((f"{_PRODUCT}/options/{{option_id}}/values",)),
    "product_modifier_values": Source((f"{_PRODUCT}/modifiers/{{modifier_id}}/values",)),
    "product_tax_properties": Source(("v3/tax/products/properties",)),
    "inventory_items": Source(("v3/inventory/items",), "locations"),
    "quote_details": Source(("b2b/rfq/{id}",)),
    "quote_line_items": Source(("b2b/rfq/{id}",), "product_list"),
    "invoices": Source(("b2b/ip/invoices/{id}", "b2b/ip/invoices")),
    "shopping_lists": Source(("b2b/shopping-list/{id}", "b2b/shopping-list")),
    "shopping_list_items": Source(("b2b/shopping-list/{id}",), "items"),
    # Their own documents refer to a file outside the folder, which describes the same fields.
    "quote_extra_fields": Source(("b2b/rfq/extra-fields", "b2b/companies/extra-fields")),
    "invoice_extra_fields": Source(("b2b/companies/extra-fields",)),
}


def source_of(stream: Stream) -> Source:
    """Returns the documents of a stream's record."""
    if stream.name in _SOURCES:
        return _SOURCES[stream.name]
    if isinstance(stream, PerParentStream):
        return Source((stream.children,))
    if place := getattr(stream.listing.pagination, "place", ""):
        return Source((stream.listing.endpoint,), list_place=place)
    parents = stream.listing.parents
    if isinstance(parents, ChannelParents) and parents.channel_endpoint:
        return Source((stream.listing.endpoint, parents.channel_endpoint))
    return Source((stream.listing.endpoint,))

"""Catalog: https://developer.bigcommerce.com/docs/rest-catalog"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from source_bigcommerce.api.paging import KeysetV3, Params, Record
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import DateFilter, IncrementalStream
from source_bigcommerce.streams.embedded import Embedded, at_a_cap, never_empty


class Products(IncrementalStream):
    """Products with their variants, images, custom fields, bulk pricing rules and videos.

    All of them on the first sync, whatever the start date: an order of today may be for a product of ten years ago.
    """

    endpoint = "v3/catalog/products"
    scope = Scope.PRODUCTS
    paging = KeysetV3()
    # Not `options` and `modifiers`: they are documented to shrink the page to ten products.
    params = {
        "include": "bulk_pricing_rules,channels,custom_fields,images,parent_relations,primary_image,variants,videos"
    }
    dates = DateFilter(
        "date_modified:min", "date_modified:max", newest_first={"sort": "date_modified", "direction": "desc"}
    )
    ignores_start_date = True

    embedded = (
        Embedded(
            "variants",
            "v3/catalog/variants",
            never_empty,  # a product without options has its base variant
            parents_filter="product_id:in",
            parent_field="product_id",
        ),
        Embedded("images", "v3/catalog/products/{id}/images", at_a_cap),
        Embedded("custom_fields", "v3/catalog/products/{id}/custom-fields", at_a_cap),
        Embedded("bulk_pricing_rules", "v3/catalog/products/{id}/bulk-pricing-rules", at_a_cap),
        Embedded("videos", "v3/catalog/products/{id}/videos", at_a_cap),
    )

    def filters(self, stream_slice: Mapping[str, Any] | None) -> Params:
        channels = self.store.config.channel_ids
        chosen = {"channel_id:in": ",".join(map(str, channels))} if channels else {}
        return {**super().filters(stream_slice), **chosen}

    def is_chosen(self, record: Record) -> bool:
        chosen, channels = self.store.config.channel_ids, record.get("channels")
        return not chosen or not isinstance(channels, list) or any(channel in chosen for channel in channels)

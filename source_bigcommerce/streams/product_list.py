"""The list of products, including those that join a channel, and the options that its pages lack."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from source_bigcommerce.api.errors import PageTooHeavy
from source_bigcommerce.api.pagination import KeysetV3, PageNumber, Params, Record, key_of
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.embedded import (
    PARENTS_PER_REQUEST,
    EmbeddedList,
    halves,
    has_known_truncation_size,
    is_never_empty,
    read_list,
)
from source_bigcommerce.lists.incremental_reader import IncrementalListReader
from source_bigcommerce.lists.listing import DateFilter, Listing
from source_bigcommerce.lists.reader import Enricher
from source_bigcommerce.lists.slices import ListSlice, TimeWindow
from source_bigcommerce.lists.state import StreamState

OPTION_KINDS = ("options", "modifiers")
PRODUCT_CHANNELS = ChannelFilter("channels", "channel_id:in", empty_means_no_channel=True)
_SMALL_PAGE = 10  # products on a page that includes options or modifiers (documented)


class ProductListReader(IncrementalListReader):
    """Reads the list of products, and the products that joined a chosen channel, which does not change their date
    (reported by users)."""

    def slices(self, state: StreamState, is_full_refresh: bool) -> Iterator[ListSlice]:
        # A product may have joined one of the channels since earlier syncs, so their segments are limited to its ids.
        self.filter.known_ids = state.product_ids or frozenset()
        yield from super().slices(state, is_full_refresh)

    def supplementary_pages(self, window: TimeWindow) -> Iterator[Sequence[Record]]:
        yield from super().supplementary_pages(window)
        if self.is_last(window) and self.store.config.channel_ids and not self.watermark.is_full_refresh:
            yield from self._joined()

    def _joined(self) -> Iterator[Sequence[Record]]:
        assigned: frozenset[int] = self.store.cached("products of the chosen channels", self._read_assigned)
        known = self._known_products(assigned)
        joined = sorted(id_ for id_ in assigned if id_ not in known and id_ not in self.filter.deduplicator)
        # A product that is not returned, or names other channels, is compared again by the next sync.
        read: set[int] = set()
        for start in range(0, len(joined), PARENTS_PER_REQUEST):
            ids = joined[start : start + PARENTS_PER_REQUEST]
            products = [one for one in self._with_ids(ids) if self.filter.is_chosen(one)]
            read |= {key_of(product) for product in products}
            yield [one for one in products if self.filter.deduplicator.should_emit(key_of(one), False)]
        self.watermark.keep_product_ids(assigned - (set(joined) - read))

    def _with_ids(self, ids: Sequence[int]) -> Sequence[Record]:
        params: Params = {**self.listing.params, "id:in": ",".join(map(str, ids))}
        return read_list(self.client.fetch_list, self.listing.endpoint, params, PageNumber(PARENTS_PER_REQUEST))

    def _known_products(self, assigned: frozenset[int]) -> frozenset[int]:
        """Returns the products of the chosen channels that earlier syncs emitted, regardless of their last change."""
        saved = self.watermark.resumed
        if saved.reached is None:
            return frozenset()
        if saved.selection is None or not saved.selection.channel_ids:
            return assigned  # the channels are not known, or were all
        return saved.product_ids or frozenset()

    def _read_assigned(self) -> frozenset[int]:
        """Returns the ids of all products that are assigned to the chosen channels now."""
        filters = self.query.filters(ListSlice())
        params = {**self.listing.params, "include": "channels", "include_fields": "id", **filters}
        found: set[int] = set()
        position: Params | None = self.listing.pagination.first()
        while position is not None:
            page = self.listing.pagination.page(self._fetch({**params, **position}), position)
            if not page.records:  # the end of the list, or a failing store
                page = self.listing.pagination.page(self._fetch({**params, **position}), position)
            found |= {key_of(product) for product in page.records if self.filter.is_chosen(product)}
            position = page.next
        return frozenset(found)

    def _fetch(self, params: Params) -> Any:
        return self.client.fetch(self.listing.endpoint, params)


class ProductOptionDetails(Enricher):
    """Adds options and modifiers to products.

    Including them reduces a page to ten products, so they are requested for ten products at a time, several pages
    concurrently.
    """

    def ids_of_possibly_truncated(self, entries: Sequence[Record]) -> Collection[int]:
        return ()  # the pages contain no embedded lists

    def enrich(self, entries: Sequence[Record], reread_all: bool = False) -> Sequence[Record]:
        groups = [entries[start : start + _SMALL_PAGE] for start in range(0, len(entries), _SMALL_PAGE)]
        read = self.reader.store.map_concurrently(self._with_options, groups)
        for group, found in zip(groups, read, strict=True):
            for product in group:
                product.update({kind: found.get(product["id"], {}).get(kind) for kind in OPTION_KINDS})
        self.note_lengths(entries)
        return super().enrich(entries, reread_all)  # reads the lists that were not embedded

    def _with_options(self, products: Sequence[Record]) -> Mapping[Any, Record]:
        reader = self.reader
        ids = ",".join(str(product["id"]) for product in products)
        params: Params = {"include": ",".join(OPTION_KINDS), "limit": len(products), "id:in": ids}
        try:
            body = reader.client.fetch_list(reader.listing.endpoint, params)
        except PageTooHeavy:
            return {key: product for half in halves(products) for key, product in self._with_options(half).items()}
        page = PageNumber(_SMALL_PAGE).page(body, {"page": 1})
        return {product.get("id"): product for product in page.records}


PRODUCT_LIST = Listing(
    "v3/catalog/products",
    Scope.PRODUCTS,
    KeysetV3(),
    params={"include": "channels"},
    date_filter=DateFilter(
        "date_modified:min", "date_modified:max", newest_first={"sort": "date_modified", "direction": "desc"}
    ),
    channel_filter=PRODUCT_CHANNELS,
    # All products on the first sync, regardless of the start date: a new order may be for a ten-year-old product.
    ignores_start_date=True,
    finds_by_id=True,
    reader=ProductListReader,
)


def products_one_by_one() -> Listing:
    """Returns the list of products, for a stream that sends a request for each of them."""
    return replace(PRODUCT_LIST, pages_per_slice=1)


PRODUCTS = replace(
    PRODUCT_LIST,
    # Not `options` and `modifiers`: they are documented to reduce the page to ten products.
    params={
        "include": "bulk_pricing_rules,channels,custom_fields,images,parent_relations,primary_image,reviews,variants,"
        "videos"
    },
    embedded=(
        EmbeddedList(
            "variants",
            "v3/catalog/variants",
            is_never_empty,  # a product without options has its base variant
            parents_filter="product_id:in",
            parent_field="product_id",
        ),
        *(
            EmbeddedList(name, f"v3/catalog/products/{{id}}/{name.replace('_', '-')}", has_known_truncation_size)
            for name in ("images", "custom_fields", "bulk_pricing_rules", "videos", "reviews")
        ),
    ),
)

PRODUCTS_WITH_OPTIONS = replace(
    PRODUCT_LIST,
    embedded=tuple(
        EmbeddedList(kind, f"v3/catalog/products/{{id}}/{kind}", has_known_truncation_size) for kind in OPTION_KINDS
    ),
    enricher=ProductOptionDetails,
)

"""Catalog: https://developer.bigcommerce.com/docs/rest-catalog"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from airbyte_cdk.sources.types import StreamSlice

from source_bigcommerce.api.errors import PageTooHeavy
from source_bigcommerce.api.paging import KeysetV3, Offset, OneObject, Params, Record, Unpaged, key_of
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import BigCommerceStream, DateFilter, IncrementalStream
from source_bigcommerce.streams.by_channel import ByChannel
from source_bigcommerce.streams.children import AskedOfEach, BelowAll, BelowEach, Parts
from source_bigcommerce.streams.embedded import PARENTS_PER_REQUEST, Embedded, at_a_cap, halves, never_empty, read_list
from source_bigcommerce.streams.numbered import NumberedList
from source_bigcommerce.streams.singleton import Singleton

_SLOW_PAGE = 10  # products to a page that includes options or modifiers (documented)


class ProductList(IncrementalStream, ABC):
    """The list of products, whatever of them becomes a record.

    All of them on the first sync, whatever the start date: an order of today may be for a product of ten years ago.
    """

    endpoint = "v3/catalog/products"
    scope = Scope.PRODUCTS
    paging = KeysetV3()
    dates = DateFilter(
        "date_modified:min", "date_modified:max", newest_first={"sort": "date_modified", "direction": "desc"}
    )
    ignores_start_date = True
    params: ClassVar[Params] = {"include": "channels"}
    by_channel = ByChannel("channels", "channel_id:in", empty_is_none=True)

    def left_over(self, part: StreamSlice) -> Iterator[Sequence[Record]]:
        """Also the products that joined a chosen channel, which leaves no date (reported by users)."""
        yield from super().left_over(part)
        if self.is_last(part) and self.store.config.channel_ids and not self.progress.is_full_refresh:
            yield from self._joined()

    def is_known(self, record: Record, changed: datetime | None) -> bool:
        """By the ids that earlier syncs emitted: the product may have joined one of their channels since."""
        return super().is_known(record, changed) and record.get("id") in (self.progress.resumed.product_ids or ())

    def _joined(self) -> Iterator[Sequence[Record]]:
        assigned: frozenset[int] = self.store.remembered("products of the chosen channels", self._read_assigned)
        known = self._known_products(assigned)
        joined = sorted(id_ for id_ in assigned if id_ not in known and id_ not in self.once)
        # What is not returned, or belongs elsewhere by its own word, is compared again by the next sync.
        read: set[int] = set()
        for start in range(0, len(joined), PARENTS_PER_REQUEST):
            products = [
                one for one in self._with_ids(joined[start : start + PARENTS_PER_REQUEST]) if self.is_chosen(one)
            ]
            read |= {key_of(product) for product in products}
            yield [one for one in products if self.once.admits(key_of(one), is_late=False)]
        self.progress.keep_product_ids(assigned - (set(joined) - read))

    def _with_ids(self, ids: Sequence[int]) -> Sequence[Record]:
        asked: Params = {**self.params, "id:in": ",".join(map(str, ids))}
        return read_list(self.fetch_list, self.endpoint, asked, Offset(PARENTS_PER_REQUEST))

    def _known_products(self, assigned: frozenset[int]) -> frozenset[int]:
        """The products of the chosen channels that earlier syncs emitted, whenever they changed last."""
        saved = self.progress.resumed
        if saved.reached is None:
            return frozenset()
        if saved.selection is None or not saved.selection.channel_ids:
            return assigned  # the channels are not known, or were all
        return saved.product_ids or frozenset()

    def _read_assigned(self) -> frozenset[int]:
        """The ids of all products of the chosen channels, as they are now."""
        params = {**self.params, "include": "channels", "include_fields": "id", **self.filters(None)}
        found: set[int] = set()
        position: Params | None = self.paging.first()
        while position is not None:
            page = self.paging.page(self.fetch(self.endpoint, {**params, **position}), position)
            if not page.records:  # the end, or a store that fails
                page = self.paging.page(self.fetch(self.endpoint, {**params, **position}), position)
            found |= {key_of(product) for product in page.records if self.is_chosen(product)}
            position = page.next
        return frozenset(found)


class Products(ProductList):
    """Products with their variants, images, custom fields, bulk pricing rules, videos and reviews."""

    shared_list = "products"
    # Not `options` and `modifiers`: they are documented to shrink the page to ten products.
    params = {
        "include": "bulk_pricing_rules,channels,custom_fields,images,parent_relations,primary_image,reviews,variants,"
        "videos"
    }
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
        Embedded("reviews", "v3/catalog/products/{id}/reviews", at_a_cap),
    )

    def records(self, entries: Sequence[Record]) -> Iterable[Record]:
        # Reviews are no part of a product in the documents; the stream of reviews takes them from the same entries.
        return ({name: value for name, value in product.items() if name != "reviews"} for product in entries)


class ProductPart(Parts, Products, ABC):
    """The parts of each product that is new or changed. Whether a changed part changes its product's date is not
    documented for all of them; a full refresh reads every product."""

    parent_field = "product_id"
    cursor_field = "product_date_modified"


class ProductVariants(ProductPart):
    """The variants of products, of which each product has at least one."""

    part = "variants"


class ProductImages(ProductPart):
    """The images of products."""

    part = "images"


class ProductVideos(ProductPart):
    """The videos of products."""

    part = "videos"


class ProductCustomFields(ProductPart):
    """The custom fields of products."""

    part = "custom_fields"


class ProductBulkPricingRules(ProductPart):
    """What products cost in larger quantities."""

    part = "bulk_pricing_rules"


class ProductReviews(ProductPart):
    """The reviews of products."""

    part = "reviews"


class ProductChoices(BelowEach, ProductList, ABC):
    """What a customer chooses from on a product's page: options, which make variants, and modifiers.

    With them a page of products shrinks to ten, so they are asked for ten products at a time, several pages at once.
    """

    parent_field = "product_id"
    cursor_field = "product_date_modified"
    shared_list = "choices of products"
    choices: ClassVar[str]
    _kinds = ("options", "modifiers")
    _choices = tuple(Embedded(kind, f"v3/catalog/products/{{id}}/{kind}", at_a_cap) for kind in _kinds)
    embedded = _choices

    def complete(self, entries: Sequence[Record]) -> Sequence[Record]:
        groups = [entries[start : start + _SLOW_PAGE] for start in range(0, len(entries), _SLOW_PAGE)]
        for group, found in zip(groups, self.store.gather(self._with_choices, groups), strict=True):
            for product in group:
                product.update({kind: found.get(product["id"], {}).get(kind) for kind in self._kinds})
        return super().complete(entries)  # which reads again what did not come along

    def records(self, entries: Sequence[Record]) -> Iterable[Record]:
        for product in entries:
            for choice in product[self.choices] or ():
                yield from self.rows(product, choice)

    def rows(self, product: Record, choice: Record) -> Iterator[Record]:
        """The records that one option or modifier of a product becomes."""
        yield self.row_of(product, choice)

    def _with_choices(self, products: Sequence[Record]) -> Mapping[Any, Record]:
        ids = ",".join(str(product["id"]) for product in products)
        asked: Params = {"include": ",".join(self._kinds), "limit": len(products), "id:in": ids}
        try:
            page = Offset(_SLOW_PAGE).page(self.fetch_list(self.endpoint, asked), {"page": 1})
        except PageTooHeavy:
            return {key: product for half in halves(products) for key, product in self._with_choices(half).items()}
        return {product.get("id"): product for product in page.records}


class ProductOptions(ProductChoices):
    """The options of products, whose values make variants."""

    choices = "options"


class ProductModifiers(ProductChoices):
    """The modifiers of products, which change a price or ask for something without making a variant."""

    choices = "modifiers"


class ProductOptionValues(ProductChoices):
    """The values of the options of products."""

    primary_key = ["option_id", "id"]
    choices = "options"
    names_choice = "option_id"

    def rows(self, product: Record, choice: Record) -> Iterator[Record]:
        for value in choice.get("option_values") or ():
            yield {**self.row_of(product, value), self.names_choice: choice["id"]}


class ProductModifierValues(ProductOptionValues):
    """The values of the modifiers of products."""

    primary_key = ["modifier_id", "id"]
    choices = "modifiers"
    names_choice = "modifier_id"


class ProductComplexRules(AskedOfEach, ProductList):
    """What a combination of options and modifiers does: one request for each product that is new or changed."""

    parent_field = "product_id"
    cursor_field = "product_date_modified"
    children = "v3/catalog/products/{id}/complex-rules"
    child_paging = Offset()


class ProductChannelAssignments(NumberedList):
    """Which channels a product is assigned to."""

    endpoint = "v3/catalog/products/channel-assignments"
    primary_key = ["product_id", "channel_id"]
    scope = Scope.PRODUCTS
    by_channel = ByChannel("channel_id", "channel_id:in")


class ProductCategoryAssignments(NumberedList):
    """Which categories a product is assigned to."""

    endpoint = "v3/catalog/products/category-assignments"
    primary_key = ["product_id", "category_id"]
    scope = Scope.PRODUCTS


class Brands(NumberedList):
    """Brands; without a date. By page number, because no sort by id is documented."""

    endpoint = "v3/catalog/brands"
    scope = Scope.PRODUCTS


class Categories(BigCommerceStream):
    """Categories from the older endpoint, which the former connector read and some users' queries know."""

    endpoint = "v3/catalog/categories"
    scope = Scope.PRODUCTS
    paging = KeysetV3()


class ProductSortOrders(BelowAll, NumberedList):
    """In which order each category shows its products: one request for each category."""

    endpoint = "v3/catalog/categories/{id}/products/sort-order"
    primary_key = ["category_id", "product_id"]
    scope = Scope.PRODUCTS
    parent = Categories
    parent_field = "category_id"


class TreeCategories(NumberedList):
    """Categories from the current endpoint, which knows the trees of all storefronts."""

    endpoint = "v3/catalog/trees/categories"
    primary_key = serial = "category_id"
    scope = Scope.PRODUCTS


class CategoryTrees(NumberedList):
    """The trees of categories, and the channels that show them."""

    endpoint = "v3/catalog/trees"
    scope = Scope.PRODUCTS
    paging = Unpaged()
    by_channel = ByChannel("channels", "channel_id:in", empty_is_none=True)


class CatalogSummary(Singleton):
    """The catalog in a few numbers."""

    endpoint = "v3/catalog/summary"
    scope = Scope.PRODUCTS
    paging = OneObject()


class CustomsInformation(NumberedList):
    """What customs want to know of products."""

    endpoint = "v3/shipping/products/customs-information"
    primary_key = "product_id"
    scope = Scope.PRODUCTS

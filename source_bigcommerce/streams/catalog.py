"""Catalog: https://developer.bigcommerce.com/docs/rest-catalog"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from source_bigcommerce.api.errors import PageTooHeavy
from source_bigcommerce.api.pagination import (
    KeysetV3,
    MaybePaginated,
    PageNumber,
    Record,
    SinglePage,
    key_of,
    nested_list,
)
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.channel_filter import ChannelFilter
from source_bigcommerce.lists.embedded import PARENTS_PER_REQUEST, halves
from source_bigcommerce.lists.listing import Listing, Parents, by_fields
from source_bigcommerce.streams.product_list import (
    PRODUCT_CHANNELS,
    PRODUCTS,
    PRODUCTS_WITH_OPTIONS,
    products_one_by_one,
)
from source_bigcommerce.streams.stream import NestedStream, PerParentStream, SingletonStream, Stream, singleton


class Products(Stream):
    """Products with their variants, images, custom fields, bulk pricing rules and videos."""

    listing = PRODUCTS

    def extract_records(self, entries: Sequence[Record]) -> Iterable[Record]:
        # Reviews are not documented as a part of a product; their stream takes them from the same entries.
        return ({name: value for name, value in product.items() if name != "reviews"} for product in entries)


class ProductVariants(NestedStream):
    """The variants of products, of which each product has at least one."""

    listing = PRODUCTS
    parent_key = "product_id"
    nested_field = "variants"


class ProductImages(NestedStream):
    """The images of products."""

    listing = PRODUCTS
    parent_key = "product_id"
    nested_field = "images"


class ProductVideos(NestedStream):
    """The videos of products."""

    listing = PRODUCTS
    parent_key = "product_id"
    nested_field = "videos"


class ProductCustomFields(NestedStream):
    """The custom fields of products."""

    listing = PRODUCTS
    parent_key = "product_id"
    nested_field = "custom_fields"


class ProductBulkPricingRules(NestedStream):
    """The prices of products in larger quantities."""

    listing = PRODUCTS
    parent_key = "product_id"
    nested_field = "bulk_pricing_rules"


class ProductReviews(NestedStream):
    """The reviews of products."""

    listing = PRODUCTS
    parent_key = "product_id"
    nested_field = "reviews"


class ProductOptions(NestedStream):
    """The options of products, whose values make variants."""

    listing = PRODUCTS_WITH_OPTIONS
    parent_key = "product_id"
    nested_field = "options"


class ProductModifiers(NestedStream):
    """The modifiers of products, which change a price or request input without making a variant."""

    listing = PRODUCTS_WITH_OPTIONS
    parent_key = "product_id"
    nested_field = "modifiers"


class ProductOptionValues(NestedStream):
    """The values of the options of products."""

    listing = PRODUCTS_WITH_OPTIONS
    primary_key = ["option_id", "id"]
    parent_key = "product_id"

    def nested_records(self, entry: Record) -> Iterable[Record]:
        return _values_of(entry, "options", "option_id")


class ProductModifierValues(NestedStream):
    """The values of the modifiers of products."""

    listing = PRODUCTS_WITH_OPTIONS
    primary_key = ["modifier_id", "id"]
    parent_key = "product_id"

    def nested_records(self, entry: Record) -> Iterable[Record]:
        return _values_of(entry, "modifiers", "modifier_id")


class ProductComplexRules(PerParentStream):
    """The effects of combinations of options and modifiers: one request for each product that is new or changed."""

    listing = products_one_by_one()
    parent_key = "product_id"
    children = "v3/catalog/products/{id}/complex-rules"
    child_pagination = PageNumber()


class ProductTaxProperties(Stream):
    """The tax properties of products, which can only be requested by product: several at a time, all in each sync."""

    listing = Listing(
        "v3/catalog/products",
        Scope.PRODUCTS,
        KeysetV3(),
        params={"include_fields": "id"},
        channel_filter=PRODUCT_CHANNELS,
    )
    primary_key = "product_id"
    record_scope = Scope.INFORMATION
    properties = "v3/tax/products/properties"
    one_record_per_entry = False

    def extract_records(self, entries: Sequence[Record]) -> Iterator[Record]:
        groups = [entries[start : start + PARENTS_PER_REQUEST] for start in range(0, len(entries), PARENTS_PER_REQUEST)]
        for properties in self.store.map_concurrently(self._properties_of, groups):
            yield from properties

    def _properties_of(self, products: Sequence[Record]) -> Sequence[Record]:
        ids = ",".join(str(key_of(product)) for product in products)
        try:
            body = self.reader.client.fetch_list(self.properties, {"product_id:in": ids})
        except PageTooHeavy:
            return [found for half in halves(products) for found in self._properties_of(half)]
        return SinglePage().page(body, {}).records


class ProductChannelAssignments(Stream):
    """The channels that products are assigned to."""

    listing = Listing(
        "v3/catalog/products/channel-assignments",
        Scope.PRODUCTS,
        PageNumber(),
        channel_filter=ChannelFilter("channel_id", "channel_id:in"),
        identity=by_fields("product_id", "channel_id"),
    )
    primary_key = ["product_id", "channel_id"]


class ProductCategoryAssignments(Stream):
    """The categories that products are assigned to."""

    listing = Listing(
        "v3/catalog/products/category-assignments",
        Scope.PRODUCTS,
        PageNumber(),
        identity=by_fields("product_id", "category_id"),
    )
    primary_key = ["product_id", "category_id"]


class Brands(Stream):
    """Brands; without a date. By page number, because no sort by id is documented."""

    listing = Listing("v3/catalog/brands", Scope.PRODUCTS, PageNumber())


class Categories(Stream):
    """Categories from the older endpoint, which the former connector read and some users' queries expect."""

    listing = Listing("v3/catalog/categories", Scope.PRODUCTS, KeysetV3())


class ProductSortOrders(Stream):
    """The order of the products in each category: one request for each category."""

    listing = Listing(
        "v3/catalog/categories/{id}/products/sort-order",
        Scope.PRODUCTS,
        PageNumber(),
        parents=Parents("categories", Categories.listing, "category_id"),
        identity=by_fields("product_id"),
    )
    primary_key = ["category_id", "product_id"]


class TreeCategories(Stream):
    """Categories from the current endpoint, which returns the trees of all storefronts."""

    listing = Listing(
        "v3/catalog/trees/categories",
        Scope.PRODUCTS,
        PageNumber(),
        identity=by_fields("category_id"),
        sequence_field="category_id",
    )
    primary_key = "category_id"


class CategoryTrees(Stream):
    """The trees of categories, and the channels that show them."""

    listing = Listing("v3/catalog/trees", Scope.PRODUCTS, MaybePaginated(), channel_filter=PRODUCT_CHANNELS)


class CatalogSummary(SingletonStream):
    """A summary of the catalog in a few numbers."""

    listing = singleton("v3/catalog/summary", Scope.PRODUCTS)


class CustomsInformation(Stream):
    """The customs information of products."""

    listing = Listing(
        "v3/shipping/products/customs-information", Scope.PRODUCTS, PageNumber(), identity=by_fields("product_id")
    )
    primary_key = "product_id"


def _values_of(product: Record, field: str, names_option: str) -> Iterator[Record]:
    """Yields the values of a product's options or modifiers, each with the id of its option in `names_option`."""
    for option in nested_list(product, field):
        for value in nested_list(option, "option_values"):
            yield {**value, names_option: option["id"]}


STREAMS = (
    Products,
    ProductVariants,
    ProductImages,
    ProductVideos,
    ProductCustomFields,
    ProductBulkPricingRules,
    ProductReviews,
    ProductOptions,
    ProductOptionValues,
    ProductModifiers,
    ProductModifierValues,
    ProductComplexRules,
    ProductChannelAssignments,
    ProductCategoryAssignments,
    ProductSortOrders,
    ProductTaxProperties,
    Brands,
    Categories,
    TreeCategories,
    CategoryTrees,
    CatalogSummary,
    CustomsInformation,
)

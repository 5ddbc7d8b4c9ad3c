"""Products (BigCommerce's reference/catalog/products_catalog.v3.yml).

Odd products are the first of the store, from `FIRST_ID`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from sandbox.data import words
from sandbox.data.archetypes import Oddity
from sandbox.data.bodies import body
from sandbox.data.product_parts import bulk_rule, custom_field, image, modifier, option, review, variant, video
from sandbox.data.words import number
from sandbox.templates import CREATED, ID, MODIFIED, Body

FIRST_ID = 77


def usual(rng: Random) -> Body:
    """An everyday product; a good half has several variants."""
    return product(
        rng,
        variants=rng.choice((1, 1, 2, 3, 4, 6)),
        images=rng.choice((0, 1, 2, 3)),
        custom_fields=rng.choice((0, 0, 1, 3)),
        rules=rng.choice((0, 0, 0, 2)),
        videos=rng.choice((0, 0, 0, 1)),
        modifiers=rng.choice((0, 0, 1)),
    )


def with_variants(count: int) -> Callable[[Random], Body]:
    """An everyday product with so many variants: one body for all, which would be large otherwise."""
    body = cache(lambda: product(Random(count), variants=count, images=1))
    return lambda _: body()


def oddities() -> list[Oddity]:
    """The odd products, by name."""
    return [
        *(_sized(f"variants_{n}", variants=n) for n in (1, 10, 11, 50, 51, 250, 251, 600)),
        *(_sized(f"images_{n}", images=n) for n in (0, 10, 11, 50, 251)),
        *(_sized(f"custom_fields_{n}", custom_fields=n) for n in (10, 11, 51, 200)),
        *(_sized(f"bulk_pricing_rules_{n}", rules=n) for n in (10, 11, 51, 251)),
        *(_sized(f"videos_{n}", videos=n) for n in (10, 11, 51, 251)),
        _sized("modifiers_12", modifiers=12),
        _changed("prices_null_on_variants", _inherited),
        _changed("price_integer", lambda body: body.changed({"price": 5, "calculated_price": 5})),
        _changed("price_float", lambda body: body.changed({"price": 5.25, "calculated_price": 5.25})),
        _changed("related_automatic", lambda body: body.changed({"related_products": [-1]})),
        _changed("preorder", _preorder),
        _changed("no_base_variant", _without_base_variant),
        _changed("custom_url_null", lambda body: body.changed({"custom_url": None, "meta_keywords": []})),
        _changed("invisible", lambda body: body.changed({"is_visible": False, "availability": "disabled"})),
        _changed("digital", lambda body: body.changed({"type": "digital", "weight": 0})),
        Oddity("every_field", _every_field),
    ]


def _sized(name: str, **sizes: int) -> Oddity:
    return Oddity(name, lambda rng: product(rng, **{"variants": 1, **sizes}))


def _changed(name: str, change: Callable[[Body], Body]) -> Oddity:
    return Oddity(name, lambda rng: change(product(rng, variants=3, images=1)))


def _inherited(body: Body) -> Body:
    names = ("price", "cost_price", "sale_price", "retail_price", "weight", "width", "height", "depth")
    blank = {**dict.fromkeys(names), "fixed_cost_shipping_price": None}
    return body.changed({"variants": [{**row, **blank} for row in body.parts["variants"]]})


def _preorder(body: Body) -> Body:
    return body.changed(
        {
            "availability": "preorder",
            "preorder_release_date": "2026-09-01T00:00:00+00:00",
            "preorder_message": "Ships in September",
            "is_preorder_only": True,
        }
    )


def _without_base_variant(body: Body) -> Body:
    fields = {name: value for name, value in body.fields.items() if name != "base_variant_id"}
    return Body(fields, body.parts)


def _every_field(rng: Random) -> Body:
    """Nothing is left empty that the others leave empty."""
    codes = {"upc": "036000291452", "mpn": "MW-77", "gtin": "00036000291452", "bin_picking_number": "A-12-3"}
    texts = {
        "product_tax_code": "PC040100",
        "warranty": "Two years",
        "availability_description": "Ships within a day",
        "page_title": "Made to last",
        "meta_description": "A tool for life",
        "price_hidden_label": "Ask for a price",
        "open_graph_title": "Made to last",
        "open_graph_description": "A tool for life",
    }
    body = product(rng, variants=3, images=1, videos=1)
    own = ("price", "cost_price", "sale_price", "retail_price", "map_price", "fixed_cost_shipping_price", "weight")
    sizes = {**dict.fromkeys((*own, "width", "height", "depth"), 3.5), "purchasing_disabled_message": "Sold out"}
    image_url = f"https://cdn.example.com/products/{ID}/variant.jpg"
    rows = {
        "variants": [{**row, **codes, **sizes, "image_url": image_url} for row in body.parts["variants"]],
        "images": [{**row, "description": "Front view"} for row in body.parts["images"]],
        "videos": [{**row, "description": "How to use it"} for row in body.parts["videos"]],
        "parent_relations": [{"type": "modifier", "product_id": 1, "attribute_id": 1}],
    }
    return body.changed({**codes, **texts, **rows})


def product(
    rng: Random,
    *,
    variants: int,
    images: int = 0,
    custom_fields: int = 0,
    rules: int = 0,
    videos: int = 0,
    modifiers: int = 0,
) -> Body:
    """A product with so many rows of each kind."""
    price = rng.randrange(300, 20000)
    name = f"{rng.choice(words.QUALITIES)} {rng.choice(words.THINGS)}"
    options = [] if variants == 1 else [option(variants)]
    rows = {
        "variants": [variant(rng, n, price, has_options=bool(options)) for n in range(1, variants + 1)],
        "images": [image(n) for n in range(1, images + 1)],
        "custom_fields": [custom_field(n) for n in range(1, custom_fields + 1)],
        "bulk_pricing_rules": [bulk_rule(n) for n in range(1, rules + 1)],
        "videos": [video(n) for n in range(1, videos + 1)],
        "options": options,
        "modifiers": [modifier(n) for n in range(1, modifiers + 1)],
        "reviews": [review(rng, n) for n in range(1, rng.choice((0, 0, 1, 3)) + 1)],
        "parent_relations": [],
        "channels": [1],
    }
    return Body(_fields(rng, name, price, rows), rows)


def _fields(rng: Random, name: str, price: int, rows: dict[str, Any]) -> dict[str, Any]:
    has_options = bool(rows["options"])
    return body(
        "product",
        id=ID,
        name=f"{name} {ID}",
        sku=f"SKU-{ID}",
        description=f"<p>{name}, made to last.</p>",
        weight=rng.choice((1, 0.4, 2.25)),
        price=number(price),
        cost_price=number(price // 2),
        calculated_price=number(price),
        categories=rng.choice(([18], [18, 23], [])),
        brand_id=rng.choice((0, 35, 36)),
        option_set_id=44 if has_options else None,
        inventory_level=rng.randrange(200),
        inventory_tracking="variant" if has_options else "product",
        total_sold=rng.randrange(90),
        fixed_cost_shipping_price=rng.choice((None, 0, 7.5)),
        is_visible=rng.random() < 0.9,
        is_featured=rng.random() < 0.1,
        related_products=rng.choice(([-1], [])),
        date_last_imported=rng.choice((None, CREATED)),
        search_keywords=name.lower(),
        date_created=CREATED,
        date_modified=MODIFIED,
        view_count=rng.randrange(400),
        custom_url={"url": f"/product-{ID}/", "is_customized": False},
        base_variant_id=None if has_options else rows["variants"][0]["id"],
    )

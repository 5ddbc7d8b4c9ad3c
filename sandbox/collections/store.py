"""The store, shipping, tax, payments and logs."""

from __future__ import annotations

from sandbox.collection import Collection, Row, Shape, World
from sandbox.collections.forms import unix, uuid, zulu
from sandbox.options import INFORMATION, LOGS, PAYMENT_METHODS


def _currencies(n: int, world: World) -> Row:
    return {
        "id": n,
        "last_updated": world.at(n),
        "is_default": n % 2 == 0,
        "country_iso2": "AU",
        "default_for_country_codes": [f"Default for country code {n}"],
        "currency_code": ("USD", "AUD")[n % 2],
        "currency_exchange_rate": f"{n}.2500",
        "auto_update": n % 2 == 0,
        "token_location": f"Token location {n}",
        "token": f"Token {n}",
        "decimal_token": f"Decimal token {n}",
        "thousands_token": f"Thousands token {n}",
        "decimal_places": n + 14,
        "name": f"Name {n}",
        "enabled": n % 2 == 0,
        "is_transactional": n % 2 == 0,
        "use_default_name": n % 2 == 0,
    }


def _countries(n: int, world: World) -> Row:
    return {
        "states": {"url": f"https://shop.example.com/url/{n}", "resource": f"Resource {n}"},
        "country": f"Country {n}",
        "country_iso2": "AU",
        "country_iso3": "AUS",
        "id": n,
    }


def _states(n: int, world: World) -> Row:
    return {
        "id": n,
        "state": f"State {n}",
        "state_abbreviation": f"State abbreviation {n}",
        "country_id": world.pick("countries", n),
    }


def _shipping_zones(n: int, world: World) -> Row:
    return {
        "id": n,
        "name": f"Name {n}",
        "type": ("zip", "country", "state", "global")[n % 4],
        "locations": [{"id": n, "zip": f"Zip {n}", "country_iso2": "AU", "state_iso2": f"State iso2 {n}"}],
        "free_shipping": {
            "enabled": n % 2 == 0,
            "minimum_sub_total": f"{n}.2500",
            "exclude_fixed_shipping_products": n % 2 == 0,
        },
        "handling_fees": {
            "percentage_surcharge": f"{n}.2500",
            "display_separately": n % 2 == 0,
            "fixed_surcharge": f"{n}.2500",
        },
        "enabled": n % 2 == 0,
    }


def _shipping_methods(n: int, world: World) -> Row:
    return {
        "_zone": world.pick("shipping_zones", n),
        "name": f"Name {n}",
        "type": (
            "perorder",
            "peritem",
            "weight",
            "total",
            "auspost",
            "canadapost",
            "endicia",
            "usps",
            "fedex",
            "royalmail",
            "upsready",
            "freeshipping",
        )[n % 12],
        "settings": {"rate": n + 0.25},
        "enabled": n % 2 == 0,
        "handling_fees": {"percentage_surcharge": n + 0.25, "fixed_surcharge": n + 0.25},
        "is_fallback": n % 2 == 0,
        "id": n,
    } | ({"channel_ids": [world.pick("channels", n)]} if n % 3 else {})


def _tax_classes(n: int, world: World) -> Row:
    return {
        "id": uuid(14, n),
        "name": f"Name {n}",
        "created_at": world.at(n),
        "updated_at": world.at(n),
    }


def _tax_zones(n: int, world: World) -> Row:
    return {
        "id": n,
        "name": f"Name {n}",
        "enabled": n % 2 == 0,
        "price_display_settings": {
            "show_inclusive": n % 2 == 0,
            "show_both_on_detail_view": n % 2 == 0,
            "show_both_on_list_view": n % 2 == 0,
        },
        "shopper_target_settings": {
            "locations": [
                {
                    "country_code": "AU",
                    "subdivision_codes": [f"Subdivision code {n}"],
                    "postal_codes": [f"Postal code {n}"],
                }
            ],
            "customer_groups": [n + 14],
        },
    }


def _tax_rates(n: int, world: World) -> Row:
    return {
        "class_rates": [{"rate": n + 0.25, "tax_class_id": n + 12}],
        "enabled": n % 2 == 0,
        "id": n,
        "name": f"Name {n}",
        "priority": n + 8,
        "tax_zone_id": world.pick("tax_zones", n),
    }


def _tax_properties(n: int, world: World) -> Row:
    return {
        "id": n,
        "code": f"Code {n}",
        "display_name": f"Display name {n}",
        "description": f"Description {n}",
        "created_at": world.at(n),
        "updated_at": world.at(n),
        "type": ("PRODUCT", "CUSTOMER")[n % 2],
    }


def _tax_customers(n: int, world: World) -> Row:
    return {
        "customer_id": world.pick("customers", n),
        "tax_properties": {f"key {n}": f"value {n}"},
    }


def _product_tax_properties(n: int, world: World) -> Row:
    return {
        "product_id": world.pick("products", n),
        "tax_properties": {f"key {n}": f"value {n}"},
    }


def _payment_methods(n: int, world: World) -> Row:
    return {
        "code": f"Code {n}",
        "name": f"Name {n}",
        "test_mode": n % 2 == 0,
    }


def _store_logs(n: int, world: World) -> Row:
    return {
        "id": n,
        "type": f"Type {n}",
        "module": f"Module {n}",
        "severity": f"Severity {n}",
        "summary": f"Summary {n}",
        "message": f"Message {n}",
        "date_created": world.at(n),
    }


def _webhooks(n: int, world: World) -> Row:
    return {
        "id": n,
        "client_id": f"Client id {n}",
        "store_hash": f"Store hash {n}",
        "scope": f"Scope {n}",
        "destination": f"https://shop.example.com/destination/{n}",
        "headers": {f"key {n}": f"value {n}"},
        "is_active": n % 2 == 0,
        "created_at": world.at(n),
        "updated_at": world.at(n),
    }


COLLECTIONS = (
    Collection("currencies", "v2/currencies", INFORMATION, _currencies, Shape.V2, size=4, dates={"last_updated": zulu}),
    Collection("countries", "v2/countries", INFORMATION, _countries, Shape.V2, size=20),
    Collection("states", "v2/countries/states", INFORMATION, _states, Shape.V2, size=20),
    Collection("shipping_zones", "v2/shipping/zones", INFORMATION, _shipping_zones, Shape.V2_WHOLE, size=4),
    Collection(
        "shipping_methods",
        "v2/shipping/zones/{parent}/methods",
        INFORMATION,
        _shipping_methods,
        Shape.V2_WHOLE,
        size=14,
        parent="shipping_zones",
        parent_field="_zone",
    ),
    Collection(
        "tax_classes",
        "v2/tax_classes",
        INFORMATION,
        _tax_classes,
        Shape.V2,
        size=4,
        dates={"created_at": zulu, "updated_at": zulu},
    ),
    Collection("tax_zones", "v3/tax/zones", INFORMATION, _tax_zones, Shape.DATA, size=10),
    Collection("tax_rates", "v3/tax/rates", INFORMATION, _tax_rates),
    Collection(
        "tax_properties",
        "v3/tax/properties",
        INFORMATION,
        _tax_properties,
        Shape.DATA,
        size=4,
        dates={"created_at": zulu, "updated_at": zulu},
    ),
    Collection(
        "tax_customers",
        "v3/tax/customers",
        INFORMATION,
        _tax_customers,
        Shape.DATA,
        key=("customer_id",),
        filters=frozenset({"customer_id"}),
    ),
    Collection(
        "product_tax_properties",
        "v3/tax/products/properties",
        INFORMATION,
        _product_tax_properties,
        Shape.DATA,
        key=("product_id",),
        filters=frozenset({"product_id"}),
        needs="product_id:in",
    ),
    Collection(
        "payment_methods", "v2/payments/methods", PAYMENT_METHODS, _payment_methods, Shape.V2, key=("code",), size=3
    ),
    Collection("store_logs", "v3/store/systemlogs", LOGS, _store_logs, size=30, dates={"date_created": zulu}),
    Collection("webhooks", "v3/hooks", None, _webhooks, size=4, dates={"created_at": unix, "updated_at": unix}),
)

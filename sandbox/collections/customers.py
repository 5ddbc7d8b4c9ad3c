"""What belongs to customers."""

from __future__ import annotations

from sandbox.collection import Collection, Row, Shape, World
from sandbox.collections.forms import DATED, plain, uuid, zulu
from sandbox.options import CUSTOMERS, STORED_INSTRUMENTS


def _customer_groups(n: int, world: World) -> Row:
    return {
        "id": n,
        "name": f"Name {n}",
        "is_default": n % 2 == 0,
        "category_access": {"type": ("all", "specific", "none")[n % 3], "categories": [n + 9]},
        "discount_rules": [
            (
                {"type": "price_list", "price_list_id": world.pick("price_lists", n)},
                {"type": "all", "method": ("percent", "fixed", "price")[n % 3], "amount": f"{n}.2500"},
                {"type": "category", "category_id": world.pick("categories", n)},
                {"type": "product", "product_id": world.pick("products", n)},
            )[n % 4]
        ],
        "date_created": world.at(n),
        "date_modified": world.at(n),
        "is_group_for_guests": n % 2 == 0,
    }


def _subscribers(n: int, world: World) -> Row:
    return {
        "id": n,
        "date_modified": world.at(n),
        "date_created": world.at(n),
        "consents": [("marketing_newsletter", "abandoned_cart")[n % 2]],
        "email": f"person{n}@example.com",
        "first_name": f"First name {n}",
        "last_name": f"Last name {n}",
        "source": f"Source {n}",
        "order_id": world.pick("orders", n),
        "channel_id": world.pick("channels", n),
    }


def _customer_consents(n: int, world: World) -> Row:
    return {
        "_parent": world.pick("customers", n),
        "allow": [("essential", "functional", "analytics", "targeting")[n % 4]],
        "deny": [("essential", "functional", "analytics", "targeting")[n % 4]],
        "updated_at": world.at(n),
    }


def _customer_stored_instruments(n: int, world: World) -> Row:
    return {
        "_parent": world.pick("customers", n),
        "type": "stored_card",
        "token": f"Token {n}",
        "is_default": n % 2 == 0,
        "masked_account_number": f"Masked account number {n}",
        "issuer": f"Issuer {n}",
        "email": f"person{n}@example.com",
        "brand": f"Brand {n}",
        "expiry_month": n % 12 + 1,
        "expiry_year": n + 11,
        "issuer_identification_number": f"Issuer identification number {n}",
        "last_4": f"Last 4 {n}",
        "billing_address": {
            "first_name": f"First name {n}",
            "last_name": f"Last name {n}",
            "email": f"person{n}@example.com",
            "company": f"Company {n}",
            "address1": f"Address1 {n}",
            "address2": f"Address2 {n}",
            "city": f"City {n}",
            "postal_code": f"Postal code {n}",
            "state_or_province": f"State or province {n}",
            "state_or_province_code": f"State or province code {n}",
            "country_code": "AU",
            "phone": f"Phone {n}",
        },
    }


def _wishlists(n: int, world: World) -> Row:
    return {
        "id": n,
        "customer_id": world.pick("customers", n),
        "name": f"Name {n}",
        "is_public": n % 2 == 0,
        "token": uuid(15, n),
        "items": [{"id": n, "product_id": world.pick("products", n), "variant_id": world.pick("variants", n)}],
    }


def _segments(n: int, world: World) -> Row:
    return {
        "id": uuid(11, n),
        "name": f"Name {n}",
        "description": f"Description {n}",
        "created_at": world.at(n),
        "updated_at": world.at(n),
    }


def _shopper_profiles(n: int, world: World) -> Row:
    return {
        "id": uuid(19, n),
        "customer_id": world.pick("customers", n),
        "created_at": world.at(n),
        "updated_at": world.at(n),
    }


def _shopper_profile_segments(n: int, world: World) -> Row:
    return {
        "_profile": world.pick("shopper_profiles", n),
        "id": uuid(27, n),
        "name": f"Name {n}",
        "description": f"Description {n}",
        "created_at": world.at(n),
        "updated_at": world.at(n),
    }


COLLECTIONS = (
    Collection(
        "customer_groups",
        "v2/customer_groups",
        CUSTOMERS,
        _customer_groups,
        Shape.V2,
        dates={"date_created": plain, "date_modified": plain},
        filters=frozenset({"name", "is_default", "is_group_for_guests", "date_created", "date_modified"}),
        counted=True,
    ),
    Collection(
        "subscribers",
        "v3/customers/subscribers",
        CUSTOMERS,
        _subscribers,
        dates={"date_modified": zulu, "date_created": zulu},
        filters=DATED,
    ),
    Collection(
        "customer_consents",
        "v3/customers/{parent}/consent",
        CUSTOMERS,
        _customer_consents,
        Shape.BARE_OBJECT,
        key=("_parent",),
        size=40,
        dates={"updated_at": zulu},
        parent="customers",
        parent_field="_parent",
    ),
    Collection(
        "customer_stored_instruments",
        "v3/customers/{parent}/stored-instruments",
        STORED_INSTRUMENTS,
        _customer_stored_instruments,
        Shape.BARE,
        key=("token",),
        size=40,
        parent="customers",
        parent_field="_parent",
    ),
    Collection("wishlists", "v3/wishlists", CUSTOMERS, _wishlists, filters=frozenset({"customer_id"})),
    Collection(
        "segments",
        "v3/segments",
        CUSTOMERS,
        _segments,
        dates={"created_at": zulu, "updated_at": zulu},
        filters=frozenset({"id"}),
    ),
    Collection(
        "shopper_profiles",
        "v3/shopper-profiles",
        CUSTOMERS,
        _shopper_profiles,
        dates={"created_at": zulu, "updated_at": zulu},
    ),
    Collection(
        "shopper_profile_segments",
        "v3/shopper-profiles/{parent}/segments",
        CUSTOMERS,
        _shopper_profile_segments,
        size=20,
        dates={"created_at": zulu, "updated_at": zulu},
        parent="shopper_profiles",
        parent_field="_profile",
    ),
)

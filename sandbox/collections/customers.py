"""Customer groups, subscribers, consents and other records of customers."""

from __future__ import annotations

from sandbox.collection import Collection, Shape
from sandbox.collections.forms import DATED, plain, zulu
from sandbox.collections.rows import rows
from sandbox.options import CUSTOMERS, STORED_INSTRUMENTS

COLLECTIONS = (
    Collection(
        "customer_groups",
        "v2/customer_groups",
        CUSTOMERS,
        rows("customer_groups"),
        Shape.V2,
        dates={"date_created": plain, "date_modified": plain},
        filters=frozenset({"name", "is_default", "is_group_for_guests", "date_created", "date_modified"}),
        counted=True,
    ),
    Collection(
        "subscribers",
        "v3/customers/subscribers",
        CUSTOMERS,
        rows("subscribers"),
        dates={"date_modified": zulu, "date_created": zulu},
        filters=DATED,
    ),
    Collection(
        "customer_consents",
        "v3/customers/{parent}/consent",
        CUSTOMERS,
        rows("customer_consents"),
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
        rows("customer_stored_instruments"),
        Shape.BARE,
        key=("token",),
        size=40,
        parent="customers",
        parent_field="_parent",
    ),
    Collection("wishlists", "v3/wishlists", CUSTOMERS, rows("wishlists"), filters=frozenset({"customer_id"})),
    Collection(
        "segments",
        "v3/segments",
        CUSTOMERS,
        rows("segments"),
        dates={"created_at": zulu, "updated_at": zulu},
        filters=frozenset({"id"}),
    ),
    Collection(
        "shopper_profiles",
        "v3/shopper-profiles",
        CUSTOMERS,
        rows("shopper_profiles"),
        dates={"created_at": zulu, "updated_at": zulu},
    ),
    Collection(
        "shopper_profile_segments",
        "v3/shopper-profiles/{parent}/segments",
        CUSTOMERS,
        rows("shopper_profile_segments"),
        size=20,
        dates={"created_at": zulu, "updated_at": zulu},
        parent="shopper_profiles",
        parent_field="_profile",
    ),
)

"""V2 time and store (BigCommerce's reference/store_information.v2.yml)."""

from __future__ import annotations

from typing import Any

from sandbox.api.endpoint import Call, Endpoint
from sandbox.options import INFORMATION
from sandbox.responses import ApiResponse, json


def time(call: Call) -> ApiResponse:
    """`GET /v2/time`: Unix seconds; needs no scope."""
    return json({"time": call.store.clock.now()})


def store(call: Call) -> ApiResponse:
    """`GET /v2/store`: one object."""
    domain = f"store-{call.store.options.store_hash}.example.com"
    profile: dict[str, Any] = {
        "id": call.store.options.store_hash,
        "account_uuid": "0b0e8c0e-5f0a-4f57-8a5c-6f3d0a4b9c11",
        "domain": domain,
        "secure_url": f"https://{domain}",
        "control_panel_base_url": f"https://{domain}",
        "status": "live",
        "name": "Sandbox Outfitters",
        "first_name": "Ada",
        "last_name": "Berger",
        "address": "12 Harbour Row\nPortland",
        "country": "United States",
        "country_code": "US",
        "infrastructure_region": "us-central1",
        "phone": "555-0100",
        "admin_email": "owner@example.com",
        "order_email": "orders@example.com",
        "favicon_url": f"https://{domain}/favicon.ico",
        "timezone": {
            "name": "America/Los_Angeles",
            "raw_offset": -28800,
            "dst_offset": -25200,
            "dst_correction": True,
            "date_format": {"display": "jS M Y", "export": "M jS Y", "extended_display": "M jS Y @ g:i A"},
        },
        "language": "en",
        "currency": "USD",
        "currency_symbol": "$",
        "decimal_separator": ".",
        "thousands_separator": ",",
        "decimal_places": 2,
        "currency_symbol_location": "left",
        "weight_units": "KGS",
        "dimension_units": "Centimeters",
        "dimension_decimal_places": 2,
        "dimension_decimal_token": ".",
        "dimension_thousands_token": ",",
        "plan_name": "Sandbox",
        "plan_level": "Sandbox",
        "plan_is_trial": False,
        "industry": "Outdoor clothing",
        "logo": {"url": f"https://{domain}/logo.png"},
        "is_price_entered_with_tax": False,
        "store_id": 10017,
        "default_channel_id": 1,
        "default_site_id": 1000,
        "active_comparison_modules": ["a comparison"],
        "features": {
            "stencil_enabled": True,
            "sitewidehttps_enabled": True,
            "facebook_catalog_id": "1234",
            "checkout_type": "optimized",
            "wishlists_enabled": True,
            "graphql_storefront_api_enabled": True,
            "shopper_consent_tracking_enabled": False,
            "multi_storefront_enabled": True,
            "storefront_limits": {"active": 3, "total_including_inactive": 5},
        },
    }
    return json(profile)


ENDPOINTS = [
    Endpoint("v2/time", None, time, frozenset()),
    Endpoint("v2/store", INFORMATION, store, frozenset()),
]

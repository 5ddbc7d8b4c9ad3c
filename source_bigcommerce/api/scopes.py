"""BigCommerce's OAuth scopes, by their names in the control panel.

Source: docs/start/authentication/api-accounts (OAuth scopes) of BigCommerce's developer documentation.
"""

from __future__ import annotations

from enum import Enum


class Scope(str, Enum):
    """A permission of an API account. The connector needs only its read-only form, if there is one: B2B Edition is
    documented with "modify" only."""

    B2B_EDITION = "B2B Edition"
    CARTS = "Carts"
    CHANNEL_LISTINGS = "Channel Listings"
    CHANNEL_SETTINGS = "Channel Settings"
    CHECKOUTS = "Checkouts"
    CHECKOUT_CONTENT = "Checkout Content"
    CONTENT = "Content"
    CUSTOMERS = "Customers"
    FULFILLMENT_METHODS = "Fulfillment Methods"
    INFORMATION = "Information & Settings"
    INVENTORY = "Store Inventory"
    LOCATIONS = "Store Locations"
    LOGS = "Store Logs"
    MARKETING = "Marketing"
    ORDER_FULFILLMENT = "Order Fulfillment"
    ORDERS = "Orders"
    PAYMENT_METHODS = "Get Payment Methods"
    PRODUCTS = "Products"
    SITES = "Sites & Routes"
    STORED_INSTRUMENTS = "Stored Payment Instruments"
    THEMES = "Themes"
    TRANSACTIONS = "Order Transactions"
    NONE = "(none)"  # any token is sufficient

    @property
    def parameter(self) -> str:
        """The name of the read-only form in the API; "" if no scope is needed, or none is documented."""
        return _PARAMETERS[self]


_PARAMETERS = {
    Scope.B2B_EDITION: "",
    Scope.CARTS: "store_cart_read_only",
    Scope.CHANNEL_LISTINGS: "store_channel_listings_read_only",
    Scope.CHANNEL_SETTINGS: "store_channel_settings_read_only",
    Scope.CHECKOUTS: "store_checkout_read_only",
    Scope.CHECKOUT_CONTENT: "store_content_checkout_read_only",
    Scope.CONTENT: "store_v2_content_read_only",
    Scope.CUSTOMERS: "store_v2_customers_read_only",
    Scope.FULFILLMENT_METHODS: "store_fulfillment_methods_read_only",
    Scope.INFORMATION: "store_v2_information_read_only",
    Scope.INVENTORY: "store_inventory_read_only",
    Scope.LOCATIONS: "store_locations_read_only",
    Scope.LOGS: "store_logs_read_only",
    Scope.MARKETING: "store_v2_marketing_read_only",
    Scope.ORDER_FULFILLMENT: "store_order_fulfillment_read_only",
    Scope.ORDERS: "store_v2_orders_read_only",
    Scope.PAYMENT_METHODS: "store_payments_methods_read",
    Scope.PRODUCTS: "store_v2_products_read_only",
    Scope.SITES: "store_sites_read_only",
    Scope.STORED_INSTRUMENTS: "store_stored_payment_instruments_read_only",
    Scope.THEMES: "store_themes_read_only",
    Scope.TRANSACTIONS: "store_v2_transactions_read_only",
    Scope.NONE: "",
}

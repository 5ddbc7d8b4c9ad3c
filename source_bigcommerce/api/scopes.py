"""BigCommerce's OAuth scopes, by the names a user meets in the control panel.

Source: docs/start/authentication/api-accounts (OAuth scopes) of BigCommerce's developer documentation.
"""

from __future__ import annotations

from enum import Enum


class Scope(str, Enum):
    """A permission of an API account; every one of them has a read-only form, which is enough here."""

    CARTS = "Carts"
    CHANNEL_LISTINGS = "Channel Listings"
    CHANNEL_SETTINGS = "Channel Settings"
    CHECKOUTS = "Checkouts"
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
    NONE = "(none)"  # every token will do

"""BigCommerce's OAuth scopes, by the names a user meets in the control panel.

Source: docs/start/authentication/api-accounts (OAuth scopes) of BigCommerce's developer documentation.
"""

from __future__ import annotations

from enum import Enum


class Scope(str, Enum):
    """A permission of an API account; every one of them has a read-only form, which is enough here."""

    CUSTOMERS = "Customers"
    MARKETING = "Marketing"
    ORDERS = "Orders"
    PRODUCTS = "Products"
    TRANSACTIONS = "Order Transactions"

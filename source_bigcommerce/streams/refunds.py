"""Refunds: https://developer.bigcommerce.com/docs/rest-management/orders/refunds"""

from __future__ import annotations

from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import DateFilter, IncrementalStream
from source_bigcommerce.streams.numbered import NumberedList


class OrderRefunds(NumberedList, IncrementalStream):
    """The refunds of all orders, from the one list of them, in its documented order by id.

    A refund is dated when it is made, and by nothing that happens to it later: a payment that is declined afterwards
    is seen within the look-back only.
    """

    endpoint = "v3/orders/payment_actions/refunds"
    scope = Scope.ORDERS  # the one of transactions would do as well
    cursor_field = "created"
    dated_by = "created"
    dates = DateFilter("created:min", "created:max")
    dates_stay = True

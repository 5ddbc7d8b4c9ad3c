"""Refunds: https://developer.bigcommerce.com/docs/rest-management/orders/refunds"""

from __future__ import annotations

from source_bigcommerce.api.pagination import PageNumber
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.lists.listing import DateFilter, Listing
from source_bigcommerce.streams.stream import Stream


class OrderRefunds(Stream):
    """The refunds of all orders, from a single list, in its documented order by id.

    The date of a refund is that of its creation, and later changes do not affect it: a payment that is declined
    afterwards is detected only within the look-back.
    """

    listing = Listing(
        "v3/orders/payment_actions/refunds",
        Scope.ORDERS,  # that of transactions would be sufficient too
        PageNumber(),
        date_filter=DateFilter("created:min", "created:max", field="created", is_immutable=True),
        finds_by_id=True,
    )


STREAMS = (OrderRefunds,)

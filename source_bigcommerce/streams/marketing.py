"""Marketing: https://developer.bigcommerce.com/docs/rest-management/marketing"""

from __future__ import annotations

from source_bigcommerce.api.paging import KeysetV2
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.streams.base import BigCommerceStream


class Coupons(BigCommerceStream):
    """Coupons, whole each time: how often one was used changes without leaving a date."""

    endpoint = "v2/coupons"
    scope = Scope.MARKETING
    paging = KeysetV2()  # the endpoint knows no sort; by id is its documented default
    count = "v2/coupons/count"

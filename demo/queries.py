"""Queries over the tables of the demo."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from demo.paths import shown


@dataclass(frozen=True)
class Query:
    """SQL without double quotes, so that it fits between them on a command line."""

    title: str
    sql: str


# Status 0 is what a shopper began and did not finish, 5 what was cancelled: nothing was earned with either.
REVENUE = Query(
    "Revenue by channel and currency, net of refunds",
    "SELECT coalesce(channels.name, 'channel ' || orders.channel_id) AS channel, orders.currency_code AS currency, "
    "count(*) AS orders, round(sum(total_inc_tax), 2) AS gross, round(sum(coalesce(refunded, 0)), 2) AS refunds, "
    "round(sum(total_inc_tax - coalesce(refunded, 0)), 2) AS net "
    "FROM orders LEFT JOIN channels ON channels.id = orders.channel_id LEFT JOIN "
    "(SELECT order_id, sum(total_amount) AS refunded FROM order_refunds GROUP BY order_id) AS refunds "
    "ON refunds.order_id = orders.id WHERE is_deleted IS NOT TRUE AND status_id NOT IN (0, 5) "
    "GROUP BY ALL ORDER BY net DESC",
)
BEST_SELLERS = Query(
    "Best sellers by variant",
    "SELECT product_id, variant_id, any_value(lines.name) AS product, "
    "sum(quantity - coalesce(quantity_refunded, 0)) AS sold, currency_code AS currency, "
    "round(sum(lines.total_inc_tax), 2) AS revenue FROM order_products AS lines JOIN orders ON orders.id = order_id "
    "WHERE is_deleted IS NOT TRUE AND status_id NOT IN (0, 5) "
    "GROUP BY product_id, variant_id, currency ORDER BY sold DESC, product_id, variant_id LIMIT 5",
)
REPEAT_CUSTOMERS = Query(
    "Customers by number of orders",
    "SELECT orders, count(*) AS customers FROM (SELECT customer_id, count(*) AS orders FROM orders "
    "WHERE customer_id > 0 AND is_deleted IS NOT TRUE AND status_id NOT IN (0, 5) GROUP BY customer_id) "
    "GROUP BY orders ORDER BY orders DESC LIMIT 10",
)
ABANDONED_ORDERS = Query(
    "Incomplete (unpaid) orders by month",
    "SELECT strftime(date_created, '%Y-%m') AS month, currency_code AS currency, count(*) AS orders, "
    "round(sum(total_inc_tax), 2) AS value FROM orders WHERE status_id = 0 AND is_deleted IS NOT TRUE "
    "GROUP BY month, currency ORDER BY month DESC, value DESC LIMIT 12",
)
COUPONS = Query(
    "Discount and revenue by coupon",
    "SELECT order_coupons.code AS coupon, currency_code AS currency, count(DISTINCT order_id) AS orders, "
    "round(sum(discount), 2) AS discount, round(sum(total_inc_tax), 2) AS revenue "
    "FROM order_coupons JOIN orders ON orders.id = order_id WHERE order_coupons.code IS NOT NULL "
    "AND is_deleted IS NOT TRUE AND status_id NOT IN (0, 5) "
    "GROUP BY coupon, currency ORDER BY orders DESC, coupon LIMIT 10",
)

SHOWN = BEST_SELLERS
NEXT = (REVENUE, REPEAT_CUSTOMERS, ABANDONED_ORDERS, COUPONS, BEST_SELLERS)


def command(query: Query) -> str:
    """Returns the command line that runs a query."""
    return f'{shown(Path(sys.executable))} -m demo.query "{query.sql}"'

"""Queries over the marts of the demo."""

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


# The marts of the dbt package, in the schema that the demo gives them: they decide which orders count as revenue, and
# take refunds off.
REVENUE = Query(
    "Revenue by channel and currency, net of refunds",
    "SELECT channel_name AS channel, currency_code AS currency, count(*) AS orders, "
    "round(sum(gross_revenue), 2) AS gross, round(sum(refunded_revenue), 2) AS refunds, "
    "round(sum(net_revenue), 2) AS net "
    "FROM analytics.orders WHERE counts_as_revenue GROUP BY channel, currency ORDER BY net DESC",
)
BEST_SELLERS = Query(
    "Best sellers by variant",
    "SELECT product_id, variant_id, max(product_name) AS product, sum(quantity_net) AS sold, "
    "currency_code AS currency, round(sum(net_revenue), 2) AS revenue FROM analytics.order_lines "
    "WHERE counts_as_revenue AND product_id IS NOT NULL GROUP BY product_id, variant_id, currency "
    "ORDER BY sold DESC, product_id, variant_id LIMIT 5",
)
REPEAT_CUSTOMERS = Query(
    "Customers by number of orders",
    "SELECT order_count AS orders, count(*) AS customers FROM analytics.customers "
    "WHERE order_count > 0 GROUP BY orders ORDER BY orders DESC LIMIT 10",
)
ABANDONED_ORDERS = Query(
    "Incomplete (unpaid) orders by month",
    "SELECT date_trunc('month', ordered_on) AS month, currency_code AS currency, count(*) AS orders, "
    "round(sum(total_inc_tax), 2) AS value FROM analytics.orders WHERE order_state = 'incomplete' "
    "GROUP BY month, currency ORDER BY month DESC, value DESC LIMIT 12",
)
COUPONS = Query(
    "Discount and revenue by coupon",
    "SELECT code AS coupon, currency_code AS currency, order_count AS orders, round(discount_amount, 2) AS discount, "
    "round(net_revenue, 2) AS revenue FROM analytics.discounts WHERE discount_kind = 'coupon' "
    "ORDER BY orders DESC, coupon LIMIT 10",
)

# For stores with B2B Edition, which the demo's store lacks.
QUOTE_CONVERSION = Query(
    "Quotes that became orders, by sales representative",
    "SELECT coalesce(sales_rep, '(none)') AS representative, count(*) AS quotes, count(order_id) AS ordered, "
    "round(100.0 * count(order_id) / count(*), 1) AS percent FROM analytics.b2b_quotes "
    "GROUP BY representative ORDER BY quotes DESC, representative LIMIT 10",
)
OVERDUE_INVOICES = Query(
    "Overdue invoices by company",
    "SELECT company_name AS company, currency_code AS currency, count(*) AS invoices, "
    "round(sum(open_amount), 2) AS overdue, min(due_on) AS since FROM analytics.b2b_invoices WHERE is_overdue "
    "GROUP BY company, currency ORDER BY overdue DESC LIMIT 10",
)
B2B_EDITION = (QUOTE_CONVERSION, OVERDUE_INVOICES)

SHOWN = BEST_SELLERS
NEXT = (REVENUE, REPEAT_CUSTOMERS, ABANDONED_ORDERS, COUPONS, BEST_SELLERS)


def command(query: Query) -> str:
    """Returns the command line that runs a query."""
    return f'{shown(Path(sys.executable))} -m demo.query "{query.sql}"'

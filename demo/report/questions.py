"""The questions that the report answers, in SQL on the marts of the dbt package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]

SUMMARY = """\
SELECT
    max(ordered_on) AS last_day,
    max(store_currency_code) AS currency,
    sum(net_revenue_store_currency) AS net,
    sum(refunded_revenue_store_currency) / nullif(sum(gross_revenue_store_currency), 0) AS refund_rate,
    count(*) AS orders,
    count(DISTINCT customer_key) AS customers,
    count(*) FILTER (customer_order_number > 1) / count(*) AS repeat_rate,
    sum(net_revenue_store_currency) / count(*) AS average_order
FROM orders
WHERE counts_as_revenue
    AND ordered_on > (SELECT max(ordered_on) FROM orders) - INTERVAL 12 MONTH"""

REVENUE = """\
SELECT
    strftime(day, '%Y-%m') AS month,
    channel_name AS channel,
    sum(net_revenue_store_currency) AS net,
    sum(refunded_revenue_store_currency) AS refunds,
    sum(order_count) AS orders
FROM daily_store
WHERE day >= date_trunc('month', (SELECT max(day) FROM daily_store)) - INTERVAL 23 MONTH
GROUP BY month, channel
ORDER BY month, channel"""

COHORTS = """\
WITH unfinished AS (
    SELECT date_trunc('month', max(ordered_on)) AS month
    FROM orders
),
cohorts AS (
    SELECT DISTINCT cohort_month, cohort_customers
    FROM customer_cohorts
)
SELECT
    strftime(cohort_month, '%Y-%m') AS cohort,
    months_since_first AS months,
    cohort_customers AS customers,
    coalesce(active_customers, 0) AS active,
    coalesce(retention, 0) AS retention
FROM cohorts
CROSS JOIN (SELECT unnest(range(1, 13)) AS months_since_first)
LEFT JOIN customer_cohorts USING (cohort_month, cohort_customers, months_since_first)
WHERE cohort_month >= (SELECT month FROM unfinished) - INTERVAL 13 MONTH
    AND cohort_month + to_months(months_since_first) < (SELECT month FROM unfinished)
ORDER BY cohort, months"""

BEST_SELLERS = """\
SELECT
    concat_ws(', ', product_name, variant_name) AS variant,
    sku,
    quantity_net AS pieces,
    quantity_refunded AS refunded,
    net_revenue_store_currency AS net
FROM variants
WHERE quantity_net > 0
ORDER BY quantity_net DESC, variant_id
LIMIT 10"""

DISCOUNTS = """\
SELECT
    coalesce(code, discount_name, discount_kind || ' ' || discount_id) AS discount,
    discount_kind AS kind,
    count(*) AS orders,
    sum(discounts.discount_amount / transactional_rate) AS given,
    sum(net_revenue_store_currency) AS net,
    sum(net_revenue_store_currency) / count(*) AS average_order
FROM int_bigcommerce__order_discounts AS discounts
INNER JOIN orders USING (order_id)
WHERE counts_as_revenue
    AND ordered_on > (SELECT max(ordered_on) FROM orders) - INTERVAL 12 MONTH
GROUP BY discount, kind
HAVING count(*) >= 10
ORDER BY orders DESC, discount
LIMIT 10"""

WITHOUT_DISCOUNT = """\
SELECT
    count(*) AS orders,
    sum(net_revenue_store_currency) / nullif(count(*), 0) AS average_order
FROM orders
WHERE counts_as_revenue
    AND ordered_on > (SELECT max(ordered_on) FROM orders) - INTERVAL 12 MONTH
    AND coalesce(discount_amount, 0) = 0
    AND coalesce(coupon_discount, 0) = 0
    AND order_id NOT IN (SELECT order_id FROM int_bigcommerce__order_discounts)"""

STOCK = """\
SELECT
    concat_ws(', ', product_name, variant_name) AS variant,
    sku,
    available_to_sell AS available,
    sold_per_day,
    days_of_stock AS days
FROM variants
WHERE days_of_stock > 0
ORDER BY days_of_stock, sold_per_day DESC, variant_id
LIMIT 10"""


SOLD_OUT = """\
SELECT count(*) AS variants
FROM variants
WHERE available_to_sell <= 0 AND quantity_sold_recently > 0"""


def ask(database: Path, schema: str, questions: Mapping[str, str]) -> dict[str, list[Row]]:
    """Returns the rows that answer each question, in values of JSON."""
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        connection.execute(f"USE {schema}")
        return {name: list(_rows(connection.sql(sql))) for name, sql in questions.items()}


def _rows(result: duckdb.DuckDBPyRelation) -> Iterator[Row]:
    for values in result.fetchall():
        yield {name: _plain(value) for name, value in zip(result.columns, values, strict=True)}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value

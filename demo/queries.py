"""Questions that the tables answer."""

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


BEST_SELLERS = Query(
    "Best-selling products",
    "SELECT line->>'name' AS product, sum((line->>'quantity')::INT) AS sold "
    "FROM (SELECT unnest(line_items::JSON[]) AS line FROM orders) "
    "GROUP BY product ORDER BY sold DESC, product LIMIT 5",
)
REVENUE = Query(
    "Revenue by month",
    "SELECT strftime(date_created, '%Y-%m') AS month, count(*) AS orders, round(sum(total_inc_tax), 2) AS revenue "
    "FROM orders WHERE is_deleted IS NOT TRUE GROUP BY month ORDER BY month DESC LIMIT 12",
)
BEST_CUSTOMERS = Query(
    "Customers who spent the most",
    "SELECT customers.id, email, count(*) AS orders, round(sum(total_inc_tax), 2) AS spent "
    "FROM customers JOIN orders ON orders.customer_id = customers.id "
    "GROUP BY ALL ORDER BY spent DESC LIMIT 10",
)

SHOWN = BEST_SELLERS
NEXT = (REVENUE, BEST_CUSTOMERS, BEST_SELLERS)


def command(query: Query) -> str:
    """What to type to run a query."""
    return f'{shown(Path(sys.executable))} -m demo.query "{query.sql}"'

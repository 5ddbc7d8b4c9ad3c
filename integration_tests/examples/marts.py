"""The warehouse of a store as the examples leave it."""

from __future__ import annotations

from pathlib import Path

import duckdb


def orders_in(database: Path) -> set[int]:
    """Returns the ids in the mart `orders`; fails if one is there twice."""
    return _ids(database, "SELECT order_id FROM marts.orders")


def coupons_in(database: Path) -> set[int]:
    """Returns the ids in the connector's table `coupons`; fails if one is there twice."""
    return _ids(database, "SELECT id FROM bigcommerce.coupons")


def _ids(database: Path, query: str) -> set[int]:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(query).fetchall()
    assert len(rows) == len(set(rows))
    return {id_ for (id_,) in rows}

"""The relations of the data model, on the tables of the sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from integration_tests.harness import sync
from sandbox import Options, serve
from tools.docs.relations import AT_MOST_ONE, B2B_EDITION, CORE, Relation, relations

APART = {"products.brand_id"}
"""The sandbox makes brands without regard to those that its products name."""


def test_the_drawn_relations_lead_to_rows_that_exist() -> None:
    """A query that joins by one of them must not lose rows. 0 and null stand for none."""
    drawn = [relations()[name] for name in (*CORE, *B2B_EDITION) if name not in APART]
    single = [relations()[name] for name in sorted(AT_MOST_ONE)]
    tables = sorted({table for one in (*drawn, *single) for table in (one.table, one.target)})
    with serve(Options(orders=150, products=60, customers=60, coupons=20, b2b=True)) as server:
        result = sync(server, tables)
    assert not result.failure, result.errors
    for one in drawn:
        targets = {str(record[one.target_column]) for record in result.records[one.target]}
        assert (named := _named(one, result.records)), one
        assert set(named) <= targets, one
    for one in (*drawn, *single):
        named = _named(one, result.records)
        assert not one.is_unique or len(set(named)) == len(named), one


def _named(one: Relation, records: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    values = [record.get(one.column) for record in records[one.table]]
    return [str(value) for value in values if value not in (None, "", 0)]

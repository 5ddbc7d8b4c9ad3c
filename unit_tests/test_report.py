"""The page of the report, as text: what a browser makes of it is tested in integration_tests/report."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from demo.report.page import Copied, page
from demo.report.panels import QUESTIONS, Answers

HOSTILE = "</script><script>alert('1')</script>"
ANSWERS: Answers = {
    "summary": [
        {
            "last_day": "2026-01-31", "currency": "EUR", "net": 12345.5, "refund_rate": 0.051, "orders": 1234,
            "customers": 600, "repeat_rate": 0.4, "average_order": 10.0,
        }
    ],
    "revenue": [{"month": "2026-01", "channel": HOSTILE, "net": 100.0, "refunds": 5.0, "orders": 3}],
    "cohorts": [{"cohort": "2025-12", "months": 1, "customers": 4, "active": 1, "retention": 0.25}],
    "best-sellers": [{"variant": HOSTILE, "sku": "A", "pieces": 3, "refunded": 0, "net": 30.0}],
    "discounts": [
        {"discount": "SPRING", "kind": "coupon", "orders": 12, "given": 6.0, "net": 600.0, "average_order": 50.0}
    ],
    "without-discount": [{"orders": 40, "average_order": 45.0}],
    "stock": [{"variant": "Tea", "sku": "A", "available": 2, "sold_per_day": 0.5, "days": 4.0}],
    "sold-out": [{"variants": 7}],
}  # fmt: skip
COPIED = [Copied("orders", 10, 10, 90), Copied("order_products", 20, 18, 100), Copied("coupons", 5, 1005, 10)]


@pytest.fixture(scope="module")
def html() -> str:
    return page(ANSWERS, COPIED)


def test_the_answers_are_those_that_the_page_asks_for() -> None:
    assert set(ANSWERS) == set(QUESTIONS)


def test_a_table_that_differs_stands_out(html: str) -> None:
    """The proof would be worth nothing if it could only agree."""
    rows = dict(re.findall(r"<tr><td>([\w<>]+)</td>(.*?)</tr>", html))
    assert rows["orders"] == "<td>10</td><td>10</td><td class=same>0</td>"
    assert rows["order_<wbr>products"] == "<td>20</td><td>18</td><td class=differs>-2</td>"
    assert rows["coupons"] == "<td>5</td><td>1,005</td><td class=differs>+1,000</td>"
    assert rows["Together"] == "<td>35</td><td>1,033</td><td class=differs>+998</td>"
    assert "1,033 rows and 200 values" in html


def test_figures_are_written_for_readers(html: str) -> None:
    assert "amounts in EUR" in html
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd><dd class=\"period\">(.*?)</dd>", html)
    assert {period for _, _, period in found} == {"last 12 months"}
    tiles = {title: value for title, value, _ in found}
    assert tiles == {
        "Net revenue": "12,346",
        "Net per order": "10",
        "Orders": "1,234",
        "Customers": "600",
        "Repeat orders": "40%",
        "Refund rate": "5.1%",
    }


def test_names_from_the_store_are_data_and_not_code(html: str) -> None:
    assert "<script>alert" not in html
    charts: dict[str, Any] = json.loads(_embedded(html, "charts"))
    assert HOSTILE in json.dumps(charts["revenue"])


def test_the_page_refers_to_nothing_outside(html: str) -> None:
    """And forbids the browser to load anything."""
    shell = re.sub(r"<script.*?</script>", "", html, flags=re.S)
    assert re.findall(r"(?:src|href)=\"(.*?)\"", shell) == ["data:,"]
    assert "default-src 'none'" in shell


def _embedded(html: str, name: str) -> str:
    [found] = re.findall(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.S)
    return str(found)

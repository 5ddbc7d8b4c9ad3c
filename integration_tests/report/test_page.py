"""The report of the demo, as a reader opens it."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from statistics import mean
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser

from demo.__main__ import TABLES
from demo.marts import SCHEMA
from demo.warehouse import DELETED_AT
from integration_tests.report.report_page import PHONE, contrast, luminance, shown
from integration_tests.report.shop import DATABASE, REPORT

PANELS = ("revenue", "cohorts", "best-sellers", "discounts", "stock")
LEGIBLE = 4.5  # contrast that WCAG 2 requires of text
SMALLEST = 11  # pixels


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
        connection.execute(f"USE {SCHEMA}")
        return connection.execute(sql).fetchall()


def last_year(folder: Path) -> dict[int, float]:
    """Returns the net revenue of each order of the last twelve months that counts."""
    [(last,)] = rows(folder, "SELECT max(ordered_on) FROM orders")
    found = rows(folder, "SELECT order_id, ordered_on, net_revenue FROM orders WHERE counts_as_revenue")
    year_before = last.replace(year=last.year - 1, day=28 if (last.month, last.day) == (2, 29) else last.day)
    return {order_id: float(net) for order_id, day, net in found if day > year_before}


def discounts(folder: Path) -> dict[int, set[str]]:
    """Returns the names of the discounts of each of these orders, from the tables that dbt reads."""
    coupons = rows(folder, "SELECT order_id, coalesce(code, coupon_id::varchar) FROM main.order_coupons")
    lines = rows(
        folder, "SELECT order_id, applied_discounts FROM main.order_products WHERE applied_discounts IS NOT NULL"
    )
    applied = [(order_id, one) for order_id, entries in lines for one in json.loads(entries)]
    codeless = [(order_id, one["name"]) for order_id, one in applied if not one["code"] and one["id"] != "total-coupon"]
    found: dict[int, set[str]] = {order_id: set() for order_id in last_year(folder)}
    for order_id, name in coupons + codeless:
        if order_id in found:
            found[order_id].add(name)
    return found


def percents(folder: Path) -> list[str]:
    """Returns the share of each cohort that ordered in each of the twelve months after its first, where that month was
    over before that of the last order; twelve cohorts have one."""
    found = rows(
        folder, "SELECT customer_key, ordered_on FROM orders WHERE counts_as_revenue AND customer_key IS NOT NULL"
    )
    [(last,)] = rows(folder, "SELECT max(ordered_on) FROM orders")
    active: dict[str, set[int]] = {}
    for customer, day in found:
        active.setdefault(customer, set()).add(12 * day.year + day.month)
    unfinished = 12 * last.year + last.month
    shown = []
    for first in range(unfinished - 13, unfinished - 1):
        cohort = [months for months in active.values() if min(months) == first]
        for month in range(first + 1, min(first + 13, unfinished)):
            share = sum(month in months for months in cohort) / len(cohort)
            shown.append(str(math.floor(100 * share + 0.5)))  # as browsers round
    return shown


def present(folder: Path, table: str) -> int:
    """Returns the number of rows of a table that are not marked as deleted."""
    columns = [name for name, *_ in rows(folder, f"DESCRIBE main.{table}")]
    [(count,)] = rows(
        folder, f"SELECT count(*) FROM main.{table} {f'WHERE {DELETED_AT} IS NULL' if DELETED_AT in columns else ''}"
    )
    return int(count)


def test_every_chart_shows_its_rows(folder: Path, browser: Browser) -> None:
    """A chart whose field was renamed would be empty, without an error."""
    with shown(browser, folder / REPORT) as report:
        bars = {name: len(report.bars(name)) for name in PANELS}
        words = {name: report.words(name) for name in PANELS}
    months = "SELECT count(DISTINCT date_trunc('month', day)), count(DISTINCT channel_name) FROM daily_store"
    [(month_count, channel_count)] = rows(folder, months)
    assert month_count > 24
    assert channel_count == 3
    assert 24 * channel_count <= bars["revenue"] <= 2 * 24 * channel_count
    retention = percents(folder)
    assert bars["cohorts"] == len(retention) == 12 * 13 // 2, "a month fewer for each later cohort"
    numbers = [word for word in words["cohorts"] if word.isdecimal()]
    assert Counter(numbers) == Counter([*retention, *map(str, range(1, 13))]), "and the months after the first order"
    assert "0" in retention, "a month in which nobody ordered again"
    assert (bars["best-sellers"], bars["stock"]) == (10, 10)
    used = Counter(name for names in discounts(folder).values() for name in names)
    shown_discounts = min(10, sum(count >= 10 for count in used.values()))
    assert bars["discounts"] == 2 * shown_discounts > 5, "a bar for each, and the mark of the orders without a discount"
    for name in PANELS:
        assert len(words[name]) > 5, name


def test_the_figures_are_those_of_the_marts(folder: Path, browser: Browser) -> None:
    """Computed here in other words than in the report."""
    year = "counts_as_revenue AND ordered_on > (SELECT max(ordered_on) FROM orders) - INTERVAL 1 YEAR"
    [(net, orders)] = rows(folder, f"SELECT sum(net_revenue), count(*) FROM orders WHERE {year}")
    [(best, pieces)] = rows(
        folder,
        "SELECT any_value(sku), sum(quantity_net) FROM order_lines WHERE counts_as_revenue AND variant_id IS NOT NULL "
        "GROUP BY variant_id ORDER BY 2 DESC, variant_id LIMIT 1",
    )
    [(product,)] = rows(folder, f"SELECT product_name FROM variants WHERE sku = '{best}'")
    revenue = last_year(folder)
    plain = mean(revenue[order_id] for order_id, names in discounts(folder).items() if not names)
    with shown(browser, folder / REPORT) as report:
        assert report.tile("Net revenue") == f"{net:,.0f}"
        assert report.tile("Orders") == f"{orders:,}"
        words = report.words("best-sellers")
        assert any(word.startswith(product) for word in words)
        assert any(word.startswith(f"{pieces:,} pieces") for word in words)
        assert f"{plain:,.0f} USD" in report.page.locator("#discounts p").inner_text()


def test_the_copy_is_shown_table_by_table(folder: Path, browser: Browser) -> None:
    with shown(browser, folder / REPORT) as report:
        copied = report.copied()
        proof = report.page.locator("#copy p").inner_text()
    assert [name for name, *_ in copied] == [table.stream for table in TABLES]
    for name, records, found, difference in copied:
        assert records == found == f"{present(folder, name):,}"
        assert difference == "0"
    assert proof.endswith("The demo stops at a difference, before this report.")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_browser_reports_nothing_and_requests_nothing(folder: Path, browser: Browser, theme: str) -> None:
    """The page is one file: it can be sent by mail and opened without a network."""
    with shown(browser, folder / REPORT, theme) as report:
        report.page.locator("#revenue .mark-rect path").first.hover()
        report.page.wait_for_timeout(300)
        assert report.page.locator("#vg-tooltip-element").inner_text()
        assert report.complaints == []
        assert report.requests == [(folder / REPORT).as_uri()]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_can_be_read_on_a_phone(folder: Path, browser: Browser, theme: str) -> None:
    """Without scrolling sideways, and without texts that are cut, tiny or faint."""
    with shown(browser, folder / REPORT, theme, **PHONE) as report:
        width = report.page.evaluate("document.documentElement.scrollWidth")
        texts, bars = report.texts(), {name: len(report.bars(name)) for name in PANELS}
    assert width == PHONE["viewport"]["width"]
    assert len(texts) > 150
    for text in texts:
        assert 0 <= text["left"] <= text["right"] <= width, text
        assert text["size"] >= SMALLEST, text
    assert all(bars.values())


@pytest.mark.parametrize("width", [320, 390, 768, 1040, 1600])
def test_no_text_leaves_its_card(folder: Path, browser: Browser, width: int) -> None:
    """Names and amounts are of any length, and screens of any width."""
    with shown(browser, folder / REPORT, viewport={"width": width, "height": 900}) as report:
        assert report.page.evaluate("document.documentElement.scrollWidth") == width
        for text in report.texts():
            assert text["right"] <= text["end"], text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_stand_out_from_the_page(folder: Path, browser: Browser, theme: str) -> None:
    with shown(browser, folder / REPORT, theme) as report:
        texts = report.texts()
        page = report.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert luminance(page) > 0.8 if theme == "light" else luminance(page) < 0.05
    assert len([text for text in texts if text["isInCell"]]) > 20
    for text in texts:
        if not text["isInCell"]:
            assert contrast(text["color"], text["behind"]) >= LEGIBLE, text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_stand_out_from_their_cells(folder: Path, browser: Browser, theme: str) -> None:
    """The cells of the heat map have all shades between two colors, and two colors of text."""
    with shown(browser, folder / REPORT, theme) as report:
        pairs = report.page.evaluate(
            """() => {
                const cells = [...document.querySelectorAll('#cohorts .mark-rect path')];
                return [...document.querySelectorAll('#cohorts .mark-text.role-mark text')].map(text => {
                    const box = text.getBoundingClientRect();
                    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
                    const cell = cells.find(cell => {
                        const area = cell.getBoundingClientRect();
                        return area.left < x && x < area.right && area.top < y && y < area.bottom;
                    });
                    return [getComputedStyle(text).fill, getComputedStyle(cell).fill, text.textContent];
                });
            }"""
        )
    assert len(pairs) > 20
    for text, cell, number in pairs:
        assert contrast(text, cell) >= 3, (number, text, cell)  # what WCAG 2 requires of graphics


def test_colors_follow_the_system_while_the_page_is_open(folder: Path, browser: Browser) -> None:
    with shown(browser, folder / REPORT) as report:
        light = set(report.bars("revenue"))
        report.page.emulate_media(color_scheme="dark")
        report.wait("dark")
        dark = set(report.bars("revenue"))
        assert report.complaints == []
    assert len(light) == len(dark) == 4, "three channels and refunds"
    assert not light & dark


def test_a_query_of_the_page_can_be_read(folder: Path, browser: Browser) -> None:
    """It is what the reader continues from."""
    with shown(browser, folder / REPORT, **PHONE) as report:
        report.page.locator("#stock summary").click()
        query = report.page.locator("#stock pre").inner_text()
        assert report.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    assert rows(folder, query)

"""The report of the demo, as a reader opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser

from demo.__main__ import TABLES
from demo.marts import SCHEMA
from integration_tests.report.report_page import PHONE, contrast, luminance, shown
from integration_tests.report.shop import DATABASE, REPORT

PANELS = ("revenue", "cohorts", "best-sellers", "discounts", "stock")
LEGIBLE = 4.5  # contrast that WCAG 2 requires of text
SMALLEST = 11  # pixels


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
        connection.execute(f"USE {SCHEMA}")
        return connection.execute(sql).fetchall()


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
    [(cells,)] = rows(
        folder,
        "SELECT count(*) FROM customer_cohorts WHERE months_since_first BETWEEN 1 AND 12 AND cohort_month >= "
        "(SELECT max(activity_month) FROM customer_cohorts) - INTERVAL 12 MONTH",
    )
    assert bars["cohorts"] == cells > 20
    assert (bars["best-sellers"], bars["stock"]) == (10, 10)
    [(discounts,)] = rows(folder, "SELECT count(*) FROM discounts WHERE order_count >= 10")
    assert bars["discounts"] == 2 * discounts > 10, "a bar for each, and the mark of the orders without a discount"
    for name in PANELS:
        assert len(words[name]) > 10, name


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
    [(plain,)] = rows(
        folder,
        "SELECT avg(net_revenue) FROM orders WHERE counts_as_revenue AND order_id NOT IN "
        "(SELECT order_id FROM order_lines GROUP BY order_id HAVING sum(discounted_total_inc_tax) < sum(total_inc_tax))"
        " AND coupon_discount = 0",
    )
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
        [(count,)] = rows(folder, f"SELECT count(*) FROM main.{name} WHERE true")
        assert records == found == f"{count:,}"
        assert difference == "0"
    assert proof.endswith("Tables that differ: none.")


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

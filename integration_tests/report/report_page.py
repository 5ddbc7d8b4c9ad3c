"""The report in a real browser, and what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

_TEXTS = """() => [...document.querySelectorAll('.chart svg text, h1, h2, p, dt, dd, th, td, summary')]
    .filter(element => element.textContent.trim() && element.getClientRects().length)
    .filter(element => getComputedStyle(element).opacity > 0) // labels that would overlap are made transparent
    .map(element => {
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        const card = element.closest('section, .tiles > div') ?? document.body;
        return {
            text: element.textContent,
            color: element instanceof SVGElement ? style.fill : style.color,
            behind: getComputedStyle(card).backgroundColor,
            size: parseFloat(style.fontSize),
            left: box.left, right: box.right, end: card.getBoundingClientRect().right,
            isInCell: Boolean(element.closest('#cohorts .mark-text')),
        };
    })"""

_BARS = """name => [...document.querySelectorAll(`#${name} .mark-rect path`)]
    .filter(bar => bar.getBBox().width > 0.1 && bar.getBBox().height > 0.1)
    .map(bar => getComputedStyle(bar).fill)"""


class ReportPage:
    """What a reader sees, and what the browser reported while the page was drawn."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, file: Path, theme: str = "light") -> None:
        """Opens the report and waits until it is drawn."""
        self.page.goto(file.as_uri())
        self.wait(theme)

    def wait(self, theme: str) -> None:
        """Waits until the charts are drawn in a theme."""
        self.page.wait_for_selector(f"html[data-drawn={theme}]", state="attached", timeout=20_000)

    def bars(self, panel: str) -> list[str]:
        """Returns the color of each bar or cell of a chart that has a size."""
        found: list[str] = self.page.evaluate(_BARS, panel)
        return found

    def words(self, panel: str) -> list[str]:
        """Returns the texts in a chart."""
        return self.page.locator(f"#{panel} .chart svg text").all_text_contents()

    def texts(self) -> list[dict[str, Any]]:
        """Returns every text with its color, the color behind it, its size and its place."""
        found: list[dict[str, Any]] = self.page.evaluate(_TEXTS)
        return found

    def tile(self, title: str) -> str:
        """Returns the figure below a title."""
        return self.page.locator(f".tiles > div:has(dt:text-is('{title}')) dd").first.inner_text()

    def copied(self) -> list[list[str]]:
        """Returns the rows of the table that compares the copy with the store."""
        rows = self.page.locator("#copy tbody tr").all()
        return [row.locator("td").all_inner_texts() for row in rows]


@contextmanager
def shown(browser: Browser, file: Path, theme: str = "light", **appearance: Any) -> Iterator[ReportPage]:
    """The report, opened without a network."""
    context = browser.new_context(offline=True, color_scheme=theme, **appearance)
    try:
        page = ReportPage(context.new_page())
        page.open(file, theme)
        yield page
    finally:
        context.close()


def contrast(one: str, other: str) -> float:
    """Returns the contrast ratio of two colors, 1 to 21, as WCAG 2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """Returns the relative luminance of a color such as `rgb(31, 41, 55)`, 0 to 1."""
    channels = [int(part) / 255 for part in color[color.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

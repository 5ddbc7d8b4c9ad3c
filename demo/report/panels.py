"""The panels of the report: a title, a sentence, a chart, and the query that it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from demo.report import charts, questions
from demo.report.charts import Chart
from demo.report.questions import Row

QUESTIONS = {
    "summary": questions.SUMMARY,
    "revenue": questions.REVENUE,
    "cohorts": questions.COHORTS,
    "best-sellers": questions.BEST_SELLERS,
    "discounts": questions.DISCOUNTS,
    "without-discount": questions.WITHOUT_DISCOUNT,
    "stock": questions.STOCK,
    "sold-out": questions.SOLD_OUT,
}

Answers = dict[str, list[Row]]


@dataclass(frozen=True)
class Panel:
    """A chart of the report; a wide one takes the whole page."""

    name: str
    title: str
    caption: str
    chart: Chart
    is_wide: bool = False

    @property
    def sql(self) -> str:
        """The query that the chart was made from."""
        return QUESTIONS[self.name]


def panels(answers: Answers) -> Iterator[Panel]:
    """Yields the panels in their order on the page."""
    currency = answers["summary"][0]["currency"]
    [without], [sold_out] = answers["without-discount"], answers["sold-out"]
    yield Panel(
        "revenue",
        "Revenue by month and channel",
        "The last 24 months, net of refunds. What was refunded of a month's orders is shown below zero. The last month "
        "may not be over.",
        charts.revenue(answers["revenue"], currency),
        is_wide=True,
    )
    yield Panel(
        "cohorts",
        "Customers who come back",
        "Percent of the customers with their first order in a month who ordered again in each of the 12 months after "
        "it. The month of the last order is left out: it may not be over.",
        charts.cohorts(answers["cohorts"]),
    )
    yield Panel(
        "best-sellers",
        "Best sellers by variant",
        "Pieces sold and not refunded since the first order, and their revenue net of refunds.",
        charts.best_sellers(answers["best-sellers"], currency),
    )
    yield Panel(
        "discounts",
        "Effect of discounts",
        "Average order of the last 12 months with each discount, after it was deducted and net of refunds. The mark "
        f"is the average of the orders without a discount: {without['average_order'] or 0:,.0f} {currency}.",
        charts.discounts(answers["discounts"], without, currency),
    )
    yield Panel(
        "stock",
        "Stock that runs out first",
        "Days until the stock of a variant is sold, at the pace of the last 90 days. "
        f"Red: less than {charts.URGENT} days. Yellow: less than {charts.WARNING} days. "
        f"Variants that were sold in these days and are sold out: {sold_out['variants']:,}.",
        charts.stock(answers["stock"]),
    )

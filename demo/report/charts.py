"""The charts of the report, in Vega-Lite. Their colors are those of the page's theme, light or dark: see `themes`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt

from demo.report.questions import Row

Chart = dict[str, Any]

URGENT, WARNING = 14, 45
"""Days of stock below which a variant is marked as urgent, and as one to order."""

_ROW, _BAR, _DOWN, _CELL = 42, 9, 10, 27  # pixels: a row of a list, its bar, that below its middle, a cell
_LONGEST = 0.5  # of the width: the longest bar of a list
_STRONG = 0.75  # of the most: from here on a color needs a text of the other brightness
_MONTH = "utcFormat(toDate(datum.value + '-01'), '%b %y')"
_MONEY = ",.0f"


def revenue(rows: Sequence[Row], currency: str) -> Chart:
    """Returns bars of what each channel earned in a month, net of refunds, and below zero what was refunded."""
    base = _data(rows).encode(
        x=alt.X(
            "month:O",
            title=None,
            axis=alt.Axis(labelExpr=_MONTH, labelAngle=0, labelOverlap="parity", labelSeparation=8),
        ),
        tooltip=[
            alt.Tooltip("month:O", title="Month"),
            alt.Tooltip("channel:N", title="Channel"),
            alt.Tooltip("net:Q", title=f"Net revenue, {currency}", format=_MONEY),
            alt.Tooltip("refunds:Q", title=f"Refunds, {currency}", format=_MONEY),
            alt.Tooltip("orders:Q", title="Orders", format=","),
        ],
    )
    legend = alt.Legend(columns=alt.ExprRef("width < 480 ? 2 : 5"))
    net = base.mark_bar().encode(
        y=alt.Y("net:Q", title=None, stack=True, axis=alt.Axis(format="~s")),
        color=alt.Color("channel:N", title=None, legend=legend),
    )
    below = base.transform_calculate(below="-datum.refunds").mark_bar(style="refunds")
    refunds = below.encode(y=alt.Y("below:Q", stack=True), detail="channel:N")
    return _chart([net, refunds], 280)


def cohorts(rows: Sequence[Row]) -> Chart:
    """Returns a heat map of the customers that ordered again, by the month of their first order."""
    most = max((row["retention"] for row in rows), default=1)
    strongest = most * _STRONG
    base = _data(rows).encode(
        x=alt.X("months:O", title="Months after the first order", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("cohort:O", title=None, axis=alt.Axis(labelExpr=_MONTH)),
        tooltip=[
            alt.Tooltip("cohort:O", title="First order"),
            alt.Tooltip("customers:Q", title="Customers"),
            alt.Tooltip("months:O", title="Months later"),
            alt.Tooltip("active:Q", title="Ordered again"),
            alt.Tooltip("retention:Q", title="Share", format=".1%"),
        ],
    )
    cells = base.mark_rect().encode(color=alt.Color("retention:Q", legend=None, scale=alt.Scale(domain=[0, most])))
    percent = base.transform_calculate(percent="100 * datum.retention").encode(text=alt.Text("percent:Q", format=".0f"))
    weak = percent.transform_filter(f"datum.retention <= {strongest}").mark_text(style="weak")
    strong = percent.transform_filter(f"datum.retention > {strongest}").mark_text(style="strong")
    return _chart([cells, weak, strong], _CELL * len({row["cohort"] for row in rows}))


def best_sellers(rows: Sequence[Row], currency: str) -> Chart:
    """Returns bars of the variants of which most pieces were sold and not refunded."""
    bars = Bars(
        rows, "pieces", "datum.variant", f"format(datum.pieces, ',') + ' pieces · ' + {_amount('net', currency)}"
    )
    tooltip = [
        alt.Tooltip("variant:N", title="Variant"),
        alt.Tooltip("sku:N", title="SKU"),
        alt.Tooltip("pieces:Q", title="Pieces", format=","),
        alt.Tooltip("refunded:Q", title="Refunded", format=","),
        alt.Tooltip("net:Q", title=f"Net revenue, {currency}", format=_MONEY),
    ]
    return _chart([bars.drawn(tooltip), *bars.texts()], _ROW * len(rows))


def discounts(rows: Sequence[Row], without: Row, currency: str) -> Chart:
    """Returns bars of the average order with each discount, and marks at the average order without one."""
    value = f"{_amount('average_order', currency)} + ' · ' + format(datum.orders, ',') + ' orders'"
    average = without["average_order"] or 0
    marked = [{**row, "without": average, "end": max(average, row["average_order"])} for row in rows]
    bars = Bars(marked, "average_order", "datum.discount", value)
    tooltip = [
        alt.Tooltip("discount:N", title="Discount"),
        alt.Tooltip("kind:N", title="Kind"),
        alt.Tooltip("orders:Q", title="Orders", format=","),
        alt.Tooltip("average_order:Q", title=f"Average order, {currency}", format=_MONEY),
        alt.Tooltip("given:Q", title=f"Discount given, {currency}", format=_MONEY),
        alt.Tooltip("net:Q", title=f"Net revenue, {currency}", format=_MONEY),
    ]
    mark = bars.base.mark_tick(style="reference", size=2 * _BAR, thickness=2, yOffset=_DOWN)
    return _chart(
        [bars.drawn(tooltip), mark.encode(x=alt.X("without:Q", axis=None)), *bars.texts("end")], _ROW * len(rows)
    )


def stock(rows: Sequence[Row]) -> Chart:
    """Returns bars of the days until the stock of a variant is sold, in another color for those that are close."""
    value = "format(datum.days, ',.0f') + ' days · ' + format(datum.available, ',') + ' left'"
    bars = Bars(rows, "days", "datum.variant", value)
    tooltip = [
        alt.Tooltip("variant:N", title="Variant"),
        alt.Tooltip("sku:N", title="SKU"),
        alt.Tooltip("available:Q", title="Available", format=","),
        alt.Tooltip("sold_per_day:Q", title="Sold per day", format=".2f"),
        alt.Tooltip("days:Q", title="Days of stock", format=",.0f"),
    ]
    urgency = {
        "urgent": f"datum.days < {URGENT}",
        "warning": f"datum.days >= {URGENT} && datum.days < {WARNING}",
        "bar": f"datum.days >= {WARNING}",
    }
    drawn = (bars.drawn(tooltip, style).transform_filter(condition) for style, condition in urgency.items())
    return _chart([*drawn, *bars.texts()], _ROW * len(rows))


class Bars:
    """A list of rows in their order: a name, below it a bar, and a text behind the bar. It fits on a phone."""

    def __init__(self, rows: Sequence[Row], field: str, name: str, value: str) -> None:
        """`field` is the length of the bars, `name` and `value` are expressions of Vega for the texts."""
        numbered = [{**row, "row": number} for number, row in enumerate(rows)]
        most = max((row[field] for row in rows), default=1) or 1
        self.base = (
            _data(numbered)
            .transform_calculate(name=name, value=value)
            .encode(y=alt.Y("row:O", axis=None, scale=alt.Scale(padding=0)))
        )
        self._length = alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[0, most / _LONGEST], nice=False))

    def drawn(self, tooltip: list[alt.Tooltip], style: str = "bar") -> alt.Chart:
        """Returns the bars."""
        mark = self.base.mark_bar(style=style, height=_BAR, yOffset=_DOWN, cornerRadiusEnd=3)
        drawn: alt.Chart = mark.encode(x=self._length, tooltip=tooltip)
        return drawn

    def texts(self, end: str = "") -> tuple[alt.Chart, alt.Chart]:
        """Returns the names and the values, behind the bars or behind the field `end`."""
        names = self.base.mark_text(style="name", dy=-_DOWN, limit=alt.ExprRef("width"))
        values = self.base.mark_text(style="value", dx=6, dy=_DOWN)
        behind = alt.X(f"{end}:Q", axis=None) if end else self._length
        return names.encode(x=alt.value(0), text="name:N"), values.encode(x=behind, text="value:N")


def _amount(field: str, currency: str) -> str:
    return f"format(datum.{field}, '{_MONEY}') + {json.dumps(f' {currency}')}"


def _data(rows: Sequence[Row]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=list(rows)))


def _chart(layers: Iterable[alt.Chart], height: int) -> Chart:
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    made = alt.LayerChart(layer=list(layers), width="container", height=height, autosize=fit)
    return made.to_dict()

"""The colors of the charts on a light and on a dark page, as Vega-Lite's configuration."""

from __future__ import annotations

from typing import Any

Theme = dict[str, Any]


def _theme(
    *, text: str, faint: str, line: str, channels: list[str], ramp: list[str], urgent: str, warning: str, strong: str
) -> Theme:
    axis = {"labelColor": text, "titleColor": faint, "gridColor": line, "domainColor": line, "tickColor": line}
    return {
        "background": "transparent",
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 4},
        "font": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
        "view": {"stroke": None},
        "axis": {**axis, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"},
        "axisX": {"grid": False},
        "legend": {"labelColor": text, "labelFontSize": 13, "orient": "top", "symbolType": "square"},
        "range": {"category": channels, "ramp": {"scheme": ramp}, "heatmap": ramp},
        "bar": {"color": channels[0]},
        "style": {
            "name": {"color": text, "fontSize": 13, "align": "left", "baseline": "middle"},
            "value": {"color": faint, "fontSize": 12, "align": "left", "baseline": "middle"},
            "refunds": {"color": urgent, "fillOpacity": 0.75},
            "urgent": {"color": urgent},
            "warning": {"color": warning},
            "reference": {"color": text},
            "weak": {"color": text, "fontSize": 11},
            "strong": {"color": strong, "fontSize": 11},
        },
    }


LIGHT = _theme(
    text="#1f2937",
    faint="#4b5563",
    line="#e5e7eb",
    channels=["#1d4ed8", "#0d9488", "#d97706", "#7c3aed", "#475569"],
    ramp=["#eff6ff", "#bfdbfe", "#60a5fa", "#1d4ed8"],
    urgent="#dc2626",
    warning="#d97706",
    strong="#ffffff",
)
DARK = _theme(
    text="#e5e7eb",
    faint="#9ca3af",
    line="#374151",
    channels=["#60a5fa", "#2dd4bf", "#fbbf24", "#a78bfa", "#94a3b8"],
    ramp=["#172036", "#1e3a8a", "#2563eb", "#93c5fd"],
    urgent="#f87171",
    warning="#fbbf24",
    strong="#0b1220",
)

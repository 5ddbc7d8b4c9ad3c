"""Airbyte source connector for BigCommerce."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from source_bigcommerce.source import SourceBigcommerce

__all__ = ["SourceBigcommerce"]
__version__ = "1.0.0"


def __getattr__(name: str) -> Any:
    """`source_bigcommerce.SourceBigcommerce`, where Airbyte's tools look for it; imported when asked for, as the CDK
    takes a second."""
    if name == "SourceBigcommerce":
        from source_bigcommerce.source import SourceBigcommerce

        return SourceBigcommerce
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Airbyte source connector for BigCommerce."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from source_bigcommerce.version import __version__

if TYPE_CHECKING:
    from source_bigcommerce.source import SourceBigcommerce

__all__ = ["SourceBigcommerce", "__version__"]


def __getattr__(name: str) -> Any:
    """Returns `SourceBigcommerce`, which Airbyte's tools import from here; loaded on first use, as the CDK takes a
    second to import."""
    if name == "SourceBigcommerce":
        from source_bigcommerce.source import SourceBigcommerce

        return SourceBigcommerce
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

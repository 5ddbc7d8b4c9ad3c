"""Every collection of B2B Edition. Their rows are templates in `sandbox/data/rows/b2b_*.json`."""

from __future__ import annotations

from sandbox.b2b.collections import companies, invoices, people, sales, settings

COLLECTIONS = (
    *companies.COLLECTIONS,
    *people.COLLECTIONS,
    *sales.COLLECTIONS,
    *invoices.COLLECTIONS,
    *settings.COLLECTIONS,
)

"""The store as the figures are computed from it: orders with their parsed dates and amounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sandbox import Server

Row = dict[str, Any]
Figures = dict[Any, tuple[Any, ...]]

_PARTS = {"lines": "order_products", "coupon_rows": "order_coupons", "fee_rows": "order_fees"}
"""The tables of what is nested in an order."""


@dataclass(frozen=True)
class Rules:
    """The variables of the package that change figures, with their defaults."""

    timezone: str = "UTC"
    guests: str = "by_email"
    basis: str = "total_inc_tax"
    excluded: tuple[int, ...] = (0, 5, 6)
    include_archived: bool = False
    status_refunded_is_refund: bool = True
    window: int = 90
    as_of: date | None = None


def amount(value: Any) -> Decimal:
    """Returns an amount as a decimal; that of nothing is 0."""
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


def text(value: Any) -> str | None:
    """Returns a text, None for an empty one."""
    return str(value) if value not in (None, "") else None


def moment(value: str) -> datetime:
    """Returns a date of the V2 or V3 API in UTC, without a time zone."""
    parsed = parsedate_to_datetime(value) if "," in value else datetime.fromisoformat(value.replace("Z", "+00:00"))
    return parsed.astimezone(timezone.utc).replace(tzinfo=None)


def month(day: date) -> date:
    """Returns the first day of a month."""
    return day.replace(day=1)


@dataclass(frozen=True)
class Refund:
    """What one refund gave back, less what a provider declined."""

    row: Row
    rules: Rules

    @cached_property
    def declined(self) -> Decimal:
        rows = self.row["payments"]
        if rows and all(one["is_declined"] for one in rows):
            return amount(self.row["total_amount"])
        return sum((amount(one["amount"]) for one in rows if one["is_declined"]), Decimal(0))

    @property
    def total(self) -> Decimal:
        return amount(self.row["total_amount"]) - self.declined

    @property
    def tax(self) -> Decimal:
        all_, tax = amount(self.row["total_amount"]), amount(self.row["total_tax"])
        return tax * self.total / all_ if self.declined else tax

    @property
    def day(self) -> date:
        return local(moment(self.row["created"]), self.rules)


def local(time: datetime, rules: Rules) -> date:
    """Returns the day of a time in UTC in the time zone of the store."""
    return time.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(rules.timezone)).date()


@dataclass(frozen=True)
class Order:
    """An order of the store."""

    row: Row
    refunds: list[Refund]
    rules: Rules

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def archived(self) -> bool:
        return bool(self.row.get("is_deleted"))

    @property
    def state(self) -> str:
        if self.archived:
            return "archived"
        return {0: "incomplete", 5: "cancelled", 6: "declined"}.get(self.row["status_id"], "placed")

    @property
    def counts(self) -> bool:
        kept = self.rules.include_archived or not self.archived
        return kept and self.row["status_id"] not in self.rules.excluded

    @cached_property
    def created(self) -> datetime:
        return moment(self.row["date_created"])

    @property
    def day(self) -> date:
        return local(self.created, self.rules)

    @property
    def currency(self) -> str:
        return str(self.row["default_currency_code"])

    @property
    def store_currency(self) -> str:
        return text(self.row["store_default_currency_code"]) or self.currency

    @property
    def to_transactional(self) -> Decimal:
        if self.store_currency == self.currency:
            return Decimal(1)
        return Decimal(self.row["store_default_to_transactional_exchange_rate"])

    @property
    def to_display(self) -> Decimal:
        display = self.row["currency_code"]
        if display == self.currency:
            return self.to_transactional
        return Decimal(1) if display == self.store_currency else Decimal(self.row["currency_exchange_rate"])

    @property
    def refunded(self) -> Decimal:
        return sum((one.total for one in self.refunds), Decimal(0))

    @property
    def refunded_tax(self) -> Decimal:
        return sum((one.tax for one in self.refunds), Decimal(0))

    @property
    def gross(self) -> Decimal:
        return amount(self.row[self.rules.basis]) if self.counts else Decimal(0)

    @property
    def refunded_by_status(self) -> bool:
        """Whether staff set the status Refunded and no money went back through BigCommerce."""
        return self.rules.status_refunded_is_refund and self.row["status_id"] == 4 and not self.refunded

    @property
    def back(self) -> Decimal:
        """The refunds in the currency and on the basis of `gross`."""
        if not self.counts:
            return Decimal(0)
        if self.refunded_by_status:
            return self.gross
        return self.refunded - (self.refunded_tax if self.rules.basis == "total_ex_tax" else 0)

    @property
    def net(self) -> Decimal:
        return self.gross - self.back

    def in_store(self, value: Decimal) -> Decimal:
        return value / self.to_transactional

    def in_display(self, value: Decimal) -> Decimal:
        return value / self.to_transactional * self.to_display


class StoreWorld:
    """The orders of a store, and how they are counted. Of tables that are not synced it has no rows.

    `kept` has, by table, records that were deleted and that the warehouse cannot know to be.
    """

    def __init__(
        self, server: Server, tables: Collection[str], rules: Rules, kept: Mapping[str, list[Row]] | None = None
    ) -> None:
        self._store, self.tables, self.rules, self._kept = server.store, tables, rules, kept or {}
        self.refunds = [Refund(row, rules) for row in self.rows("order_refunds", "refunds")]
        of: dict[int, list[Refund]] = {}
        for refund in self.refunds:
            of.setdefault(refund.row["order_id"], []).append(refund)
        hidden: Row = {part: [] for part, table in _PARTS.items() if table not in tables}
        self.orders = [Order({**row, **hidden}, of.get(row["id"], []), rules) for row in self.rows("orders")]
        self.by_id = {order.id: order for order in self.orders}
        self.channels = {row["id"]: row["name"] for row in self.rows("channels")}

    def rows(self, table: str, kind: str = "") -> list[Row]:
        """Returns the records behind a table, whose kind in the store may have another name."""
        if table not in self.tables:
            return []
        return [*self._store.all_records(kind or table), *self._kept.get(table, [])]

    @property
    def counted(self) -> list[Order]:
        """The orders that count as revenue."""
        return [order for order in self.orders if order.counts]

    def channel_name(self, id_: int) -> str:
        """Returns the name of a channel, or its number if there is none."""
        return self.channels.get(id_, f"channel {id_}")

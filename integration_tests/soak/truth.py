"""The content that a destination must have, derived from the store alone.

Each change of the store has a number. A sync that reads the store's clock after change 17 owes every record whose last
change is one of those 17. A state covers what is dated before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from sandbox import children
from sandbox.options import Options
from sandbox.records import KINDS
from sandbox.store import Store
from sandbox.templates import Body

MARKS = {"orders": "staff_notes", "products": "description", "customers": "notes", "coupons": "name"}
"""The field that every edit of a record changes, as the sandbox's live mode does."""
EDITED = "edited"

EMBEDDED = {
    "products": ("variants", "images", "custom_fields", "bulk_pricing_rules", "videos"),
    "customers": ("addresses", "attributes"),
}
"""The lists inside a record."""

ROWS = {
    "order_products": "lines",
    "order_shipping_addresses": "shipping_addresses",
    "order_fees": "fees",
    "transactions": "transactions",
    "order_taxes": "taxes",
    "order_shipments": "shipments",
    "order_coupons": "coupons",
    "order_messages": "messages",
}
"""The streams of what hangs on an order, and what the sandbox calls their rows."""
ID_ALONE = frozenset({"order_products", "order_shipping_addresses", "order_fees", "transactions"})
CONSIGNMENTS, REFUNDS = "order_consignments", "order_refunds"


@dataclass
class Touch:
    """The last change of a record: its number, and whether its date was older than the moment in which it was seen."""

    number: int
    is_late: bool = False


@dataclass
class Doubt:
    """The changes of an order that leave no date, so that no sync can detect them."""

    rows: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    itself: bool = False
    unknown: bool = False  # the store returned that it cannot be requested


_GENERATED = Touch(0)
_CERTAIN = Doubt()


class WatchedStore(Store):
    """A store that numbers its changes, and remembers the last one of each record."""

    def __init__(self, options: Options) -> None:
        self.changed = 0
        self.touches: dict[tuple[str, int], Touch] = {}
        self.uncertainties: dict[int, Doubt] = {}
        self._ids: dict[tuple[int, str], tuple[Body, list[int]]] = {}
        super().__init__(options)

    def _log(self, kind: str, id_: int, action: str, before: int | None, after: int | None) -> None:
        super()._log(kind, id_, action, before, after)
        self.changed += 1
        is_late = after is not None and after < self.clock.now()
        self.touches[kind, id_] = Touch(self.changed, is_late)
        if kind != "orders":
            return
        if action == "archive" and before == after:
            self._uncertainty(id_).itself = True
        else:
            self.uncertainties.pop(id_, None)

    def _hang(self, order_id: int, kind: str, child_id: int, action: str, at: int, changes: dict[str, Any]) -> int:
        super()._hang(order_id, kind, child_id, action, at, changes)
        if not children.bumps(self.api_variant, kind, action):
            self._uncertainty(order_id).rows[kind].add(child_id)
        return child_id

    def mark_archived_uncertain(self) -> None:
        """Archived orders were requested without success: a response said that they cannot be read, or have no rows."""
        for id_ in self.orders.present:
            if self.orders.body(id_).fields.get("is_deleted"):
                self._uncertainty(id_).unknown = True

    def _uncertainty(self, order_id: int) -> Doubt:
        return self.uncertainties.setdefault(order_id, Doubt())

    def row_ids(self, order_id: int, kind: str) -> list[int]:
        body = self.orders.body(order_id)
        known = self._ids.get((order_id, kind))
        if known is None or known[0] is not body:
            rows = children.reachable(self.api_variant, kind, body)
            known = self._ids[order_id, kind] = body, [children.id_of(row, order_id) for row in rows]
        return known[1]


@dataclass(frozen=True)
class Claim:
    """The content that a state claims for a destination: all that last changed by change number `number` and is dated
    before `until` (everything, if that is None), except records dated before `start` and those of `unread` parents."""

    number: int
    until: float | None
    start: float
    lookback: float
    unread: frozenset[int] = frozenset()

    def covers(self, touch: Touch, dated: int, *, ignores_start: bool = False) -> bool:
        if touch.number > self.number or (dated < self.start and not ignores_start):
            return False
        if self.until is None:
            return True
        # A change that was seen late is found by the look-back of the next sync, at the latest.
        return dated < (self.until - self.lookback if touch.is_late else self.until)


Held = dict[str, dict[Any, dict[str, Any]]]


class Audit:
    """Compares a destination with what it must hold."""

    def __init__(self, store: WatchedStore) -> None:
        self.store = store
        self.compared = 0

    def missing(self, stream: str, held: dict[Any, dict[str, Any]], claim: Claim) -> str | None:
        """A description of the records of a claim that are missing or wrong; None if there are none."""
        if stream in KINDS:
            found = self._records(stream, held, claim)
        elif stream == REFUNDS:
            found = self._refunds(held, claim)
        elif stream == CONSIGNMENTS:
            found = self._consignments(held, claim)
        else:
            found = self._rows(stream, held, claim)
        return next(found, None)

    def _covered(self, kind: str, claim: Claim) -> Iterator[tuple[int, int]]:
        """Ids and dates of the records that the claim covers."""
        store, table = self.store, self.store.table(kind)
        hidden = store.unreachable(kind)
        if kind == "coupons":  # read in full: no date matters
            claim = Claim(claim.number, None, 0, 0)
        for id_ in table.present:
            dated = table.modified_of(id_)
            touch = store.touches.get((kind, id_), _GENERATED)
            if id_ in claim.unread or (kind == "orders" and self._uncertainty(id_).unknown):
                continue
            if id_ not in hidden and claim.covers(touch, dated, ignores_start=kind == "products"):
                self.compared += 1
                yield id_, dated

    def _records(self, kind: str, held: dict[Any, dict[str, Any]], claim: Claim) -> Iterator[str]:
        table, mark = self.store.table(kind), MARKS[kind]
        for id_, dated in self._covered(kind, claim):
            uncertainty = self._uncertainty(id_) if kind == "orders" else _CERTAIN
            if (record := held.get(id_)) is None:
                if not uncertainty.itself:
                    yield f"{kind} {id_} is not there"
                continue
            if kind != "coupons" and record["date_modified"] != iso(dated):
                yield f"{kind} {id_} is that of {record['date_modified']}, not of {iso(dated)}"
            fields = table.body(id_).fields
            if str(expected := fields[mark]).startswith(EDITED) and record.get(mark) != expected:
                yield f"{kind} {id_} says {record.get(mark)!r}, not {expected!r}"
            if kind == "orders":
                yield from self._inside(id_, record, fields, uncertainty)
            parts = table.body(id_).parts
            for name in EMBEDDED.get(kind, ()):
                if len(record.get(name) or ()) != len(parts[name]):
                    yield f"{kind} {id_} has {len(record.get(name) or ())} {name}, not {len(parts[name])}"

    def _inside(self, id_: int, order: dict[str, Any], fields: dict[str, Any], uncertainty: Doubt) -> Iterator[str]:
        if bool(order.get("is_deleted")) != bool(fields.get("is_deleted")) and not uncertainty.itself:
            yield f"orders {id_} was archived, and the copy does not know"
        if uncertainty.rows.get("lines"):
            return
        lines = {line["id"] for line in order["line_items"]}
        if lines != set(self.store.row_ids(id_, "lines")):
            yield f"orders {id_} has lines {sorted(lines)}, not {self.store.row_ids(id_, 'lines')}"

    def _rows(self, stream: str, held: dict[Any, dict[str, Any]], claim: Claim) -> Iterator[str]:
        kind = ROWS[stream]
        for order_id, dated in self._covered("orders", claim):
            uncertainty = self._uncertainty(order_id)
            hidden = uncertainty.rows.get(kind, ())
            for id_ in self.store.row_ids(order_id, kind):
                if id_ in hidden:
                    continue
                self.compared += 1
                row = held.get(id_ if stream in ID_ALONE else (order_id, id_))
                if row is None:
                    yield f"{stream} {id_} of order {order_id} is not there"
                elif row["order_date_modified"] != iso(dated):
                    yield (
                        f"{stream} {id_} of order {order_id} is that of {row['order_date_modified']}, "
                        f"not of {iso(dated)}"
                    )

    def _consignments(self, held: dict[Any, dict[str, Any]], claim: Claim) -> Iterator[str]:
        for order_id, dated in self._covered("orders", claim):
            row = held.get(order_id)
            if row is None:
                if not self._uncertainty(order_id).itself:
                    yield f"{CONSIGNMENTS} of order {order_id} are not there"
            elif row["order_date_modified"] != iso(dated):
                yield f"{CONSIGNMENTS} of order {order_id} are those of {row['order_date_modified']}, not {iso(dated)}"

    def _refunds(self, held: dict[Any, dict[str, Any]], claim: Claim) -> Iterator[str]:
        refunds = self.store.refunds
        for id_ in refunds.ids():
            touch = self.store.touches.get(("orders/refunds", id_), _GENERATED)
            if claim.covers(touch, refunds.created_of(id_)):
                self.compared += 1
                if id_ not in held:
                    yield f"{REFUNDS} {id_} is not there"

    def _uncertainty(self, order_id: int) -> Doubt:
        return self.store.uncertainties.get(order_id, _CERTAIN)


@lru_cache(maxsize=100_000)
def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

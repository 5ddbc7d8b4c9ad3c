"""Changes that move the date of their order, product or customer, or leave it.

A GET cannot change anything, but dates can show it afterwards. A child that is much younger than its parent's
`date_modified` did not move it. A parent's date that is the child's, long after the parent was created, was probably
moved by it; a few of these, and no case to the contrary, are taken as proof, unless what adds the child often changes
the parent too, such as the status of the order, which moves the date by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.probe import samples
from source_bigcommerce.probe.answer import Answer, Undecided
from source_bigcommerce.probe.bounds import CUSTOMERS, ORDERS, PRODUCTS
from source_bigcommerce.probe.order_children import children, refunds
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.session import ProbeSession, Row

_LONG = timedelta(days=1)  # more than a date in another time zone can be off, and than a job may be late
_SAME = timedelta(seconds=2)
_PROOFS = 3
_TRIED = 6  # orders
_STATUS = "a change of status"
_BY_AN_APP = "another change by the same app"

Ask = Callable[[ProbeSession], Answer]
Rows = Iterable[Row]

_PARENTS = MappingProxyType({"order": ORDERS, "product": PRODUCTS, "customer": CUSTOMERS})


class _Pair(NamedTuple):
    """The date of a child, and the dates of its parent.

    Only a date of creation can prove that the child moved its parent: a parent that is saved may save its children too.
    """

    parent: int
    child: datetime
    is_creation: bool
    parent_modified: datetime
    parent_created: datetime

    def is_younger_than(self, parent_modified: datetime | None) -> bool:
        """True if the child changed long after the parent."""
        return parent_modified is not None and self.child - parent_modified > _LONG

    @property
    def is_proof(self) -> bool:
        """True if the child was created in the second in which the parent, an older one, changed."""
        is_same = abs(self.child - self.parent_modified) <= _SAME
        return self.is_creation and is_same and self.child - self.parent_created > _LONG


def _moves(
    what: str, parent: str, pairs: Callable[[ProbeSession], Iterable[_Pair]], coincides_with: str | None = None
) -> Ask:
    """Returns the function that asks whether `what` moves the date of its `parent`.

    `coincides_with` is a change of the parent that is often made together with `what`: only `false` is proved then.
    """

    def present_date(probe: ProbeSession, id_: int) -> datetime | None:
        row = _PARENTS[parent].near(probe, id_, {}, False)
        return samples.date_of(row) if row else None

    def ask(probe: ProbeSession) -> Answer:
        proofs = 0
        for pair in pairs(probe):
            # The parent was read before the child, which may have moved it since.
            if pair.is_younger_than(pair.parent_modified) and pair.is_younger_than(present_date(probe, pair.parent)):
                return Answer(False, f"{what} is more than a day younger than date_modified of its {parent}")
            proofs += pair.is_proof
        if proofs >= _PROOFS and coincides_with:
            raise Undecided(
                f"date_modified is the date of {what} in a few cases, but it often coincides with {coincides_with}"
            )
        if proofs >= _PROOFS:
            return Answer(True, f"date_modified is the date of {what} in a few cases, and no case is to the contrary")
        raise Undecided(
            f"dates do not show it; note date_modified of a test {parent} that was not changed for a while, change "
            f"nothing but {what}, and read the {parent} again"
        )

    return ask


def _only_an_edit_shows(what: str, parent: str) -> Ask:
    def ask(probe: ProbeSession) -> Answer:
        raise Undecided(
            f"no date in the API shows it; note date_modified of a test {parent}, {what}, and read the {parent} again"
        )

    return ask


def _paired(parent: Row, rows: Rows, created: str = "date_created", modified: str = "date_modified") -> Iterator[_Pair]:
    """Yields the newest dates of the rows with their parent. `created` and `modified` are fields of the rows."""
    rows = list(rows)
    parent_modified, parent_created = samples.date_of(parent), samples.date_of(parent, "date_created")
    for field in (created, modified):
        dates = [date for row in rows if (date := samples.date_of(row, field))]
        if dates and parent_modified and parent_created:
            yield _Pair(parent["id"], max(dates), field == created, parent_modified, parent_created)


def _of_orders(kind: str) -> Callable[[ProbeSession], Iterator[_Pair]]:
    def pairs(probe: ProbeSession) -> Iterator[_Pair]:
        for order, reply in children(probe, kind, _TRIED):
            if not reply.is_refused:
                yield from _paired(order, reply.rows)

    return pairs


def _of_refunds(probe: ProbeSession) -> Iterator[_Pair]:
    yield from _by_parent(samples.orders(probe), refunds(probe).rows, "order_id", created="created")


def _of_order_metafields(probe: ProbeSession) -> Iterator[_Pair]:
    rows = probe.get("v3/orders/metafields", Scope.ORDERS, {"limit": 250}).rows
    yield from _by_parent(samples.orders(probe), rows, "resource_id")


def _of_product_metafields(probe: ProbeSession) -> Iterator[_Pair]:
    rows = probe.get("v3/catalog/products/metafields", Scope.PRODUCTS, {"limit": 250}).rows
    yield from _by_parent(samples.products(probe), rows, "resource_id")


def _of_product_parts(part: str) -> Callable[[ProbeSession], Iterator[_Pair]]:
    def pairs(probe: ProbeSession) -> Iterator[_Pair]:
        for product in samples.products(probe):
            rows = product.get(part)
            if isinstance(rows, list):
                yield from _paired(product, [row for row in rows if isinstance(row, dict)])

    return pairs


def _of_attribute_values(probe: ProbeSession) -> Iterator[_Pair]:
    rows = probe.get("v3/customers/attribute-values", Scope.CUSTOMERS, {"limit": 250}).rows
    yield from _by_parent(samples.customers(probe), rows, "customer_id")


def _by_parent(parents: Rows, rows: Rows, key: str, created: str = "date_created") -> Iterator[_Pair]:
    found = {parent["id"]: parent for parent in parents}
    for row in rows:
        parent = found.get(row.get(key))
        if parent:
            yield from _paired(parent, [row], created)


def _question(key: str, what: str, parent: str, ask: Ask) -> Question:
    return Question(key, f"Does {what} move date_modified of its {parent}?", ask)


QUESTIONS = (
    *(
        _question(f"{name}_moves_order_date", what, "order", _moves(what, "order", pairs, coincides_with))
        for name, what, pairs, coincides_with in (
            ("shipment", "a new shipment", _of_orders("shipments"), _STATUS),
            ("message", "a new message", _of_orders("messages"), None),
            ("transaction", "a new transaction", _of_orders("transactions"), _STATUS),
            ("refund", "a refund", _of_refunds, _STATUS),
            ("metafield", "a metafield", _of_order_metafields, _BY_AN_APP),
        )
    ),
    _question(
        "shipment_edit_moves_order_date",
        "an edit of a shipment",
        "order",
        _only_an_edit_shows("change the tracking number of its shipment", "order"),
    ),
    _question(
        "line_removal_moves_order_date",
        "the removal of a line",
        "order",
        _only_an_edit_shows("remove one of its products", "order"),
    ),
    Question(
        "archiving_moves_order_date",
        "Does archiving move date_modified of an order?",
        _only_an_edit_shows("archive it", "order"),
    ),
    _question(
        "variant_edit_moves_product_date",
        "an edit of a variant",
        "product",
        _moves("a variant", "product", _of_product_parts("variants")),
    ),
    _question(
        "image_moves_product_date", "an image", "product", _moves("an image", "product", _of_product_parts("images"))
    ),
    _question(
        "metafield_moves_product_date",
        "a metafield",
        "product",
        _moves("a metafield", "product", _of_product_metafields, _BY_AN_APP),
    ),
    _question(
        "variant_removal_moves_product_date",
        "the removal of a variant",
        "product",
        _only_an_edit_shows("remove one of its variants", "product"),
    ),
    _question(
        "attribute_moves_customer_date",
        "an attribute value",
        "customer",
        _moves("an attribute value", "customer", _of_attribute_values, _BY_AN_APP),
    ),
    _question(
        "address_moves_customer_date",
        "an edit of an address",
        "customer",
        _only_an_edit_shows("change one of its addresses", "customer"),
    ),
)

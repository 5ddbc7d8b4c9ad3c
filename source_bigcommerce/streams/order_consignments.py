"""The consignments, line items and fees of an order, converted to one form.

The API nests line items in consignments of four kinds and represents the same data in several ways. These functions
send no requests: they return the content of a response, and whether it may be incomplete.
https://developer.bigcommerce.com/docs/rest-management/orders
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from source_bigcommerce.api.normalization import to_integer
from source_bigcommerce.api.pagination import Record
from source_bigcommerce.lists.embedded import is_truncation_size

GROUPS = ("pickups", "shipping", "downloads")
# The kind of consignment of a line item without an address, by the type of the item.
_GROUP_OF_TYPE = {"physical": "pickups", "digital": "downloads", "giftcertificate": "email"}


def are_possibly_truncated(order: Record, longest: Mapping[str, int]) -> bool:
    """Returns True if consignments of an order may be missing: there is a link in their place, their number is a known
    truncation size, there are none although the order has items, or there are fewer addresses than the order counts.
    Empty groups may be absent. `longest` are the largest numbers of consignments in each group so far."""
    groups = order.get("consignments")
    if not isinstance(groups, dict) or "url" in groups:
        return True
    sizes = sizes_of(groups)
    if any(is_truncation_size(size, longest.get(group, 0)) for group, size in sizes.items()):
        return True
    lacks_all = not any(sizes.values()) and (count_of(order, "items_total") or 0) > 0
    return lacks_all or sizes["shipping"] < (count_of(order, "shipping_address_count") or 0)


def holds_any(consignments: Any) -> bool:
    """Returns True if there is at least one consignment."""
    return any(sizes_of(consignments).values())


def sizes_of(consignments: Any) -> dict[str, int]:
    """Returns the number of embedded consignments of each kind, as a response contains them."""
    return {name: len(entries) for name, entries in _groups_of(consignments)}


def longest_lines_of(consignments: Any) -> int:
    """Returns the largest number of line items embedded in a consignment, as a response contains them."""
    longest = 0
    for _, entries in _groups_of(consignments):
        for entry in entries:
            lines = entry.get("line_items")
            if isinstance(lines, list) and len(lines) > longest:
                longest = len(lines)
    return longest


def names_unknown_addresses(order: Record) -> bool:
    """Returns True if a line item is shipped to an address that no consignment of the (unfolded) order has."""
    known = {_id(consignment) for consignment in order["consignments"]["shipping"]}
    return any(_address_of(line) not in {None, *known} for line in order["line_items"])


def lines_are_possibly_truncated(order: Record, lines: Sequence[Record], longest: int) -> bool:
    """Returns True if line items of an unfolded order may be missing: some have no id or the same one, a consignment
    has as many as a known truncation size, or their quantities add up to less than `items_total`.

    `items_total` counts pieces; if it counted lines instead, the comparison would only find fewer incomplete orders.
    """
    if is_capped(order, longest) or not _are_distinct(lines):
        return True
    items_total = count_of(order, "items_total")
    return not lines if items_total is None else _pieces(lines) < items_total


def is_capped(order: Record, longest: int = 0) -> bool:
    """Returns True if a consignment of an unfolded order has as many line items as a known truncation size."""
    return any(
        is_truncation_size(len(consignment["line_item_ids"]), longest) for consignment in _all_of(order["consignments"])
    )


class ItemsTotals:
    """The evidence of one sync that `items_total` of an order counts pieces, which BigCommerce does not document.

    If it does, an order whose line items add up to it is complete. One order with more pieces contradicts it.
    """

    def __init__(self) -> None:
        self._count_pieces = False
        self._count_less = False

    def note(self, order: Record, lines: Sequence[Record]) -> None:
        """Notes an unfolded order whose line items are not truncated. If each is a single piece, it shows nothing."""
        total, pieces = count_of(order, "items_total"), _pieces(lines)
        if total is not None and pieces > len(lines):
            self._count_pieces |= pieces == total
            self._count_less |= pieces > total

    def prove_complete(self, order: Record, lines: Sequence[Record]) -> bool:
        """Returns True if the line items of an unfolded order are all that `items_total` counts."""
        are_proof = self._count_pieces and not self._count_less
        return are_proof and _are_distinct(lines) and _pieces(lines) == count_of(order, "items_total")


def unfold(consignments: Any) -> tuple[Record, list[Record]]:
    """Returns the consignments, with the ids of their line items instead of the line items, and these."""
    groups = consignments if isinstance(consignments, dict) and "url" not in consignments else {}
    lines: dict[Any, Record] = {}
    result: Record = {group: [_unload(entry, lines) for entry in entries_of(groups.get(group))] for group in GROUPS}
    email = _email(groups)
    certificates = [_unload(entry, lines) for entry in entries_of(email.get("gift_certificates"))]
    result["email"] = {**email, "gift_certificates": certificates}
    return {**groups, **result}, list(lines.values())


def link(order: Record) -> None:
    """Adds the line items that were read separately to the consignments that they belong to.

    A line item names its shipping address. If it names none, its type determines the kind of consignment, which is
    sufficient if the order has only one of that kind.
    """
    consignments = order["consignments"]
    linked = {id_ for consignment in _all_of(consignments) for id_ in consignment["line_item_ids"]}
    by_address = {_id(consignment): consignment for consignment in consignments["shipping"]}
    for line in order["line_items"]:
        id_ = _id(line)
        if id_ is None or id_ in linked:
            continue
        address = _address_of(line)
        consignment = by_address.get(address) if address else _only_one_for(line, consignments)
        if consignment:
            consignment["line_item_ids"].append(id_)


def entries_of(group: Any) -> list[Record]:
    """Returns the objects in a list, which the API may also return as one object, as "" or not at all."""
    if not group:
        return []
    entries = [group] if isinstance(group, dict) else group if isinstance(group, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and entry]


def fees_of(fees: Any) -> list[Record] | None:
    """Returns the fees as a list, from any of their documented forms; None for a link to them."""
    if isinstance(fees, dict) and "fees" in fees:
        fees = fees["fees"]
    if isinstance(fees, dict) and "id" in fees:
        fees = [fees]
    if not isinstance(fees, list):
        return None
    return [_respelled(fee) for fee in entries_of(fees)]


def count_of(record: Record, field: str) -> int | None:
    """Returns a count in a record; None if it is missing."""
    return to_integer(record.get(field))


def _groups_of(consignments: Any) -> Iterator[tuple[str, list[Record]]]:
    """Yields the kinds of consignments in a response, with those of each."""
    groups = consignments if isinstance(consignments, dict) and "url" not in consignments else {}
    for group in GROUPS:
        yield group, entries_of(groups.get(group))
    yield "email", entries_of(_email(groups).get("gift_certificates"))


def _all_of(consignments: Record) -> Iterator[Record]:
    for group in GROUPS:
        yield from consignments[group]
    yield from consignments["email"]["gift_certificates"]


def _are_distinct(lines: Sequence[Record]) -> bool:
    ids = {_id(line) for line in lines}
    return None not in ids and len(ids) == len(lines)


def _pieces(lines: Sequence[Record]) -> int:
    return sum(count_of(line, "quantity") or 0 for line in lines)


def _email(groups: Record) -> Record:
    return groups["email"] if isinstance(groups.get("email"), dict) else {}


def _only_one_for(line: Record, consignments: Record) -> Record | None:
    group = _GROUP_OF_TYPE.get(str(line.get("type")), "")
    candidates = consignments["email"]["gift_certificates"] if group == "email" else consignments.get(group, [])
    return candidates[0] if len(candidates) == 1 else None


def _unload(consignment: Record, lines: dict[Any, Record]) -> Record:
    """Returns the consignment with the ids of its line items instead of these, which are added to `lines` once."""
    ids = []
    for line in entries_of(consignment.get("line_items")):
        id_ = _id(line)
        if (same := lines.setdefault(id_, line)) is not line and same != line:
            lines[id_, len(lines)] = line  # another one with the same id, or without any
        if id_ is not None:
            ids.append(id_)
    result = consignment.copy()
    result.pop("line_items", None)
    result["line_item_ids"] = ids
    return result


def _address_of(line: Record) -> int | None:
    """Returns the id of the shipping address; None for a line that is not shipped (0, null or missing)."""
    address = to_integer(line.get("order_address_id"))
    return address if address is not None and address > 0 else None


def _id(record: Record) -> int | None:
    return to_integer(record.get("id"))


def _respelled(fee: Record) -> Record:
    """Returns the fee with `cost_ex_tax`, which one of the documented examples spells `cost_exc_tax`."""
    if "cost_exc_tax" in fee and "cost_ex_tax" not in fee:
        return {("cost_ex_tax" if name == "cost_exc_tax" else name): value for name, value in fee.items()}
    return fee

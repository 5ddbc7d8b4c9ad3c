"""The consignments of an order, with its line items and fees, in the one shape that tables are made of.

The API nests line items in consignments of four kinds and spells the same thing in several ways. Nothing here sends
requests: these functions say what an answer holds and whether it can be all there is.
https://developer.bigcommerce.com/docs/rest-management/orders
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from source_bigcommerce.api.paging import Record
from source_bigcommerce.api.values import integer
from source_bigcommerce.streams.embedded import CAPS

GROUPS = ("pickups", "shipping", "downloads")
# Which kind of consignment takes a line item that names no address, by the item's type.
_GROUP_OF_TYPE = {"physical": "pickups", "digital": "downloads", "giftcertificate": "email"}


def are_in_doubt(order: Record) -> bool:
    """Whether the consignments of an order may be cut short: a link in place of them, as many as a known cap, none
    though something was bought, or fewer addresses than the order says it has. Groups without entries may be missing.
    """
    groups = order.get("consignments")
    if not isinstance(groups, dict) or "url" in groups:
        return True
    sizes = _sizes_of(groups)
    if any(size in CAPS for size in sizes.values()):
        return True
    nothing_came = not any(sizes.values()) and (count_of(order, "items_total") or 0) > 0
    return nothing_came or sizes["shipping"] < (count_of(order, "shipping_address_count") or 0)


def holds_any(consignments: Any) -> bool:
    """Whether any consignment is among them."""
    return any(_sizes_of(consignments).values())


def name_unknown_addresses(order: Record) -> bool:
    """Whether a line item goes to an address that no consignment of the (unfolded) order has."""
    known = {_id(consignment) for consignment in order["consignments"]["shipping"]}
    return any(_address_of(line) not in {None, *known} for line in order["line_items"])


def lines_are_in_doubt(order: Record, lines: Sequence[Record]) -> bool:
    """For an unfolded order: line items without an id or with the same one, a consignment with as many as a known
    cap, or fewer pieces in the lines than the order says it has.

    `items_total` counts pieces; should it count lines after all, the comparison only finds less to doubt.
    """
    ids = {_id(line) for line in lines}
    capped = any(len(consignment["line_item_ids"]) in CAPS for consignment in _all_of(order["consignments"]))
    if capped or None in ids or len(ids) < len(lines):
        return True
    items_total = count_of(order, "items_total")
    if items_total is None:
        return not lines
    return sum(count_of(line, "quantity") or 0 for line in lines) < items_total


def unfold(consignments: Any) -> tuple[Record, list[Record]]:
    """The consignments with the ids of their line items in place of them, and the line items."""
    groups = consignments if isinstance(consignments, dict) and "url" not in consignments else {}
    lines: dict[Any, Record] = {}
    result: Record = {group: [_unload(entry, lines) for entry in entries_of(groups.get(group))] for group in GROUPS}
    email = _email(groups)
    certificates = [_unload(entry, lines) for entry in entries_of(email.get("gift_certificates"))]
    result["email"] = {**email, "gift_certificates": certificates}
    return {**groups, **result}, list(lines.values())


def link(order: Record) -> None:
    """Adds the line items that were read separately to the consignments that they belong to.

    A line item names its shipping address. Where it names none, its type tells the kind of consignment; that is
    enough where the order has a single one of the kind.
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


def entries_of(group: Any) -> Iterator[Record]:
    """The objects in a list, which the API may also give as one object, as "" or not at all."""
    entries = [group] if isinstance(group, dict) else group if isinstance(group, list) else []
    return (entry for entry in entries if isinstance(entry, dict) and entry)


def fees_of(fees: Any) -> list[Record] | None:
    """The fees as a list, whichever of their documented shapes they came in; None for a link to them."""
    if isinstance(fees, dict) and "fees" in fees:
        fees = fees["fees"]
    if isinstance(fees, dict) and "id" in fees:
        fees = [fees]
    if not isinstance(fees, list):
        return None
    return [_respelled(fee) for fee in entries_of(fees)]


def count_of(record: Record, field: str) -> int | None:
    """A count that a record holds, None where it does not."""
    return integer(record.get(field))


def _sizes_of(consignments: Any) -> dict[str, int]:
    """How many consignments there are of each kind, as far as they came."""
    groups = consignments if isinstance(consignments, dict) and "url" not in consignments else {}
    sizes = {group: len(list(entries_of(groups.get(group)))) for group in GROUPS}
    return {**sizes, "email": len(list(entries_of(_email(groups).get("gift_certificates"))))}


def _all_of(consignments: Record) -> Iterator[Record]:
    for group in GROUPS:
        yield from consignments[group]
    yield from consignments["email"]["gift_certificates"]


def _email(groups: Record) -> Record:
    return groups["email"] if isinstance(groups.get("email"), dict) else {}


def _only_one_for(line: Record, consignments: Record) -> Record | None:
    group = _GROUP_OF_TYPE.get(str(line.get("type")), "")
    candidates = consignments["email"]["gift_certificates"] if group == "email" else consignments.get(group, [])
    return candidates[0] if len(candidates) == 1 else None


def _unload(consignment: Record, lines: dict[Any, Record]) -> Record:
    """The consignment with the ids of its line items in place of them; the line items go to `lines`, each once."""
    own = list(entries_of(consignment.get("line_items")))
    for line in own:
        if (same := lines.setdefault(_id(line), line)) is not line and same != line:
            lines[_id(line), len(lines)] = line  # another one with the same id, or without any
    return {
        **{name: value for name, value in consignment.items() if name != "line_items"},
        "line_item_ids": [id_ for line in own if (id_ := _id(line)) is not None],
    }


def _address_of(line: Record) -> int | None:
    """The id of the shipping address; lines that are not shipped say 0, null or nothing."""
    address = integer(line.get("order_address_id"))
    return address if address is not None and address > 0 else None


def _id(record: Record) -> int | None:
    return integer(record.get("id"))


def _respelled(fee: Record) -> Record:
    """One of the documented examples spells `cost_ex_tax` with a c too many."""
    if "cost_exc_tax" in fee and "cost_ex_tax" not in fee:
        return {("cost_ex_tax" if name == "cost_exc_tax" else name): value for name, value in fee.items()}
    return fee

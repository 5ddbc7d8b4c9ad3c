"""The parts of orders that the list can include: lines, consignments and fees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.probe import samples
from source_bigcommerce.probe.answer import MIXED, Answer, Undecided, counted
from source_bigcommerce.probe.caps import SUSPICIOUS, Compared, cap_of, missing_entries
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.session import ProbeSession, Row

_GROUPS = ("shipping", "pickups", "downloads", "email")
_FEWEST_CUT = min(SUSPICIOUS)
_CHECKED = 5  # orders whose own endpoint is requested
_PAGES = 4


def _line_lists(order: Row) -> list[list[Row]]:
    """Returns the lists of lines that an order includes, one per consignment."""
    groups = order.get("consignments")
    if not isinstance(groups, dict):
        return []
    return [lines for group in _GROUPS for lines in _inside(groups.get(group))]


def _inside(value: Any) -> Iterator[list[Row]]:
    if isinstance(value, list):
        for one in value:
            yield from _inside(one)
    elif isinstance(value, dict):
        lines = value.get("line_items")
        if isinstance(lines, list):
            yield [line for line in lines if isinstance(line, dict) and "quantity" in line]
        else:
            for one in value.values():
                yield from _inside(one)


def _lines(order: Row) -> list[Row]:
    return [line for lines in _line_lists(order) for line in lines]


def _items(order: Row) -> int:
    total = order.get("items_total")
    return total if type(total) is int else 0


def _own_lines(probe: ProbeSession, order_id: int) -> int | None:
    """Returns the number of lines at the order's own endpoint: of the first pages, if there are many.

    None if it refuses the request.
    """
    found: set[int] = set()
    for page in range(1, _PAGES + 1):
        params = {"limit": 250, "page": page}
        reply = probe.get(f"v2/orders/{order_id}/products", Scope.ORDERS, params)
        if reply.is_refused:
            return None
        new = set(reply.ids) - found
        found |= new
        if not new or len(new) not in SUSPICIOUS:
            break
    return len(found)


def _include_line_items(probe: ProbeSession) -> Answer:
    orders = [order for order in _with_items(probe) if len(_lines(order)) < _FEWEST_CUT]
    with_lines = [order for order in orders if _lines(order)]
    doubtful = [order for order in orders if _items(order) > len(_lines(order))]
    doubtful.sort(key=lambda order: (_items(order) <= _pieces(_lines(order)), len(_lines(order))))
    others = [order for order in with_lines if order not in doubtful]
    whole = set()
    for order in [*doubtful, *others][:_CHECKED]:
        missing = _missing_lines(probe, order)
        if missing and with_lines:
            return Answer("some are missing", "an order has more lines at its own endpoint than in the list")
        if missing:
            return Answer(False, "no order includes its lines, although one has some at its own endpoint")
        if missing == 0:
            whole.add(order["id"])
    if not with_lines or not whole:
        raise Undecided("needs an order with a few products, not edited during the probe")
    if not {order["id"] for order in _may_lack_lines(probe, orders)} <= whole:
        raise Undecided("no lines are missing in the orders that were checked, but others may lack some")
    evidence = f"lines in {counted(len(with_lines), 'order')}"
    return Answer(True, f"{evidence}: as many as at their own endpoint, or as items_total says")


def _may_lack_lines(probe: ProbeSession, orders: Iterable[Row]) -> list[Row]:
    """Returns the orders whose items_total does not show that their lines are whole."""
    counts = _items_total_counts(probe)
    if "neither" in counts or len(counts) > 1:
        return list(orders)
    # Without any vote, pieces and lines are the same number.
    shown: Callable[[list[Row]], int] = len if "lines" in counts else _pieces
    return [order for order in orders if _items(order) > shown(_lines(order))]


def _embedded_cap(probe: ProbeSession) -> Answer:
    orders = [order for order in _with_items(probe) if _lines(order)]
    by_length = sorted(orders, key=lambda order: -_longest(order))
    by_items = sorted(orders, key=lambda order: -_items(order))
    chosen = {order["id"]: order for order in [*by_length[:_CHECKED], *by_items[:_CHECKED]]}
    longest = max(map(_longest, orders), default=0)
    return cap_of("lines in one order", _compared(probe, chosen.values()), longest)


def _compared(probe: ProbeSession, orders: Iterable[Row]) -> Iterator[Compared]:
    for order in orders:
        yield Compared(_longest(order), _missing_lines(probe, order) if _may_be_cut(order) else 0)


def _with_items(probe: ProbeSession) -> list[Row]:
    """Returns the sample's orders with items. Those with gift certificates are left out: these are listed apart."""
    return [order for order in samples.orders_with_details(probe) if _items(order) and not _has_certificates(order)]


def _has_certificates(order: Row) -> bool:
    groups = order.get("consignments")
    email = groups.get("email") if isinstance(groups, dict) else None
    parts = email if isinstance(email, list) else [email]
    return any(part.get("gift_certificates") for part in parts if isinstance(part, dict))


def _longest(order: Row) -> int:
    return max(map(len, _line_lists(order)), default=0)


def _may_be_cut(order: Row) -> bool:
    lines = _lines(order)
    return len(lines) >= _FEWEST_CUT or _items(order) > _pieces(lines)


def _missing_lines(probe: ProbeSession, order: Row) -> int | None:
    """Returns the number of lines that the list lacks; None if the order is changed, or its endpoint refuses them."""
    own = _own_lines(probe, order["id"])
    if own is None:
        return None

    def read_again() -> int | None:
        again = samples.order_near(probe, order["id"], samples.DETAILS, is_fresh=True)
        return len(_lines(again)) if again else None

    return missing_entries(len(_lines(order)), own, read_again)


def _pieces(lines: list[Row]) -> int:
    return sum(line["quantity"] for line in lines if type(line["quantity"]) is int)


def _items_total_counts(probe: ProbeSession) -> Counter[str]:
    """Returns in how many orders items_total is the number of their pieces, lines, or neither."""
    counts: Counter[str] = Counter()
    for order in _with_items(probe):
        lines = _lines(order)
        pieces = _pieces(lines)
        if not 0 < len(lines) < _FEWEST_CUT or pieces == len(lines):
            continue  # its lines could be incomplete, or both readings are the same
        counts[{pieces: "pieces", len(lines): "lines"}.get(_items(order), "neither")] += 1
    return counts


def _items_total(probe: ProbeSession) -> Answer:
    counts = _items_total_counts(probe)
    if not counts:
        raise Undecided("needs an order in which a line has a quantity above one")
    evidence = f"compared in {counted(counts.total(), 'order')}"
    if "neither" in counts:
        raise Undecided(f"{evidence}: not all have as many pieces or lines, so the list may lack some")
    return Answer(next(iter(counts)) if len(counts) == 1 else MIXED, evidence)


def _fees_shape(probe: ProbeSession) -> Answer:
    shapes = {_shape_of_fees(order) for order in samples.orders_with_details(probe)}
    if "wrapped" in shapes:
        return Answer("wrapped", 'orders include fees as {"fees": [...]}')
    if shapes & {"link", "absent"} and "list" not in shapes:
        raise Undecided("needs an order with a fee: without one, the include may have no effect")
    for shape, word in (("link", "link when none"), ("absent", "absent when none"), ("empty list", "list")):
        if shape in shapes:
            return Answer(word, f"the fees of an order that has none: {shape}")
    raise Undecided("needs an order without fees")


def _shape_of_fees(order: Row) -> str:
    fees = order.get("fees")
    if "fees" not in order:
        return "absent"
    if isinstance(fees, list):
        return "list" if fees else "empty list"
    if isinstance(fees, dict):
        return "wrapped" if "fees" in fees else "link"
    return "other"


def _has_no_fees(order: Row) -> bool:
    return order.get("fees", []) == [] or order.get("fees") == {"fees": []} or _shape_of_fees(order) == "link"


def _empty_fees(probe: ProbeSession) -> Answer:
    without = samples.first_of(samples.orders_with_details(probe), _has_no_fees, _CHECKED)
    for order in without:
        reply = probe.get(f"v2/orders/{order['id']}/fees", Scope.ORDERS)
        if reply.status == 204:
            return Answer(204, "the fees of an order that has none")
        if reply.body == []:
            return Answer("list", "the fees of an order that has none: []")
        if reply.body == {"fees": []}:
            return Answer("wrapped", 'the fees of an order that has none: {"fees": []}')
        if reply.status == 404:
            again = samples.order_near(probe, order["id"], samples.DETAILS, is_fresh=True)
            if again and _has_no_fees(again):
                return Answer(404, "the fees of an order that has none")
    raise Undecided("needs an order without fees")


def _consignment_groups(probe: ProbeSession) -> Answer:
    words = set()
    for order in samples.orders_with_details(probe):
        groups = order.get("consignments")
        if not isinstance(groups, dict) or not any(name in groups for name in _GROUPS):
            continue  # a link, for example
        if any(groups.get(name) == "" for name in _GROUPS):
            words.add("strings when empty")
        elif any(name not in groups for name in _GROUPS):
            words.add("missing when empty")
        elif any(groups[name] in ([], {}, {"gift_certificates": []}) for name in _GROUPS):
            words.add("all present")
    if not words:
        raise Undecided("needs an order with a single kind of consignment")
    return Answer(words.pop() if len(words) == 1 else MIXED, "the groups of the consignments of orders")


QUESTIONS = (
    Question(
        "orders_include_line_items",
        "Does include=consignments.line_items bring the lines of every order?",
        _include_line_items,
    ),
    Question(
        "orders_embedded_cap",
        "How many lines does the list include per consignment at most (none: all)?",
        _embedded_cap,
    ),
    Question(
        "orders_items_total_counts",
        "Does items_total of an order count pieces or lines?",
        _items_total,
    ),
    Question("orders_fees_shape", "In which shape does the list include fees?", _fees_shape),
    Question("order_fees_empty", "What does /v2/orders/{id}/fees return for an order without fees?", _empty_fees),
    Question(
        "orders_consignment_groups",
        "How does the list show groups of consignments with nothing in them?",
        _consignment_groups,
    ),
)

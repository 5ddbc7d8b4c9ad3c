"""The list of products: its order, its page size, and its included lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from source_bigcommerce.api.client import Params
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.probe import samples
from source_bigcommerce.probe.answer import Answer, Undecided
from source_bigcommerce.probe.caps import SUSPICIOUS, Compared, cap_of, missing_entries
from source_bigcommerce.probe.customers import date_format
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.session import ProbeSession, Reply, Row

_LIST = "v3/catalog/products"
_IDS: Params = {"limit": 250, "include_fields": "id"}
_CHECKED = 4  # products per part
_CHECKED_IF_SHORT = 2  # where the longest list is shorter than a limit usually is
_THREE = "needs three products"


def _get(probe: ProbeSession, params: Params) -> Reply:
    return probe.get(_LIST, Scope.PRODUCTS, params)


def _ids(probe: ProbeSession, direction: str) -> list[int]:
    ids = _get(probe, {**_IDS, "sort": "id", "direction": direction}).ids
    if len(ids) < 3:
        raise Undecided(_THREE)
    return ids


def _sorted_by_id(probe: ProbeSession) -> Answer:
    ascending, descending = _ids(probe, "asc"), _ids(probe, "desc")
    is_sorted = ascending == sorted(ascending) and descending == sorted(descending, reverse=True)
    return Answer(is_sorted, "sort=id with direction=asc and direction=desc")


def _id_greater(probe: ProbeSession) -> Answer:
    ids = sorted(_ids(probe, "asc"))
    middle = ids[len(ids) // 2]
    found = _get(probe, {**_IDS, "sort": "id", "direction": "asc", "id:greater": middle})
    if found.is_refused:
        return Answer(False, f"id:greater: status {found.status}")
    if not found.ids:
        raise Undecided(_THREE)
    return Answer(min(found.ids) > middle, "id:greater with the id of a product in the middle")


def _page_size(probe: ProbeSession, include: str) -> Answer:
    reply = _get(probe, {"limit": 250, "include": include})
    total = reply.meta("pagination").get("total")
    if not reply.rows or type(total) is not int or total <= len(reply.rows):
        raise Undecided("needs more products than fit on a page")
    return Answer(len(reply.rows), f"entries on the first of several pages with include={include} and limit=250")


def _total_pages(probe: ProbeSession) -> Answer:
    reply = _get(probe, {"limit": 250, "include": "options"})
    size = len(reply.rows)  # per_page may repeat the limit
    total, pages = (reply.meta("pagination").get(name) for name in ("total", "total_pages"))
    if not (type(total) is int and type(pages) is int and size > 0):
        raise Undecided("the list reports no totals")
    if total <= size or size >= 250:
        raise Undecided("needs more products than fit on a page with options")
    return Answer(pages == -(-total // size), "total_pages with include=options and limit=250")


def _cap(part: str) -> Callable[[ProbeSession], Answer]:
    def ask(probe: ProbeSession) -> Answer:
        lengths = {row["id"]: len(row[part]) for row in samples.products(probe) if isinstance(row.get(part), list)}
        longest = max(lengths.values(), default=0)
        # Shorter lists than the longest one are not cut, or the longest one would be cut too.
        ids = [id_ for id_, length in lengths.items() if length == longest > 0]
        most = _CHECKED if longest >= min(SUSPICIOUS) else _CHECKED_IF_SHORT
        compared = (_compared(probe, id_, part, longest) for id_ in ids[:most])
        return cap_of(f"{part.replace('_', ' ')} of one product", compared, longest)

    return ask


def _compared(probe: ProbeSession, id_: int, part: str, shown: int) -> Compared:
    own = probe.get(f"{_LIST}/{id_}/{part.replace('_', '-')}", Scope.PRODUCTS, {"limit": 1})
    total = own.meta("pagination").get("total")
    if own.is_refused or type(total) is not int:
        raise Undecided(f"{part.replace('_', ' ')} of one product: no total to compare the list with")
    return Compared(shown, missing_entries(shown, total, partial(_length, probe, id_, part)))


def _length(probe: ProbeSession, id_: int, part: str) -> int | None:
    """Returns the present length of a list that a product includes; None if it includes none."""
    params: Params = {"id:in": id_, "include": part, "limit": 10}
    rows = probe.get(_LIST, Scope.PRODUCTS, params, is_fresh=True).rows
    found = next((row.get(part) for row in rows if row.get("id") == id_), None)
    return len(found) if isinstance(found, list) else None


def _images_empty(probe: ProbeSession) -> Answer:
    for row in samples.first_of(samples.products(probe), _has_no_images, _CHECKED):
        reply = probe.get(f"{_LIST}/{row['id']}/images", Scope.PRODUCTS, {"limit": 10})
        # A product that was deleted has the status 404 too.
        is_empty = _length(probe, row["id"], "images") == 0 if reply.status == 404 else not reply.rows
        if is_empty:
            return Answer(reply.status, "the images of a product that has none")
    raise Undecided("needs a product without images")


def _has_no_images(row: Row) -> bool:
    return row.get("images") == []


def _bulk_pricing_rules_paged(probe: ProbeSession) -> Answer:
    for row in samples.first_of(samples.products(probe), _has_rules, _CHECKED):
        path = f"{_LIST}/{row['id']}/bulk-pricing-rules"
        shown, all_ = (probe.get(path, Scope.PRODUCTS, {"limit": limit}, is_fresh=True) for limit in (1, 250))
        if not shown.is_refused and shown.rows and len(all_.rows) > 1:
            return Answer(len(shown.rows) == 1, "limit=1 for a product with several bulk pricing rules")
    raise Undecided("needs a product with two bulk pricing rules")


def _has_rules(row: Row) -> bool:
    rules = row.get("bulk_pricing_rules")
    return isinstance(rules, list) and len(rules) > 1


QUESTIONS = (
    Question("products_sorted_by_id", "Are products sorted by id with sort=id?", _sorted_by_id),
    Question("products_id_greater", "Does id:greater of products hide smaller ids?", _id_greater),
    Question(
        "products_page_size_with_include",
        "How many products does a page have with include=images and limit=250?",
        lambda probe: _page_size(probe, "images"),
    ),
    Question(
        "products_page_size_with_variants",
        "How many products does a page have with include=variants and limit=250?",
        lambda probe: _page_size(probe, "variants"),
    ),
    Question(
        "products_page_size_with_options",
        "How many products does a page have with include=options and limit=250 (documented: 10)?",
        lambda probe: _page_size(probe, "options"),
    ),
    Question(
        "products_total_pages_right",
        "Is total_pages of products right where the page is smaller than requested?",
        _total_pages,
    ),
    Question(
        "products_embedded_cap",
        "How many variants does a product include at most (none: all)?",
        _cap("variants"),
    ),
    *(
        Question(
            f"products_{part}_cap",
            f"How many {part.replace('_', ' ')} does a product include at most (none: all)?",
            _cap(part),
        )
        for part in samples.PARTS
        if part != "variants"
    ),
    Question(
        "product_images_empty_status",
        "Which status do the images of a product without any have?",
        _images_empty,
    ),
    Question(
        "bulk_pricing_rules_paged",
        "Do the bulk pricing rules of a product come in pages?",
        _bulk_pricing_rules_paged,
    ),
    Question(
        "products_date_format",
        "How do the dates of products end?",
        lambda probe: date_format(_get(probe, {"limit": 10})),
    ),
)

"""Pages of lists: their sizes, a limit above the maximum, and a page beyond the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from source_bigcommerce.api.client import Params
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.probe.answer import Answer, Undecided, about, combined
from source_bigcommerce.probe.caps import SUSPICIOUS
from source_bigcommerce.probe.filters import Ask, answers_of, of_lists
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.session import ProbeSession, Reply

_LARGEST, _ABOVE = 250, 251
_SMALLEST = 50  # the page size of a server that ignores the limit
_BEYOND = 1000  # a page, except of orders


@dataclass(frozen=True)
class _List:
    name: str
    endpoint: str
    scope: Scope
    params: Params = field(default_factory=dict)

    @property
    def is_v2(self) -> bool:
        return self.endpoint.startswith("v2/")

    def get(self, probe: ProbeSession, **paging: int) -> Reply:
        return probe.get(self.endpoint, self.scope, {**paging, **self.params})

    def continues(self, probe: ProbeSession, first: Reply, limit: int) -> bool:
        """True if a first page is followed by another one with entries that it lacks.

        `per_page` does not count: a server may repeat the limit there, and show fewer.
        """
        rows, total = len(first.rows), first.meta("pagination").get("total")
        has_more = total > rows if type(total) is int else rows in SUSPICIOUS
        return has_more and not {*self.get(probe, limit=limit, page=2).ids} <= {*first.ids}


_LISTS = (
    _List("orders", "v2/orders", Scope.ORDERS, {"sort": "id:asc"}),
    _List("coupons", "v2/coupons", Scope.MARKETING),
    _List("customers", "v3/customers", Scope.CUSTOMERS),
    _List("customer_addresses", "v3/customers/addresses", Scope.CUSTOMERS),
    _List("subscribers", "v3/customers/subscribers", Scope.CUSTOMERS),
    _List("products", "v3/catalog/products", Scope.PRODUCTS, {"include_fields": "id"}),
    _List("product_variants", "v3/catalog/variants", Scope.PRODUCTS, {"include_fields": "id"}),
    _List("brands", "v3/catalog/brands", Scope.PRODUCTS),
    _List("order_refunds", "v3/orders/payment_actions/refunds", Scope.ORDERS),
)
_V2_LISTS = (
    *(one for one in _LISTS if one.is_v2),
    _List("customer_groups", "v2/customer_groups", Scope.CUSTOMERS),
    _List("currencies", "v2/currencies", Scope.INFORMATION),
    _List("countries", "v2/countries", Scope.INFORMATION),
)


def _honoured(one: _List) -> Ask:
    """Returns the function that asks whether a list has pages of the requested size."""

    def ask(probe: ProbeSession) -> Answer:
        reply = one.get(probe, limit=_LARGEST)
        rows = len(reply.rows)
        if rows == _LARGEST:
            return Answer(True, f"limit={_LARGEST}, and the number of entries on the page")
        if rows < _LARGEST and one.continues(probe, reply, _LARGEST):
            return Answer(False, f"limit={_LARGEST} returns another number of entries, and another page follows")
        if _LARGEST > rows > max(size for size in SUSPICIOUS if size < _LARGEST):
            return Answer(True, f"limit={_LARGEST} returns more entries than any other size of a page")
        if rows > 2 and len(one.get(probe, limit=2).rows) > 2:
            return Answer(False, "limit=2 returns more entries")
        raise Undecided(f"needs {_LARGEST} entries")

    return ask


def _above_maximum(one: _List) -> Ask:
    """Returns the function that asks what a list does with a limit of one more than the maximum."""

    def ask(probe: ProbeSession) -> Answer:
        reply = one.get(probe, limit=_ABOVE)
        if reply.is_refused:
            return Answer(reply.status, f"limit={_ABOVE}: status {reply.status}")
        rows = len(reply.rows)
        if rows != _ABOVE and not (rows < _ABOVE and one.continues(probe, reply, _ABOVE)):
            raise Undecided(f"needs more than {_LARGEST} entries")
        size = rows if rows in (*SUSPICIOUS, _ABOVE) else about(rows)
        return Answer("honoured" if rows == _ABOVE else "lowered", f"limit={_ABOVE}: a page of {size}")

    return ask


def _beyond_end(one: _List) -> Ask:
    """Returns the function that asks what a V2 list returns for a page after its last one."""

    def ask(probe: ProbeSession) -> Answer:
        page = _BEYOND
        if one.endpoint == "v2/orders":
            body = probe.get("v2/orders/count", one.scope).body
            count = body.get("count") if isinstance(body, dict) else None
            page = count // _SMALLEST + 2 if type(count) is int else page
        reply = one.get(probe, limit=_LARGEST, page=page)
        if reply.is_refused:
            return Answer(reply.status, f"a page beyond the end: status {reply.status}")
        if reply.rows:
            raise Undecided("a page beyond the end has entries")
        return Answer(204 if reply.status == 204 else "empty list", f"a page beyond the end: status {reply.status}")

    return ask


def _all_honoured(probe: ProbeSession) -> Answer:
    found = answers_of(probe, {one.name: _honoured(one) for one in _LISTS})
    answer = combined(found)
    if answer.value is True and not all(isinstance(one, Answer) for one in found.values()):
        raise Undecided(answer.evidence)
    return Answer(answer.value is True, answer.evidence)


QUESTIONS = (
    Question("page_size_honoured", "Do all lists have pages of the requested size?", _all_honoured),
    *(
        Question(
            f"page_size_honoured_{one.name}",
            f"Does the list {one.endpoint} have pages of the requested size?",
            _honoured(one),
        )
        for one in _LISTS
    ),
    Question(
        "limit_above_maximum",
        "What does a limit above 250 do: refused (a status), lowered or honoured?",
        of_lists({one.name: _above_maximum(one) for one in _LISTS}),
    ),
    Question(
        "v2_page_beyond_end",
        "What does a V2 page beyond the end return: 204 or an empty list?",
        of_lists({one.name: _beyond_end(one) for one in _V2_LISTS}),
    ),
)

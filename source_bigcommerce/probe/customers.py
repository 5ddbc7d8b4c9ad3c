"""The list of customers: its cursor, its included lists, and its dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from source_bigcommerce.api.client import Params
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.timestamps import format_timestamp
from source_bigcommerce.probe import samples
from source_bigcommerce.probe.answer import Answer, Undecided
from source_bigcommerce.probe.caps import Compared, cap_of, missing_entries
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.session import ProbeSession, Reply, Row

_LIST = "v3/customers"
_LARGEST = 250  # the documented maximum of limit
_CHECKED = 4  # customers
_NO_CURSOR = "the list has no cursor"
_NEEDS_CUSTOMERS = "needs ten customers that were changed on different days"
_FEWEST_HIDDEN = 2  # customers, as one may have been deleted


def _get(probe: ProbeSession, params: Params, *, is_fresh: bool = False) -> Reply:
    return probe.get(_LIST, Scope.CUSTOMERS, params, is_fresh=is_fresh)


def _cursor_after(reply: Reply) -> str:
    """Returns the cursor of the next page. Raises Undecided if there is none."""
    cursor = reply.meta("cursor_pagination").get("end_cursor")
    if not cursor:
        raise Undecided(_NO_CURSOR)
    return str(cursor)


def _has_cursor(probe: ProbeSession) -> Answer:
    samples.enough(samples.customers(probe), 1, "a customer")
    has_cursor = bool(_get(probe, {"limit": 250}).meta("cursor_pagination").get("end_cursor"))
    return Answer(has_cursor, "cursor_pagination on the first page")


class _Split(NamedTuple):
    """A date filter that lets some customers pass and not others, and the first page with it."""

    middle: datetime
    filters: Params
    passing: set[int]
    hidden: set[int]
    first: Reply

    def is_shown_by(self, page: Reply) -> bool:
        """True if a page shows a customer that the filter hides, by the date on this page: it may be a new one."""
        return any(date < self.middle for row in page.rows if (date := samples.date_of(row)))

    def is_hidden_by(self, page: Reply) -> bool:
        """True if a page continues the first one, and leaves out customers of its range whom the filter hides."""
        ids = [*self.first.ids, *page.ids]
        left_out = self.hidden - set(ids)
        hidden = [id_ for id_ in left_out if max(self.first.ids, default=0) < id_ < max(ids, default=0)]
        return ids == sorted(ids) and len(hidden) >= _FEWEST_HIDDEN


def _split(probe: ProbeSession) -> _Split:
    """Returns a filter that splits the sample. Raises Undecided if none does, or if it has no effect."""
    dates = {row["id"]: date for row in samples.customers(probe) if (date := samples.date_of(row))}
    middle = sorted(dates.values())[len(dates) // 2] if dates else None
    passing = {id_ for id_, date in dates.items() if middle and date > middle}
    hidden = {id_ for id_, date in dates.items() if middle and date < middle}
    if middle is None or len(passing) < 4 or len(hidden) < _FEWEST_HIDDEN:
        raise Undecided(_NEEDS_CUSTOMERS)
    filters: Params = {"date_modified:min": format_timestamp(middle)}
    first = _get(probe, {"limit": 2, "include": "addresses", **filters})
    split = _Split(middle, filters, passing, hidden, first)
    if split.is_shown_by(first):
        raise Undecided("the date filter is not applied")
    return split


def _cursor_with_filters(probe: ProbeSession) -> Answer:
    split = _split(probe)
    params: Params = {"limit": _LARGEST, "include": "addresses", **split.filters, "after": _cursor_after(split.first)}
    second = _get(probe, params)
    evidence = f"after with date_modified:min, include and limit={_LARGEST}: the second page of a filtered list"
    if second.is_refused:
        return Answer(False, f"{evidence}: status {second.status}")
    if (
        split.is_shown_by(second)
        or set(split.first.ids) <= set(second.ids)
        or len(second.rows) > _LARGEST
        or not all("addresses" in row for row in second.rows)
    ):
        return Answer(False, evidence)
    # These are at most a page, as they come from one.
    if not split.passing <= {*split.first.ids, *second.ids}:
        raise Undecided("the second page lacks customers: some were deleted, or the limit is lowered")
    if not split.is_hidden_by(second):
        raise Undecided(_NEEDS_CUSTOMERS)
    return Answer(True, evidence)


def _carries_filters(probe: ProbeSession) -> Answer:
    split = _split(probe)
    rest = _get(probe, {"limit": _LARGEST, "after": _cursor_after(split.first)})
    if rest.is_refused:
        return Answer(False, f"the cursor of a filtered list without the filter: status {rest.status}")
    if split.is_shown_by(rest):
        return Answer(False, "the cursor of a filtered list, used without the filter, shows what the filter hides")
    if not split.is_hidden_by(rest):
        raise Undecided(_NEEDS_CUSTOMERS)
    return Answer(True, "the cursor of a filtered list, used without the filter, still hides what the filter hides")


def _sort_with_cursor(probe: ProbeSession) -> Answer:
    cursor = _cursor_after(_get(probe, {"limit": 2}))
    reply = _get(probe, {"limit": 50, "sort": "date_modified:desc", "after": cursor})
    evidence = "sort=date_modified:desc together with after"
    if reply.is_refused:
        return Answer("refused", f"{evidence}: status {reply.status}")
    dates = [date for row in reply.rows if (date := samples.date_of(row))]
    by_date = dates == sorted(dates, reverse=True)
    by_id = reply.ids == sorted(reply.ids)
    if len(dates) < 3 or by_date == by_id:
        raise Undecided(_NEEDS_CUSTOMERS)
    return Answer("honoured" if by_date else "ignored", evidence)


def _next_link(probe: ProbeSession) -> Answer:
    rows = samples.enough(samples.customers(probe), 1, "a customer")
    reply = _get(probe, {"id:in": rows[0]["id"], "limit": 250})
    meta = reply.meta("cursor_pagination")
    if not meta or len(reply.rows) != 1:
        raise Undecided(_NO_CURSOR)
    links = meta.get("links")
    return Answer(isinstance(links, dict) and bool(links.get("next")), "links of a list with a single page")


def _cap(probe: ProbeSession, include: str, counter: str, endpoint: str) -> Answer:
    def counted(row: Row) -> int:
        count = row.get(counter)
        return count if type(count) is int else 0

    rows = sorted(samples.customers(probe), key=counted, reverse=True)
    ids = [row["id"] for row in rows[:_CHECKED] if counted(row)]
    shown = _lengths(probe, include, ids) if ids else {}
    compared = _compared(probe, include, endpoint, shown)
    return cap_of(f"{include} of one customer", compared, longest=max(shown.values(), default=0))


def _lengths(probe: ProbeSession, include: str, ids: Iterable[int]) -> dict[int, int]:
    """Returns the present lengths of the lists that customers include, by their ids."""
    params: Params = {"id:in": ",".join(map(str, ids)), "include": include, "limit": 10}
    rows = _get(probe, params, is_fresh=True).rows
    return {row["id"]: len(row[include]) for row in rows if isinstance(row.get(include), list)}


def _compared(probe: ProbeSession, include: str, endpoint: str, shown: dict[int, int]) -> Iterator[Compared]:
    for id_, length in sorted(shown.items(), key=lambda item: -item[1]):
        own = probe.get(endpoint, Scope.CUSTOMERS, {"customer_id:in": id_, "limit": 1}).meta("pagination").get("total")
        if type(own) is not int:
            raise Undecided(f"{include} of one customer: no total to compare the list with")
        yield Compared(length, missing_entries(length, own, partial(_length, probe, include, id_)))


def _length(probe: ProbeSession, include: str, id_: int) -> int | None:
    return _lengths(probe, include, [id_]).get(id_)


def date_format(reply: Reply) -> Answer:
    """Returns how the dates of a V3 list end. Raises Undecided for an empty list."""
    dates = [str(row["date_modified"]) for row in reply.rows if row.get("date_modified")]
    if not dates:
        raise Undecided("needs a record with a date_modified")
    word = next((end for end in ("Z", "+00:00") if all(date.endswith(end) for date in dates)), "other")
    return Answer(word, "the end of date_modified")


QUESTIONS = (
    Question("customers_cursor", "Does the list of customers have cursors?", _has_cursor),
    Question(
        "customers_cursor_with_filters",
        "Does after work together with date_modified:min, include and limit=250 on customers?",
        _cursor_with_filters,
    ),
    Question(
        "cursor_carries_filters",
        "Does a customer cursor carry the first page's filters?",
        _carries_filters,
    ),
    Question(
        "customers_sort_with_cursor",
        "What does sort do together with a cursor of customers: honoured, ignored or refused?",
        _sort_with_cursor,
    ),
    Question(
        "cursor_next_link_on_last_page",
        "Does the last page of customers have a next link?",
        _next_link,
    ),
    Question(
        "customers_embedded_cap",
        "How many addresses does a customer include at most (none: all)?",
        lambda probe: _cap(probe, "addresses", "address_count", "v3/customers/addresses"),
    ),
    Question(
        "customers_attributes_cap",
        "How many attributes does a customer include at most (none: all)?",
        lambda probe: _cap(probe, "attributes", "attribute_count", "v3/customers/attribute-values"),
    ),
    Question(
        "customers_date_format",
        "How do the dates of customers end?",
        lambda probe: date_format(_get(probe, {"limit": 250})),
    ),
)

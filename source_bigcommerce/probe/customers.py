"""The list of customers: its cursor, its included lists, and its dates."""

from __future__ import annotations

from typing import NamedTuple

from source_bigcommerce.api.client import Params
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.api.timestamps import format_timestamp
from source_bigcommerce.probe import samples
from source_bigcommerce.probe.answer import Answer, Undecided
from source_bigcommerce.probe.caps import Compared, cap_of
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.session import ProbeSession, Reply, Row

_LIST = "v3/customers"
_CHECKED = 4  # customers
_NO_CURSOR = "the list has no cursor"
_NEEDS_CUSTOMERS = "needs ten customers that were changed on different days"


def _get(probe: ProbeSession, params: Params) -> Reply:
    return probe.get(_LIST, Scope.CUSTOMERS, params)


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

    filters: Params
    passing: set[int]
    hidden: set[int]
    first: Reply


def _split(probe: ProbeSession) -> _Split:
    """Returns a filter that splits the sample. Raises Undecided if none does, or if it has no effect."""
    dates = {row["id"]: date for row in samples.customers(probe) if (date := samples.date_of(row))}
    middle = sorted(dates.values())[len(dates) // 2] if dates else None
    passing = {id_ for id_, date in dates.items() if middle and date > middle}
    hidden = {id_ for id_, date in dates.items() if middle and date < middle}
    if middle is None or len(passing) < 4 or len(hidden) < 2:
        raise Undecided(_NEEDS_CUSTOMERS)
    filters: Params = {"date_modified:min": format_timestamp(middle)}
    first = _get(probe, {"limit": 2, "include": "addresses", **filters})
    if hidden & set(first.ids):
        raise Undecided("the date filter is not applied")
    return _Split(filters, passing, hidden, first)


def _cursor_with_filters(probe: ProbeSession) -> Answer:
    split = _split(probe)
    params: Params = {"limit": 2, "include": "addresses", **split.filters, "after": _cursor_after(split.first)}
    second = _get(probe, params)
    works = (
        not second.is_refused
        and 0 < len(second.ids) <= 2
        and not (split.hidden | set(split.first.ids)) & set(second.ids)
        and all("addresses" in row for row in second.rows)
    )
    return Answer(works, "after with date_modified:min, include and limit: the second page of a filtered list")


def _carries_filters(probe: ProbeSession) -> Answer:
    split = _split(probe)
    rest = _get(probe, {"limit": 250, "after": _cursor_after(split.first)})
    if rest.is_refused:
        return Answer(False, f"the cursor of a filtered list without the filter: status {rest.status}")
    if split.hidden & set(rest.ids):
        return Answer(False, "the cursor of a filtered list, used without the filter, shows what the filter hides")
    beyond = max(split.first.ids)
    if not any(beyond < id_ <= max(rest.ids, default=0) for id_ in split.hidden):
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
    return cap_of(
        f"{include} of one customer",
        (_compared(probe, row["id"], include, endpoint) for row in rows[:_CHECKED] if counted(row)),
    )


def _compared(probe: ProbeSession, id_: int, include: str, endpoint: str) -> Compared:
    row = next(iter(_get(probe, {"id:in": id_, "include": include, "limit": 10}).rows), {})
    shown = row.get(include)
    own = probe.get(endpoint, Scope.CUSTOMERS, {"customer_id:in": id_, "limit": 1}).meta("pagination").get("total")
    if not isinstance(shown, list) or type(own) is not int:
        raise Undecided(f"{include} of one customer: no list, or no total to compare it with")
    return Compared(len(shown), own - len(shown))


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
        "Does after work together with date_modified:min, include and limit on customers?",
        _cursor_with_filters,
    ),
    Question(
        "cursor_carries_filters",
        "Does a cursor of customers bring the filters of the first page along?",
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

"""Lists that come inside their parent's record, and what is done when they may be cut short.

With `include`, the API puts children into the parent's page: no request per parent. But such a list may be capped
(at 10, 50 and 250 entries in what has been seen) or missing. A list in doubt is read again from its own endpoint,
to its end; a list that is beyond doubt costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.client import of_parent
from source_bigcommerce.api.errors import BigCommerceError, NotFound, PageTooHeavy, located
from source_bigcommerce.api.paging import Offset, OffsetV2, Page, Paging, Params, Record, is_empty, lossy
from source_bigcommerce.api.values import integer
from source_bigcommerce.streams.page_size import smaller

CAPS = frozenset({10, 50, 250})
PARENTS_PER_REQUEST = 50  # no maximum is documented for `:in` lists; the bound is the length of the URL
PASSES = 3  # how often a list that changes while it is paged is read before the sync gives up on it

Item = TypeVar("Item")
Result = TypeVar("Result")
Fetch = Callable[[str, Params], Any]
Forgive = Callable[[Record, NotFound], None]


@dataclass(frozen=True)
class Embedded:
    """A list in the field `name` of a parent.

    `endpoint` lists the same children: for one parent where it contains `{id}`, else for many at a time, by the
    filter `parents_filter`, each child naming its parent in `parent_field`. `is_doubtful` tells from the parent
    whether its list has to be read again.
    """

    name: str
    endpoint: str
    is_doubtful: Callable[[Record, Any], bool]
    parents_filter: str = ""
    parent_field: str = ""
    params: Params = field(default_factory=dict)
    paging: Paging = Offset()


def at_a_cap(parent: Record, children: Any) -> bool:
    """No list at all, or one as long as a known cap."""
    return not isinstance(children, list) or len(children) in CAPS


def differs_from(count_field: str) -> Callable[[Record, Any], bool]:
    """For parents that tell how many children they have; those that do not are judged by the caps."""

    def is_doubtful(parent: Record, children: Any) -> bool:
        count = integer(parent.get(count_field))
        if count is None:
            return at_a_cap(parent, children)
        return count != (len(children) if isinstance(children, list) else 0)

    return is_doubtful


def never_empty(parent: Record, children: Any) -> bool:
    """For children of which each parent has at least one."""
    return at_a_cap(parent, children) or not children


def complete(parents: Sequence[Record], lists: Iterable[Embedded], fetch: Fetch, forgive: Forgive) -> None:
    """Replaces every doubtful list in `parents` by what its own endpoint says.

    `forgive` is asked about a list that is not there, or empty though the parent came with children: it raises unless
    the parent is not there either. Then the parent stays as it came.
    """
    for embedded in lists:
        doubtful = []
        for parent in parents:
            if embedded.is_doubtful(parent, parent.get(embedded.name)):
                doubtful.append(parent)
            elif not isinstance(parent.get(embedded.name), list):
                parent[embedded.name] = []  # it did not come along, and the parent counts none
        if "{id}" in embedded.endpoint:
            for parent in doubtful:
                _reread_one(parent, embedded, fetch, forgive)
        else:
            for start in range(0, len(doubtful), PARENTS_PER_REQUEST):
                _reread_many(doubtful[start : start + PARENTS_PER_REQUEST], embedded, fetch, forgive)


def _reread_one(parent: Record, embedded: Embedded, fetch: Fetch, forgive: Forgive) -> None:
    endpoint = of_parent(embedded.endpoint, parent["id"])
    try:
        children = _read_twice_if_empty(fetch, endpoint, embedded.params, embedded.paging)
    except NotFound as missing:
        forgive(parent, missing)
    else:
        _replace(parent, embedded, children, forgive)


def _reread_many(parents: Sequence[Record], embedded: Embedded, fetch: Fetch, forgive: Forgive) -> None:
    ids = ",".join(str(parent["id"]) for parent in parents)
    children: dict[Any, list[Record]] = {parent["id"]: [] for parent in parents}
    params = {**embedded.params, embedded.parents_filter: ids}
    try:
        found = _read_twice_if_empty(fetch, embedded.endpoint, params, embedded.paging, len(parents) == 1)
    except PageTooHeavy:
        for half in halves(parents):
            _reread_many(half, embedded, fetch, forgive)
        return
    for child in found:
        owner = integer(child.get(embedded.parent_field))
        if owner in children:  # in case the filter was ignored
            children[owner].append(child)
    for parent in parents:
        _replace(parent, embedded, children[parent["id"]], forgive)


def _read_twice_if_empty(
    fetch: Fetch, endpoint: str, params: Params, paging: Paging, in_smaller_pages: bool = True
) -> list[Record]:
    """None are rare where there is doubt, and also what a store says that fails."""
    read = read_list if in_smaller_pages else _read_list
    return read(fetch, endpoint, params, paging) or read(fetch, endpoint, params, paging)


def halves(items: Sequence[Item]) -> tuple[Sequence[Item], Sequence[Item]]:
    """Two halves of what was too much for one request."""
    return items[: len(items) // 2], items[len(items) // 2 :]


def _replace(parent: Record, embedded: Embedded, children: list[Record], forgive: Forgive) -> None:
    came_along = parent.get(embedded.name)
    had_some = isinstance(came_along, list) and any(isinstance(c, dict) and "id" in c for c in came_along)
    if had_some and not children:
        forgive(parent, contradicted(parent, embedded.endpoint))
    else:
        parent[embedded.name] = children


def contradicted(parent: Record, endpoint: str) -> NotFound:
    """The error of a parent that came with children of which their own endpoint tells none."""
    return NotFound(
        f"Record {parent['id']} came with children of its own, of which {endpoint} then returned none. Nothing is "
        "lost: start the sync again.",
        FailureType.transient_error,
    )


def read_list(fetch: Fetch, endpoint: str, params: Params, paging: Paging) -> list[Record]:
    """All entries of a short list; in smaller pages where the store does not serve those of the usual size."""
    return in_smaller_pages(lambda smaller_paging: _read_list(fetch, endpoint, params, smaller_paging), paging)


def in_smaller_pages(read: Callable[[Paging], Result], paging: Paging) -> Result:
    """The result of `read`, which reads a list from its start; repeated with smaller pages while they are too heavy."""
    while True:
        try:
            return read(paging)
        except PageTooHeavy:
            less = smaller(paging.limit)
            if less is None or not isinstance(paging, (Offset, OffsetV2)):
                raise
            paging = replace(paging, limit=less)


def _read_list(fetch: Fetch, endpoint: str, params: Params, paging: Paging) -> list[Record]:
    """All entries of a short list.

    A page number means nothing in a list that shrinks meanwhile, so the result is compared with the total that each
    page tells, and the list read anew where they differ. Raises BigCommerceError when it does not hold still, or
    contradicts itself.
    """
    had_some = False
    for _ in range(PASSES):
        found: dict[Any, Record] = {}
        totals: set[int] = set()
        listed = 0
        for page in _pages(fetch, endpoint, params, paging):
            totals |= {page.total} if page.total is not None else set()
            known = len(found)
            found |= {key: entry for key, entry in _keyed(page.records, listed) if key not in found}
            listed += len(page.records)
            if len(found) == known:
                break
        is_whole = totals <= {len(found)} and (bool(found) or not had_some)
        had_some |= bool(found)
        if is_whole and found and not totals and len(found) == known:  # nothing but a page without new entries says so
            is_whole = _ends_with(page, found, endpoint, paging, lambda: fetch(endpoint, {**params, **paging.first()}))
        if is_whole:
            return list(found.values())
    raise BigCommerceError(
        f"The list {endpoint} kept changing while it was read, so it could not be read whole. Nothing is lost: start "
        "the sync again.",
        FailureType.transient_error,
    )


def _ends_with(
    last: Page, found: Mapping[Any, Record], endpoint: str, paging: Paging, begin_again: Callable[[], Any]
) -> bool:
    """Whether a page without new entries is the end of a list that tells no total.

    Some of these endpoints do not page: they answer every page number with the same entries. As many as a page was
    asked to hold may be the first page of a list that has others, which is an error. And "none" behind a full page is
    the end, unless the list begins differently now.
    """
    first = paging.first()
    if last.records:
        if len(last.records) == first.get("limit"):
            raise lossy(f"{endpoint} answers every page number with the same full page")
        return True
    beginning = paging.page(begin_again(), first).records
    return bool(beginning) and all(key in found for key, _ in _keyed(beginning, 0))


def _keyed(entries: Iterable[Record], listed: int) -> Iterator[tuple[Any, Record]]:
    """Entries by their ids; those without one by their place behind those listed before."""
    for place, entry in enumerate(entries, listed):
        key = entry.get("id")
        yield key if isinstance(key, (int, str)) else f"entry {place}", entry


def _pages(fetch: Fetch, endpoint: str, params: Params, paging: Paging) -> Iterator[Page]:
    position: Params | None = paging.first()
    while position is not None:
        body = fetch(endpoint, {**params, **position})
        if is_empty(body) and position != paging.first():
            body = fetch(endpoint, {**params, **position})  # the end, or a store that fails
        page = _page(paging, body, position, endpoint)
        yield page
        position = page.next


def _page(paging: Paging, body: Any, position: Params, endpoint: str) -> Page:
    try:
        return paging.page(body, position)
    except BigCommerceError as error:
        raise located(error, f" The request was {endpoint}.") from None

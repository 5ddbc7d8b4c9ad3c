"""Lists embedded in the entries of another list, and their completion if they may be truncated.

With `include`, the API embeds child lists in the parent's page, so they cost no further request. Such a list may be
truncated (sizes of 10, 50 and 250 entries are known) or missing. A possibly truncated list is read again from its own
endpoint, to its end. A size is ruled out as a truncation once the store has embedded a longer list of the same kind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.client import path_for_parent
from source_bigcommerce.api.errors import BigCommerceError, NotFound, PageTooHeavy, with_request
from source_bigcommerce.api.normalization import to_integer
from source_bigcommerce.api.pagination import (
    IncompleteListError,
    Page,
    PageNumber,
    PageNumberV2,
    Pagination,
    Params,
    Record,
    is_empty,
)
from source_bigcommerce.lists.page_size import smaller

KNOWN_TRUNCATION_SIZES = frozenset({10, 50, 250})
PARENTS_PER_REQUEST = 50  # no maximum is documented for `:in` lists; the bound is the length of the URL
ATTEMPTS = 3  # to read a list that changes while it is read

Item = TypeVar("Item")
Result = TypeVar("Result")
Fetch = Callable[[str, Params], Any]
IgnoreIfDeleted = Callable[[Record, NotFound], None]


@dataclass(frozen=True)
class EmbeddedList:
    """A list in the field `name` of a parent.

    `endpoint` returns the same children: for one parent where it contains `{id}`, else for several at a time, selected
    by `parents_filter`, each child naming its parent in `parent_field`. `is_possibly_truncated` takes the parent, its
    list, and the length of the longest such list that the store has embedded in this sync.
    """

    name: str
    endpoint: str
    is_possibly_truncated: Callable[[Record, Any, int], bool]
    parents_filter: str = ""
    parent_field: str = ""
    params: Params = field(default_factory=dict)
    pagination: Pagination = PageNumber()


def is_truncation_size(length: int, longest: int) -> bool:
    """Returns True for a known truncation size, unless a list of `longest` entries rules it out."""
    return length in KNOWN_TRUNCATION_SIZES and length >= longest


def has_known_truncation_size(parent: Record, children: Any, longest: int) -> bool:
    """Returns True for a missing list, and for one with as many entries as a known truncation size."""
    return not isinstance(children, list) or is_truncation_size(len(children), longest)


def differs_from(count_field: str) -> Callable[[Record, Any, int], bool]:
    """Returns a check for parents that report the number of their children; without it, the known sizes decide."""

    def is_possibly_truncated(parent: Record, children: Any, longest: int) -> bool:
        count = to_integer(parent.get(count_field))
        if count is None:
            return has_known_truncation_size(parent, children, longest)
        return count != (len(children) if isinstance(children, list) else 0)

    return is_possibly_truncated


def is_never_empty(parent: Record, children: Any, longest: int) -> bool:
    """The check for children if each parent has at least one. Returns True for a possibly truncated list."""
    return has_known_truncation_size(parent, children, longest) or not children


class EmbeddedLists:
    """The embedded lists of one listing during one sync, and their completion.

    `map_concurrently` calls a function for several parents side by side. `ignore_if_deleted` is called for a list that
    is not found, or is empty although the parent has embedded children: it raises unless the parent has been deleted.
    In that case the parent is not changed.
    """

    def __init__(
        self,
        lists: Sequence[EmbeddedList],
        fetch: Fetch,
        ignore_if_deleted: IgnoreIfDeleted,
        map_concurrently: Callable[[Callable[[Record], None], Sequence[Record]], Iterable[None]] = map,
    ) -> None:
        self.longest: dict[str, int] = {}  # the length of the longest list of each name that the store has embedded
        self._lists = lists
        self._fetch = fetch
        self._ignore_if_deleted = ignore_if_deleted
        self._map_concurrently = map_concurrently

    def note(self, parents: Iterable[Record]) -> None:
        """Notes the lengths of the lists in parents as the list returned them."""
        for embedded in self._lists:
            lengths = [len(found) for parent in parents if isinstance(found := parent.get(embedded.name), list)]
            self.note_length(embedded.name, max(lengths, default=0))

    def note_length(self, name: str, length: int) -> None:
        """Notes the length of one list as the store embedded it."""
        if length > self.longest.get(name, 0):
            self.longest[name] = length

    def is_possibly_truncated(self, parent: Record) -> bool:
        """Returns True if any of the parent's lists may be truncated."""
        return any(self._is_possibly_truncated(embedded, parent) for embedded in self._lists)

    def complete(
        self,
        parents: Sequence[Record],
        reread_all: bool = False,
        known_complete: Collection[Any] = (),
        in_doubt: Collection[Any] = (),
    ) -> None:
        """Replaces every possibly truncated list in `parents`, or every list, by the one that its own endpoint returns.

        `known_complete` are the ids of parents whose lists are not truncated, `in_doubt` those of parents whose lists
        are read again, both whatever their lengths.
        """
        for embedded in self._lists:
            unsure = []
            for parent in parents:
                id_ = parent["id"]
                is_unsure = id_ not in known_complete and self._is_possibly_truncated(embedded, parent)
                if reread_all or id_ in in_doubt or is_unsure:
                    unsure.append(parent)
                elif not isinstance(parent.get(embedded.name), list):
                    parent[embedded.name] = []  # it was not embedded, and the parent counts none
            self._reread(unsure, embedded)
            if reread_all:
                _refuse_impossible(parents, embedded)

    def _is_possibly_truncated(self, embedded: EmbeddedList, parent: Record) -> bool:
        longest = self.longest.get(embedded.name, 0)
        return embedded.is_possibly_truncated(parent, parent.get(embedded.name), longest)

    def _reread(self, parents: Sequence[Record], embedded: EmbeddedList) -> None:
        if "{id}" in embedded.endpoint:
            read = partial(_reread_one, embedded=embedded, fetch=self._fetch, ignore_if_deleted=self._ignore_if_deleted)
            deque(self._map_concurrently(read, parents), maxlen=0)
            return
        for start in range(0, len(parents), PARENTS_PER_REQUEST):
            several = parents[start : start + PARENTS_PER_REQUEST]
            _reread_many(several, embedded, self._fetch, self._ignore_if_deleted)


def _refuse_impossible(parents: Sequence[Record], embedded: EmbeddedList) -> None:
    """Raises BigCommerceError if a list was returned empty that cannot be: nothing may be concluded from it."""
    for parent in parents:
        children = parent.get(embedded.name)
        if children == [] and embedded.is_possibly_truncated(parent, children, 0):
            raise BigCommerceError(
                f"{embedded.endpoint} returned none of the {embedded.name} of record {parent['id']}, which has some.",
                FailureType.system_error,
            )


def _reread_one(parent: Record, embedded: EmbeddedList, fetch: Fetch, ignore_if_deleted: IgnoreIfDeleted) -> None:
    endpoint = path_for_parent(embedded.endpoint, parent["id"])
    try:
        children = _read_twice_if_empty(fetch, endpoint, embedded.params, embedded.pagination)
    except NotFound as missing:
        ignore_if_deleted(parent, missing)
    else:
        _replace(parent, embedded, children, ignore_if_deleted)


def _reread_many(
    parents: Sequence[Record], embedded: EmbeddedList, fetch: Fetch, ignore_if_deleted: IgnoreIfDeleted
) -> None:
    ids = ",".join(str(parent["id"]) for parent in parents)
    children: dict[Any, list[Record]] = {parent["id"]: [] for parent in parents}
    params = {**embedded.params, embedded.parents_filter: ids}
    try:
        found = _read_twice_if_empty(fetch, embedded.endpoint, params, embedded.pagination, len(parents) == 1)
    except PageTooHeavy:
        for half in halves(parents):
            _reread_many(half, embedded, fetch, ignore_if_deleted)
        return
    for child in found:
        owner = to_integer(child.get(embedded.parent_field))
        if owner in children:  # in case the filter was ignored
            children[owner].append(child)
    for parent in parents:
        _replace(parent, embedded, children[parent["id"]], ignore_if_deleted)


def _read_twice_if_empty(
    fetch: Fetch, endpoint: str, params: Params, pagination: Pagination, in_smaller_pages: bool = True
) -> list[Record]:
    """Returns the list, requested again if it is empty: rare here, and possibly the response of a failing store."""
    read = read_list if in_smaller_pages else _read_list
    return read(fetch, endpoint, params, pagination) or read(fetch, endpoint, params, pagination)


def halves(items: Sequence[Item]) -> tuple[Sequence[Item], Sequence[Item]]:
    """Returns the two halves of the items that were too many for one request."""
    return items[: len(items) // 2], items[len(items) // 2 :]


def _replace(
    parent: Record, embedded: EmbeddedList, children: list[Record], ignore_if_deleted: IgnoreIfDeleted
) -> None:
    before = parent.get(embedded.name)
    known = [one for one in before if isinstance(one, dict) and "id" in one] if isinstance(before, list) else []
    if known and not children:
        ignore_if_deleted(parent, contradiction(parent, embedded.endpoint))
    else:
        by_id = {one["id"]: one for one in known if isinstance(one["id"], (int, str))}
        parent[embedded.name] = _in_embedded_form(children, by_id)


def _in_embedded_form(children: Sequence[Record], embedded: Mapping[Any, Record]) -> list[Record]:
    """Returns the children in the order in which they, and their fields, were embedded; others at the end.

    So the record of a parent does not depend on whether its list was read again.
    """
    keyed = dict(_keyed(children, 0))
    known = [one if one == keyed[key] else keyed[key] for key, one in embedded.items() if key in keyed]
    return [*known, *(child for key, child in keyed.items() if key not in embedded)]


def contradiction(parent: Record, endpoint: str) -> NotFound:
    """Returns the error for a parent with embedded children whose own endpoint returns none."""
    return NotFound(
        f"The list contains children of record {parent['id']}, but {endpoint} returned none of them. Nothing is lost: "
        "start the sync again.",
        FailureType.transient_error,
    )


def read_list(fetch: Fetch, endpoint: str, params: Params, pagination: Pagination) -> list[Record]:
    """Returns all entries of a short list, read in smaller pages if those of the usual size are too heavy."""
    return in_smaller_pages(lambda smaller_pages: _read_list(fetch, endpoint, params, smaller_pages), pagination)


def in_smaller_pages(read: Callable[[Pagination], Result], pagination: Pagination) -> Result:
    """Returns the result of `read`, which reads a list from its start; repeated with smaller pages if necessary."""
    while True:
        try:
            return read(pagination)
        except PageTooHeavy:
            less = smaller(pagination.limit)
            if less is None or not isinstance(pagination, (PageNumber, PageNumberV2)):
                raise
            pagination = replace(pagination, limit=less)


def _read_list(fetch: Fetch, endpoint: str, params: Params, pagination: Pagination) -> list[Record]:
    """Returns all entries of a short list.

    Page numbers shift when a list shrinks, so the result is compared with the total that each page reports, and the
    list is read again if they differ. Raises BigCommerceError if it keeps changing or contradicts itself.
    """
    had_some = False
    for _ in range(ATTEMPTS):
        found: dict[Any, Record] = {}
        totals: set[int] = set()
        entries_read = 0
        for page in _pages(fetch, endpoint, params, pagination):
            totals |= {page.total} if page.total is not None else set()
            known = len(found)
            found |= {key: entry for key, entry in _keyed(page.records, entries_read) if key not in found}
            entries_read += len(page.records)
            if len(found) == known:
                break
        is_whole = totals <= {len(found)} and (bool(found) or not had_some)
        had_some |= bool(found)
        if is_whole and found and not totals and len(found) == known:  # only a page without new entries marks the end
            is_whole = _ends_with(
                page, found, endpoint, pagination, lambda: fetch(endpoint, {**params, **pagination.first()})
            )
        if is_whole:
            return list(found.values())
    raise BigCommerceError(
        f"The list {endpoint} kept changing while it was read, so it could not be read completely. Nothing is lost: "
        "start the sync again.",
        FailureType.transient_error,
    )


def _ends_with(
    last: Page, found: Mapping[Any, Record], endpoint: str, pagination: Pagination, restart: Callable[[], Any]
) -> bool:
    """Returns True if a page without new entries is the end of a list that reports no total.

    Some of these endpoints do not paginate: they return the same entries for every page number. A full page of them may
    be the first of several, which is an error. An empty page after a full one is the end, unless the beginning of the
    list has changed.
    """
    first = pagination.first()
    if last.records:
        if len(last.records) == first.get("limit"):
            raise IncompleteListError(f"{endpoint} returns the same full page for every page number")
        return True
    beginning = pagination.page(restart(), first).records
    return bool(beginning) and all(key in found for key, _ in _keyed(beginning, 0))


def _keyed(entries: Iterable[Record], first_position: int) -> Iterator[tuple[Any, Record]]:
    """Yields entries with their ids, or with their positions in the list if they have none."""
    for position, entry in enumerate(entries, first_position):
        key = entry.get("id")
        yield key if isinstance(key, (int, str)) else f"entry {position}", entry


def _pages(fetch: Fetch, endpoint: str, params: Params, pagination: Pagination) -> Iterator[Page]:
    position: Params | None = pagination.first()
    while position is not None:
        body = fetch(endpoint, {**params, **position})
        if is_empty(body) and position != pagination.first():
            body = fetch(endpoint, {**params, **position})  # the end of the list, or a failing store
        page = _page(pagination, body, position, endpoint)
        yield page
        position = page.next


def _page(pagination: Pagination, body: Any, position: Params, endpoint: str) -> Page:
    try:
        return pagination.page(body, position)
    except BigCommerceError as error:
        raise with_request(error, f" The request was {endpoint}.") from None

"""Single records that the store cannot serve: every page that contains one fails, even a page of that record alone.

The list is read around them. Once all other records of the slice have been read, it ends with an error that names them,
so no state passes them and the next sync requests them again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError, PageTooHeavy
from source_bigcommerce.api.pagination import (
    CursorV3,
    KeysetAfter,
    KeysetV2,
    KeysetV3,
    Page,
    Pagination,
    Params,
    Record,
)
from source_bigcommerce.lists.page_size import PageSize, smaller

ATTEMPTS = 2  # for each request of the search
MOST = 10  # of a list in a sync
IN_A_ROW = 2  # more are not single records: the store is failing
_MOST_CANDIDATES = 5  # ids to try
_LONGEST_SEARCH = 40  # requests to find the id of a record

Fetch = Callable[[Params], Page]


class UnreadableRecords(BigCommerceError):
    """The store cannot serve these records; all others of the slice were read."""

    def __init__(self, stream: str, names: Sequence[str], cause: str) -> None:
        records = "a record" if len(names) == 1 else f"{len(names)} records"
        super().__init__(
            f"BigCommerce cannot serve {records} of '{stream}': {'; '.join(names)}. Every request for such a page "
            f"fails ({cause}). All other records of this part of the list were read, and the next sync requests these "
            "again. If that fails too, look at the record in the control panel, or contact BigCommerce's support.",
            FailureType.transient_error,
        )


class UnreadableRecordSkipper:
    """Reads a list around the records that the store cannot serve.

    `found` collects the descriptions of such records over the whole sync. `fetch` returns the page for pagination
    parameters.
    """

    def __init__(
        self, stream: str, pagination: Pagination, page_size: PageSize, found: list[str], fetch: Fetch
    ) -> None:
        self._stream = stream
        self._pagination = pagination
        self._size = page_size
        self._found = found
        self._fetch = fetch
        self._names: list[str] = []
        self._skipped: set[int] = set()  # indexes in a list with page numbers
        self._keys: dict[int, int] = {}  # of the first and last record of each page of such a list, by index
        self._in_a_row = 0
        self._error: PageTooHeavy | None = None

    def __len__(self) -> int:
        return len(self._names) + len(self._skipped)

    def end(self) -> None:
        """Ends the reading of the list. Raises UnreadableRecords if some of its records could not be read."""
        if self._error:
            names = [*self._names, *map(self._name_at, sorted(self._skipped))]
            raise UnreadableRecords(self._stream, names, self._error.cause)

    # Lists with keys or cursors

    def page_after(self, position: Params, entries_read: int, last: Sequence[Record], error: PageTooHeavy) -> Page:
        """Returns the page after the record at `position`, which cannot be read. Raises `error` if that fails too."""
        if isinstance(self._pagination, (KeysetV2, KeysetV3)):
            return self._after_key(position, error)
        if isinstance(self._pagination, KeysetAfter):
            return self._after_cursor(self._pagination, position, error)
        if isinstance(self._pagination, CursorV3):
            index = entries_read + len(self)
            self.record_served(index - len(last), Page(last, None))
            self.skip(index, error)
            return self._numbered(index + 1)
        raise error

    def _after_key(self, position: Params, error: PageTooHeavy) -> Page:
        """Returns a page of one record, found by page numbers that begin at the same key."""
        bound = "min_id" if isinstance(self._pagination, KeysetV2) else getattr(self._pagination, "bound", "id:greater")
        key = int(position[bound]) if bound in position else None
        failed, repeats_key = 0, False
        page = Page([], None)
        for number in range(1, IN_A_ROW + 3):
            try:
                page = self._fetch({**position, "limit": 1, "page": number})
            except PageTooHeavy:
                failed += 1
                if failed > IN_A_ROW:
                    raise error from None
                continue
            if page.records or failed:
                break
            repeats_key = True
        if failed:
            following = int(page.records[0]["id"]) if page.records else None
            if key is None and following is not None and bound != "id:greater":
                repeats_key = not self._fetch({**position, "limit": 1, bound: following}).records
            includes = bound != "id:greater" and (repeats_key or key is None)
            name = f"between the ids {key or 0} and {following}"
            if failed == 1:
                name = self._id_of(position, bound, key or 0, following, 1 if includes else 0)
            self._names.append(name)
            self._note(name, error)
        return page

    def _after_cursor(self, pagination: KeysetAfter, position: Params, error: PageTooHeavy) -> Page:
        """Returns the page after the record for a cursor that is a key: the list can be requested from any number."""
        key = int(position.get("after", 0))
        found = _search(self._fetch, position, "after", key, None, 0)
        if found is None:
            raise error
        page = self._fetch({**position, "limit": 1, "after": found})
        self._names.append(f"{pagination.key} {found}")
        self._note(self._names[-1], error)
        return page

    def _id_of(self, position: Params, bound: str, low: int, following: int | None, inclusive: int) -> str:
        high = None if following is None else following - 1
        found = _search(self._fetch, position, bound, low, high, inclusive)
        return f"after the id {low}" if found is None else f"id {found}"

    # Lists with page numbers

    def numbered(self, position: Params) -> Page:
        """Returns the page at these pagination parameters, in the size that the store serves now."""
        return self._numbered((int(position["page"]) - 1) * int(position["limit"]))

    def second_page(self, error: PageTooHeavy) -> Page:
        """Returns an empty first page that continues with the second one. Raises `error` if that one is not served."""
        size: int | None = self._pagination.limit
        while size is not None:
            following = {"limit": size, "page": 2}
            try:
                page = self._fetch({**self._pagination.first(), **following})
            except PageTooHeavy:
                size = smaller(size)
                continue
            less = smaller(size)
            if page.records or page.total or less is None:
                self._size.forget_failures()
                return Page([], following, page.total)
            size = less
        raise error

    def _numbered(self, index: int) -> Page:
        while True:
            size = self._size_at(index)
            try:
                page = self._fetch({**self._pagination.first(), "limit": size, "page": index // size + 1})
            except PageTooHeavy as error:
                if size > 1:
                    self._size.fail(size, 1, error.is_refused)
                else:
                    self.skip(index, error)
                    index += 1
                continue
            self.record_served(index, page)
            return page

    def _size_at(self, index: int) -> int:
        """Returns the largest page size with which a page begins at this index."""
        size = self._pagination.limit
        while (index % size or self._size.of(size) < size) and (less := smaller(size)):
            size = less
        return size

    def skip(self, index: int, error: PageTooHeavy) -> None:
        """Skips the record at an index. Raises `error` where too many records in a row are skipped."""
        self._in_a_row += 1
        if self._in_a_row > IN_A_ROW:
            raise error
        self._skipped.add(index)
        self._note(f"number {index + 1}", error)

    def has_skipped(self, indexes: range) -> bool:
        """Returns True if a record at one of the indexes is known not to be served."""
        return any(index in indexes for index in self._skipped)

    def record_served(self, index: int, page: Page) -> None:
        """Records a page that was served, and the index of its first record."""
        self._in_a_row = 0
        for at, record in ((index, page.records[:1]), (index + len(page.records) - 1, page.records[-1:])):
            if record and type(key := record[0].get("id")) is int:
                self._keys[at] = key

    def _name_at(self, index: int) -> str:
        """Returns the id of a record if only one id between its neighbours is not served; otherwise the neighbours."""
        neighbours = [key for at in (index - 1, index + 1) if (key := self._keys.get(at)) is not None]
        between = range(min(neighbours) + 1, max(neighbours)) if len(neighbours) == 2 else range(0)
        ids = between if len(between) == 1 else [id_ for id_ in between[:_MOST_CANDIDATES] if self._is_unreadable(id_)]
        if len(ids) == 1:
            return f"id {ids[0]}"
        return f"number {index + 1} of the list" + "".join(f", next to id {key}" for key in neighbours)

    def _is_unreadable(self, id_: int) -> bool:
        try:
            self._fetch({**self._pagination.first(), "limit": 1, "id:in": id_})
        except PageTooHeavy:
            return True
        except BigCommerceError:
            pass  # a store without this filter
        return False

    def _note(self, name: str, error: PageTooHeavy) -> None:
        self._found.append(name)
        if len(self._found) > MOST:
            raise error
        self._error = self._error or error
        self._size.forget_failures()


def _search(fetch: Fetch, position: Params, bound: str, low: int, high: int | None, inclusive: int) -> int | None:
    """The key of the only unreadable record after `low`: the smallest one after which the list is served."""
    requests = 0

    def is_before_it(key: int) -> bool:
        nonlocal requests
        requests += 1
        try:
            fetch({**position, "limit": 1, bound: key + inclusive})
        except PageTooHeavy:
            return True
        return False

    step = 1
    while high is None:
        if requests >= _LONGEST_SEARCH // 3:
            return None
        if is_before_it(low + step):
            low, step = low + step, 2 * step
        else:
            high = low + step
    while high - low > 1 and requests < _LONGEST_SEARCH:
        middle = (low + high) // 2
        low, high = (middle, high) if is_before_it(middle) else (low, middle)
    return high if high - low == 1 else None

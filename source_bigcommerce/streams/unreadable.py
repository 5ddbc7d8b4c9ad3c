"""Single records that the store cannot serve: every page with one of them fails, also a page of that record alone.

The list is read around them. They are named in the error with which the slice ends once everything else of it was
read, so no state passes them and the next sync asks for them again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from airbyte_cdk.models import FailureType

from source_bigcommerce.api.errors import BigCommerceError, PageTooHeavy
from source_bigcommerce.api.paging import CursorV3, KeysetAfter, KeysetV2, KeysetV3, Page, Paging, Params, Record
from source_bigcommerce.streams.page_size import PageSize, smaller

ATTEMPTS = 2  # of each request that looks for the way around
MOST = 10  # of a stream in a sync
IN_A_ROW = 2  # more are not single records: the store fails
_MOST_CANDIDATES = 5  # ids that are tried
_LONGEST_SEARCH = 40  # requests for the id of a record

Ask = Callable[[Params], Page]


class UnreadableRecords(BigCommerceError):
    """The store cannot serve these records; all others of the slice were read."""

    def __init__(self, stream: str, names: Sequence[str], cause: str) -> None:
        what = "a record" if len(names) == 1 else f"{len(names)} records"
        super().__init__(
            f"BigCommerce cannot serve {what} of '{stream}': {'; '.join(names)}. Every request for such a page fails "
            f"({cause}). All other records of this part of the list were read, and the next sync requests these again. "
            "If that fails too, look at the record in the control panel, or contact BigCommerce's support.",
            FailureType.transient_error,
        )
        self._stream, self._names, self._cause = stream, names, cause

    def __add__(self, other: UnreadableRecords) -> UnreadableRecords:
        """The error of the records of both."""
        return UnreadableRecords(self._stream, [*self._names, *other._names], self._cause)


class Detour:
    """The way around unreadable records in one reading of a list.

    `found` are the records that were found in the whole sync. `ask` returns the page for the paging parameters.
    """

    def __init__(self, stream: str, paging: Paging, page_size: PageSize, found: list[str], ask: Ask) -> None:
        self._stream = stream
        self._paging = paging
        self._size = page_size
        self._found = found
        self._ask = ask
        self._names: list[str] = []
        self._skipped: set[int] = set()  # places in a numbered list
        self._keys: dict[int, int] = {}  # of the first and the last record of the pages of such a list, by their places
        self._in_a_row = 0
        self._error: PageTooHeavy | None = None

    def __len__(self) -> int:
        return len(self._names) + len(self._skipped)

    def end(self) -> None:
        """Called when the list was read. Raises UnreadableRecords where some of it could not be."""
        if self._error:
            names = [*self._names, *map(self._name_at, sorted(self._skipped))]
            raise UnreadableRecords(self._stream, names, self._error.cause)

    # Lists that are read by key

    def page_behind(self, position: Params, listed: int, last: Sequence[Record], error: PageTooHeavy) -> Page:
        """What follows the record behind `position`, which cannot be read. Raises `error` where nothing can be."""
        if isinstance(self._paging, (KeysetV2, KeysetV3)):
            return self._behind_key(position, error)
        if isinstance(self._paging, KeysetAfter):
            return self._behind_cursor(self._paging, position, error)
        if isinstance(self._paging, CursorV3):
            place = listed + len(self)
            self.served(place - len(last), Page(last, None))
            self.skip(place, error)
            return self._numbered(place + 1)
        raise error

    def _behind_key(self, position: Params, error: PageTooHeavy) -> Page:
        """By page number behind the same key, where pages of one record are served on."""
        bound = "min_id" if isinstance(self._paging, KeysetV2) else getattr(self._paging, "bound", "id:greater")
        key = int(position[bound]) if bound in position else None
        failed, repeats_key = 0, False
        page = Page([], None)
        for number in range(1, IN_A_ROW + 3):
            try:
                page = self._ask({**position, "limit": 1, "page": number})
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
                repeats_key = not self._ask({**position, "limit": 1, bound: following}).records
            includes = bound != "id:greater" and (repeats_key or key is None)
            name = f"between the ids {key or 0} and {following}"
            if failed == 1:
                name = self._id_of(position, bound, key or 0, following, 1 if includes else 0)
            self._names.append(name)
            self._note(name, error)
        return page

    def _behind_cursor(self, paging: KeysetAfter, position: Params, error: PageTooHeavy) -> Page:
        """Where the cursor is a key, the lists behind any number can be asked for."""
        key = int(position.get("after", 0))
        found = self._search(position, "after", key, None, 0)
        if found is None:
            raise error
        page = self._ask({**position, "limit": 1, "after": found})
        self._names.append(f"{paging.key} {found}")
        self._note(self._names[-1], error)
        return page

    def _id_of(self, position: Params, bound: str, low: int, following: int | None, inclusive: int) -> str:
        high = None if following is None else following - 1
        found = self._search(position, bound, low, high, inclusive)
        return f"behind the id {low}" if found is None else f"id {found}"

    def _search(self, position: Params, bound: str, low: int, high: int | None, inclusive: int) -> int | None:
        """The key of the only unreadable record behind `low`: the smallest one behind which the list is served."""
        requests = 0

        def is_behind(key: int) -> bool:
            nonlocal requests
            requests += 1
            try:
                self._ask({**position, "limit": 1, bound: key + inclusive})
            except PageTooHeavy:
                return True
            return False

        step = 1
        while high is None:
            if requests >= _LONGEST_SEARCH // 3:
                return None
            if is_behind(low + step):
                low, step = low + step, 2 * step
            else:
                high = low + step
        while high - low > 1 and requests < _LONGEST_SEARCH:
            middle = (low + high) // 2
            low, high = (middle, high) if is_behind(middle) else (low, middle)
        return high if high - low == 1 else None

    # Lists that are read by page number

    def numbered(self, position: Params) -> Page:
        """The page at a numbered position, in the size that is served now."""
        return self._numbered((int(position["page"]) - 1) * int(position["limit"]))

    def second_page(self, error: PageTooHeavy) -> Page:
        """A first page without its records, which goes on with the second one. Raises `error` where no such page is
        served."""
        size: int | None = self._paging.limit
        while size is not None:
            following = {"limit": size, "page": 2}
            try:
                page = self._ask({**self._paging.first(), **following})
            except PageTooHeavy:
                size = smaller(size)
                continue
            less = smaller(size)
            if page.records or page.total or less is None:
                self._size.forget_failures()
                return Page([], following, page.total)
            size = less
        raise error

    def _numbered(self, place: int) -> Page:
        while True:
            size = self._size_at(place)
            try:
                page = self._ask({**self._paging.first(), "limit": size, "page": place // size + 1})
            except PageTooHeavy as error:
                if size > 1:
                    self._size.fail(size, 1, error.is_refused)
                else:
                    self.skip(place, error)
                    place += 1
                continue
            self.served(place, page)
            return page

    def _size_at(self, place: int) -> int:
        """The largest size of which a page begins at this place."""
        size = self._paging.limit
        while (place % size or self._size.of(size) < size) and (less := smaller(size)):
            size = less
        return size

    def skip(self, place: int, error: PageTooHeavy) -> None:
        """Notes that the record at a place of the list is not served. Raises `error` where that is not its fault."""
        self._in_a_row += 1
        if self._in_a_row > IN_A_ROW:
            raise error
        self._skipped.add(place)
        self._note(f"number {place + 1}", error)

    def skips(self, places: range) -> bool:
        """Whether a record at one of the places is known not to be served."""
        return any(place in places for place in self._skipped)

    def served(self, place: int, page: Page) -> None:
        """Called with a page of the list that was served, and its place."""
        self._in_a_row = 0
        for at, record in ((place, page.records[:1]), (place + len(page.records) - 1, page.records[-1:])):
            if record and type(key := record[0].get("id")) is int:
                self._keys[at] = key

    def _name_at(self, place: int) -> str:
        """The id of a record, where those of its neighbours leave but one that is not served; else the neighbours."""
        neighbours = [key for at in (place - 1, place + 1) if (key := self._keys.get(at)) is not None]
        between = range(min(neighbours) + 1, max(neighbours)) if len(neighbours) == 2 else range(0)
        ids = between if len(between) == 1 else [id_ for id_ in between[:_MOST_CANDIDATES] if self._is_unreadable(id_)]
        if len(ids) == 1:
            return f"id {ids[0]}"
        return f"number {place + 1} of the list" + "".join(f", beside id {key}" for key in neighbours)

    def _is_unreadable(self, id_: int) -> bool:
        try:
            self._ask({**self._paging.first(), "limit": 1, "id:in": id_})
        except PageTooHeavy:
            return True
        except BigCommerceError:
            pass  # a store that does not know the filter
        return False

    def _note(self, name: str, error: PageTooHeavy) -> None:
        self._found.append(name)
        if len(self._found) > MOST:
            raise error
        self._error = self._error or error
        self._size.forget_failures()

"""Lists inside their parents: complete in the end, and read again only where there is doubt."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import BigCommerceError, NotFound, PageTooHeavy
from source_bigcommerce.api.pagination import PageNumber, PageNumberV2, Params
from source_bigcommerce.lists.embedded import (
    ATTEMPTS,
    KNOWN_TRUNCATION_SIZES,
    PARENTS_PER_REQUEST,
    EmbeddedList,
    EmbeddedLists,
    differs_from,
    has_known_truncation_size,
    is_never_empty,
    read_list,
)

MANY = EmbeddedList(
    "children", "v3/children", has_known_truncation_size, parents_filter="parent_id:in", parent_field="parent_id"
)
ONE = EmbeddedList("children", "v3/parents/{id}/children", has_known_truncation_size)
MOST_REQUESTS = 60


class Children:
    """A store's children, each of one parent, paged by number; `changes` happen after each request."""

    def __init__(self, count_by_parent: dict[int, int], **oddities: Any) -> None:
        self.rows = [
            {"id": 1000 * parent + i, "parent_id": parent}
            for parent, count in count_by_parent.items()
            for i in range(count)
        ]
        self.ignores_filter: bool = oddities.get("ignores_filter", False)
        self.changes: list[Callable[[list[dict[str, Any]]], None]] = oddities.get("changes", [])
        self.requested: list[tuple[str, dict[str, Any]]] = []

    def fetch(self, endpoint: str, params: Params) -> Any:
        self.requested.append((endpoint, dict(params)))
        assert len(self.requested) <= MOST_REQUESTS, "the list never ends"
        rows = self.rows
        if "parent_id:in" in params and not self.ignores_filter:
            parents = {int(i) for i in str(params["parent_id:in"]).split(",")}
            rows = [row for row in rows if row["parent_id"] in parents]
        if endpoint.startswith("v3/parents/"):
            rows = [row for row in rows if row["parent_id"] == int(endpoint.split("/")[2])]
        start = (int(params["page"]) - 1) * int(params["limit"])
        page = [dict(row) for row in rows[start : start + int(params["limit"])]]
        body = {"data": page, "meta": {"pagination": {"total": len(rows), "per_page": int(params["limit"])}}}
        if self.changes:
            self.changes.pop(0)(self.rows)
        return body


def parents_with(lengths: dict[int, int]) -> list[dict[str, Any]]:
    """Parents whose embedded list has so many (stale) entries."""
    return [{"id": parent, "children": [{"id": -i} for i in range(length)]} for parent, length in lengths.items()]


@pytest.mark.parametrize("length", sorted(KNOWN_TRUNCATION_SIZES))
def test_a_list_as_long_as_a_known_truncation_size_counts_as_possibly_truncated(length: int) -> None:
    """Ten addresses may be ten, or the first ten of forty."""
    assert has_known_truncation_size({}, [{}] * length, 0)
    assert has_known_truncation_size({}, [{}] * length, length)
    assert not has_known_truncation_size({}, [{}] * (length - 1), 0)
    assert not has_known_truncation_size({}, [{}] * (length + 1), 0)


def test_children_that_were_read_again_keep_the_form_in_which_they_were_embedded() -> None:
    """A record must not look changed because its list was read again."""
    embedded = [{"id": i, "b": {"c": 1, "d": 2}} for i in range(10)]
    again = [{"b": {"d": 2, "c": 1}, "id": i} for i in reversed(range(11))]
    parents = [{"id": 1, "children": list(embedded)}]
    EmbeddedLists([ONE], lambda *_: {"data": again}, pytest.fail).complete(parents)
    assert repr(parents[0]["children"]) == repr([*embedded, again[0]])


def test_children_with_an_id_of_an_odd_type_are_replaced_too() -> None:
    """They have no place among the embedded ones, and must not end the sync."""
    parents = [{"id": 1, "children": [{"id": [i]} for i in range(10)]}]
    again = [{"id": [i]} for i in range(11)]
    EmbeddedLists([ONE], lambda *_: {"data": again}, pytest.fail).complete(parents)
    assert parents[0]["children"] == again


def test_a_count_of_the_parent_weighs_more_than_a_longer_list() -> None:
    """The store embedded 300 children in another parent, and this one has more than it shows."""
    assert differs_from("count")({"count": 12}, [{}] * 10, 300)


def test_lists_with_an_endpoint_for_each_parent_are_requested_side_by_side() -> None:
    together: list[list[int]] = []

    def map_concurrently(read: Callable[[Any], None], parents: Sequence[Any]) -> Iterator[None]:
        together.append([parent["id"] for parent in parents])
        return map(read, parents)

    lists = EmbeddedLists([ONE], Children({1: 12, 3: 11}).fetch, pytest.fail, map_concurrently)
    lists.complete(parents_with({1: 10, 2: 9, 3: 10}))
    assert together == [[1, 3]]


@pytest.mark.parametrize("length", sorted(KNOWN_TRUNCATION_SIZES))
def test_a_longer_list_shows_that_a_size_is_no_truncation(length: int) -> None:
    """The store embedded 11 entries in another parent, so it does not cut lists at 10."""
    assert not has_known_truncation_size({}, [{}] * length, length + 1)
    assert has_known_truncation_size({}, None, length + 1)


@pytest.mark.parametrize("nothing", [None, "", {}, {"url": "https://x"}, 0])
def test_a_value_other_than_a_list_counts_as_possibly_truncated(nothing: Any) -> None:
    """A link, or nothing at all, in place of a list does not say that there are no children."""
    assert has_known_truncation_size({}, nothing, 0)
    assert is_never_empty({}, nothing, 0)


def test_an_empty_list_is_believed_unless_every_parent_has_a_child() -> None:
    """Most products have no video; none is without a variant."""
    assert not has_known_truncation_size({}, [], 0)
    assert is_never_empty({}, [], 0)
    assert not is_never_empty({}, [{}], 0)


@pytest.mark.parametrize(
    ("parent", "length", "possibly_truncated"),
    [
        ({"count": 3}, 3, False),
        ({"count": 0}, 0, False),
        ({"count": 10}, 10, False),
        ({"count": 11}, 10, True),
        ({"count": 1}, 0, True),
        ({"count": 2}, 3, True),
        ({}, 10, True),
        ({}, 9, False),
        ({"count": "11"}, 10, True),
        ({"count": None}, 10, True),
    ],
)
def test_a_count_decides_where_the_parent_reports_it(
    parent: dict[str, Any], length: int, possibly_truncated: bool
) -> None:
    """A count saves the request for a list that happens to be as long as a cap."""
    assert differs_from("count")(parent, [{}] * length, 0) is possibly_truncated


@pytest.mark.parametrize(("count", "possibly_truncated"), [(0, False), (2, True)])
def test_a_missing_list_counts_as_possibly_truncated_only_if_the_count_differs(
    count: int, possibly_truncated: bool
) -> None:
    """A parent without children may come without the field."""
    assert differs_from("count")({"count": count}, None, 0) is possibly_truncated


@given(
    lengths=st.dictionaries(st.integers(1, 300), st.sampled_from([0, 3, 10, 50]), max_size=150),
    extra=st.integers(1, 3),
    ignores_filter=st.booleans(),
)
def test_every_possibly_truncated_list_is_replaced_and_no_other(
    lengths: dict[int, int], extra: int, ignores_filter: bool
) -> None:
    """Completeness first, and not one request more than there is doubt."""
    store = Children({parent: length % 10 + extra for parent, length in lengths.items()}, ignores_filter=ignores_filter)
    parents = parents_with(lengths)
    EmbeddedLists([MANY], store.fetch, pytest.fail).complete(parents)
    for parent in parents:
        if lengths[parent["id"]] in KNOWN_TRUNCATION_SIZES:
            assert parent["children"] == [row for row in store.rows if row["parent_id"] == parent["id"]]
        else:
            assert parent["children"] == [{"id": -i} for i in range(lengths[parent["id"]])]
    possibly_truncated = sum(length in KNOWN_TRUNCATION_SIZES for length in lengths.values())
    first_pages = [params for _, params in store.requested if params["page"] == 1]
    assert len(first_pages) == math.ceil(possibly_truncated / PARENTS_PER_REQUEST)


@given(lengths=st.dictionaries(st.integers(1, 300), st.sampled_from([0, 9, 10, 11]), max_size=30))
def test_lists_with_an_address_per_parent_are_requested_once_each(lengths: dict[int, int]) -> None:
    """One request per parent is dear: it is spent on those possibly truncated alone."""
    store = Children(dict.fromkeys(lengths, 5))
    parents = parents_with(lengths)
    EmbeddedLists([ONE], store.fetch, pytest.fail).complete(parents)
    assert sorted(endpoint for endpoint, _ in store.requested) == sorted(
        f"v3/parents/{parent}/children" for parent, length in lengths.items() if length == 10
    )
    assert all(len(p["children"]) == (5 if lengths[p["id"]] == 10 else lengths[p["id"]]) for p in parents)


def test_no_more_than_fifty_parents_are_requested_at_a_time() -> None:
    """The ids travel in the URL, which has an end."""
    store = Children(dict.fromkeys(range(1, 102), 1))
    EmbeddedLists([MANY], store.fetch, pytest.fail).complete(parents_with(dict.fromkeys(range(1, 102), 10)))
    sizes = [len(str(params["parent_id:in"]).split(",")) for _, params in store.requested]
    assert sizes == [50, 50, 1]


def test_a_list_longer_than_a_page_is_read_to_its_end() -> None:
    """A product may have six hundred variants."""
    store = Children({1: 600})
    parents = parents_with({1: 250})
    EmbeddedLists([MANY], store.fetch, pytest.fail).complete(parents)
    assert parents[0]["children"] == store.rows
    assert len(store.requested) == 3


GONE = NotFound("gone")


def gone(endpoint: str, params: Params) -> Any:
    raise GONE


def test_a_list_that_is_not_there_is_left_as_it_came_when_it_is_forgiven() -> None:
    """A parent that was deleted in the meantime is the one thing that may be skipped, and the stream is informed."""
    parents: list[dict[str, Any]] = parents_with({7: 10, 8: 3, 9: 10})
    requested: list[tuple[int, NotFound]] = []
    EmbeddedLists([ONE], gone, lambda parent, missing: requested.append((parent["id"], missing))).complete(parents)
    assert parents == parents_with({7: 10, 8: 3, 9: 10})
    assert requested == [(7, GONE), (9, GONE)]


def unforgiving(parent: dict[str, Any], missing: NotFound) -> None:
    raise missing


def test_a_list_that_is_not_there_fails_the_slice_when_it_is_not_forgiven() -> None:
    """A parent whose children cannot be found is not a parent without children."""
    with pytest.raises(NotFound, match="gone"):
        EmbeddedLists([ONE], gone, unforgiving).complete(parents_with({7: 10}))


def test_any_other_failure_fails_the_slice() -> None:
    """A child that cannot be read is not a child that does not exist."""

    def broken(endpoint: str, params: Params) -> Any:
        raise BigCommerceError("The quota stayed used up.")

    with pytest.raises(BigCommerceError, match="quota"):
        EmbeddedLists([ONE], broken, pytest.fail).complete(parents_with({7: 10}))


def test_a_parent_without_children_in_a_batch_gets_an_empty_list() -> None:
    """Null would mean that it is not known."""
    parents: list[dict[str, Any]] = [{"id": 1}, {"id": 2}]
    EmbeddedLists([MANY], Children({2: 1}).fetch, pytest.fail).complete(parents)
    assert parents == [{"id": 1, "children": []}, {"id": 2, "children": [{"id": 2000, "parent_id": 2}]}]


def blank_at_first(store: Children, responses: int, nothing: Any) -> Callable[[str, Params], Any]:
    """The store's own responses after so many that hold nothing."""
    left = [nothing] * responses

    def fetch(endpoint: str, params: Params) -> Any:
        response = store.fetch(endpoint, params)
        return left.pop() if left else response

    return fetch


NOTHING = [None, {"data": [], "meta": {}}, {"data": [], "meta": {"pagination": {"total": 0}}}]
each_way = pytest.mark.parametrize("lists", [MANY, ONE], ids=["many parents at a time", "one parent"])


@each_way
@pytest.mark.parametrize("nothing", NOTHING, ids=["204", "no total", "a total of 0"])
def test_a_response_without_children_is_requested_again(lists: EmbeddedList, nothing: Any) -> None:
    """It is what a store says that fails, and would cost the children of fifty parents."""
    parents = parents_with({1: 10})
    EmbeddedLists([lists], blank_at_first(Children({1: 12}), 1, nothing), pytest.fail).complete(parents)
    assert len(parents[0]["children"]) == 12


@each_way
@pytest.mark.parametrize("nothing", NOTHING, ids=["204", "no total", "a total of 0"])
def test_children_that_came_along_are_never_replaced_by_none(lists: EmbeddedList, nothing: Any) -> None:
    """The store contradicts itself then: better a failed slice than parents that lost what they came with."""
    with pytest.raises(BigCommerceError, match="The list contains children of record") as failure:
        EmbeddedLists([lists], lambda *_: nothing, unforgiving).complete(parents_with({1: 10}))
    assert failure.value.failure_type is FailureType.transient_error


def test_a_parent_is_not_forgotten_among_others() -> None:
    """A store that accepts only some of the ids of a request returns children of some parents, and none of the rest."""
    with pytest.raises(BigCommerceError, match="The list contains children of record 2"):
        EmbeddedLists([MANY], Children({1: 12}).fetch, unforgiving).complete(parents_with({1: 10, 2: 10}))


@each_way
def test_a_parent_that_was_deleted_during_the_sync_stays_as_it_came(lists: EmbeddedList) -> None:
    """Its children went with it: that is no contradiction, and no reason to fail."""
    parents = parents_with({1: 10})
    forgiven: list[int] = []
    EmbeddedLists([lists], Children({}).fetch, lambda parent, _: forgiven.append(parent["id"])).complete(parents)
    assert parents == parents_with({1: 10})
    assert forgiven == [1]


@each_way
def test_no_children_are_believed_where_none_came_along(lists: EmbeddedList) -> None:
    """Two responses say the same, the second one twice."""
    parents: list[dict[str, Any]] = [{"id": 1}]
    store = Children({})
    EmbeddedLists([lists], store.fetch, pytest.fail).complete(parents)
    assert parents == [{"id": 1, "children": []}]
    assert len(store.requested) == 2


def test_fixed_parameters_and_the_filter_are_sent_with_every_page() -> None:
    """The second page of another list would be worse than none."""
    store = Children({1: 300})
    lists = EmbeddedList(
        "c", "v3/children", has_known_truncation_size, "parent_id:in", "parent_id", params={"include": "formfields"}
    )
    EmbeddedLists([lists], store.fetch, pytest.fail).complete([{"id": 1}])
    common = {"include": "formfields", "parent_id:in": "1", "limit": 250}
    assert store.requested == [("v3/children", {**common, "page": 1}), ("v3/children", {**common, "page": 2})]


def remove(*ids: int) -> Callable[[list[dict[str, Any]]], None]:
    def change(rows: list[dict[str, Any]]) -> None:
        rows[:] = [row for row in rows if row["id"] not in ids]

    return change


def nothing(rows: list[dict[str, Any]]) -> None:
    """No change."""


def test_a_list_that_shrinks_while_it_is_paged_is_read_again() -> None:
    """The row that slides to a page already read is in none of those that follow."""
    store = Children({1: 300}, changes=[remove(1000)])
    found = {row["id"] for row in read_list(store.fetch, "v3/children", {}, PageNumber())}
    assert {row["id"] for row in store.rows} - found == set()


def test_a_list_that_shrinks_and_grows_while_it_is_paged_is_read_again() -> None:
    """More was deleted than one read can show: the total at the end alone does not show it."""

    def grow(rows: list[dict[str, Any]]) -> None:
        remove(1000, 1001)(rows)
        rows.append({"id": 9999, "parent_id": 1})

    store = Children({1: 300}, changes=[grow])
    found = {row["id"] for row in read_list(store.fetch, "v3/children", {}, PageNumber())}
    assert {row["id"] for row in store.rows} - found == set()


def test_a_list_that_never_holds_still_is_an_error_in_the_end() -> None:
    """Better a failed slice that is read next time than a list with a hole in it."""
    rows = [{"id": i} for i in range(250)]
    requested: list[Params] = []

    def never_whole(endpoint: str, params: Params) -> Any:
        requested.append(params)
        data = rows if params["page"] == 1 else []
        return {"data": data, "meta": {"pagination": {"total": 260, "per_page": 250}}}

    with pytest.raises(BigCommerceError, match=r"kept changing.*start the sync again\.$"):
        read_list(never_whole, "v3/children", {}, PageNumber())
    assert len(requested) == 3 * ATTEMPTS  # an empty page is requested twice


def test_a_list_that_has_no_pages_ends_nevertheless() -> None:
    """Some endpoints ignore the page number: the same full page again is no new one."""
    requested: list[Params] = []

    def unpaged(endpoint: str, params: Params) -> Any:
        requested.append(params)
        assert len(requested) < MOST_REQUESTS, "the list never ends"
        return [{"id": i} for i in range(50)]

    assert len(read_list(unpaged, "v2/orders/1/products", {}, PageNumberV2())) == 50


def test_a_full_page_that_comes_for_every_number_is_an_error() -> None:
    """It may be the first of several, the others of which cannot be had."""
    page = [{"id": i} for i in range(250)]
    with pytest.raises(BigCommerceError, match="v2/orders/1/messages returns the same full page for every page number"):
        read_list(lambda *_: page, "v2/orders/1/messages", {}, PageNumberV2())


@pytest.mark.parametrize("silent_from", [1, 2])
def test_a_list_that_falls_silent_is_an_error(silent_from: int) -> None:
    """ "None" behind a full page is the end of a list, and also what a store says that fails: it says so of the first
    page too, then."""
    requested: list[Params] = []

    def fetch(endpoint: str, params: Params) -> Any:
        requested.append(params)
        return [{"id": i} for i in range(250)] if len(requested) <= silent_from and params["page"] == 1 else None

    with pytest.raises(BigCommerceError, match="kept changing"):
        read_list(fetch, "v2/orders/1/messages", {}, PageNumberV2())


def test_a_list_that_ends_with_a_full_page_is_whole() -> None:
    """The counterpart: it begins as before."""
    found = read_list(
        lambda _, params: [{"id": i} for i in range(250)] if params["page"] == 1 else None,
        "v2/orders/1/messages",
        {},
        PageNumberV2(),
    )
    assert len(found) == 250


def test_entries_without_an_id_are_all_kept() -> None:
    """Not every child has an id of its own; two that look alike are still two."""
    entries: list[dict[str, Any]] = [{"id": 1, "name": "a"}, {"name": "b"}, {"name": "b"}, {"id": 2, "name": "c"}]
    body = {"data": entries, "meta": {"pagination": {"total": 4}}}
    assert read_list(lambda _, __: body, "v3/children", {}, PageNumber()) == entries


def test_entries_without_an_id_are_kept_on_every_page() -> None:
    """Also where a page repeats an entry, so that fewer are known than came."""
    pages = {1: [{"id": 1}] * 2 + [{"name": "a"}] + [{"id": 1}] * 247, 2: [{"name": "b"}, {"name": "c"}]}
    found = read_list(lambda _, params: pages[int(params["page"])], "v2/orders/1/taxes", {}, PageNumberV2())
    assert [entry.get("name") for entry in found] == [None, "a", "b", "c"]


def test_different_entries_with_one_id_are_an_error() -> None:
    """One of them would be dropped, and the destination would merge them in any case."""
    entries = [{"id": 0, "name": "state"}, {"id": 0, "name": "county"}]
    with pytest.raises(BigCommerceError, match="different records have the same id 0"):
        read_list(lambda _, __: entries, "v2/orders/1/taxes", {}, PageNumberV2())
    assert read_list(lambda _, __: entries[:1] * 2, "v2/orders/1/taxes", {}, PageNumberV2()) == entries[:1]


def test_a_v2_list_without_entries_is_empty() -> None:
    """V2 returns 204 then."""
    assert read_list(lambda _, __: None, "v2/orders/1/products", {}, PageNumberV2()) == []


def test_a_v3_list_without_entries_is_empty() -> None:
    """So are product images documented to do, though they are V3."""
    assert read_list(lambda _, __: None, "v3/catalog/products/1/images", {}, PageNumber()) == []


def too_heavy(*_: Any) -> PageTooHeavy:
    return PageTooHeavy("The page is too heavy.", FailureType.transient_error, "504")


def test_children_of_many_parents_are_requested_in_halves_where_that_is_too_much() -> None:
    store = Children(dict.fromkeys(range(1, 9), 12))

    def fetch(endpoint: str, params: Params) -> Any:
        if str(params["parent_id:in"]).count(",") > 2:
            raise too_heavy()
        return store.fetch(endpoint, params)

    parents = parents_with(dict.fromkeys(range(1, 9), 10))
    EmbeddedLists([MANY], fetch, pytest.fail).complete(parents)
    assert [len(parent["children"]) for parent in parents] == [12] * 8


@pytest.mark.parametrize("largest", [50, 2, 1])
def test_a_list_is_read_in_smaller_pages_where_the_usual_ones_are_too_heavy(largest: int) -> None:
    store = Children({1: 23})

    def fetch(endpoint: str, params: Params) -> Any:
        if int(params["limit"]) > largest:
            raise too_heavy()
        return store.fetch(endpoint, params)

    assert len(read_list(fetch, "v3/children", {}, PageNumber())) == 23


def test_a_list_that_is_not_served_in_any_size_is_an_error() -> None:
    def fetch(endpoint: str, params: Params) -> Any:
        raise too_heavy()

    with pytest.raises(PageTooHeavy):
        read_list(fetch, "v3/children", {}, PageNumber())

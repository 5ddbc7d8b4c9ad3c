"""Small collections: every form of page, filters, dates, rows below others, life, and what a sync owes."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import READ_SCOPES, ApiVariant
from sandbox.collection import Collection, Shape, inside
from sandbox.collections import COLLECTIONS
from unit_tests.sandbox.conftest import Direct

BY_NAME = {one.name: one for one in COLLECTIONS}
LISTS = [one for one in COLLECTIONS if one.shape not in (Shape.OBJECT, Shape.BARE_OBJECT)]
UNPAGED = (Shape.V2_WHOLE, Shape.V2_TAGS, Shape.DATA, Shape.BARE)


@pytest.fixture(scope="module")
def store() -> Direct:
    """A store with more rows than fit on a page, for tests that only read."""
    return Direct(rows=60)


def _first_path(store: Direct, one: Collection) -> str:
    """The path of the rows; of the parent of the first row, below a parent."""
    rows = store.store.collections[one.name].rows()
    path = store.store.collections[one.name].example_path()
    if one.needs:
        path += "?" + one.needs + "=" + ",".join(str(row[one.needs.split(":")[0]]) for row in rows)
    return path


def _expected(store: Direct, one: Collection) -> int:
    rows = store.store.collections[one.name].rows()
    return len([row for row in rows if not one.parent_field or row[one.parent_field] == rows[0][one.parent_field]])


def _pages(store: Direct, one: Collection, path: str, limit: int = 7) -> list[Any]:
    """All rows, page by page, as far as the responses themselves lead."""
    path = f"{path}{'&' if '?' in path else '?'}limit={limit}"
    rows: list[Any] = []
    more = ""
    for number in range(1, 100):
        response = store.get(path + more)
        assert response.status in (200, 204), (path, response.body)
        found = [] if response.status == 204 else response.json
        rows += found if isinstance(found, list) else found["data"]
        if one.shape is Shape.V2:
            if not found:
                return rows
            more = f"&page={number + 1}"
        elif one.shape is Shape.CURSOR:
            link = found["meta"]["cursor_pagination"]["links"].get("next")
            assert ("pagination" in found["meta"]) == (number == 1)
            if not link:
                return rows
            more = f"&after={found['meta']['cursor_pagination']['end_cursor']}"
        elif one.shape is Shape.LISTING:
            if not found["data"]:
                return rows
            more = f"&after={found['data'][-1][one.key[-1]]}"
        else:
            if len(found["data"]) < limit:
                return rows
            more = f"&page={number + 1}"
    raise AssertionError(f"{path} does not end")


def test_every_collection_is_declared_once() -> None:
    """Two of one name would share their rows."""
    assert len(BY_NAME) == len(COLLECTIONS)
    assert len({one.path for one in COLLECTIONS}) == len(COLLECTIONS)


@pytest.mark.parametrize("one", LISTS, ids=lambda one: one.name)
def test_pages_add_up_to_all_rows(store: Direct, one: Collection) -> None:
    """A page by whatever means is a part of the list, and none is shown twice."""
    path = _first_path(store, one)
    if one.shape in UNPAGED:
        found = store.get(path).json
        rows = found["data"] if isinstance(found, dict) else found[0] if one.shape is Shape.V2_TAGS else found
    else:
        rows = _pages(store, one, path)
    assert len(rows) == _expected(store, one) > 0
    keys = [tuple(inside(row, name) for name in one.key if not name.startswith("_")) for row in rows]
    assert len({str(key) for key in keys}) == len(keys) or all(key == () for key in keys)


@pytest.mark.parametrize("one", COLLECTIONS, ids=lambda one: one.name)
def test_declarations_name_fields_that_rows_have(store: Direct, one: Collection) -> None:
    """A misspelt key, date, filter or include would never be seen to do anything."""
    rows = store.store.collections[one.name].rows()
    named = {
        *one.key,
        *one.dates,
        *one.included,
        *(name.removeprefix("min_").removeprefix("max_") for name in one.filters),
        *([one.by_channel.field] if one.by_channel else []),
    }
    missing = {name for name in named if all(inside(row, name) is None for row in rows)}
    assert missing == set()


@pytest.mark.parametrize("one", COLLECTIONS, ids=lambda one: one.name)
def test_every_field_has_a_value_in_some_row(store: Direct, one: Collection) -> None:
    """An always empty list would test nothing of a reader."""
    rows = store.store.collections[one.name].rows()
    fields = {name for row in rows for name in row}
    assert {name for name in fields if all(row.get(name) in (None, "", [], {}) for row in rows)} == set()


def test_a_token_without_the_scope_is_refused_everywhere() -> None:
    """403, whatever the collection; one of several scopes is enough."""
    scopes = {one.scope for one in COLLECTIONS if isinstance(one.scope, str)}
    assert scopes <= READ_SCOPES
    without = Direct(scopes=frozenset())
    for one in COLLECTIONS:
        status = without.get(_first_path(without, one)).status
        assert (status == 403) == (one.scope is not None), one.name


# Shapes


def test_offset_pages_report_their_place(store: Direct) -> None:
    """`meta.pagination`, as everywhere in V3; past the end is an empty page."""
    response = store.get("v3/catalog/brands?limit=25&page=3").json
    assert response["meta"]["pagination"] == {
        "total": 60,
        "count": 10,
        "per_page": 25,
        "current_page": 3,
        "total_pages": 3,
        "links": {"current": "?page=3&limit=25", "previous": "?page=2&limit=25"},
    }
    assert store.get("v3/catalog/brands?page=9").json["data"] == []


def test_deviating_pages_spell_as_documented(store: Direct) -> None:
    """`total_page` of customs information; offset, limit and items of sites; 20 pages and 1000 items by one request."""
    assert "total_page" in store.get("v3/shipping/products/customs-information").json["meta"]["pagination"]
    assert {"total_items", "limit", "offset"} <= set(store.get("v3/sites").json["meta"]["pagination"])
    assert len(store.get("v3/content/pages").json["data"]) == 20
    assert store.get("v3/inventory/items?limit=1000").json["meta"]["pagination"]["per_page"] == 1000


def test_v2_ends_with_204_or_an_empty_array(store: Direct) -> None:
    """The status depends on the API variant."""
    assert store.get("v2/gift_certificates?page=9").status == 204
    other = Direct(api_variant=ApiVariant(empty_v2_page="[]"))
    assert other.get("v2/gift_certificates?page=9").json == []


def test_v2_refuses_parameters_that_it_does_not_know(store: Direct) -> None:
    """But takes those of its page."""
    assert store.get("v2/gift_certificates?min_date_modified=1").status == 400
    assert store.get("v2/gift_certificates?sort=id&direction=desc&limit=2").ids == [60, 59]
    assert store.get("v2/customer_groups?min_id=3").status == 400


@pytest.mark.parametrize(("inclusive", "first"), [(True, 5), (False, 6)])
def test_keys_bound_v2_lists(inclusive: bool, first: int) -> None:
    """With or without the one that is named."""
    own = Direct(api_variant=ApiVariant(v2_min_id_inclusive=inclusive, v2_max_id_inclusive=inclusive))
    assert own.get("v2/gift_certificates?min_id=5&limit=1").ids == [first]
    assert own.get("v2/gift_certificates?max_id=5").ids[-1] == (5 if inclusive else 4)


def test_cursors_find_their_place_when_rows_are_gone() -> None:
    """In both directions, and where keys are text: `"10"` is not before `"9"`."""
    own = Direct(rows=30)
    for path, name in (("v3/store/metafields", "store_metafields"), ("v3/pricelists/assignments", "")):
        name = name or "price_list_assignments"
        keys = own.store.collections[name].keys()
        cursor = own.get(f"{path}?limit=9").json["meta"]["cursor_pagination"]["end_cursor"]
        own.store.collections[name].delete(keys[8])
        assert own.get(f"{path}?limit=9&after={cursor}").ids == keys[9:18]
        assert own.get(f"{path}?limit=5&before={cursor}").ids == keys[3:8]
    cursor = own.get("v3/orders/metafields?limit=9&direction=desc").json["meta"]["cursor_pagination"]["end_cursor"]
    own.store.collections["order_metafields"].delete(22)
    assert own.get(f"v3/orders/metafields?limit=2&direction=desc&after={cursor}").ids == [21, 20]


def test_a_cursor_is_followed_only_when_it_is_one(store: Direct) -> None:
    """Anything else is a value that cannot be used."""
    for text in ("nonsense", "eyJrZXkiOjk5OTl9", "e30"):
        assert store.get(f"v3/pricelists?after={text}").status == 422


def test_a_cursor_may_carry_the_filters() -> None:
    """Under the variant in which filters need not be repeated."""
    own = Direct(rows=30, api_variant=ApiVariant(cursor_includes_filters=True, cursor_next_link_always=True))
    first = own.get("v3/orders/metafields?limit=2&namespace=reviews").json
    assert [row["id"] for row in first["data"]] == [1, 3]
    second = own.get(f"v3/orders/metafields?after={first['meta']['cursor_pagination']['end_cursor']}").json
    assert [row["id"] for row in second["data"]] == [5, 7]
    last = own.get("v3/orders/metafields?limit=250").json
    assert "next" in last["meta"]["cursor_pagination"]["links"]


def test_listings_continue_behind_the_last_id(store: Direct) -> None:
    """Their page knows no number; an unknown channel has none."""
    response = store.get("v3/channels/1/listings?limit=3").json
    assert set(response["meta"]["pagination"]) == {"total", "count", "total_pages", "links"}
    assert store.get("v3/channels/99/listings").json["data"] == []


def test_settings_are_those_of_a_channel_or_of_the_store(store: Direct) -> None:
    """By query or by path; the store's when no channel is named."""
    chosen = [one for one in COLLECTIONS if one.chosen_by == "channel_id" and one.shape is Shape.OBJECT]
    assert chosen
    for one in chosen:
        assert store.get(one.path).status == store.get(f"{one.path}?channel_id=1").status == 200
        assert store.get(f"{one.path}?channel_id=12345").status == 404
    assert store.get("v3/customers/settings").status == store.get("v3/customers/settings/channels/1").status == 200


def test_newest_posts_come_first_until_sorted_otherwise(store: Direct) -> None:
    """So that a new one moves all others (documented for posts of the blog)."""
    ids = store.get("v2/blog/posts?limit=250").ids
    assert ids != sorted(ids)
    dates = [row["published_date_iso8601"] for row in store.get("v2/blog/posts?limit=250").json]
    assert dates == sorted(dates, reverse=True)
    assert store.get("v2/blog/posts/count").json == {"count": len(ids)}


# Filters


def test_values_choose_rows(store: Direct) -> None:
    """Lists, bounds, equality and a part of a text; of fields inside others too."""
    assert store.get("v3/catalog/brands?id:in=3,5,999").ids == [3, 5]
    assert store.get("v3/catalog/brands?id:greater=55&id:less=58").ids == [56, 57]
    assert store.get("v3/catalog/brands?id:min=59").ids == [59, 60]
    assert store.get("v3/catalog/brands?id:not_in=1,2&limit=1").ids == [3]
    assert store.get("v3/catalog/brands?name:like=ARBOR").ids == [1, 13, 25, 37, 49]
    assert store.get("v3/catalog/brands?unknown=1&limit=1").ids == [1]
    items = store.get("v3/inventory/items?sku:in=SKU-4,SKU-9").json["data"]
    assert [row["identity"]["sku"] for row in items] == ["SKU-4", "SKU-9"]


@pytest.mark.parametrize("one", [one for one in COLLECTIONS if one.by_channel], ids=lambda one: one.name)
def test_channels_choose_rows(store: Direct, one: Collection) -> None:
    """One of them or some, as documented; a channel that is not there has nothing of its own."""
    by, rows = one.by_channel, store.store.collections[one.name].rows()
    assert by

    def found(channels: str) -> list[Any]:
        rows: list[Any] = store.get(f"{one.path}?limit=250&{by.parameter}={channels}").json["data"]
        return rows

    of_all = [row for row in rows if by.none_is_all and not inside(row, by.field)]
    assert len(of_all) == len(found("5")) < len(found("667159")) < len(rows)
    if by.takes_one:
        assert store.get(f"{one.path}?{by.parameter}=1,667159").status == 422
    else:
        assert len(found("1,667159")) == len(found("1")) + len(found("667159")) - len(of_all)


@pytest.mark.parametrize("parameter", ["id:min=x", "date_modified:min=x", "date_modified:max=31/12/2025"])
def test_values_that_cannot_be_read_are_refused(store: Direct, parameter: str) -> None:
    """422 instead of a failure of the store."""
    assert store.get(f"v3/pricelists?{parameter}").status == 422


@pytest.mark.parametrize(
    ("api_variant", "shown"),
    [(ApiVariant(), 2), (ApiVariant(v3_dates_inclusive=False), 1), (ApiVariant(date_filter_ignored=True), 3)],
    ids=["inclusive", "exclusive", "ignored"],
)
def test_dates_bound_a_list(api_variant: ApiVariant, shown: int) -> None:
    """With the second that is named, without it, or not at all."""
    own = Direct(api_variant=api_variant)
    first, second, third = own.store.collections["price_lists"].rows()[:3]
    own.store.collections["price_lists"].edit(first["id"], at=1_700_000_000)
    own.store.collections["price_lists"].edit(second["id"], at=1_700_000_100)
    own.store.collections["price_lists"].edit(third["id"], at=1_700_000_200)
    assert len(own.get("v3/pricelists?date_modified:min=2023-11-14T22:15:00Z").ids) == shown


def test_parts_are_shown_when_included(store: Direct) -> None:
    """A record of a price list without tiers, until they are included."""
    id_ = store.store.collections["price_list_records"].rows()[0]["price_list_id"]
    path = f"v3/pricelists/{id_}/records?limit=1"
    assert "sku" not in store.get(path).json["data"][0]
    assert {"sku", "bulk_pricing_tiers"} <= set(store.get(f"{path}&include=sku,bulk_pricing_tiers").json["data"][0])


# Change


def test_what_happens_to_a_row_shows_and_is_owed_no_more() -> None:
    """Edited, deleted and new rows, and what a sync from before all of it must have read."""
    own = Direct()
    shelf, since = own.store.collections["price_lists"], own.store.clock.time()
    keys = shelf.keys()
    assert own.store.must_emit("price_lists", 0, since) == set(keys)
    shelf.edit(keys[0], name="edited")
    shelf.delete(keys[1])
    made = shelf.create(name="made")
    until = own.store.clock.time()
    assert own.store.must_emit("price_lists", 0, since) == set(keys[2:])
    assert own.store.touched("price_lists", since) == {keys[0], keys[1], made}
    shown = {row["id"]: row for row in own.get("v3/pricelists").json["data"]}
    assert shown[keys[0]]["name"] == "edited"
    assert keys[1] not in shown
    assert own.get("v3/pricelists").ids[-1] == made
    own.store.clock.advance(60)
    shelf.edit(keys[2])
    assert own.store.must_emit("price_lists", 0, since, until) == set(keys[2:])
    dates = own.store.dates("price_lists")
    assert dates[made] >= int(since)
    assert own.store.must_emit("price_lists", dates[keys[2]], until + 1) == set()


def test_a_row_keeps_its_key() -> None:
    """Another key would be another row; a key that is not there is an error."""
    shelf = Direct().store.collections["brands"]
    with pytest.raises(ValueError, match="cannot change"):
        shelf.edit(1, id=2)
    with pytest.raises(KeyError):
        shelf.delete(9999)


def test_rows_go_with_what_they_are_below() -> None:
    """404 for the list of a deleted price list; its records are not owed."""
    own = Direct(rows=60)
    gone, kept = own.store.ids("price_lists")[:2]
    since = own.store.clock.time()
    assert gone in {key[0] for key in own.store.must_emit("price_list_records", 0, since)}
    own.store.collections["price_lists"].delete(gone)
    assert own.get(f"v3/pricelists/{gone}/records").status == 404
    assert own.get(f"v3/pricelists/{kept}/records").status == 200
    assert gone not in {key[0] for key in own.store.must_emit("price_list_records", 0, since)}


def test_pages_slide_in_a_live_store() -> None:
    """A client that counts pages loses rows that nobody touched; by key it does not."""
    for path, by_key in (("v3/catalog/brands?limit=6", False), ("v3/catalog/brands?limit=6", True)):
        own = Direct(rows=60, live_every=1)
        since, seen, place = own.store.clock.time(), set(), 1 if not by_key else 0
        for _ in range(40):
            ids = own.get(f"{path}&{'id:greater' if by_key else 'page'}={place}").ids
            if not ids:
                break
            seen.update(ids)
            place = ids[-1] if by_key else place + 1
        missing = own.store.must_emit("brands", 0, since) - seen
        assert bool(missing) is not by_key


def test_a_live_store_never_runs_out_of_rows() -> None:
    """Small ones are edited only, single objects are left alone."""
    own = Direct(rows=9, live_every=1)
    for _ in range(30):
        own.get("v3/catalog/brands")
        own.get("v3/catalog/trees")
        own.get("v3/catalog/summary")
    assert len(own.store.ids("brands")) >= 8
    assert own.store.touched("catalog_summary") == set()


def test_rows_that_pair_records_come_to_an_end() -> None:
    """There are only so many pairs: then none is made, and none replaced."""
    own = Direct(products=5, rows=40)
    shelf = own.store.collections["product_tax_properties"]
    assert len(shelf.keys()) == 5
    assert shelf.create() is None
    assert own.store.touched("product_tax_properties") == set()

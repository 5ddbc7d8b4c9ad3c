"""Every switch for what is not documented does what it says, and only that."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from sandbox import API_VARIANTS, ApiVariant, variants
from sandbox.dates import iso_z, rfc2822
from unit_tests.sandbox.conftest import Direct, joined

OBJECT = "include=consignments.line_items,fees&consignment_structure=object"


def store_under(**changes: Any) -> Direct:
    """A store that differs from the likeliest in the given switches."""
    return Direct(api_variant=ApiVariant(**changes))


def test_every_switch_is_tried_by_a_named_variant() -> None:
    """A new switch without an entry would never be tested against."""
    likeliest = ApiVariant()
    moved = {
        field.name
        for one in [*API_VARIANTS.values(), *variants.LAGGING_VARIANTS.values()]
        for field in dataclasses.fields(one)
        if getattr(one, field.name) != getattr(likeliest, field.name)
    }
    assert moved == {field.name for field in dataclasses.fields(ApiVariant)}
    assert API_VARIANTS["likeliest"] == likeliest


@pytest.mark.parametrize(
    ("switch", "value"),
    [("fees_shape", "lst"), ("unknown_store_status", 500), ("limit_ignored_v2", 1), ("include_cap_images", 0)],
)
def test_a_value_that_a_switch_does_not_take_is_refused(switch: str, value: Any) -> None:
    """A typo in a test must not pass for the usual behaviour."""
    with pytest.raises(ValueError, match=f"{switch} cannot be"):
        ApiVariant(**{switch: value})


def test_the_documented_table_of_switches_is_the_truth() -> None:
    """docs/sandbox.md: every switch in order, with its values, the default first."""
    text = (Path(__file__).parents[2] / "docs/sandbox.md").read_text(encoding="utf-8").partition("## B2B Edition")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+) \|$", text, re.MULTILINE)
    expected = []
    for field in dataclasses.fields(ApiVariant):
        allowed = variants.allowed_values()[field.name]
        others = ["a number"] if allowed is None else [f"`{one}`" for one in allowed if one != field.default]
        if allowed is None and field.default is not None:
            others.append("`None`")
        expected.append((field.name, f"`{field.default}`", ", ".join(others)))
    assert [row[:3] for row in rows] == expected
    assert all(len(row[3]) > 10 for row in rows)


@pytest.mark.parametrize("name", API_VARIANTS)
def test_a_store_under_any_variant_serves_every_endpoint(name: str) -> None:
    """No variant breaks an endpoint; a limit of 250 is always allowed. The largest records are left aside."""
    store = Direct(api_variant=API_VARIANTS[name], orders=50, products=45, customers=30, coupons=10)
    for path in (
        f"v2/orders?limit=250&sort=id:asc&min_id=105&{OBJECT}",
        "v2/orders/count?min_id=105",
        "v2/orders/112/products",
        "v2/orders/109/consignments",
        "v2/orders/114/fees",
        "v2/orders/123/coupons",
        "v2/orders/112/shipments",
        "v2/orders/128/taxes?details=true",
        "v2/orders/131/messages",
        "v3/orders/135/transactions",
        "v3/orders/134/payment_actions/refunds",
        "v3/orders/payment_actions/refunds?limit=250",
        "v3/customers?limit=250&include=addresses,attributes,formfields,storecredit",
        "v3/customers/addresses",
        "v3/customers/attribute-values",
        "v3/customers/form-field-values",
        "v3/catalog/products?limit=250&include=variants,images&sort=id&direction=asc&id:greater=84",
        "v3/catalog/products/79/variants",
        "v3/catalog/variants?product_id:in=78,79",
        "v2/coupons",
    ):
        assert store.get(path).status == 200, path


@pytest.mark.parametrize("inclusive", [True, False])
def test_id_bounds_include_their_end_or_not(inclusive: bool) -> None:
    """On orders and coupons."""
    store = store_under(v2_min_id_inclusive=inclusive, v2_max_id_inclusive=inclusive)
    assert store.get("v2/orders?min_id=105&max_id=107").ids == ([105, 106, 107] if inclusive else [106])
    assert store.get("v2/coupons?min_id=5&max_id=7").ids == ([5, 6, 7] if inclusive else [6])


@pytest.mark.parametrize("inclusive", [True, False])
def test_v2_dates_include_their_second_or_not(inclusive: bool) -> None:
    """Both bounds."""
    store = store_under(v2_dates_inclusive=inclusive)
    at = store.store.dates("orders")[150]
    text = rfc2822(at).decode().replace("+", "%2B").replace(" ", "%20")
    for bound in ("min", "max"):
        assert (150 in store.get(f"v2/orders?limit=250&{bound}_date_modified={text}").ids) == inclusive


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize(("kind", "path"), [("customers", "v3/customers"), ("products", "v3/catalog/products")])
def test_v3_dates_include_their_second_or_not(kind: str, path: str, inclusive: bool) -> None:
    """Both bounds, both domains."""
    store = store_under(v3_dates_inclusive=inclusive)
    id_ = store.store.ids(kind)[50]
    text = iso_z(store.store.dates(kind)[id_]).decode()
    for bound in ("min", "max"):
        assert (id_ in store.get(f"{path}?limit=250&date_modified:{bound}={text}").ids) == inclusive


def test_encoded_colons_may_make_customers_ignore_a_date() -> None:
    """Only the value's colons matter, and only on customers."""
    for value, expected in (("honoured", 0), ("ignored", 120)):
        store = store_under(encoded_colons=value)
        raw, encoded = "2029-01-01T00:00:00Z", "2029-01-01T00%3A00%3A00Z"
        assert len(store.get(f"v3/customers?limit=250&date_modified:min={raw}").ids) == 0
        assert len(store.get(f"v3/customers?limit=250&date_modified%3Amin={raw}").ids) == 0
        assert len(store.get(f"v3/customers?limit=250&date_modified:min={encoded}").ids) == expected
        assert len(store.get(f"v3/catalog/products?limit=250&date_modified:min={encoded}").ids) == 0


def test_date_filters_may_be_accepted_and_not_applied() -> None:
    """Everything comes back; a bad value is still refused."""
    store = store_under(date_filter_ignored=True)
    assert len(store.get("v2/orders?limit=250&min_date_modified=2029-01-01").ids) == 250
    assert len(store.get("v3/customers?limit=250&date_modified:min=2029-01-01").ids) == 120
    assert len(store.get("v3/catalog/products?limit=250&date_modified:min=2029-01-01").ids) == 120
    assert store.get("v2/orders?min_date_modified=soon").status == 400


def test_unknown_v2_parameters_may_be_ignored() -> None:
    """A store that lets typos pass."""
    assert store_under(unknown_v2_parameter="ignored").get("v2/orders?colour=red").status == 200


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("value", ["honoured", "400", "ignored"])
def test_archived_orders_are_where_the_variant_puts_them(plain: bool, value: str) -> None:
    """In the plain list or not; the filter honoured, refused or ignored."""
    store = store_under(plain_orders_include_deleted=plain, is_deleted_filter=value)
    archived = {store.store.oddities["orders"][name] for name in ("archived", "archived_shipped")}
    assert (archived <= set(store.get("v2/orders?limit=250").ids)) == plain
    only = store.get("v2/orders?limit=250&is_deleted=true")
    if value == "400":
        assert only.status == 400
    elif value == "honoured":
        assert set(only.ids) == archived
        assert not archived & set(store.get("v2/orders?limit=250&is_deleted=false").ids)
    else:
        assert only.ids == store.get("v2/orders?limit=250").ids
    hidden = not plain and value != "honoured"
    assert store.store.unreachable("orders") == (archived if hidden else set())
    assert bool(archived & store.store.must_emit("orders", 0, store.store.clock.time())) != hidden


@pytest.mark.parametrize("bumps", [True, False])
def test_archiving_may_leave_the_date(bumps: bool) -> None:
    """Then no incremental read can notice it."""
    store = store_under(archiving_bumps_date_modified=bumps).store
    before = store.dates("orders")[200]
    store.archive_order(200)
    assert (store.dates("orders")[200] != before) == bumps
    assert store.record("orders", 200)["is_deleted"] is True


def test_counts_may_leave_out_incomplete_orders() -> None:
    """Two of them are in every store."""
    assert store_under().get("v2/orders/count").json["count"] == 300
    assert store_under(count_excludes_incomplete=True).get("v2/orders/count").json["count"] == 298


def test_an_empty_v2_page_may_be_a_list() -> None:
    """204 or `[]`."""
    assert (store_under().get("v2/orders?page=9").status, store_under().get("v2/orders?page=9").body) == (204, b"")
    response = store_under(empty_v2_page="[]").get("v2/orders?page=9")
    assert (response.status, response.body) == (200, b"[]")


def test_v2_may_ignore_the_limit() -> None:
    """Always fifty, with page numbers to match."""
    store = store_under(limit_ignored_v2=True)
    assert len(store.get("v2/orders?limit=250").ids) == 50
    assert store.get("v2/orders?limit=250&page=2").ids == store.store.ids("orders")[50:100]


def test_a_limit_above_the_maximum_may_be_413() -> None:
    """Both versions; 250 passes."""
    store = store_under(limit_over_max="413")
    for path in ("v2/orders", "v3/customers", "v3/catalog/products"):
        assert store.get(f"{path}?limit=251").status == 413
        assert store.get(f"{path}?limit=250").status == 200


@pytest.mark.parametrize("size", [50, 10])
def test_product_pages_may_shrink_with_any_include(size: int) -> None:
    """And say so."""
    body = store_under(product_page_shrinks=size).get("v3/catalog/products?limit=250&include=images").json
    assert len(body["data"]) == body["meta"]["pagination"]["per_page"] == size
    plain = store_under(product_page_shrinks=size).get("v3/catalog/products?limit=250").json
    assert len(plain["data"]) == 120


def test_total_pages_may_count_pages_of_the_requested_size() -> None:
    """Then it is too small by far, while `links.next` is right."""
    pagination = (
        store_under(total_pages_lies=True)
        .get("v3/catalog/products?limit=250&include=options")
        .json["meta"]["pagination"]
    )
    assert (pagination["per_page"], pagination["total_pages"]) == (10, 1)
    assert "page=2" in pagination["links"]["next"]


def test_products_may_ignore_the_sort() -> None:
    """A stable order that is not by id: every product is still on one of the pages."""
    store = store_under(v3_sort_ignored=True)
    pages = [store.get(f"v3/catalog/products?limit=50&sort=id&direction=asc&page={n}").ids for n in (1, 2, 3)]
    assert joined(pages) != store.store.ids("products")
    assert sorted(joined(pages)) == store.store.ids("products")


def test_customers_may_have_no_cursor() -> None:
    """Then `after` means nothing."""
    store = store_under(customers_cursor_absent=True)
    assert set(store.get("v3/customers").json["meta"]) == {"pagination"}
    assert store.get("v3/customers?after=eyJpZCI6NTB9").ids == store.get("v3/customers").ids


def test_a_sort_with_a_cursor_may_be_refused() -> None:
    """Or ignored."""
    path = "v3/customers?limit=5&sort=date_modified:desc&after=eyJpZCI6NTB9"
    assert store_under().get(path).ids == [id_ for id_ in store_under().store.ids("customers") if id_ > 50][:5]
    assert store_under(customers_sort_with_cursor="422").get(path).status == 422


def test_the_cursor_may_carry_the_filters() -> None:
    """Otherwise they must be repeated, or the rest of the list comes unfiltered."""
    for carried in (True, False):
        store = store_under(cursor_includes_filters=carried)
        middle = sorted(store.store.dates("customers").values())[80]
        query = f"date_modified:min={iso_z(middle).decode()}"
        end = store.get(f"v3/customers?limit=10&{query}").json["meta"]["cursor_pagination"]["end_cursor"]
        alone = store.get(f"v3/customers?limit=250&after={end}").ids
        repeated = store.get(f"v3/customers?limit=250&after={end}&{query}").ids
        assert (alone == repeated) == carried
        assert len(repeated) == 30


def test_the_last_cursor_page_may_have_a_next_link() -> None:
    """As promotion codes do."""
    for always in (False, True):
        meta = store_under(cursor_next_link_always=always).get("v3/customers?limit=250").json["meta"]
        assert ("next" in meta["cursor_pagination"]["links"]) == always


@pytest.mark.parametrize("cap", [None, 10, 50, 250])
def test_embedded_lists_may_be_cut(cap: int | None) -> None:
    """Exactly at the cap; the rows' own endpoint stays whole."""
    names = ("line_items", "variants", "images", "custom_fields", "bulk_pricing_rules", "videos", "addresses")
    store = store_under(**{f"include_cap_{name}": cap for name in names})
    order = store.get(f"v2/orders?limit=1&{OBJECT}").json[0]
    assert len(order["consignments"]["shipping"][0]["line_items"]) == min(cap or 400, 400)
    assert len(store.get("v2/orders/101/products?limit=250").ids) == 250
    odd = store.store.oddities["products"]
    for part, size in (("variants", 600), ("images", 251), ("custom_fields", 200), ("videos", 251)):
        row = store.get(f"v3/catalog/products?id={odd[f'{part}_{size}']}&include={part}").json["data"][0]
        assert len(row[part]) == min(cap or size, size)
    many = store.store.oddities["customers"]["addresses_260"]
    customer = store.get(f"v3/customers?id:in={many}&include=addresses").json["data"][0]
    assert len(customer["addresses"]) == min(cap or 260, 260)


def test_attributes_may_be_cut_at_another_length() -> None:
    """Ten is documented."""
    for cap, shown in ((10, 10), (None, 50)):
        store = store_under(include_cap_attributes=cap)
        many = store.store.oddities["customers"]["attributes_50"]
        row = store.get(f"v3/customers?id:in={many}&include=attributes").json["data"][0]
        assert len(row["attributes"]) == shown


def test_some_orders_may_lack_their_lines() -> None:
    """One in seven, through the include only: `items_total` gives it away."""
    store = store_under(include_lines_missing=True)
    rows = store.get(f"v2/orders?limit=250&{OBJECT}").json
    bare = {row["id"] for row in rows if not any(one["line_items"] for one in row["consignments"]["shipping"])}
    physical = {row["id"] for row in rows if row["consignments"]["shipping"]}
    assert bare & physical == {id_ for id_ in physical if id_ % 7 == 3}
    some = min(bare & physical)
    assert store.get(f"v2/orders/{some}/products").ids


@pytest.mark.parametrize(
    ("shape", "none"),
    [("list", []), ("wrapped", {"fees": []}), ("absent when none", "absent"), ("link when none", "link")],
)
def test_fees_take_the_shape_of_the_variant(shape: str, none: Any) -> None:
    """With and without any."""
    store = store_under(fees_shape=shape)
    odd = store.store.oddities["orders"]
    without = store.get(f"v2/orders/{odd['not_shipped']}?include=fees").json.get("fees", "absent")
    assert without == none or (none == "link" and set(without) == {"url", "resource"})
    fees = store.get(f"v2/orders/{odd['two_fees']}?include=fees").json["fees"]
    assert len(fees["fees"] if shape == "wrapped" else fees) == 2


@pytest.mark.parametrize(
    ("shape", "status", "body"), [("wrapped", 200, b'{"fees":[]}'), ("204", 204, b""), ("list", 200, b"[]")]
)
def test_no_fees_take_the_shape_of_the_variant(shape: str, status: int, body: bytes) -> None:
    """At their own endpoint."""
    response = store_under(fees_endpoint_empty=shape).get("v2/orders/117/fees")
    assert (response.status, response.body) == (status, body)


@pytest.mark.parametrize(
    ("shape", "groups"),
    [
        ("all present", {"pickups": [], "downloads": [], "email": {"gift_certificates": []}}),
        ("missing when empty", {}),
        ("strings when empty", {"pickups": "", "downloads": "", "email": ""}),
    ],
)
def test_empty_consignment_groups_take_the_shape_of_the_variant(shape: str, groups: dict[str, Any]) -> None:
    """A shipped order has only one group with anything in it."""
    found = store_under(consignment_groups=shape).get("v2/orders/117/consignments").json
    assert {name: value for name, value in found.items() if name != "shipping"} == groups
    assert found["shipping"]


def test_a_product_without_images_may_be_204() -> None:
    """Documented next to 200."""
    for value, status in (("200", 200), ("204", 204)):
        store = store_under(product_sublist_empty=value)
        assert store.get(f"v3/catalog/products/{store.store.oddities['products']['images_0']}/images").status == status


def test_bulk_pricing_rules_may_come_whole() -> None:
    """No paging is documented for them."""
    for paged, count in ((True, 50), (False, 251)):
        store = store_under(bulk_pricing_rules_paged=paged)
        many = store.store.oddities["products"]["bulk_pricing_rules_251"]
        assert len(store.get(f"v3/catalog/products/{many}/bulk-pricing-rules").ids) == count


@pytest.mark.parametrize(
    ("form", "customers", "products"), [(None, "Z", "+00:00"), ("Z", "Z", "Z"), ("+00:00", "+00:00", "+00:00")]
)
def test_v3_dates_end_as_the_variant_says(form: str | None, customers: str, products: str) -> None:
    """Both forms occur for the same kind of field."""
    store = store_under(v3_date_format=form)
    assert store.get("v3/customers?limit=1").json["data"][0]["date_modified"].endswith(customers)
    assert store.get("v3/catalog/products?limit=1").json["data"][0]["date_modified"].endswith(products)


def test_a_refused_token_may_get_plain_text_from_the_catalog() -> None:
    """As documented there."""
    response = store_under(catalog_401="text").get("v3/catalog/products", x_auth_token="wrong")
    assert (response.status, response.headers["content-type"].split(";")[0]) == (401, "text/plain")
    assert store_under().get("v3/catalog/products", x_auth_token="wrong").json["status"] == 401


@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_unknown_store_has_the_status_of_the_variant(status: int) -> None:
    """The documents say 403."""
    store = store_under(unknown_store_status=status)
    store.options = dataclasses.replace(store.options, store_hash="another")
    assert store.get("v2/time").status == status


def test_orders_may_hide_what_was_shipped() -> None:
    """Then `items_shipped` proves nothing about shipments."""
    for reported in (True, False):
        store = store_under(items_shipped_reported=reported)
        id_ = store.store.oddities["orders"]["partly_shipped"]
        assert store.get(f"v2/orders/{id_}/shipments").ids
        assert (store.get(f"v2/orders/{id_}").json["items_shipped"] > 0) == reported


@pytest.mark.parametrize("meaning", ["message", "order"])
def test_message_filters_may_mean_the_order(meaning: str) -> None:
    """A message of today, on an old order: `min_date_created` of yesterday shows it, or not."""
    store = store_under(message_filters_mean=meaning)
    id_ = store.store.oddities["orders"]["staff_messages"]
    new = store.store.add_child(id_, "messages")
    found = store.get(f"v2/orders/{id_}/messages?min_date_created=2026-01-01").ids
    assert found == ([new] if meaning == "message" else [])
    assert bool(store.get(f"v2/orders/{id_}/messages?max_id={id_}").ids) == (meaning == "order")


@pytest.mark.parametrize(
    ("paging", "pages", "reachable"),
    [("limit only", [250, 250], 250), ("honoured", [250, 20], 270), ("none", [270, 270], 270)],
)
def test_transactions_may_not_have_pages(paging: str, pages: list[int], reachable: int) -> None:
    """More than 250 cannot be read under the likeliest variant, and the total gives it away."""
    store = store_under(transactions_paging=paging)
    id_, since = store.store.oddities["orders"]["lines_10"], store.store.clock.time()
    (row, *_) = store.store.children(id_, "transactions")
    store.store.edit("orders", id_, transactions=[{**row, "id": n} for n in range(1, 271)], at=5)
    store.store.clock.advance(1)
    path = f"v3/orders/{id_}/transactions?limit=250&page="
    assert [len(store.get(f"{path}{n}").ids) for n in (1, 2)] == pages
    assert store.get(f"{path}1").json["meta"]["pagination"]["total"] == 270
    owed = store.store.must_emit_children("transactions", 0, since + 1)
    assert len(owed & set(range(1, 271))) == reachable


def test_no_transactions_may_be_an_empty_list() -> None:
    """204 is documented."""
    for value, status in (("204", 204), ("200", 200)):
        store = store_under(no_transactions=value)
        id_ = store.store.oddities["orders"]["no_lines"]
        assert store.get(f"v3/orders/{id_}/transactions").status == status


@pytest.mark.parametrize("status", ["200", "404"])
def test_an_archived_order_may_have_lost_its_transactions(status: str) -> None:
    """Then nobody owes them."""
    store = store_under(transactions_of_archived_orders=status)
    id_ = store.store.oddities["orders"]["archived_shipped"]
    assert store.get(f"v3/orders/{id_}/transactions").status == int(status)
    rows = {row["id"] for row in store.store.children(id_, "transactions")}
    owed = store.store.must_emit_children("transactions", 0, store.store.clock.time())
    assert bool(rows & owed) == (status == "200")


def test_refunds_may_report_no_total() -> None:
    """The documents leave `meta` open."""
    for value, meta in (("pagination", {"pagination"}), ("empty", set())):
        store = store_under(refunds_meta=value)
        for path in ("v3/orders/payment_actions/refunds", "v3/orders/134/payment_actions/refunds"):
            assert set(store.get(path).json["meta"]) == meta


def test_the_refunds_of_an_order_may_come_in_pages() -> None:
    """No paging is documented for them."""
    for paged, count in ((False, 60), (True, 50)):
        store = store_under(order_refunds_paged=paged)
        many = store.store.oddities["orders"]["many_children"]
        assert len(store.get(f"v3/orders/{many}/payment_actions/refunds").ids) == count

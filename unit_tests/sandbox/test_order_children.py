"""Records below an order, as the sandbox serves it and as tests change it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from sandbox import Options, Store
from sandbox.dates import iso_offset, parse_iso, rfc2822
from sandbox.live import Live
from sandbox.variants import ApiVariant
from unit_tests.sandbox.conftest import Client, Direct, joined

V2_KINDS = ("lines", "coupons", "shipping_addresses", "shipments", "taxes", "messages")
V2_PATHS = {kind: "products" if kind == "lines" else kind for kind in V2_KINDS}
REFUNDS = "v3/orders/payment_actions/refunds"


@pytest.fixture(scope="module")
def store() -> Store:
    """A store that these tests only read."""
    return Store(Options(orders=400, products=120, customers=100, coupons=40, seed=2))


@pytest.fixture
def own() -> Store:
    """A store of its own for a test that edits."""
    return Store(Options(orders=300, products=60, customers=60, coupons=30, seed=2))


def odd(client: Client, name: str) -> int:
    """The id of an odd order."""
    return client.store.oddities["orders"][name]


def test_a_share_of_orders_has_each_kind_of_rows(store: Store) -> None:
    """A client that never meets a refund, or meets one everywhere, is not tested by it."""
    ids = store.ids("orders")
    for kind in ("coupons", "shipments", "taxes", "messages", "transactions", "refunds"):
        having = sum(bool(store.children(id_, kind)) for id_ in ids)
        assert len(ids) * 0.04 < having < len(ids) * 0.95, kind


def test_rows_name_their_order_and_have_ids_of_their_own(store: Store) -> None:
    """Through all orders, so that a client may merge by id alone; a transaction writes the order as text."""
    for kind in ("lines", "coupons", "shipping_addresses", "shipments", "messages", "transactions", "refunds", "taxes"):
        seen: Counter[int] = Counter()
        for id_ in store.ids("orders"):
            rows = store.children(id_, kind)
            seen.update(row["id"] for row in rows)
            wanted: Any = str(id_) if kind == "transactions" else id_
            assert {row.get("order_id", wanted) for row in rows} <= {wanted}
        assert seen
        assert max(seen.values()) == 1


def test_shipments_hold_what_the_order_says_was_shipped(store: Store) -> None:
    """`items_shipped` and `quantity_shipped` against the pieces in the parcels, sent to an address of the order."""
    parcels = 0
    for id_ in store.ids("orders"):
        order = store.record("orders", id_)
        sent: Counter[int] = Counter()
        for shipment in store.children(id_, "shipments"):
            parcels += 1
            assert shipment["order_address_id"] in {row["id"] for row in order["shipping"]}
            assert shipment["customer_id"] == order["customer_id"]
            for item in shipment["items"]:
                sent[item["order_product_id"]] += item["quantity"]
        assert sum(sent.values()) == order["items_shipped"], id_
        assert {line["id"]: line["quantity_shipped"] for line in order["lines"] if line["quantity_shipped"]} == sent
    assert parcels > 100


def test_taxes_add_up_to_the_tax_of_the_order(store: Store) -> None:
    """Goods and shipping, to the cent."""
    for id_ in store.ids("orders"):
        order, rows = store.record("orders", id_), store.children(id_, "taxes")
        if rows and order["shipping_address_count"] < 2:
            assert sum(float(row["line_amount"]) for row in rows) == pytest.approx(float(order["total_tax"]))


def test_refunds_are_of_what_the_order_holds(store: Store) -> None:
    """Lines, addresses, fees or the order itself, paid back by a transaction that is there."""
    types = set()
    for id_ in store.ids("orders"):
        order = store.record("orders", id_)
        transactions = {str(row["id"]): row for row in store.children(id_, "transactions")}
        lines = {line["id"]: line for line in order["lines"]}
        for refund in store.children(id_, "refunds"):
            for item in refund["items"]:
                types.add(item["item_type"])
                if item["item_type"] == "PRODUCT":
                    assert 0 < item["quantity"] <= lines[item["item_id"]]["quantity"]
                    assert lines[item["item_id"]]["quantity_refunded"] >= item["quantity"]
                else:
                    assert "quantity" not in item
            for payment in refund["payments"]:
                assert payment["transaction_id"] in {*transactions, ""}
    assert types == {"PRODUCT", "GIFT_WRAPPING", "SHIPPING", "HANDLING", "ORDER", "FEE"}


def test_an_order_can_be_refunded_without_a_refund(store: Store) -> None:
    """The status can be set by hand: a status proves no row."""
    by_status = [bool(store.children(id_, "refunds")) for id_, order in _orders(store) if order["status_id"] == 4]
    assert set(by_status) == {True, False}


def _orders(store: Store) -> list[tuple[int, dict[str, Any]]]:
    return [(id_, store.record("orders", id_)) for id_ in store.ids("orders")]


def test_coupons_have_numbered_types_and_may_be_free_or_nameless(client: Client) -> None:
    """`coupon_discount` 0 does not prove that there is no coupon, and a promotion has no code."""
    (free,) = client.get(f"v2/orders/{odd(client, 'free_shipping_coupon')}/coupons").json()
    order = client.get(f"v2/orders/{odd(client, 'free_shipping_coupon')}").json()
    assert (free["type"], free["discount"], order["coupon_discount"]) == (4, 0, "0.0000")
    assert client.get(f"v2/orders/{odd(client, 'promotion_coupon')}/coupons").json()[0]["code"] is None
    rows = [row for id_ in client.store.ids("orders") for row in client.store.children(id_, "coupons")]
    assert {0, 1, 2, 4, 5} <= {row["type"] for row in rows} <= {0, 1, 2, 3, 4, 5}
    assert {type(row["amount"]) for row in rows} >= {str, int}


@pytest.mark.parametrize("kind", V2_KINDS)
def test_the_pages_of_a_v2_list_hold_all_of_its_rows(client: Client, kind: str) -> None:
    """Fifty by default, 250 at most, 204 behind the last; `store.children` reports the same rows."""
    path = f"v2/orders/{odd(client, 'many_children')}/{V2_PATHS[kind]}"
    if kind in ("lines", "taxes"):
        path = f"v2/orders/{odd(client, 'lines_400')}/{V2_PATHS[kind]}"
    order_id = int(path.split("/")[2])
    whole = [row["id"] for row in client.store.children(order_id, kind)]
    assert len(client.ids(path)) == min(50, len(whole))
    assert joined([client.ids(f"{path}?limit=250&page={n}") for n in (1, 2, 3)]) == whole
    behind = client.get(f"{path}?page=99")
    assert (behind.status_code, behind.content) == (204, b"")
    if kind in ("lines", "taxes", "shipments", "messages"):
        assert len(whole) > 250
        assert len(client.ids(f"{path}?limit=1000")) == 250


@pytest.mark.parametrize("kind", V2_KINDS)
def test_children_are_what_the_endpoint_shows(client: Client, kind: str) -> None:
    """Field by field, so that a test may compare a copy with them."""
    details = "&details=true" if kind == "taxes" else ""
    for id_ in [*client.store.oddities["orders"].values(), *client.store.ids("orders")[-60:]]:
        if len(rows := client.store.children(id_, kind)) <= 250:
            response = client.get(f"v2/orders/{id_}/{V2_PATHS[kind]}?limit=250{details}")
            assert (response.json() if response.content else []) == rows


def test_v3_children_are_what_the_endpoint_shows(client: Client) -> None:
    """Dates in ISO-8601 with an offset; amounts are numbers."""
    for id_ in [*client.store.oddities["orders"].values(), *client.store.ids("orders")[-60:]]:
        for kind, path in (("transactions", "transactions"), ("refunds", "payment_actions/refunds")):
            response = client.get(f"v3/orders/{id_}/{path}?limit=250")
            assert (response.json()["data"] if response.content else []) == client.store.children(id_, kind)
    row = client.store.children(odd(client, "transactions_each_kind"), "transactions")[0]
    assert row["date_created"].endswith("+00:00")
    assert isinstance(row["order_id"], str)


def test_transactions_of_each_kind_hold_what_belongs_to_their_method(client: Client) -> None:
    """The other objects are null or absent, and one acts upon another by its id."""
    rows = client.store.children(odd(client, "transactions_each_kind"), "transactions")
    assert {row["event"] for row in rows} == {
        "authorization", "capture", "void", "purchase", "pending", "settled", "refund",
    }  # fmt: skip
    assert rows[1]["reference_transaction_id"] == rows[0]["id"]
    assert rows[0]["reference_transaction_id"] is None
    for row in rows:
        assert bool(row["store_credit"]) == (row["method"] == "store_credit")
        assert bool(row["gift_certificate"]) == (row["method"] == "gift_certificate")
        assert ("credit_card" in row) == (row["method"] == "credit_card")


def test_odd_orders_hold_the_rare_rows_that_their_names_say(client: Client) -> None:
    """Each was documented, and each breaks a client that expects the usual."""
    messages = client.get(f"v2/orders/{odd(client, 'staff_messages')}/messages").json()
    assert [bool(row["staff_id"]) for row in messages] == [False, True, True, False]
    assert messages[1]["customer"] == {}
    assert {row["is_flagged"] for row in messages} == {True, False}
    order = client.get(f"v2/orders/{odd(client, 'partly_shipped')}").json()
    assert (order["status_id"], 0 < order["items_shipped"] < order["items_total"]) == (3, True)
    for tax in client.get(f"v2/orders/{odd(client, 'automatic_tax')}/taxes").json():
        assert not {"order_id", "order_address_id"} & set(tax)
        assert tax["class"] == "Automatic Tax"
    refunds = client.store.children(odd(client, "refunded_each_way"), "refunds")
    assert [] in [row["items"] for row in refunds]
    assert True in [row["payments"][0]["is_declined"] for row in refunds]
    assert len(client.store.children(odd(client, "lines_400"), "shipments")) == 40


def test_a_message_links_its_customer_unless_staff_or_a_guest_wrote_it(client: Client) -> None:
    """An object in any case, never null."""
    seen = set()
    for order in client.records("orders"):
        for row in client.get(f"v2/orders/{order['id']}/messages?limit=250").json() if order["messages"] else []:
            linked = bool(row["customer"])
            assert linked == (row["staff_id"] == 0 and order["customer_id"] != 0)
            if linked:
                assert row["customer"]["resource"] == f"/customers/{order['customer_id']}"
            seen.add((linked, order["customer_id"] == 0))
    assert seen == {(True, False), (False, False), (False, True)}


def test_messages_can_be_filtered(client: Client) -> None:
    """By id, date, status, flag and customer; a wrong word is 400."""
    id_ = odd(client, "staff_messages")
    path, rows = f"v2/orders/{id_}/messages", client.store.children(id_, "messages")
    first, second, third, fourth = (row["id"] for row in rows)
    assert client.ids(f"{path}?min_id={second}&max_id={third}") == [second, third]
    assert client.ids(f"{path}?is_flagged=true") == [first, third]
    assert client.ids(f"{path}?status=unread&is_flagged=0") == []
    assert client.ids(f"{path}?status=read") == [second, fourth]
    later = client.store.orders.created_of(id_) + 60
    text = iso_offset(later).decode().replace("+", "%2B")
    assert client.ids(f"{path}?min_date_created={text}") == [second, third]
    assert client.ids(f"{path}?max_date_created={text}") == [first, fourth]
    owner = client.store.record("orders", id_)["customer_id"]
    assert client.ids(f"{path}?customer_id={owner}") == [row["id"] for row in rows]
    assert client.ids(f"{path}?customer_id={owner + 1}") == []
    for wrong in ("status=new", "is_flagged=x", "min_id=a", "min_date_created=soon", "id=3"):
        assert client.get(f"{path}?{wrong}").status_code == 400


def test_taxes_report_their_line_only_in_detail(client: Client) -> None:
    """The line's id is text, and null for the tax on shipping."""
    path = f"v2/orders/{odd(client, 'several_addresses')}/taxes"
    plain, detailed = client.get(path).json(), client.get(f"{path}?details=true").json()
    assert [row["id"] for row in plain] == [row["id"] for row in detailed]
    assert set(detailed[0]) - set(plain[0]) == {"order_product_id", "line_item_type"}
    kinds = {
        (row["line_item_type"], type(row["order_product_id"])) for row in client.get(f"{path}?details=true").json()
    }
    assert ("item", str) in kinds


def test_no_rows_are_204_and_no_order_is_404(client: Client) -> None:
    """Below an order that has nothing, and below one that does not exist, in both versions."""
    nothing = odd(client, "no_lines")
    for name in ("products", "coupons", "shipments", "taxes", "messages", "shipping_addresses", "shippingaddresses"):
        response = client.get(f"v2/orders/{nothing}/{name}")
        assert (response.status_code, response.content) == (204, b""), name
        assert client.get(f"v2/orders/99999999/{name}").json()[0]["status"] == 404
    assert client.get(f"v3/orders/{nothing}/transactions").status_code == 204
    assert client.get(f"v3/orders/{nothing}/payment_actions/refunds").json()["data"] == []
    for name in ("transactions", "payment_actions/refunds"):
        assert client.get(f"v3/orders/99999999/{name}").json()["status"] == 404


def test_all_refunds_come_by_id_in_pages(client: Client) -> None:
    """With totals under the likeliest variant; each order's own list holds the same rows."""
    expected = sorted(row["id"] for id_ in client.store.ids("orders") for row in client.store.children(id_, "refunds"))
    assert client.store.ids("refunds") == expected
    assert len(expected) > 100
    pages = [client.get(f"{REFUNDS}?limit=40&page={n}").json() for n in range(1, len(expected) // 40 + 2)]
    assert [row["id"] for page in pages for row in page["data"]] == expected
    assert pages[0]["meta"]["pagination"]["total"] == len(expected)
    rows = client.get(f"{REFUNDS}?limit=250").json()["data"]
    assert all(row in client.store.children(row["order_id"], "refunds") for row in rows)


def test_refunds_can_be_filtered(client: Client) -> None:
    """By date, both bounds included, by order, by id and by transaction; a bad value is 422."""
    dates = client.store.dates("refunds")
    middle = sorted(dates.values())[len(dates) // 2]
    text = iso_offset(middle).decode().replace("+", "%2B").replace(":", "%3A")
    for bound, passes in (("min", lambda at: at >= middle), ("max", lambda at: at <= middle)):
        assert client.ids(f"{REFUNDS}?limit=250&created:{bound}={text}") == [i for i, at in dates.items() if passes(at)]
    id_ = odd(client, "refunded_each_way")
    own = [row["id"] for row in client.store.children(id_, "refunds")]
    assert client.ids(f"{REFUNDS}?order_id:in={id_},5,{id_}") == own
    assert client.ids(f"{REFUNDS}?id:in={own[1]},7,{own[0]}") == own[:2]
    paid_by = client.store.children(id_, "refunds")[0]["payments"][0]["transaction_id"]
    assert client.ids(f"{REFUNDS}?transaction_id={paid_by}") == own[:1]
    assert client.ids(f"v3/orders/{id_}/payment_actions/refunds?transaction_id={paid_by}") == own[:1]
    assert client.get(f"{REFUNDS}?created:min=soon").status_code == 422


ADDED = ("shipments", "messages", "transactions", "refunds")


@pytest.mark.parametrize("kind", ADDED)
def test_a_row_can_be_added_and_edited(kind: str) -> None:
    """It is at the end of its list at once, with an id above all others and the second of the change."""
    direct = Direct()
    store, id_ = direct.store, direct.store.oddities["orders"]["partly_shipped"]
    before = store.children(id_, kind)
    began = store.clock.now()
    new = store.add_child(id_, kind)
    ended = store.clock.now()
    assert new > max(
        row["id"] for other in store.ids("orders") for row in store.children(other, kind) if row["id"] != new
    )
    rows = store.children(id_, kind)
    assert rows[:-1] == before
    assert rows[-1]["id"] == new
    date = rows[-1]["created" if kind == "refunds" else "date_created"]
    assert date in {form(at).decode() for form in (rfc2822, iso_offset) for at in range(began, ended + 1)}
    field = {"shipments": "comments", "messages": "message", "transactions": "status", "refunds": "reason"}[kind]
    store.edit_child(id_, kind, new, **{field: "changed"})
    path = {"transactions": "v3/orders/{}/transactions", "refunds": "v3/orders/{}/payment_actions/refunds"}
    shown = direct.get(path.get(kind, f"v2/orders/{{}}/{kind}").format(id_)).json
    shown = shown if isinstance(shown, list) else shown["data"]
    assert shown == store.children(id_, kind)
    assert shown[-1][field] == "changed"


def test_a_shipment_moves_the_counts_and_the_status(own: Store) -> None:
    """Otherwise a client that skips orders with nothing shipped would lose it by the sandbox's fault."""
    id_ = own.oddities["orders"]["not_shipped"]
    pieces = own.record("orders", id_)["items_total"]
    for sent in range(1, pieces + 1):
        own.add_child(id_, "shipments")
        order = own.record("orders", id_)
        assert order["items_shipped"] == order["shipping"][0]["items_shipped"] == sent
        assert order["status_id"] == (2 if sent == pieces else 3)
    assert order["date_shipped"]
    with pytest.raises(ValueError, match="nothing left"):
        own.add_child(id_, "shipments")


def test_a_line_can_be_removed(own: Store) -> None:
    """It is gone from the list and from the number of pieces."""
    id_ = own.oddities["orders"]["lines_10"]
    first, *rest = own.children(id_, "lines")
    pieces = own.record("orders", id_)["items_total"]
    own.remove_child(id_, "lines", first["id"])
    assert own.children(id_, "lines") == rest
    assert own.record("orders", id_)["items_total"] == pieces - first["quantity"]
    with pytest.raises(KeyError, match="among its lines"):
        own.remove_child(id_, "lines", first["id"])


@pytest.mark.parametrize(
    ("kind", "action", "switch"),
    [
        ("shipments", "add", "new_shipment"),
        ("shipments", "edit", "shipment_edit"),
        ("messages", "add", "message"),
        ("transactions", "add", "transaction"),
        ("refunds", "add", "refund"),
        ("lines", "remove", "line_removal"),
    ],
)
@pytest.mark.parametrize("moves", [True, False])
def test_the_variant_says_whether_a_row_moves_its_order(kind: str, action: str, switch: str, moves: bool) -> None:
    """Only by its own switch; an order that does not move was not touched, and its row was."""
    api_variant = ApiVariant(**{f"{switch}_bumps_date_modified": moves})
    store = Store(Options(orders=60, products=10, customers=10, coupons=5, api_variant=api_variant))
    id_ = store.oddities["orders"]["partly_shipped"]
    before = store.dates("orders")[id_]
    since = store.clock.time()
    if action == "add":
        child = store.add_child(id_, kind)
    elif action == "edit":
        child = store.edit_child(id_, kind, store.children(id_, kind)[0]["id"], comments="x")
    else:
        child = store.remove_child(id_, kind, store.children(id_, kind)[0]["id"])
    assert (store.dates("orders")[id_] != before) == moves
    assert (id_ in store.touched("orders", since)) == moves
    assert store.touched(f"orders/{kind}", since) == {child}


def test_what_cannot_be_done_to_a_row_is_refused(own: Store) -> None:
    """With a sentence that says what can."""
    id_ = own.ids("orders")[60]
    with pytest.raises(KeyError, match="there are lines"):
        own.add_child(id_, "pets")
    with pytest.raises(ValueError, match="can be added"):
        own.add_child(id_, "taxes")
    for field in ("id", "date_created", "created"):
        with pytest.raises(ValueError, match="cannot be set"):
            own.add_child(id_, "messages", **{field: 1})
    with pytest.raises(KeyError, match="no record"):
        own.add_child(5, "messages")
    assert own.changes == []


def test_the_list_of_refunds_only_grows(own: Store) -> None:
    """A client may read it by page number: new ones come last, and deleting an order takes none away."""
    ids = own.ids("refunds")
    order_id = own.refunds.order_of(ids[len(ids) // 2])
    refund = own.children(order_id, "refunds")[0]
    older = own.ids("orders")[40]
    new = own.add_child(older, "refunds")
    own.delete("orders", order_id)
    own.archive_order(own.ids("orders")[50])
    for _ in range(300):
        own.create("orders")
    assert own.ids("refunds") == [*ids, new]
    assert own.refund(refund["id"]) == refund
    with pytest.raises(KeyError, match="no refund"):
        own.refund(1)


def test_an_index_of_refunds_is_the_same_whenever_it_is_made() -> None:
    """It is made when first requested, which may be before or after the orders change."""

    def changed(early: bool) -> list[int]:
        store = Store(Options(orders=200, products=20, customers=20, coupons=5))
        if early:
            store.ids("refunds")
        having = [id_ for id_ in store.ids("orders") if store.orders.body(id_).parts["refunds"]]
        store.add_child(having[-1], "refunds")
        store.add_child(having[-2], "refunds")
        store.add_child(having[-2], "refunds")
        store.edit("orders", having[0], refunds=[])
        store.delete("orders", having[-2])
        return store.ids("refunds")

    assert changed(early=True) == changed(early=False)


def test_new_orders_have_no_past(own: Store) -> None:
    """No refund and no message when they are placed: those come later."""
    for _ in range(100):
        id_ = own.create("orders")
        assert own.children(id_, "refunds") == own.children(id_, "messages") == []
        assert "refund" not in {row["event"] for row in own.children(id_, "transactions")}


def test_what_a_sync_owes_below_orders(own: Store) -> None:
    """All rows of the orders it owes, but for those that were added, edited or removed in the meantime."""
    lower = sorted(own.dates("orders").values())[100]
    since = own.clock.time()
    having = [id_ for id_ in own.ids("orders") if own.dates("orders")[id_] >= lower and own.children(id_, "messages")]
    older = next(id_ for id_, at in own.dates("orders").items() if at < lower)
    everything = {row["id"] for id_ in having for row in own.children(id_, "messages")}
    edited = own.edit_child(having[2], "messages", own.children(having[2], "messages")[0]["id"], status="read")
    added = own.add_child(having[3], "messages")
    own.edit("orders", having[4], staff_notes="x")
    touched = {row["id"] for row in own.children(having[4], "messages")}
    own.add_child(older, "messages")
    owed = own.must_emit_children("messages", lower, since)
    assert owed == everything - touched - {edited, added}


def test_what_a_sync_owes_of_all_refunds(own: Store) -> None:
    """By creation, whatever became of their orders."""
    dates = own.dates("refunds")
    lower = sorted(dates.values())[20]
    since = own.clock.time()
    owed = {id_ for id_, at in dates.items() if at >= lower}
    declined = max(owed)
    own.edit_child(own.refunds.order_of(declined), "refunds", declined, reason="declined")
    own.add_child(own.ids("orders")[70], "refunds")
    own.delete("orders", own.refunds.order_of(min(owed)))
    assert own.must_emit("refunds", lower, since) == owed - {declined}


def test_a_live_store_changes_what_hangs_on_orders(own: Store) -> None:
    """Each kind comes round, odd orders are left alone, and orders that did not move stay owed."""
    live, since = Live(own, 1), own.clock.time()
    before = own.dates("orders")
    for start in range(0, 250, 25):
        live.after("orders", own.ids("orders")[start : start + 25])
    kinds = {change.kind for change in own.changes}
    assert kinds == {"orders", *(f"orders/{kind}" for kind in ("messages", "transactions", "refunds", "shipments"))}
    messages = own.touched("orders/messages", since)
    with_new = {id_ for id_ in own.ids("orders") if {row["id"] for row in own.children(id_, "messages")} & messages}
    assert with_new
    assert not with_new & set(own.oddities["orders"].values())
    for id_ in with_new - own.touched("orders"):
        assert own.dates("orders")[id_] == before[id_]
    assert not own.must_emit_children("messages", 0, since) & messages


def test_a_live_store_adds_refunds_around_a_page_of_them() -> None:
    """One at the end, and one that was just shown is declined: no row slides, one changes."""
    direct = Direct(live_every=1, live_when="after")
    first = direct.get(f"{REFUNDS}?limit=20&page=5")
    touched = direct.store.touched("orders/refunds")
    assert len(touched) == 2
    assert direct.store.ids("refunds")[-1] in touched
    shown = {row["id"]: row for row in first.json["data"]}
    (declined,) = touched & set(shown)
    assert direct.store.refund(declined)["payments"][0]["is_declined"]


def test_live_changes_lose_no_refund_by_page_number() -> None:
    """As the list only grows at its end."""
    direct = Direct(live_every=1, orders=300)
    since = direct.store.clock.time()
    seen: set[int] = set()
    for page in range(1, 12):
        seen |= set(direct.get(f"{REFUNDS}?limit=10&page={page}").ids)
        direct.get(f"v2/orders?limit=50&page={page % 5 + 1}")
    assert direct.store.must_emit("refunds", 0, since) <= seen


def test_rows_of_the_future_are_none(store: Store) -> None:
    """A generated date lies before the day on which the data ends."""
    for date in store.dates("refunds").values():
        assert date < store.options.now
    for id_ in store.ids("orders"):
        assert all(parse_iso(row["date_created"]) < store.options.now for row in store.children(id_, "transactions"))

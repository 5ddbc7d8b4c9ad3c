"""V2 coupons as the sandbox serves them."""

from __future__ import annotations

from unit_tests.sandbox.conftest import Client, joined


def test_coupons_are_paged_by_id(client: Client) -> None:
    """By page number and by `min_id`."""
    pages = [client.ids(f"v2/coupons?limit=25&page={n}") for n in (1, 2, 3, 4)]
    assert joined(pages) == client.store.ids("coupons")
    assert client.ids("v2/coupons?limit=250&min_id=50") == [id_ for id_ in client.store.ids("coupons") if id_ >= 50]
    assert client.get("v2/coupons/count").json() == {"count": 60}


def test_coupons_can_be_filtered(client: Client) -> None:
    """Promotions can be left out, which avoids counting them twice."""
    promotions = set(client.ids("v2/coupons?limit=250&type=promotion"))
    assert promotions == {client.store.oddities["coupons"][name] for name in ("promotion", "promotion_second")}
    assert not promotions & set(client.ids("v2/coupons?limit=250&exclude_type=promotion"))
    assert client.ids("v2/coupons?code=SAVE-7") == client.ids("v2/coupons?id=7") == [7]
    assert client.get("v2/coupons?type=free").status_code == 400
    assert client.get("v2/coupons?min_date_created=2020-01-01").status_code == 400


def test_odd_coupons_have_the_shapes_that_were_seen(client: Client) -> None:
    """An object, a list, a country; a promotion without `applies_to`."""
    rows = {name: client.get(f"v2/coupons/{id_}").json() for name, id_ in client.store.oddities["coupons"].items()}
    assert rows["restricted_to_object"]["restricted_to"] == {}
    assert rows["restricted_to_list"]["restricted_to"] == []
    assert rows["restricted_to_countries"]["restricted_to"] == {"countries": "AU"}
    assert rows["promotion"]["shipping_methods"] is None
    assert "applies_to" not in rows["promotion"]
    assert rows["expires_never"]["expires"] == ""
    assert rows["expires_dated"]["expires"].endswith("+0000")

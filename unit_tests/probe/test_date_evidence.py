"""Changes that move the date of a parent: what the evidence does not prove is undecided."""

from __future__ import annotations

from typing import Any

from source_bigcommerce.probe.answer import UNDECIDED
from unit_tests.probe.fake import Params, answer, order, v3


def test_an_order_that_was_read_before_its_shipment_does_not_contradict() -> None:
    """It is read again: the shipment may have moved it meanwhile."""
    shipped = "Wed, 01 Apr 2026 10:00:00 +0000"

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("shipments"):
            return [{"id": 1, "date_created": shipped}]
        if "min_id" in params:
            return [order(1, status_id=2, date_modified=shipped)]
        return [order(1, status_id=2)]

    def unmoved(endpoint: str, params: Params, is_encoded: bool) -> Any:
        return respond(endpoint, {}, is_encoded)

    assert answer("shipment_moves_order_date", respond)[0] == UNDECIDED
    assert answer("shipment_moves_order_date", unmoved)[0] is False


def test_children_that_come_with_a_change_of_status_prove_nothing() -> None:
    """A capture, a refund or a shipment changes the status, and an app may; that moves the date by itself."""
    dates = [f"Wed, {day:02d} Apr 2026 10:00:00 +0000" for day in range(1, 7)]

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        if endpoint.endswith("refunds"):
            return v3({"id": n, "order_id": n, "created": f"2026-04-{n:02d}T10:00:00Z"} for n in range(1, 7))
        if endpoint.endswith(("metafields", "attribute-values")):
            parent = "customer_id" if "customers" in endpoint else "resource_id"
            return v3({"id": n, parent: n, "date_created": f"2026-04-{n:02d}T10:00:01Z"} for n in range(1, 7))
        if endpoint in ("v3/customers", "v3/catalog/products"):
            old, new = "2020-01-01T00:00:00Z", "2026-04-{:02d}T10:00:00Z"
            return v3({"id": n, "date_created": old, "date_modified": new.format(n)} for n in range(1, 7))
        if endpoint.startswith("v3/orders/"):
            id_ = int(endpoint.split("/")[2])
            return v3([{"id": id_, "date_created": f"2026-04-{id_:02d}T10:00:00Z"}])
        if endpoint.startswith("v2/orders/"):
            return [{"id": 1, "date_created": dates[int(endpoint.split("/")[2]) - 1]}]
        return [order(id_, status_id=4, customer_id=1, date_modified=dates[id_ - 1]) for id_ in range(1, 7)]

    for child in ("transaction", "refund", "shipment"):
        value, evidence = answer(f"{child}_moves_order_date", respond)
        assert value == UNDECIDED
        assert "coincides with a change of status" in evidence
    for key in ("metafield_moves_order_date", "metafield_moves_product_date", "attribute_moves_customer_date"):
        value, evidence = answer(key, respond)
        assert value == UNDECIDED
        assert "coincides with another change by the same app" in evidence
    assert answer("message_moves_order_date", respond)[0] is True

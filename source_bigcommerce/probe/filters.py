"""Filters of lists: bounds of ids and dates, encoded colons, unknown parameters."""

from __future__ import annotations

from collections.abc import Callable

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.api.scopes import Scope
from source_bigcommerce.probe.answer import FAILED, Answer, Undecided, combined
from source_bigcommerce.probe.bounds import (
    CUSTOMERS,
    ORDERS,
    PRODUCTS,
    DatedList,
    date_bound,
    encoded_colons_work,
    filter_applied,
)
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.session import ProbeSession

Ask = Callable[[ProbeSession], Answer]


def answers_of(probe: ProbeSession, asks: dict[str, Ask]) -> dict[str, Answer | Undecided]:
    """Returns the answers for several lists, by their names. A request that fails leaves its list undecided."""
    found: dict[str, Answer | Undecided] = {}
    for name, ask in asks.items():
        try:
            found[name] = ask(probe)
        except Undecided as reason:
            found[name] = reason
        except BigCommerceError as error:
            probe.leave_out(error)
            found[name] = Undecided(FAILED)
    return found


def of_lists(asks: dict[str, Ask]) -> Ask:
    """Returns the function that asks the same of several lists, and combines the answers."""
    return lambda probe: combined(answers_of(probe, asks))


def _id_bound(endpoint: str, scope: Scope, *, is_minimum: bool) -> Ask:
    """Returns the function that asks whether `min_id` or `max_id` shows the record with that id."""

    def ask(probe: ProbeSession) -> Answer:
        ids = sorted(probe.get(endpoint, scope, {"limit": 250}).ids)
        if len(ids) < 3:
            raise Undecided("needs a list with three entries")
        id_ = ids[len(ids) // 2]

        def shows(bound: int) -> bool:
            bounds = (bound, id_ + 1) if is_minimum else (id_ - 1, bound)
            params = {"min_id": bounds[0], "max_id": bounds[1], "limit": 10}
            return id_ in probe.get(endpoint, scope, params, is_fresh=True).ids

        step = 1 if is_minimum else -1
        if shows(id_ + step):
            raise Undecided("the filter is not applied")
        is_shown = shows(id_)
        if not shows(id_ - step):
            raise Undecided("the entry chosen was deleted during the probe, or the filter hides it")
        return Answer(is_shown, f"{'min_id' if is_minimum else 'max_id'} with the id of one entry, one less, one more")

    return ask


def _unknown_parameter(probe: ProbeSession) -> Answer:
    reply = probe.get("v2/orders", Scope.ORDERS, {"limit": 1, "bigcommerce_probe": 1})
    word = reply.status if reply.is_refused else "ignored"
    return Answer(word, f"a parameter that does not exist: status {reply.status}")


def _v3(ask: Callable[[DatedList], Ask]) -> Ask:
    return of_lists({listed.name: ask(listed) for listed in (CUSTOMERS, PRODUCTS)})


QUESTIONS = (
    Question(
        "v2_min_id_inclusive",
        "Does min_id of orders show the order with that id?",
        _id_bound("v2/orders", Scope.ORDERS, is_minimum=True),
    ),
    Question(
        "v2_max_id_inclusive",
        "Does max_id of orders show the order with that id?",
        _id_bound("v2/orders", Scope.ORDERS, is_minimum=False),
    ),
    Question(
        "coupons_min_id_inclusive",
        "Does min_id of coupons show the coupon with that id?",
        _id_bound("v2/coupons", Scope.MARKETING, is_minimum=True),
    ),
    Question(
        "v2_date_filter_applied",
        "Does min_date_modified of orders hide older orders?",
        filter_applied(ORDERS),
    ),
    Question(
        "v2_min_date_modified_inclusive",
        "Does min_date_modified of orders show an order of that second?",
        date_bound(ORDERS, is_minimum=True),
    ),
    Question(
        "v2_max_date_modified_inclusive",
        "Does max_date_modified of orders show an order of that second?",
        date_bound(ORDERS, is_minimum=False),
    ),
    Question(
        "v2_unknown_parameter",
        "What does V2 do with a parameter that it does not know: refuse it (a status), or ignore it?",
        _unknown_parameter,
    ),
    Question(
        "v3_date_filter_applied",
        "Does date_modified:min of customers and products hide older records?",
        _v3(filter_applied),
    ),
    Question(
        "v3_date_min_inclusive",
        "Does date_modified:min of customers and products show a record of that second?",
        _v3(lambda listed: date_bound(listed, is_minimum=True)),
    ),
    Question(
        "v3_date_max_inclusive",
        "Does date_modified:max of customers and products show a record of that second?",
        _v3(lambda listed: date_bound(listed, is_minimum=False)),
    ),
    Question(
        "v3_encoded_colons_filter",
        "Does date_modified:min of customers work with encoded colons (%3A) in the date?",
        encoded_colons_work(CUSTOMERS),
    ),
    Question(
        "products_encoded_colons_filter",
        "Does date_modified:min of products work with encoded colons (%3A) in the date?",
        encoded_colons_work(PRODUCTS),
    ),
)

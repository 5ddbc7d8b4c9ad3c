"""A store that is a function: for responses that no sandbox store gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.probe.answer import UNDECIDED, Undecided
from source_bigcommerce.probe.questions import QUESTIONS
from source_bigcommerce.probe.session import Reply

Params = Mapping[str, Any]
Respond = Callable[[str, Params, bool], Any]
"""Returns the body of the response, or a Reply, for an endpoint, its parameters, and whether these are encoded."""
NOTHING = Reply(204, None)


class FakeProbe:
    """Has the methods of a ProbeSession that questions call."""

    def __init__(self, respond: Respond, without_token: Mapping[tuple[str, str], int] | None = None) -> None:
        self.respond = respond
        self.statuses = without_token or {}
        self.left_out: list[BigCommerceError] = []
        self._replies: dict[str, Reply] = {}

    def get(
        self,
        endpoint: str,
        scope: Any,
        params: Params | None = None,
        *,
        is_encoded: bool = False,
        is_fresh: bool = False,
    ) -> Reply:
        """Returns the reply, the same for the same request unless it is to be fresh."""
        request = f"{endpoint}?{sorted((params or {}).items())} {is_encoded}"
        if is_fresh or request not in self._replies:
            found = self.respond(endpoint, dict(params or {}), is_encoded)
            self._replies[request] = found if isinstance(found, Reply) else Reply(200, found)
        return self._replies[request]

    def get_without_token(self, path: str, store_hash: str | None = None) -> Any:
        """Returns a response with the status for the path and the hash ("" for the own store)."""
        return SimpleNamespace(status_code=self.statuses[path, store_hash or ""], headers={})

    def leave_out(self, error: BigCommerceError) -> None:
        """Remembers the error."""
        self.left_out.append(error)


def answer(key: str, respond: Respond, **settings: Any) -> tuple[Any, str]:
    """The answer to one question, and its evidence."""
    return answer_of(key, FakeProbe(respond, **settings))


def answer_of(key: str, probe: FakeProbe) -> tuple[Any, str]:
    """The answer of a probe to one question, and its evidence."""
    question = next(one for one in QUESTIONS if one.key == key)
    try:
        found = question.ask(probe)  # type: ignore[arg-type]
    except Undecided as reason:
        return UNDECIDED, str(reason)
    return found.value, found.evidence


def v3(rows: Iterable[Any], **pagination: int) -> dict[str, Any]:
    """The body of a V3 list."""
    return {"data": list(rows), "meta": {"pagination": pagination} if pagination else {}}


def order(id_: int, **fields: Any) -> dict[str, Any]:
    """An order that was created and changed long ago."""
    date = "Wed, 05 Dec 2018 20:16:55 +0000"
    plain = {"id": id_, "is_deleted": False, "status_id": 10, "items_total": 0, "customer_id": 0}
    return {**plain, "date_created": date, "date_modified": date, **fields}


def listed(orders: list[dict[str, Any]], params: Params, default: int = 50) -> list[dict[str, Any]]:
    """Orders as the list has them: bounded by id, sorted, one page. Other filters are ignored."""
    rows = [row for row in orders if params.get("min_id", 0) <= row["id"] <= params.get("max_id", 10**9)]
    if params.get("sort") == "id:desc":
        rows = rows[::-1]
    size = params.get("limit", default)
    start = (params.get("page", 1) - 1) * size
    return rows[start : start + size]


def plain(orders: list[dict[str, Any]], **refused: int) -> Respond:
    """A list of orders that ignores unknown filters, and refuses some with a status; own addresses work."""

    def respond(endpoint: str, params: Params, is_encoded: bool) -> Any:
        for name, status in refused.items():
            if name in params:
                return Reply(status, None)
        if endpoint == "v2/orders":
            return listed(orders, params)
        id_ = int(endpoint.rpartition("/")[2])
        return next((row for row in orders if row["id"] == id_), Reply(404, None))

    return respond

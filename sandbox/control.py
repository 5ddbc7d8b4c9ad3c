"""Control of a running store from another process, under `/_sandbox/`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.live import Live
from sandbox.quota import Concurrency, Quota
from sandbox.requests_log import RequestLog
from sandbox.store import Store

Handler = Callable[[Request], Awaitable[Response]]


def control_routes(
    store: Store,
    live: Live,
    quota: Quota,
    concurrency: Concurrency,
    log: RequestLog,
    b2b_quota: Quota | None = None,
) -> list[Route]:
    """`GET stats`, `requests`, `records`; `POST edit`, `advance`, `reset`."""

    async def stats(_: Request) -> Response:
        statuses = log.by_status()
        return _json(
            {
                "requests": sum(statuses.values()),
                "by_path": dict(log.by_path()),
                "by_status": {str(status): count for status, count in statuses.items()},
                "refused_by_quota": quota.refused,
                "refused_by_concurrency": concurrency.refused,
                "quota": _state(quota),
                **({"b2b_refused_by_quota": b2b_quota.refused, "b2b_quota": _state(b2b_quota)} if b2b_quota else {}),
                "records": {kind: len(store.table(kind)) for kind in ("orders", "products", "customers", "coupons")},
                "changes": len(store.changes),
                "store_time": store.clock.now(),
            }
        )

    async def requests(_: Request) -> Response:
        return _json([[entry.at, entry.path, entry.status, entry.took] for entry in log.all()])

    async def records(request: Request) -> Response:
        return _json(store.all_records(request.query_params["kind"]))

    async def edit(request: Request) -> Response:
        body = await _json_object(request)
        kind = str(body.get("kind", "orders"))
        counts = {name: int(body.get(name, 0)) for name in ("edit", "create", "delete")}
        silent = {name: int(body.get(f"silent_{name}", 0)) for name in ("edit", "rows", "move")}
        changed = {**live.random_changes(kind, **counts), **live.silent.random(kind, **silent)}
        return _json({**changed, "store_time": store.clock.now()})

    async def advance(request: Request) -> Response:
        body = await _json_object(request)
        store.clock.advance(float(body.get("seconds", 0)))
        return _json({"store_time": store.clock.now()})

    async def reset(_: Request) -> Response:
        log.clear()
        return _json({})

    return [
        Route("/stats", stats, methods=["GET"]),
        Route("/requests", requests, methods=["GET"]),
        Route("/records", _checked(records), methods=["GET"]),
        Route("/edit", _checked(edit), methods=["POST"]),
        Route("/advance", _checked(advance), methods=["POST"]),
        Route("/reset", reset, methods=["POST"]),
    ]


def _state(quota: Quota) -> dict[str, int]:
    return {"limit": quota.limit, "left": quota.left, "reset_ms": quota.reset_ms}


async def _json_object(request: Request) -> dict[str, Any]:
    body = orjson.loads(await request.body() or b"{}")
    if not isinstance(body, dict):
        raise TypeError("send a JSON object")
    return body


def _checked(handler: Handler) -> Handler:
    """Turns a request that cannot be understood into 400 with the reason."""

    async def checked(request: Request) -> Response:
        try:
            return await handler(request)
        except (ValueError, TypeError, KeyError) as error:
            return _json({"error": str(error)}, 400)

    return checked


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")

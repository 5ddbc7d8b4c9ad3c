"""Control of a running store from another process, under `/_sandbox/`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from sandbox.app import Application

Handler = Callable[[Request], Awaitable[Response]]


def control_routes(app: Application) -> list[Route]:
    """`GET stats`, `requests`; `POST edit`, `advance`, `reset`."""

    async def stats(_: Request) -> Response:
        statuses = app.log.by_status()
        return _json(
            {
                "requests": sum(statuses.values()),
                "by_path": dict(app.log.by_path()),
                "by_status": {str(status): count for status, count in statuses.items()},
                "refused_by_quota": app.quota.refused,
                "refused_by_concurrency": app.concurrency.refused,
                "quota": {"limit": app.quota.limit, "left": app.quota.left, "reset_ms": app.quota.reset_ms},
                "records": {
                    kind: len(app.store.table(kind)) for kind in ("orders", "products", "customers", "coupons")
                },
                "changes": len(app.store.changes),
                "store_time": app.store.clock.now(),
            }
        )

    async def requests(_: Request) -> Response:
        return _json([[entry.at, entry.path, entry.status, entry.took] for entry in app.log.all()])

    async def edit(request: Request) -> Response:
        asked = await _asked(request)
        counts = {name: int(asked.get(name, 0)) for name in ("edit", "create", "delete")}
        changed = app.live.random_changes(str(asked.get("kind", "orders")), **counts)
        return _json({**changed, "store_time": app.store.clock.now()})

    async def advance(request: Request) -> Response:
        asked = await _asked(request)
        app.store.clock.advance(float(asked.get("seconds", 0)))
        return _json({"store_time": app.store.clock.now()})

    async def reset(_: Request) -> Response:
        app.log.clear()
        return _json({})

    return [
        Route("/stats", stats, methods=["GET"]),
        Route("/requests", requests, methods=["GET"]),
        Route("/edit", _checked(edit), methods=["POST"]),
        Route("/advance", _checked(advance), methods=["POST"]),
        Route("/reset", reset, methods=["POST"]),
    ]


async def _asked(request: Request) -> dict[str, Any]:
    asked = orjson.loads(await request.body() or b"{}")
    if not isinstance(asked, dict):
        raise TypeError("send a JSON object")
    return asked


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

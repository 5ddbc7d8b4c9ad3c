"""Breaking connections off.

ASGI has no message for that, so the protocol leaves its transport in the request's state.
"""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.types import Message, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "sandbox.transport"
_NO_LINGER = struct.pack("ii", 1, 0)


class Protocol(H11Protocol):
    """uvicorn's HTTP protocol, with the transport put where the application can reach it."""

    # asyncio declares BaseTransport; a TCP server gets a Transport
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, _TRANSPORT: transport}


def reset(scope: Scope) -> None:
    """Ends the connection with a TCP reset: without lingering, closing sends RST in place of FIN."""
    transport = scope["state"][_TRANSPORT]
    found = transport.get_extra_info("socket")
    if found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()


def truncating(scope: Scope, send: Send, *, by_reset: bool = False) -> Send:
    """A `send` that announces the whole body, sends half of it and closes the connection, or resets it."""

    async def truncated(message: Message) -> None:
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or not body:
            await send(message)
            return
        await send({**message, "body": body[: len(body) // 2], "more_body": True})
        if by_reset:
            reset(scope)
        else:
            scope["state"][_TRANSPORT].close()

    return truncated


class Recorder:
    """A `send` that keeps a response instead of sending it, for another to be made of it."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")

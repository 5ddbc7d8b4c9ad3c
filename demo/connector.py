"""The connector through its command: spec, check and discover, as the Airbyte platform runs them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

from demo.failure import DemoFailed
from demo.paths import CONNECTOR, CONNECTOR_LOG, TEMPORARY

_TIMEOUT = 60.0


def setting_names() -> list[str]:
    """`spec`: the settings that the connector has."""
    message = _one("SPEC", "spec")
    properties = message["spec"]["connectionSpecification"]["properties"]
    return sorted(properties, key=lambda name: int(properties[name].get("order", 0)))


def check(config: dict[str, str]) -> str:
    """`check`: whether the settings work; fails unless they do."""
    status = _one("CONNECTION_STATUS", "check", config)["connectionStatus"]
    if status["status"] != "SUCCEEDED":
        raise DemoFailed(f"source-bigcommerce check failed: {str(status.get('message')).rstrip('.')}.", CONNECTOR_LOG)
    return str(status["status"])


def discover(config: dict[str, str]) -> dict[str, str]:
    """`discover`: the sync mode of each stream, the best one that it has."""
    streams = _one("CATALOG", "discover", config)["catalog"]["streams"]
    return {
        stream["name"]: "incremental" if "incremental" in stream["supported_sync_modes"] else "full refresh"
        for stream in streams
    }


def _one(kind: str, command: str, config: dict[str, str] | None = None) -> dict[str, Any]:
    """The message of that kind among what the command prints."""
    for message in _run(command, config):
        if message.get("type") == kind:
            return message
    raise DemoFailed(f"source-bigcommerce {command} printed no {kind} message.", CONNECTOR_LOG)


def _run(command: str, config: dict[str, str] | None) -> Iterator[dict[str, Any]]:
    if not CONNECTOR.exists():
        raise DemoFailed("The command source-bigcommerce is not installed: run the demo as `make demo`.")
    arguments = [str(CONNECTOR), command]
    if config is not None:
        file = TEMPORARY / "config.json"
        file.write_text(json.dumps(config), encoding="utf-8")
        arguments += ["--config", str(file)]
    try:
        with CONNECTOR_LOG.open("ab") as errors:
            result = subprocess.run(  # noqa: S603 - the command that this demo installs
                arguments,
                env={**os.environ, "TMPDIR": str(TEMPORARY), "NO_PROXY": "127.0.0.1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                timeout=_TIMEOUT,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise DemoFailed(
            f"source-bigcommerce {command} took longer than {_TIMEOUT:.0f} seconds.", CONNECTOR_LOG
        ) from None
    with CONNECTOR_LOG.open("ab") as log:
        log.write(result.stdout)
    yield from _messages(result.stdout)
    if result.returncode:
        raise DemoFailed(f"source-bigcommerce {command} ended with exit code {result.returncode}.", CONNECTOR_LOG)


def _messages(output: bytes) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            continue  # the protocol allows other lines, as log
        if isinstance(message, dict):
            yield message

"""The catalog that `discover` prints, and ways through its schemas."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from airbyte_cdk.models import AirbyteCatalog, AirbyteStream, SyncMode

from integration_tests.harness import START_DATE
from source_bigcommerce.source import SourceBigcommerce

Path = tuple[str, ...]


def discovered() -> AirbyteCatalog:
    """The output of `discover`, which needs no store."""
    config = {"start_date": START_DATE, "client_id": "id", "access_token": "token", "store_hash": "hash"}
    return SourceBigcommerce().discover(logging.getLogger("test"), config)


CATALOG: dict[str, AirbyteStream] = {stream.name: stream for stream in discovered().streams}
EVERY_STREAM = tuple(CATALOG)
EVERY_INCREMENTAL = tuple(n for n, stream in CATALOG.items() if SyncMode.incremental in stream.supported_sync_modes)


def fields(schema: dict[str, Any], path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every field that a schema declares, at any depth, with its path; `[]` stands for the entries of a list."""
    for name, field in schema.get("properties", {}).items():
        yield (*path, name), field
        yield from fields(field, (*path, name))
    if "items" in schema:
        yield from fields(schema["items"], (*path, "[]"))


def values(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value in a record that is not null."""
    if isinstance(value, dict):
        for name, one in value.items():
            if one is not None:
                yield (*path, name)
                yield from values(one, (*path, name))
    elif isinstance(value, list):
        for one in value:
            yield from values(one, (*path, "[]"))

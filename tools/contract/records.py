"""Every record of a full sync against the sandbox, held against its stream's schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jsonschema  # type: ignore[import-untyped, unused-ignore]  # it has no stubs
from airbyte_cdk.models import SyncMode

from sandbox.b2b.edition import ENDPOINTS
from sandbox.server import Server
from source_bigcommerce.api.b2b_edition import PREFIX
from source_bigcommerce.api.client import Store
from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.config import Config
from source_bigcommerce.streams import ALL_STREAMS
from source_bigcommerce.streams.stream import Stream

_PARAMETER = re.compile(r"\{[^}]*\}")
_ENDPOINTS = ("children", "properties")  # attributes of streams
_PER_STREAM = 5  # differences that are reported


def read_records(server: Server, endpoints: Iterable[str]) -> tuple[int, list[str], list[str]]:
    """Returns the number of records of a full sync, the errors in them, and the streams whose endpoint is not one of
    the `endpoints` of the sandbox."""
    served = {_shape(one) for one in (*endpoints, *_of_b2b_edition())}
    records, found, unplayed = 0, [], []
    for kind in ALL_STREAMS:
        stream = kind(_store(server))
        if not {_shape(one) for one in _required_endpoints(stream)} <= served:
            unplayed.append(stream.name)
            continue
        number, wrong = _read(stream)
        records += number
        found += wrong
    return records, found, unplayed


def _of_b2b_edition() -> Iterator[str]:
    """The endpoints of the sandbox's B2B Edition, as streams spell them."""
    return (f"{PREFIX}{one.path}" for one in ENDPOINTS)


def _store(server: Server) -> Store:
    return Store(
        Config.parse(
            {
                "start_date": "2000-01-01",
                "client_id": "contract",
                "access_token": server.token,
                "store_hash": server.store_hash,
                "api_url": server.api_url,
                **({"b2b_edition": True, "b2b_api_url": server.b2b_api_url} if server.options.b2b else {}),
            }
        )
    )


def _required_endpoints(stream: Stream) -> list[str]:
    """Returns the endpoints without which the stream has no records."""
    own = [getattr(stream, name) for name in _ENDPOINTS if hasattr(stream, name)]
    parents = stream.listing.parents
    return [stream.listing.endpoint, *own, *([parents.listing.endpoint] if parents else [])]


def _read(stream: Stream) -> tuple[int, list[str]]:
    schema = stream.get_json_schema()
    validator = jsonschema.Draft7Validator(schema)
    records, found = 0, dict[str, None]()
    try:
        for record in _records(stream):
            records += 1
            for name in undeclared(schema, record):
                found.setdefault(f"{stream.name}: {name}: the schema does not declare it")
            for error in validator.iter_errors(record):
                where = ".".join("[]" if isinstance(part, int) else str(part) for part in error.absolute_path)
                found.setdefault(f"{stream.name}: {where}: {error.message[:120]}")
    except BigCommerceError as error:
        found.setdefault(f"{stream.name}: {error.message}")
    found.update(dict.fromkeys(f"{stream.name}: {one}" for one in stream.mismatches.summary()))
    return records, list(found)[:_PER_STREAM]


def undeclared(schema: Mapping[str, Any], value: Any, place: str = "") -> Iterator[str]:
    """The paths of the fields in a record that its schema does not declare, those inside of others included."""
    if isinstance(value, list):
        for entry in value:
            yield from undeclared(schema.get("items", {}), entry, f"{place}[]")
    if isinstance(value, dict) and "properties" in schema:
        for name, inner in value.items():
            path = f"{place}.{name}" if place else str(name)
            if name not in schema["properties"]:
                yield path
            else:
                yield from undeclared(schema["properties"][name], inner, path)


def _records(stream: Stream) -> Iterator[Any]:
    for piece in stream.stream_slices(sync_mode=SyncMode.full_refresh):
        yield from stream.read_records(SyncMode.full_refresh, stream_slice=piece)


def _shape(endpoint: str) -> str:
    return _PARAMETER.sub("*", endpoint)

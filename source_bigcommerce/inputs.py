"""The files that the Airbyte protocol hands over: read, and explained where they cannot be."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.models import (
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
)

from source_bigcommerce.api.errors import BigCommerceError


def read_object(path: str, what: str) -> MutableMapping[str, Any]:
    """The JSON object in a file. Raises BigCommerceError; `what` names the file's role in its message."""
    content = _read_json(path, what)
    if not isinstance(content, dict):
        raise BigCommerceError(f"The {what} file {path} has to hold a JSON object.")
    return content


def read_catalog(path: str) -> ConfiguredAirbyteCatalog:
    """The configured catalog in a file. Raises BigCommerceError."""
    content = read_object(path, "catalog")
    try:
        catalog = ConfiguredAirbyteCatalogSerializer.load(content)
    except Exception as error:  # the CDK's serializer names no common type
        raise BigCommerceError(
            f"The catalog file {path} is not a configured Airbyte catalog ({type(error).__name__}): it is made from "
            "the output of `discover`, with a sync mode for each stream."
        ) from None
    return catalog


def read_state(path: str) -> list[AirbyteStateMessage]:
    """The state messages in a file; Stitch's state, an object of bookmarks, counts as one. Raises BigCommerceError."""
    content = _read_json(path, "state")
    if content == {}:
        return []  # how the platform writes "no state"
    if isinstance(content, dict) and isinstance(content.get("bookmarks"), dict):
        content = [_from_bookmark(stream, bookmark) for stream, bookmark in content["bookmarks"].items()]
    try:
        if not isinstance(content, list):
            raise TypeError
        states = [AirbyteStateMessageSerializer.load(message) for message in content]
        if not all(state.stream or state.global_ for state in states):
            raise TypeError
    except Exception:  # the CDK's serializer names no common type
        raise BigCommerceError(
            f"The state file {path} is not a list of Airbyte state messages: pass the states that an earlier `read` "
            "printed, or leave the state out to sync everything anew."
        ) from None
    return states


def _from_bookmark(stream: str, bookmark: Any) -> dict[str, Any]:
    return {"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": bookmark}}


def _read_json(path: str, what: str) -> Any:
    # Not Python's own decoder: it lets NaN and halves of surrogate pairs pass, which no message can hold, and stumbles
    # over deep nesting and long numbers with errors that name no place.
    try:
        content = orjson.loads(Path(path).read_text(encoding="utf-8"))
        orjson.dumps(content)  # fails where the nesting is deeper than copying and printing can follow
        return content
    except FileNotFoundError:
        raise BigCommerceError(f"The {what} file {path} does not exist: check the path.") from None
    except OSError as error:
        raise BigCommerceError(f"The {what} file {path} cannot be read: {error.strerror}.") from None
    except orjson.JSONDecodeError as error:
        raise BigCommerceError(
            f"The {what} file {path} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except TypeError:
        raise BigCommerceError(
            f"The {what} file {path} is nested far deeper than any {what}: check that it is the right file."
        ) from None
    except UnicodeDecodeError:
        raise BigCommerceError(f"The {what} file {path} is not UTF-8 text.") from None

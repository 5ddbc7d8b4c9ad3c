"""The files that the Airbyte protocol hands over: read, and explained where they cannot be."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.models import (
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    AirbyteStateType,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
)

from source_bigcommerce.api.errors import BigCommerceError

_STATE_FORM = (
    '[{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {"date_modified": '
    '"2024-01-31T00:00:00Z"}}}]'
)

logger = logging.getLogger("airbyte")


def read_object(path: str, what: str) -> MutableMapping[str, Any]:
    """The JSON object in a file. Raises BigCommerceError; `what` names the file's role in its message."""
    content = _parsed(_read_text(path, what), path, what)
    if not isinstance(content, dict):
        raise BigCommerceError(f"The {what} file {_printable(path)} must hold a JSON object.")
    return content


def read_catalog(path: str) -> ConfiguredAirbyteCatalog:
    """The configured catalog in a file. Raises BigCommerceError."""
    content = read_object(path, "catalog")
    try:
        catalog = ConfiguredAirbyteCatalogSerializer.load(content)
    except Exception as error:  # the CDK's serializer names no common type
        raise BigCommerceError(
            f"The catalog file {_printable(path)} is not a configured Airbyte catalog ({type(error).__name__}): it is "
            "made from the output of `discover`, with a sync mode for each stream."
        ) from None
    return catalog


def read_state(path: str, streams: Collection[str]) -> list[AirbyteStateMessage]:
    """The state messages in a file, in any form in which states are handed on. Raises BigCommerceError.

    These are state messages as the platform passes them, messages as `read` prints them (a list, or one a line), and
    objects that hold the state of each of the `streams` under its name.
    """
    text = _read_text(path, "state")
    try:
        return [AirbyteStateMessageSerializer.load(state) for state in _states(_state_content(text, path), streams)]
    except BigCommerceError:
        raise
    except Exception:  # the CDK's serializer names no common type
        raise BigCommerceError(
            f"The state file {_printable(path)} does not hold states of this source: pass the STATE messages that an "
            f"earlier `read` printed, or a list such as {_STATE_FORM}, or leave the state out to sync everything anew."
        ) from None


def one_per_stream(states: Iterable[AirbyteStateMessage]) -> list[AirbyteStateMessage]:
    """The last state of each stream, those inside of GLOBAL states included.

    The state that the streams of a GLOBAL one share is left out with a warning: this source does not write any.
    """
    last = {}
    for state in states:
        if state.global_ and state.global_.shared_state:
            logger.warning(
                "The state has a part that all streams share. This source did not write it and does not use it; the "
                "states of the single streams are used."
            )
        of_streams = state.global_.stream_states if state.global_ else [state.stream]
        for one in of_streams or ():
            if one:
                key = one.stream_descriptor.name, one.stream_descriptor.namespace
                last[key] = AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=one)
    return list(last.values())


def warn_of_unused(states: Iterable[AirbyteStateMessage], streams: Collection[str]) -> None:
    """Logs which states belong to none of the streams that are read, or to another namespace."""
    descriptors = [state.stream.stream_descriptor for state in states if state.stream]
    unused = [
        f"{one.name} (namespace {one.namespace})" if one.namespace else one.name
        for one in descriptors
        if one.namespace or one.name not in streams
    ]
    if unused:
        logger.warning(
            f"The state names streams that this sync does not read, so these states are not used: {', '.join(unused)}."
        )


def _state_content(text: str, path: str) -> Any:
    if not text.strip():
        return []
    return _shallow(_messages(text), path, "state") or _parsed(text, path, "state")


def _messages(text: str) -> list[Any]:
    """The messages of a text with one a line, as `read` prints them; none where a line is something else.

    The last line may have been cut short when the process ended.
    """
    lines = [line for line in text.splitlines(keepends=True) if line.strip()]
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            message = orjson.loads(line)
        except orjson.JSONDecodeError:
            if number < len(lines) or line.endswith("\n"):
                return []
            break
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            return []
        found.append(message)
    return found


def _states(content: Any, streams: Collection[str]) -> Iterator[dict[str, Any]]:
    """The state messages in what a state file holds. Raises an exception where it holds something else."""
    if not isinstance(content, dict):
        yield from _listed(content)
    elif not content:
        return  # how the platform writes "no state"
    elif isinstance(content.get("bookmarks"), dict):  # Stitch's form
        yield from _by_name(content["bookmarks"])
    elif content.keys() <= set(streams):  # Airbyte's former one
        yield from _by_name(content)
    else:
        yield from _listed(content.get("streamState") or [content])  # of Airbyte's API, or a single one


def _listed(states: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(states, list):
        raise TypeError
    printed = [message for message in states if isinstance(message, dict) and message.get("type") == "STATE"]
    # Messages of other types may stand between the printed ones.
    for state in [message["state"] for message in printed] if printed else states:
        if state.get("type") == "LEGACY":
            yield from _by_name(state["data"])
        elif "streamDescriptor" in state:  # of Airbyte's API and its connection settings
            yield _of_stream(state["streamDescriptor"], state.get("streamState"))
        elif state.get("stream") or state.get("global"):
            yield state
        else:
            raise TypeError


def _by_name(states: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, state in states.items():
        yield _of_stream({"name": name}, state)


def _of_stream(descriptor: Any, state: Any) -> dict[str, Any]:
    return {"type": "STREAM", "stream": {"stream_descriptor": descriptor, "stream_state": state}}


def _read_text(path: str, what: str) -> str:
    if not path:
        raise BigCommerceError(f"No {what} file is named: pass its path with --{what}.")
    try:
        return Path(path).read_text(encoding="utf-8-sig")  # some editors write a byte order mark
    except FileNotFoundError:
        raise BigCommerceError(f"The {what} file {_printable(path)} does not exist: check the path.") from None
    except OSError as error:
        raise BigCommerceError(f"The {what} file {_printable(path)} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BigCommerceError(f"The {what} file {_printable(path)} is not UTF-8 text: save it as UTF-8.") from None


def _parsed(text: str, path: str, what: str) -> Any:
    # Not Python's own decoder: it lets NaN and halves of surrogate pairs pass, which no message can hold, and stumbles
    # over deep nesting and long numbers with errors that name no place.
    try:
        return _shallow(orjson.loads(text), path, what)
    except orjson.JSONDecodeError as error:
        raise BigCommerceError(
            f"The {what} file {_printable(path)} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None


def _shallow(content: Any, path: str, what: str) -> Any:
    """The content. Raises BigCommerceError where it is nested deeper than copying and printing can follow."""
    try:
        orjson.dumps(content)
        return content
    except TypeError:
        raise BigCommerceError(
            f"The {what} file {_printable(path)} is nested far deeper than any {what}: check that it is the right file."
        ) from None


def _printable(path: str) -> str:
    """The path as text that a message can hold: a file's name may be any bytes."""
    return os.fsencode(path).decode(errors="backslashreplace")

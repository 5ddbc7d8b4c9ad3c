"""The input files of the Airbyte protocol: config, catalog and state. Errors name file, cause and remedy."""

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


def read_object(path: str, role: str) -> MutableMapping[str, Any]:
    """Returns the JSON object in a file. Raises BigCommerceError; `role` is the role of the file in its message."""
    content = _parsed(_read_text(path, role), path, role)
    if not isinstance(content, dict):
        raise BigCommerceError(f"The {role} file {_printable(path)} must contain a JSON object.")
    return content


def read_catalog(path: str) -> ConfiguredAirbyteCatalog:
    """Returns the configured catalog in a file. Raises BigCommerceError."""
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
    """Returns the state messages in a file. Raises BigCommerceError.

    Accepted are state messages as the platform passes them, messages as `read` prints them (a list, or one per line),
    and an object with the state of each of the `streams` under its name.
    """
    text = _read_text(path, "state")
    try:
        return [AirbyteStateMessageSerializer.load(state) for state in _states(_state_content(text, path), streams)]
    except BigCommerceError:
        raise
    except Exception:  # the CDK's serializer names no common type
        raise BigCommerceError(
            f"The state file {_printable(path)} contains no states of this source: pass the STATE messages that an "
            f"earlier `read` printed, or a list such as {_STATE_FORM}, or omit the state to sync everything again."
        ) from None


def one_per_stream(states: Iterable[AirbyteStateMessage]) -> list[AirbyteStateMessage]:
    """Returns the last state of each stream, including those inside GLOBAL states.

    The shared part of a GLOBAL state is ignored with a warning: this source does not write any.
    """
    last = {}
    for state in states:
        if state.global_ and state.global_.shared_state:
            logger.warning(
                "The state has a part that all streams share. This source did not write it and does not use it; the "
                "states of the individual streams are used."
            )
        of_streams = state.global_.stream_states if state.global_ else [state.stream]
        for one in of_streams or ():
            if one:
                key = one.stream_descriptor.name, one.stream_descriptor.namespace
                last[key] = AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=one)
    return list(last.values())


def warn_of_unused(states: Iterable[AirbyteStateMessage], streams: Collection[str]) -> None:
    """Logs a warning for the states of streams that are not read, or that have another namespace."""
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
    """Returns the messages in a text with one per line, as `read` prints them; none if any line is something else.

    The last line may be incomplete if the process was stopped.
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
    """Yields the state messages in the content of a state file. Raises an exception if it contains something else."""
    if not isinstance(content, dict):
        yield from _from_list(content)
    elif not content:
        return  # how the platform writes "no state"
    elif isinstance(content.get("bookmarks"), dict):  # the format of Stitch
        yield from _by_name(content["bookmarks"])
    elif content.keys() <= set(streams):  # a former format of Airbyte
        yield from _by_name(content)
    else:
        yield from _from_list(content.get("streamState") or [content])  # of Airbyte's API, or a single one


def _from_list(states: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(states, list):
        raise TypeError
    printed = [message for message in states if isinstance(message, dict) and message.get("type") == "STATE"]
    # There may be messages of other types between them.
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


def _read_text(path: str, role: str) -> str:
    if not path:
        raise BigCommerceError(f"No {role} file is named: pass its path with --{role}.")
    try:
        return Path(path).read_text(encoding="utf-8-sig")  # some editors write a byte order mark
    except FileNotFoundError:
        raise BigCommerceError(f"The {role} file {_printable(path)} does not exist: check the path.") from None
    except OSError as error:
        raise BigCommerceError(f"The {role} file {_printable(path)} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BigCommerceError(f"The {role} file {_printable(path)} is not UTF-8 text: save it as UTF-8.") from None


def _parsed(text: str, path: str, role: str) -> Any:
    # Not Python's own decoder: it accepts NaN and halves of surrogate pairs, which no message can contain, and its
    # errors for deep nesting and long numbers name no position.
    try:
        return _shallow(orjson.loads(text), path, role)
    except orjson.JSONDecodeError as error:
        raise BigCommerceError(
            f"The {role} file {_printable(path)} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None


def _shallow(content: Any, path: str, role: str) -> Any:
    """Returns the content. Raises BigCommerceError if it is nested too deeply to be copied and printed."""
    try:
        orjson.dumps(content)
        return content
    except TypeError:
        raise BigCommerceError(
            f"The {role} file {_printable(path)} is nested far deeper than any {role}: check that it is the right file."
        ) from None


def _printable(path: str) -> str:
    """Returns the path as text that a message can contain: a file name may consist of any bytes."""
    return os.fsencode(path).decode(errors="backslashreplace")

"""The files that a platform hands over, with anything in them: read, or explained in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalog, ConfiguredAirbyteStream, DestinationSyncMode, SyncMode
from hypothesis import given
from hypothesis import strategies as st

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.config import Config
from source_bigcommerce.input_files import one_per_stream, read_catalog, read_object, read_state
from source_bigcommerce.serialization import message_line
from source_bigcommerce.source import STREAM_NAMES, SourceBigcommerce, logger
from tools.streams import streams
from unit_tests.fuzz.support import JSON, TEXTS, assert_sentence, examples
from unit_tests.support import config

READERS: dict[str, Callable[[str], Any]] = {
    "config": lambda path: read_object(path, "config"),
    "catalog": read_catalog,
    "state": lambda path: one_per_stream(read_state(path, STREAM_NAMES)),
}
ODD = {
    "100,000 levels": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "5,000 digits": b'{"a": ' + b"9" * 5_000 + b"}",
    "10 MB": b'{"a": "' + b"x" * 10_000_000 + b'"}',
    "NaN": b'{"a": NaN, "b": -Infinity}',
    "a lone surrogate": b'{"a\\ud800": "\\udc00"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": "{}".encode("utf-16"),
    "NUL": b"\x00",
    "invalid UTF-8": b'{"a": "\xff\xc0\x80"}',
}
STATES = st.fixed_dictionaries(
    {"type": JSON | st.just("STREAM")},
    optional={
        "stream": JSON
        | st.fixed_dictionaries(
            {"stream_descriptor": JSON | st.fixed_dictionaries({"name": TEXTS})}, optional={"stream_state": JSON}
        ),
        "global": JSON | st.fixed_dictionaries({"stream_states": JSON}, optional={"shared_state": JSON}),
        "state": JSON,
        "data": JSON,
    },
)
CATALOGS = st.fixed_dictionaries(
    {
        "streams": JSON
        | st.lists(
            st.fixed_dictionaries(
                {
                    "stream": JSON | st.fixed_dictionaries({"name": TEXTS, "json_schema": JSON}),
                    "sync_mode": JSON | st.just("incremental"),
                    "destination_sync_mode": JSON | st.just("append"),
                },
                optional={"cursor_field": JSON, "primary_key": JSON},
            ),
            max_size=2,
        )
    }
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "file.json"


def check(what: str, file: Path, content: bytes) -> None:
    """Reads the file; only a sentence that names it may come out instead."""
    file.write_bytes(content)
    try:
        READERS[what](str(file))
    except BigCommerceError as error:
        assert_sentence(error, f"The {what} file {file} ")


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
@pytest.mark.parametrize("what", READERS)
def test_an_odd_file_is_read_or_explained(what: str, content: bytes, file: Path) -> None:
    """Input that the JSON parser itself rejects."""
    check(what, file, content)


def test_a_number_of_thousands_of_digits_is_not_called_bad_utf_8(file: Path) -> None:
    """The sentence must name the cause."""
    file.write_bytes(ODD["5,000 digits"])
    with pytest.raises(BigCommerceError, match=r"number is infinity.* in line 1, column 7\.$"):
        read_object(str(file), "config")


@pytest.mark.parametrize("what", READERS)
@examples(60)
@given(content=st.binary(max_size=40) | st.text(max_size=40).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_explained(what: str, content: bytes, file: Path) -> None:
    """A file may be cut short, or be another one."""
    check(what, file, content)


@pytest.mark.parametrize("what", READERS)
@examples(100)
@given(
    content=JSON
    | STATES
    | st.lists(STATES | st.fixed_dictionaries({"type": st.just("STATE"), "state": STATES}), max_size=2)
    | st.dictionaries(st.sampled_from(["orders", "coupons", "streamState", "bookmarks"]), JSON | STATES, max_size=2)
    | CATALOGS
)
def test_any_json_is_read_or_explained(what: str, content: Any, file: Path) -> None:
    """States and catalogs of other versions and tools, and those edited by hand."""
    check(what, file, json.dumps(content).encode())


@pytest.mark.parametrize("name", sorted(Config.model_fields))
@examples(30)
@given(value=JSON)
def test_any_setting_is_parsed_or_explained_in_text_that_can_be_printed(name: str, value: Any) -> None:
    """The sentence goes to the standard output: half a surrogate pair in it would end in a Python error there."""
    try:
        Config.parse({**config(), name: value})
    except ValueError as error:
        assert_sentence(error)


@examples(60)
@given(settings=st.dictionaries(TEXTS | st.sampled_from(sorted(Config.model_fields)), JSON, max_size=12))
def test_any_object_is_a_configuration_or_explained(settings: dict[str, Any]) -> None:
    """Whole settings, not one of them."""
    try:
        Config.parse(settings)
    except ValueError as error:
        assert_sentence(error)


@examples(12)
@given(name=TEXTS)
def test_an_unknown_stream_of_any_name_is_reported(name: str) -> None:
    """The name comes from the catalog and goes into a message, which is printed."""
    coupons = next(stream for stream in streams() if stream.name == "coupons").as_airbyte_stream()
    coupons.name = name
    unknown = ConfiguredAirbyteStream(coupons, SyncMode.full_refresh, DestinationSyncMode.append)
    catalog = ConfiguredAirbyteCatalog([unknown])
    source, printed = SourceBigcommerce(), []
    with pytest.raises(BigCommerceError, match="1 of 1 streams did not sync"):
        printed.extend(map(message_line, source.read(logger, config(), catalog, [])))
    assert "which this source does not have" in b"".join(printed).decode()

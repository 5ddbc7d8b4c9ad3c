"""The files that the platform hands over, and people by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.inputs import read_catalog, read_object, read_state
from source_bigcommerce.source import SourceBigcommerce

STATE = {
    "type": "STREAM",
    "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {"date_modified": "2024-01-01T00:00:00Z"}},
}
STREAM = {"name": "orders", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}
CATALOG = {"streams": [{"stream": STREAM, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}]}

READERS = {
    "config": lambda path: read_object(path, "config"),
    "catalog": read_catalog,
    "state": read_state,
}
each_reader = pytest.mark.parametrize(("what", "reader"), READERS.items(), ids=list(READERS))


def written(folder: Path, content: Any) -> str:
    """The path of a file with this content: bytes as they are, anything else as JSON."""
    path = folder / "input.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return str(path)


@each_reader
def test_a_file_that_does_not_exist_is_named(tmp_path: Path, what: str, reader: Any) -> None:
    """A mistyped path is the first thing that goes wrong on a command line."""
    path = str(tmp_path / "absent.json")
    with pytest.raises(BigCommerceError) as failure:
        reader(path)
    assert failure.value.message == f"The {what} file {path} does not exist: check the path."


@each_reader
def test_a_directory_is_not_taken_for_a_file(tmp_path: Path, what: str, reader: Any) -> None:
    """A volume that is mounted one level off looks like this."""
    with pytest.raises(BigCommerceError, match=f"^The {what} file .* cannot be read: Is a directory.$"):
        reader(str(tmp_path))


@each_reader
@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1,}', b"start_date: 2024-01-31", b"\xef\xbb\xbf{}", b"[1] [2]"])
def test_what_is_not_json_is_told_with_its_place(tmp_path: Path, what: str, reader: Any, content: bytes) -> None:
    """A comma too many is found at once when one knows the line."""
    with pytest.raises(BigCommerceError, match=rf"^The {what} file .* is not JSON: .* line \d+, column \d+\.$"):
        reader(written(tmp_path, content))


@each_reader
@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": 1e999}',
        b'{"a": NaN}',
        b'{"a": "\\ud800"}',
    ],
    ids=["deep lists", "deep objects", "5,000 digits", "1e999", "NaN", "half a surrogate pair"],
)
def test_what_no_parser_of_json_has_to_take_is_told_with_its_place(
    tmp_path: Path, what: str, reader: Any, content: bytes
) -> None:
    """Python's own parser takes some of these, which no message can hold, and ends in other errors on the rest."""
    with pytest.raises(BigCommerceError, match=rf"^The {what} file .* is not JSON: .* line \d+, column \d+\.$"):
        reader(written(tmp_path, content))


@each_reader
@pytest.mark.parametrize("depth", [260, 1_000])
def test_what_is_nested_deeper_than_can_be_copied_is_told(tmp_path: Path, what: str, reader: Any, depth: int) -> None:
    """The CDK copies states and prints configs, which ends in a Python error at some depth."""
    content = b'{"a": ' + b"[" * depth + b"]" * depth + b"}"
    with pytest.raises(BigCommerceError, match=rf"^The {what} file .* is nested far deeper than any {what}: check"):
        reader(written(tmp_path, content))


@each_reader
def test_what_is_not_utf_8_is_told(tmp_path: Path, what: str, reader: Any) -> None:
    """Some editors save in another encoding without saying so."""
    with pytest.raises(BigCommerceError, match=f"^The {what} file .* is not UTF-8 text.$"):
        reader(written(tmp_path, '{"a": "é"}'.encode("utf-16")))


@pytest.mark.parametrize("content", [[], [1], "text", 7, None, True])
@pytest.mark.parametrize("what", ["config", "catalog"])
def test_what_is_not_an_object_is_told(tmp_path: Path, what: str, content: Any) -> None:
    """The files are easily mixed up."""
    with pytest.raises(BigCommerceError, match=f"^The {what} file .* has to hold a JSON object.$"):
        READERS[what](written(tmp_path, content))


def test_a_config_file_is_read(tmp_path: Path) -> None:
    """The source reads its config through here."""
    assert SourceBigcommerce.read_config(written(tmp_path, {"a": "é"})) == {"a": "é"}


def test_a_catalog_file_is_read(tmp_path: Path) -> None:
    """The source reads its catalog through here."""
    assert [s.stream.name for s in SourceBigcommerce.read_catalog(written(tmp_path, CATALOG)).streams] == ["orders"]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"streams": None},
        {"streams": [STREAM]},
        {"streams": [{"stream": STREAM}]},
        {"streams": [{**CATALOG["streams"][0], "sync_mode": "now_and_then"}]},
        {"catalog": CATALOG},
    ],
)
def test_what_is_no_configured_catalog_is_explained(tmp_path: Path, content: Any) -> None:
    """The output of `discover` is not one yet: a sync mode has to be chosen for each stream."""
    with pytest.raises(BigCommerceError, match="made from the output of `discover`, with a sync mode for each stream"):
        read_catalog(written(tmp_path, content))


def test_a_state_file_is_read(tmp_path: Path) -> None:
    """The source reads its state through here."""
    (state,) = SourceBigcommerce.read_state(written(tmp_path, [STATE]))
    assert state.stream.stream_descriptor.name == "orders"


def test_the_state_of_stitch_is_read(tmp_path: Path) -> None:
    """Whoever moves over hands in the file that the tap wrote, as it is."""
    orders, customers = {"date_modified": "2024-03-11T15:17:25.000000Z"}, {"date_modified": "2024-03-10T00:00:00Z"}
    content = {"currently_syncing": "orders", "bookmarks": {"orders": orders, "customers": customers}}
    states = read_state(written(tmp_path, content))
    assert {state.stream.stream_descriptor.name: vars(state.stream.stream_state) for state in states} == {
        "orders": orders,
        "customers": customers,
    }


def test_no_state_is_no_error(tmp_path: Path) -> None:
    """A first sync has none, and an empty list or an empty object says the same."""
    assert SourceBigcommerce.read_state("") == []
    assert read_state(written(tmp_path, [])) == []
    assert read_state(written(tmp_path, {})) == []


@pytest.mark.parametrize(
    "content",
    [
        STATE,
        {"orders": {"date_modified": "2024-01-01"}},
        {"bookmarks": {"orders": "2024-01-01"}},
        {"bookmarks": ["orders"]},
        "text",
        None,
        [1],
        [None],
        [{}],
        [{"type": "STREAM"}],
        [{"type": "LEGACY", "data": {"orders": {}}}],
        [{"type": "STREAM", "stream": {"stream_state": {}}}],
        [STATE, {}],
        [{"type": "STATE", "state": STATE}],
    ],
)
def test_what_is_no_list_of_states_is_explained(tmp_path: Path, content: Any) -> None:
    """Taken for no state, it would read everything again and cost hours of quota."""
    with pytest.raises(BigCommerceError, match=r"not a list of Airbyte state messages.*sync everything anew\.$"):
        read_state(written(tmp_path, content))


@each_reader
def test_no_error_about_a_file_quotes_what_is_in_it(tmp_path: Path, what: str, reader: Any) -> None:
    """A config file holds the token."""
    with pytest.raises(BigCommerceError) as failure:
        reader(written(tmp_path, b'{"access_token": "s3cret", }'))
    assert "s3cret" not in str(failure.value.message)

"""The files that the platform hands over, and people by hand."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteStateBlob

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.input_files import one_per_stream, read_catalog, read_object, read_state, warn_of_unused
from source_bigcommerce.source import STREAM_NAMES, SourceBigcommerce

STATE = {
    "type": "STREAM",
    "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {"date_modified": "2024-01-01T00:00:00Z"}},
}
STREAM = {"name": "orders", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}
CATALOG = {"streams": [{"stream": STREAM, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}]}

READERS = {
    "config": lambda path: read_object(path, "config"),
    "catalog": read_catalog,
    "state": lambda path: read_state(path, STREAM_NAMES),
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
def test_a_path_that_is_empty_is_explained(what: str, reader: Any) -> None:
    """A variable of a script that is not set: Python would take it for the current folder."""
    with pytest.raises(BigCommerceError, match=f"^No {what} file is named: pass its path with --{what}.$"):
        reader("")


@each_reader
def test_a_path_that_is_not_utf_8_is_named_in_text_that_can_be_printed(tmp_path: Path, what: str, reader: Any) -> None:
    """Names of files are bytes; Python holds those that are no text as halves of surrogate pairs."""
    with pytest.raises(BigCommerceError, match=r"absent-\\xff.json does not exist: check the path.$") as failure:
        reader(os.fsdecode(bytes(tmp_path) + b"/absent-\xff.json"))
    str(failure.value.message).encode()


@each_reader
def test_a_directory_is_not_taken_for_a_file(tmp_path: Path, what: str, reader: Any) -> None:
    """A volume that is mounted one level off looks like this."""
    with pytest.raises(BigCommerceError, match=f"^The {what} file .* cannot be read: Is a directory.$"):
        reader(str(tmp_path))


@each_reader
@pytest.mark.parametrize("content", [b"{", b'{"a": 1,}', b"start_date: 2024-01-31", b"[1] [2]", b"[1]\n[2]"])
def test_what_is_not_json_is_reported_with_its_place(tmp_path: Path, what: str, reader: Any, content: bytes) -> None:
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
def test_what_no_parser_of_json_must_take_is_reported_with_its_place(
    tmp_path: Path, what: str, reader: Any, content: bytes
) -> None:
    """Python's own parser takes some of these, which no message can hold, and ends in other errors on the rest."""
    with pytest.raises(BigCommerceError, match=rf"^The {what} file .* is not JSON: .* line \d+, column \d+\.$"):
        reader(written(tmp_path, content))


@each_reader
@pytest.mark.parametrize("depth", [260, 1_000])
def test_what_is_nested_deeper_than_can_be_copied_is_reported(
    tmp_path: Path, what: str, reader: Any, depth: int
) -> None:
    """The CDK copies states and prints configs, which ends in a Python error at some depth."""
    content = b'{"a": ' + b"[" * depth + b"]" * depth + b"}"
    with pytest.raises(BigCommerceError, match=rf"^The {what} file .* is nested far deeper than any {what}: check"):
        reader(written(tmp_path, content))


@each_reader
def test_what_is_not_utf_8_is_reported(tmp_path: Path, what: str, reader: Any) -> None:
    """Some editors save in another encoding without saying so."""
    with pytest.raises(BigCommerceError, match=f"^The {what} file .* is not UTF-8 text: save it as UTF-8.$"):
        reader(written(tmp_path, '{"a": "é"}'.encode("utf-16")))


@each_reader
def test_a_byte_order_mark_is_passed_over(tmp_path: Path, what: str, reader: Any) -> None:
    """Windows tools write one at the start of each file."""
    content = {"config": {}, "catalog": CATALOG, "state": [STATE]}[what]
    reader(written(tmp_path, b"\xef\xbb\xbf" + json.dumps(content).encode()))


@pytest.mark.parametrize("what", ["config", "catalog"])
def test_an_empty_file_is_not_json(tmp_path: Path, what: str) -> None:
    """Only a state may be empty."""
    with pytest.raises(BigCommerceError, match=rf"^The {what} file .* is not JSON: .* line 1, column 1\.$"):
        READERS[what](written(tmp_path, b""))


@pytest.mark.parametrize("content", [[], [1], "text", 7, None, True])
@pytest.mark.parametrize("what", ["config", "catalog"])
def test_what_is_not_an_object_is_reported(tmp_path: Path, what: str, content: Any) -> None:
    """The files are easily mixed up."""
    with pytest.raises(BigCommerceError, match=f"^The {what} file .* must contain a JSON object.$"):
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
    """The output of `discover` is not one yet: a sync mode must be chosen for each stream."""
    with pytest.raises(BigCommerceError, match="made from the output of `discover`, with a sync mode for each stream"):
        read_catalog(written(tmp_path, content))


def test_a_state_file_is_read(tmp_path: Path) -> None:
    """The source reads its state through here."""
    (state,) = SourceBigcommerce.read_state(written(tmp_path, [STATE]))
    assert state.stream.stream_descriptor.name == "orders"


def test_the_state_of_stitch_is_read(tmp_path: Path) -> None:
    """A user who switches passes the file that the tap wrote, as it is."""
    orders, customers = {"date_modified": "2024-03-11T15:17:25.000000Z"}, {"date_modified": "2024-03-10T00:00:00Z"}
    content = {"currently_syncing": "orders", "bookmarks": {"orders": orders, "customers": customers}}
    states = read_state(written(tmp_path, content), STREAM_NAMES)
    assert {state.stream.stream_descriptor.name: vars(state.stream.stream_state) for state in states} == {
        "orders": orders,
        "customers": customers,
    }


def read_states(folder: Path, content: Any) -> dict[str, Any]:
    """The state of each stream in a file with this content."""
    states = one_per_stream(SourceBigcommerce.read_state(written(folder, content)))
    return {s.stream.stream_descriptor.name: vars(s.stream.stream_state or AirbyteStateBlob()) for s in states}


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"[]", b"{}", b"\xef\xbb\xbf", b'{"bookmarks": {}}'])
def test_no_state_is_no_error(tmp_path: Path, content: bytes) -> None:
    """A first sync has none; scripts make an empty file for it."""
    assert read_states(tmp_path, content) == {}
    assert SourceBigcommerce.read_state("") == []


def lines(*messages: Any) -> bytes:
    return b"".join(json.dumps(message).encode() + b"\n" for message in messages)


def state_of(name: str, date: str) -> dict[str, Any]:
    stream = {"stream_descriptor": {"name": name}, "stream_state": {"date_modified": date}}
    return {"type": "STREAM", "stream": stream}


def printed(name: str, date: str) -> dict[str, Any]:
    return {"type": "STATE", "state": state_of(name, date)}


BLOB = {"date_modified": "2024-01-02"}
OLD, NEW, OTHER = printed("orders", "2024-01-01"), printed("orders", "2024-01-02"), printed("coupons", "2024-01-02")
LOG = {"type": "LOG", "log": {"level": "INFO", "message": "so far"}}
RECORD = {"type": "RECORD", "record": {"stream": "orders", "data": {"id": 1}, "emitted_at": 1}}
UNUSED_TYPE = {"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders", "namespace": None}}}
GLOBAL = {"type": "GLOBAL", "global": {"stream_states": [NEW["state"]["stream"], OTHER["state"]["stream"]]}}
SHARED = {"type": "GLOBAL", "global": {**GLOBAL["global"], "shared_state": {"at": 1}}}
API_STATE = {"streamDescriptor": {"name": "orders"}, "streamState": BLOB}
BOTH = {"orders": BLOB, "coupons": BLOB}


@pytest.mark.parametrize(
    ("content", "states"),
    [
        (NEW["state"], {"orders": BLOB}),
        (NEW, {"orders": BLOB}),
        ([OLD, OTHER, NEW], BOTH),
        ([LOG, OLD, RECORD, OTHER, NEW, LOG], BOTH),
        ([OLD["state"], OTHER["state"], NEW["state"]], BOTH),
        (lines(OLD, OTHER, NEW), BOTH),
        (lines(LOG, OLD, RECORD, OTHER, NEW, LOG), BOTH),
        (b"\n" + lines(OLD, OTHER) + b"\r\n" + lines(NEW), BOTH),
        (lines(OLD, OTHER, NEW) + b'{"type": "STATE", "sta', BOTH),
        (lines(OLD["state"], OTHER["state"], NEW["state"]), BOTH),
        ([GLOBAL], BOTH),
        (GLOBAL, BOTH),
        ([SHARED], BOTH),
        (lines({"type": "STATE", "state": SHARED}), BOTH),
        ([OLD["state"], SHARED], BOTH),
        ([{"type": "GLOBAL", "global": {"stream_states": []}}], {}),
        ({"orders": BLOB}, {"orders": BLOB}),
        (BOTH, BOTH),
        ([{"type": "LEGACY", "data": BOTH}], BOTH),
        ([API_STATE], {"orders": BLOB}),
        ({"connectionId": "1", "stateType": "stream", "streamState": [API_STATE]}, {"orders": BLOB}),
        ([UNUSED_TYPE], {"orders": {}}),
        ([{"stream": NEW["state"]["stream"]}], {"orders": BLOB}),
    ],
)
def test_a_state_is_accepted_in_each_form_in_which_it_is_handed_on(
    tmp_path: Path, content: Any, states: dict[str, Any]
) -> None:
    """Printed messages, one of them or a list, the output of a read as it is, and what others made of it."""
    assert read_states(tmp_path, content) == states


def test_the_part_of_a_global_state_that_streams_share_is_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The CDK would end with an error that says nothing."""
    assert read_states(tmp_path, [GLOBAL]) == BOTH
    assert not caplog.messages
    assert read_states(tmp_path, [SHARED]) == BOTH
    assert [m for m in caplog.messages if "does not use it; the states of the individual streams are used." in m]


def test_a_state_that_belongs_to_no_stream_of_the_sync_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A stream that was renamed, or a state of another source: it would be passed over without a word."""
    foreign = {"stream_descriptor": {"name": "orders", "namespace": "shop"}, "stream_state": BLOB}
    states = one_per_stream(
        read_state(written(tmp_path, [NEW["state"], OTHER["state"], {"stream": foreign}]), STREAM_NAMES)
    )
    warn_of_unused(states, {"orders", "coupons"})
    warn_of_unused(states, {"orders"})
    assert caplog.messages == [
        f"The state names streams that this sync does not read, so these states are not used: {names}."
        for names in ("orders (namespace shop)", "coupons, orders (namespace shop)")
    ]


@pytest.mark.parametrize(
    "content",
    [
        {"bookmarks": {"orders": "2024-01-01"}},
        {"bookmarks": ["orders"]},
        {"date_modified": "2024-01-01"},
        {"orders": "2024-01-01"},
        {"orders": {"date_modified": "2024-01-01"}, "config": {}},
        {"no_such_stream": {"date_modified": "2024-01-01"}},
        "text",
        7,
        None,
        [1],
        [None],
        [{}],
        [{"type": "STREAM"}],
        [{"type": "LEGACY"}],
        [{"type": "STATE"}],
        [{"type": "STATE", "state": {}}],
        [{"type": "STREAM", "stream": {"stream_state": {}}}],
        [STATE, {}],
        [LOG],
        LOG,
        CATALOG,
        lines(LOG, RECORD),
        lines({"type": "STATE"}),
    ],
)
def test_what_holds_no_state_is_explained_with_the_form_of_one(tmp_path: Path, content: Any) -> None:
    """Taken for no state, it would read everything again and cost hours of quota."""
    with pytest.raises(BigCommerceError, match=r"contains no states.*sync everything again\.$") as failure:
        read_states(tmp_path, content)
    form = re.search(r"\[.*\]", str(failure.value.message))
    assert form and list(read_states(tmp_path, json.loads(form[0]))) == ["orders"]


@each_reader
def test_no_error_about_a_file_quotes_what_is_in_it(tmp_path: Path, what: str, reader: Any) -> None:
    """A config file holds the token."""
    with pytest.raises(BigCommerceError) as failure:
        reader(written(tmp_path, b'{"access_token": "s3cret", }'))
    assert "s3cret" not in str(failure.value.message)

"""Bodies that are not quite what a body should be: read where nothing is lost by it, refused where it would be."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from source_bigcommerce.api.body import UndecodableBody, decode, forget
from unit_tests.support import response

REPLACED = "\ufffd"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'["\\ud83d"]', [REPLACED]),
        (b'["a\\ude00b", 1]', [f"a{REPLACED}b", 1]),
        (b'{"\\udfff": "\\ud83d\\ude00"}', {REPLACED: "\U0001f600"}),
        (b'["\xff"]', [REPLACED]),
        (b'["caf\xe9", "caf\xc3\xa9"]', [f"caf{REPLACED}", "caf\u00e9"]),
        (b'["\xed\xa0\xbd"]', [REPLACED * 3]),
        (b'\xef\xbb\xbf["\xff"]', [REPLACED]),
    ],
    ids=ascii,
)
def test_text_that_is_not_unicode_costs_its_characters_and_nothing_else(
    body: bytes, expected: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """One product's description, pasted from an old program, must not stop the sync of all; and it is told of."""
    with caplog.at_level(logging.WARNING):
        found = decode(response(200, body))
    assert found == expected
    assert json.dumps(found, ensure_ascii=False).encode(), "every destination can hold it"
    assert "not valid Unicode" in caplog.text


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf[1]", b"\xef\xbb\xbf[]"])
def test_a_byte_order_mark_is_passed_over(body: bytes) -> None:
    """Some gateways put one before what they pass on."""
    assert decode(response(200, body)) == json.loads(body.decode("utf-8-sig"))


@pytest.mark.parametrize("odd", [b'"\\ud800"', b'"\xff"', b'"plain"'], ids=ascii)
@pytest.mark.parametrize(
    "value",
    [b"NaN", b"Infinity", b"-Infinity", b"1" * 5_000, b"1" * 400, b"1e999", b"'a'", b"01", b"tru", b"[", b"1]"],
    ids=lambda value: value[:12].decode(),
)
def test_what_is_not_json_is_refused_whatever_the_text_beside_it(value: bytes, odd: bytes) -> None:
    """Being lenient with text must not let numbers through that no message can hold, nor half a document."""
    with pytest.raises(UndecodableBody, match=r"^\d+ bytes of text/html$"):
        decode(response(200, b"[" + odd + b", " + value + b"]", {"Content-Type": "text/html"}))


@pytest.mark.parametrize("odd", [b"", b'"\\ud800"'], ids=ascii)
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_a_body_nested_too_deeply_is_refused(opening: bytes, odd: bytes) -> None:
    """Some programs answer that way to make their clients fall over."""
    closing = b"]" if opening == b"[" else b"}"
    with pytest.raises(UndecodableBody):
        decode(response(200, opening * 100_000 + (odd or b"1") + closing * 100_000))


@pytest.mark.parametrize("odd", [b'"plain"', b'"\\ud800"'], ids=ascii)
@pytest.mark.parametrize("number", [0, -1, 2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1, 2**64, -(2**63) - 1, 10**30])
def test_a_number_is_the_same_whichever_way_the_body_is_decoded(number: int, odd: bytes) -> None:
    """Integers of up to 64 bits keep every digit; larger ones are what every JSON parser makes of them."""
    found, _ = decode(response(200, b"[" + str(number).encode() + b", " + odd + b"]"))
    assert found == (number if -(2**63) <= number < 2**64 else float(number))
    assert type(found) is (int if -(2**63) <= number < 2**64 else float)


def test_a_body_is_decoded_once_and_again_when_it_was_forgotten() -> None:
    """Every body is looked at for errors before its stream reads it; decoding is most of the work."""
    answer = response(200, b"[1]")
    first = decode(answer)
    assert decode(answer) is first
    forget(answer)
    assert decode(answer) == first
    assert decode(answer) is not first

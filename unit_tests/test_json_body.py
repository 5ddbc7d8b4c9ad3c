"""Bodies that are not quite what a body should be: read where nothing is lost by it, refused where it would be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from source_bigcommerce.api.json_body import UndecodableBody, decode, release, repairs
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
def test_text_that_is_not_unicode_costs_its_characters_and_nothing_else(body: bytes, expected: Any) -> None:
    """One product's description, pasted from an old program, must not stop the sync of all; and it is reported."""
    reply = response(200, body)
    found = decode(reply)
    assert found == expected
    assert json.dumps(found, ensure_ascii=False).encode(), "every destination can hold it"
    (repair,) = repairs(reply)
    assert "not valid Unicode" in repair


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
def test_what_is_not_json_is_refused_whatever_the_text_next_to_it(value: bytes, odd: bytes) -> None:
    """Being lenient with text must not let numbers through that no message can hold, nor half a document."""
    with pytest.raises(UndecodableBody, match=r"^\d+ bytes of text/html$"):
        decode(response(200, b"[" + odd + b", " + value + b"]", {"Content-Type": "text/html"}))


@pytest.mark.parametrize("odd", [b"", b'"\\ud800"'], ids=ascii)
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_a_body_nested_too_deeply_is_refused(opening: bytes, odd: bytes) -> None:
    """Some programs respond that way to make their clients crash."""
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
    reply = response(200, b"[1]")
    first = decode(reply)
    assert decode(reply) is first
    release(reply)
    assert decode(reply) == first
    assert decode(reply) is not first


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": "x\\u0000y"}', {"a": "xy"}),
        (b'{"a\\u0000": ["\\u0000\\u0000"]}', {"a": [""]}),
        (b'["\\\\u0000", "\\u0000", "\\\\\\u0000"]', ["\\u0000", "", "\\"]),
        (b'["x\x00y"]', ["xy"]),
    ],
    ids=ascii,
)
def test_the_character_that_no_destination_takes_is_left_out(body: bytes, expected: Any) -> None:
    """Postgres refuses a whole table for one U+0000; an escaped backslash before the same letters is no such thing."""
    reply = response(200, body)
    assert decode(reply) == expected
    assert [one for one in repairs(reply) if "U+0000" in one]


def test_letters_that_only_look_like_that_character_change_nothing() -> None:
    """The quick look finds them, the careful one does not."""
    reply = response(200, b'["\\\\u0000", 18446744073709551615, 1e30]')
    assert decode(reply) == ["\\u0000", 2**64 - 1, 1e30]
    assert repairs(reply) == []


def test_control_characters_inside_a_text_are_read() -> None:
    """A description with a line feed that nobody escaped is still one text."""
    reply = response(200, b'[{"id": 1, "name": "two\nlines\tand a tab"}]')
    assert decode(reply) == [{"id": 1, "name": "two\nlines\tand a tab"}]
    (repair,) = repairs(reply)
    assert "control characters" in repair


@pytest.mark.parametrize(
    "notice",
    [
        "Warning: Undefined index: sku[1] in /srv/app/list.php on line 12\n",
        "<br />\n<b>Notice</b>: Array to string conversion in <b>a.php</b> on line <b>1</b><br />\n",
        "<!-- served by node 7 -->",
        "\n\nDeprecated: each() is gone {see the manual}\n\n",
    ],
)
def test_a_notice_of_the_server_before_the_body_is_passed_over(notice: str) -> None:
    """PHP prints its warnings before the response, which then follows complete."""
    reply = response(200, notice.encode() + b'[{"id": 1, "text": "a > [b] {c}"}]\n')
    assert decode(reply) == [{"id": 1, "text": "a > [b] {c}"}]
    (repair,) = repairs(reply)
    assert "not JSON" in repair


@pytest.mark.parametrize(
    "body",
    [
        b"Warning: no memory\n",
        b"Warning: cut\n[1, 2",
        b"Warning: twice\n[1]\n[2]",
        b"Warning: before and behind\n[1] Warning: again",
        b'{"data": [{"id": 1}, oops\n[{"id": 2}]',
        b"<html><body>[1]</body></html>",
        b'[{"id": 1}]\nWarning: behind',
    ],
)
def test_a_body_with_more_or_less_than_one_document_is_refused(body: bytes) -> None:
    """Taking the piece that can be read for the whole would lose the rest."""
    with pytest.raises(UndecodableBody):
        decode(response(200, body))


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("application/json; charset=ISO-8859-1", "Caf\u00e9".encode("latin-1")),
        ('application/json; Charset="windows-1252"', "Caf\u00e9".encode("cp1252")),
        ("application/json; charset=windows-1252", "Caf\u00e9".encode()),  # what it is in truth
        ("application/json; charset=UTF-16", "Caf\u00e9".encode("utf-16")),
        ("application/json; charset=utf-8", "Caf\u00e9".encode()),
    ],
)
def test_a_character_set_that_the_response_declares_is_honoured(declared: str, body: bytes) -> None:
    """`Caf\ufffd` is what a customer would read otherwise."""
    charset = "utf-16" if "16" in declared else "ascii"
    opening, closing = ('["'.encode("utf-16"), '"]'.encode("utf-16")[2:]) if charset == "utf-16" else (b'["', b'"]')
    reply = response(200, opening + body.removeprefix(b"\xff\xfe") + closing, {"Content-Type": declared})
    assert decode(reply) == ["Caf\u00e9"]
    assert list(repairs(reply)) == []


@pytest.mark.parametrize("charset", ["none-such", "rot13", "hex"])
def test_a_character_set_that_is_none_is_passed_over(charset: str) -> None:
    """The name comes from outside, and Python knows codecs that are no character sets."""
    reply = response(200, b'["\xff"]', {"Content-Type": f"application/json; charset={charset}"})
    assert decode(reply) == [REPLACED]
